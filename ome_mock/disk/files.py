"""Writes, replaces or creates one file in an open directory. POSIX only."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import count

FILE_MODE = 0o666
BATCH_SIZE = 1024 * 1024
_WRITE = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a named pipe without a reader is an error, not a wait
_WITHOUT_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_temporary_numbers = count()
"""Numbers for temporary files, each used by one thread only."""

Put = Callable[[int, str, bytes], None]
"""Puts bytes into a file, by the descriptor of its directory and its name."""


class WrittenShort(OSError):
    """A file was opened, but could not be written completely."""


def _write_file(directory: int, name: str, flags: int, data: bytes) -> None:
    descriptor = os.open(name, _WRITE | flags, FILE_MODE, dir_fd=directory)
    try:
        _write_all(descriptor, data)
    except OSError as error:
        raise WrittenShort(error.errno, error.strerror) from error
    finally:
        os.close(descriptor)


def new_file(directory: int, name: str) -> int:
    """Make a file, and return its descriptor."""
    return os.open(name, _WRITE | os.O_CREAT | os.O_EXCL, FILE_MODE, dir_fd=directory)


def append_to(descriptor: int, pieces: Iterable[bytes]) -> None:
    for piece in _batched(pieces):
        _write_all(descriptor, piece)


def read_file(directory: int, name: str) -> bytes:
    """The bytes of a file; of one that is missing, none."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=directory)
    except FileNotFoundError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def _write_all(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def _batched(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces large enough for a system call each."""
    batch: list[bytes] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece)
        if size >= BATCH_SIZE:
            yield b"".join(batch)
            batch, size = [], 0
    yield b"".join(batch)


def rewrite_file(directory: int, name: str, data: bytes) -> None:
    _write_file(directory, name, os.O_CREAT | os.O_TRUNC, data)


def write_or_replace(directory: int, name: str, data: bytes) -> None:
    try:
        _write_file(directory, name, os.O_CREAT | os.O_EXCL, data)
    except FileExistsError:
        replace_file(directory, name, data)


def replace_file(directory: int, name: str, data: bytes) -> None:
    _refuse_irregular(directory, name)
    temporary = _temporary_file(directory, data)
    try:
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        remove_file(directory, temporary)
        raise
    _close_after_write(directory, name)


def create_file(directory: int, name: str, data: bytes) -> None:
    temporary = _temporary_file(directory, data)
    try:
        os.link(temporary, name, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _WITHOUT_HARD_LINKS:
            raise
        _write_file_or_none(directory, name, data)
    finally:
        remove_file(directory, temporary)
    _close_after_write(directory, name)


def _refuse_irregular(directory: int, name: str) -> None:
    """Fail as opening a link, a pipe or the like would; for ways of writing that don't open the file."""
    try:
        mode = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        number = errno.ELOOP if stat.S_ISLNK(mode) else errno.ENXIO
        raise OSError(number, os.strerror(number))


def _write_file_or_none(directory: int, name: str, data: bytes) -> None:
    """Write a new file; after a failure none is left."""
    try:
        _write_file(directory, name, os.O_CREAT | os.O_EXCL, data)
    except FileExistsError:
        raise
    except OSError:
        remove_file(directory, name)
        raise


def remove_file(directory: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)


def append_file(directory: int, name: str, data: bytes) -> None:
    _write_file(directory, name, os.O_CREAT | os.O_APPEND, data)


def remove_directory(directory: int, name: str) -> None:
    """Remove a directory if it is there and empty."""
    with suppress(OSError):
        os.rmdir(name, dir_fd=directory)


def _temporary_file(directory: int, data: bytes) -> str:
    """Write a complete file under a temporary name. Returns the name."""
    while True:
        name = f".ome-mock-{os.getpid()}-{next(_temporary_numbers)}"
        try:
            _write_file_or_none(directory, name, data)
        except FileExistsError:  # left by a killed process that had the same id
            continue
        return name


def _close_after_write(directory: int, name: str) -> None:
    """Open the file for writing and close it, for watchers that wait for this event under its name.

    It may have been removed already.
    """
    try:
        descriptor = os.open(name, _WRITE | os.O_APPEND, dir_fd=directory)
    except OSError:
        return
    os.close(descriptor)
