"""What a dump keeps of its lists: text that is only ever added to."""

from __future__ import annotations

import zlib

BLOCK_BYTES = 8 * 1024
"""So much of the newest text lies ready, some items of an info file: what a thousand dumps hold of it adds up."""


class GrowingText:
    """Bytes that are only ever added to; all but the newest are kept compressed.

    Lists repeat themselves, so compressed they take a fourteenth: a week of one dump has 100 MB of them.
    """

    def __init__(self) -> None:
        self._newest = bytearray()
        self._blocks: list[bytes | bytearray] = [self._newest]
        """The compressed ones, then the newest; changed in one step, for other threads that read meanwhile."""

    def __bool__(self) -> bool:
        return len(self._blocks) > 1 or bool(self._newest)

    def add(self, text: bytes) -> None:
        self._newest += text
        if len(self._newest) >= BLOCK_BYTES:
            compressed, self._newest = zlib.compress(self._newest, zlib.Z_BEST_SPEED), bytearray()
            self._blocks[-1:] = [compressed, self._newest]

    def __bytes__(self) -> bytes:
        return self.between(b"", b"")

    def between(self, before: bytes, after: bytes) -> bytes:
        """All of it, between what stands before and after it."""
        *compressed, newest = self._blocks
        return b"".join([before, *map(zlib.decompress, compressed), newest, after])
