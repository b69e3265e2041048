"""Text that only grows, such as the lists of a dump."""

from __future__ import annotations

import zlib

BLOCK_BYTES = 8 * 1024
"""The number of bytes that stay uncompressed. It is small because every one of a thousand dumps holds as many."""


class GrowingText:
    """Bytes that only grow; all but the newest are kept compressed.

    The lists of one dump take 100 MB in a week. They are repetitive, and compressed take a fourteenth of that.
    """

    def __init__(self) -> None:
        self._newest = bytearray()
        self._blocks: list[bytes | bytearray] = [self._newest]
        """The compressed blocks, then the newest; replaced in one step, because other threads read it."""

    def __bool__(self) -> bool:
        return len(self._blocks) > 1 or bool(self._newest)

    def add(self, text: bytes) -> None:
        self._newest += text
        if len(self._newest) >= BLOCK_BYTES:
            compressed, self._newest = zlib.compress(self._newest, zlib.Z_BEST_SPEED), bytearray()
            self._blocks[-1:] = [compressed, self._newest]

    @property
    def compressed(self) -> int:
        """The number of compressed blocks; each holds whole texts, as they were added."""
        return len(self._blocks) - 1

    def __bytes__(self) -> bytes:
        return self.between(b"", b"")

    def between(self, before: bytes, after: bytes, *, block: int = 0) -> bytes:
        """The text from a block on, with `before` and `after` around it, joined in one step."""
        *compressed, newest = self._blocks[block:]
        return b"".join([before, *map(zlib.decompress, compressed), newest, after])
