"""Stand-ins for `os` in the modules that write, to see and to spoil what they do between two calls."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Callable
from typing import Any

import pytest

CALLS = {"open", "close", "write", "mkdir", "stat", "rename", "link", "unlink", "realpath"}
MODULES = ("ome_mock.disk.storage.os", "ome_mock.disk.files.os", "ome_mock.disk.confinement.os")


def stand_in(patch: pytest.MonkeyPatch, disk: Any) -> None:
    """Let a stand-in do what is written from now on."""
    for module in ("ome_mock.disk.storage.os", "ome_mock.disk.files.os"):
        patch.setattr(module, disk)


class Calls:
    """`os`, with `before()` and `after()` done around each call that touches the disk."""

    def __init__(self, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None, of: Any = os) -> None:
        self._before, self._after, self._of = before, after, of

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if found is posixpath:
            return Calls(self._before, self._after, posixpath)
        if name not in CALLS:
            return found

        def call(*arguments: Any, **options: Any) -> Any:
            self._before()
            try:
                return found(*arguments, **options)
            finally:
                self._after()

        return call


class Disk:
    """`os` on a disk with `free` bytes left: what fits is written, and then there is no space. None is no end of space.

    `at_once` is how much one call writes; `fails_with` maps the name of a call to the error number that it ends with.
    """

    def __init__(self, free: int | None = None, at_once: int | None = None, fails_with: dict[str, int] | None = None) -> None:
        self.free = free
        self.at_once = at_once
        self.fails_with = fails_with or {}

    def __getattr__(self, name: str) -> Any:
        if name not in self.fails_with:
            return getattr(os, name)

        def fail(*_: Any, **__: Any) -> Any:
            raise OSError(self.fails_with[name], os.strerror(self.fails_with[name]))

        return fail

    def write(self, descriptor: int, data: memoryview) -> int:
        if self.free == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(descriptor, data[: self._fitting(len(data))])
        if self.free is not None:
            self.free -= written
        return written

    def _fitting(self, size: int) -> int:
        return min(size, *(limit for limit in (self.free, self.at_once, size) if limit is not None))
