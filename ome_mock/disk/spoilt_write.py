"""A write as faults see it."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..dialect import WriteMode
from .files import Put, WrittenShort, rewrite_file


class SpoiltWrite:
    """A write of a file, which faults change before it happens."""

    def __init__(
        self, path: str, data: bytes, put: Put, mode: WriteMode, move_aside: Callable[[str], None], sleep: Callable[[float], None]
    ) -> None:
        self.path = path
        self.data = data
        self.put = put
        self.is_skipped = False
        self._mode = mode
        self._move_aside = move_aside
        self.sleep = sleep

    def put_in_place(self) -> None:
        self.put = rewrite_file

    def skip(self) -> None:
        self.is_skipped = True

    def fail_to_open(self, error: int) -> None:
        def refuse(directory: int, name: str, data: bytes) -> None:  # noqa: ARG001
            raise OSError(error, os.strerror(error))

        self.put = refuse

    def fail_to_fill(self, error: int) -> None:
        """Fail once the file is open; only writing in place has emptied it by then."""

        def fill(directory: int, name: str, data: bytes) -> None:  # noqa: ARG001
            if self._mode is WriteMode.IN_PLACE:
                rewrite_file(directory, name, b"")
            raise WrittenShort(error, os.strerror(error))

        self.put = fill

    def move_directory_aside(self) -> None:
        self._move_aside(self.path)


class SpoiltAppend(SpoiltWrite):
    """A write at the end of an open file."""

    def put_in_place(self) -> None:
        """It is in place already."""
