"""Reads files below the allowed directories, as the storage writes them: following no link on the way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .confinement import Confinement
from .storage import open_existing, walk

_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def read_confined(confinement: Confinement, path: Path, last: int | None = None) -> bytes:
    """The bytes of a regular file by its real path, or its `last` ones.

    Raises PathRefused for one outside the allowed directories, and OSError where there is none or a link is on the way.
    """
    directory = walk(confinement.place(str(path.parent)), step=open_existing)
    try:
        descriptor = os.open(path.name, _FILE, dir_fd=directory)
    finally:
        os.close(directory)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise FileNotFoundError(f"{path} is no regular file")
        file.seek(0 if last is None else max(0, status.st_size - last))
        return file.read()
