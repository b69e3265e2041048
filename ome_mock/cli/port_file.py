"""The port file, which tells other processes the ports of an emulator.

`{"port": ..., "llhls_port": ..., "thumbnail_port": ..., "rtmp_port": ..., "pid": ...}`; a port is null where there is none,
`tls_port` and `llhls_tls_port` are left out.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from ..errors import ConfigurationError, reason_of
from ..text import printable

log = logging.getLogger("ome_mock.server")

STANDARD_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_OPEN_FILE = re.compile(r"/(?:dev|proc/self)/fd/(\d{1,4})")
"""The path of an open descriptor of this process, to which the text is written instead of replacing the file."""


@contextmanager
def port_file(path: Path, ports: Mapping[str, int | None]) -> Iterator[None]:
    """Keep the port file while the block runs. Raises ConfigurationError if it can't be written.

    A regular file, or the target of a link, is replaced by a rename, so that nobody reads half of it, and removed at the end if its
    text is still the same. To anything else, such as a FIFO, the text is only written.
    """
    text = json.dumps({**ports, "pid": os.getpid()}) + "\n"
    try:
        target = _replaceable(path)
        if target is not None:
            _replace(target, text)
    except (OSError, RuntimeError, ValueError) as error:  # RuntimeError: a loop of links
        raise ConfigurationError(f"--port-file {printable(str(path))}: {reason_of(error)}") from None
    if target is None:  # opening a FIFO waits for its reader, but the emulator must not
        Thread(target=_write, args=(path, text), name="ome-mock port file", daemon=True).start()
    try:
        yield
    finally:
        if target is not None:
            _remove(target, text)


def _replaceable(path: Path) -> Path | None:
    """The path of the regular file to replace, existing or not; None for anything else."""
    if _descriptor(path) is not None:
        return None
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return path.resolve()
    return path.resolve() if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else None


def _replace(target: Path, text: str) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_text(text)
        temporary.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _remove(target: Path, text: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # another process may have written it, perhaps with other bytes
        if target.read_text() == text:
            target.unlink()


def _descriptor(path: Path) -> int | None:
    name = os.path.abspath(path)
    match = _OPEN_FILE.fullmatch(name)
    return STANDARD_STREAMS.get(name) if match is None else int(match[1])


def _write(path: Path, text: str) -> None:
    opened = _descriptor(path)
    try:
        descriptor = os.open(path, os.O_WRONLY) if opened is None else os.dup(opened)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        log.warning("--port-file %s was not written: %s", printable(str(path)), error.strerror)
