"""Clips of one's own, read from files."""

from __future__ import annotations

from pathlib import Path

from .errors import ConfigurationError, reason_of
from .media.loop import Loop
from .text import printable

Clip = str | Path | None
"""The path of an MP4 file, or None for the package's loop."""


def find_clip(path: Clip) -> Loop | None:
    """The loop that a file holds, or None where none is named."""
    return None if path is None else read_clip_file(path)


def read_clip_file(path: str | Path) -> Loop:
    """Read the loop that a file holds. Raises ConfigurationError, which names the file and says why it can't be one."""
    from .media.clip import read_clip  # noqa: PLC0415 (lazy: most emulators show the package's loop)

    try:
        return read_clip(Path(path).read_bytes())
    except (OSError, TypeError, ValueError, ConfigurationError) as error:
        raise ConfigurationError(f"media {printable(str(path))}: {reason_of(error)}", "media") from None
