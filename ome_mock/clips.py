"""Clips of one's own, read from files."""

from __future__ import annotations

from pathlib import Path

from .errors import ConfigurationError
from .media.clip import read_clip
from .media.loop import Loop
from .text import printable


def read_clip_file(path: str | Path) -> Loop:
    """Read the loop that a file holds. Raises ConfigurationError, which names the file and says why it can't be one."""
    try:
        return read_clip(Path(path).read_bytes())
    except (OSError, TypeError, ValueError) as error:
        reason = str(error.strerror if isinstance(error, OSError) else error)
    except ConfigurationError as error:
        reason = str(error)
    raise ConfigurationError(f"media {printable(str(path))}: {reason}")
