"""What a dump keeps of its lists: text that is only ever added to."""

from __future__ import annotations

import zlib

BLOCK_BYTES = 8 * 1024
"""So much of the newest text lies ready, some items of an info file: what a thousand dumps hold of it adds up."""
FASTEST = 1


class GrowingText:
    """Bytes that are only ever added to; all but the newest are kept compressed.

    Lists repeat themselves, so compressed they take a fourteenth: a week of one dump has 100 MB of them.
    """

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._newest = bytearray()

    def __bool__(self) -> bool:
        return bool(self._packed or self._newest)

    def add(self, text: bytes) -> None:
        self._newest += text
        if len(self._newest) >= BLOCK_BYTES:
            self._packed.append(zlib.compress(self._newest, FASTEST))
            self._newest = bytearray()

    def __bytes__(self) -> bytes:
        return self.between(b"", b"")

    def between(self, before: bytes, after: bytes) -> bytes:
        """All of it, between what stands before and after it."""
        return b"".join([before, *map(zlib.decompress, self._packed), self._newest, after])
