"""NAL units of H.264 and H.265 as MP4 carries them, each behind its length (ISO/IEC 14496-15)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

LENGTH_SIZE = 4
START_CODE = b"\0\0\0\1"


@dataclass(frozen=True)
class Syntax:
    """How one video codec writes its NAL units.

    `filler_header` begins a unit of filler data, `access_unit_delimiter` is a whole unit; `stream_type` is the codec's in MPEG-TS.
    """

    name: str
    config_box: bytes
    filler_header: bytes
    access_unit_delimiter: bytes
    stream_type: int

    @property
    def smallest_filler(self) -> int:
        """How many bytes a unit of filler data has at least, its length included."""
        return LENGTH_SIZE + len(self.filler_header) + 1

    def filler(self, size: int) -> bytes:
        """A unit of filler data of so many bytes (ISO/IEC 14496-10, section 7.3.2.7; 23008-2, section 7.3.2.8)."""
        ones = size - self.smallest_filler
        return b"".join((struct.pack(">I", size - LENGTH_SIZE), self.filler_header, b"\xff" * ones, b"\x80"))


H264 = Syntax("h264", b"avcC", b"\x0c", b"\x09\xf0", 0x1B)
H265 = Syntax("h265", b"hvcC", b"\x4c\x01", b"\x46\x01\x50", 0x24)
SYNTAXES = {b"avc1": H264, b"hvc1": H265}
"""By the coding name of a sample entry."""


def units(sample: bytes) -> Iterator[bytes]:
    """The NAL units of a sample, without their lengths."""
    position = 0
    while position < len(sample):
        (length,) = struct.unpack_from(">I", sample, position)
        yield sample[position + LENGTH_SIZE : position + LENGTH_SIZE + length]
        position += LENGTH_SIZE + length


def byte_stream(sample: bytes) -> bytes:
    """NAL units behind start codes instead of behind their lengths (ISO/IEC 14496-10, annex B)."""
    return b"".join(START_CODE + unit for unit in units(sample))
