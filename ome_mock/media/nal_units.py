"""NAL units of H.264 and H.265 as MP4 carries them, each behind its length (ISO/IEC 14496-15)."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .loop_track import H264, H265

LENGTH_SIZE = 4
START_CODE = b"\0\0\0\1"


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


class Syntax(NamedTuple):
    """The form of a video codec's NAL units.

    `type_of` reads a unit's type in its first byte. `config_box` holds parameter sets; `parameter_sets` reads them, each with its type,
    and raises IndexError or struct.error where they can't be read. `length_size_at` is where the box holds one less than the bytes of a
    length. `stream_type` is the codec's in MPEG-TS.
    """

    type_of: Callable[[int], int]
    idr_types: frozenset[int]
    filler_header: bytes
    access_unit_delimiter: bytes
    config_box: bytes
    length_size_at: int
    parameter_sets: Callable[[bytes], Iterator[tuple[int, bytes]]]
    stream_type: int

    def is_idr(self, sample: bytes) -> bool:
        """Says if decoding can begin at a picture, and no later one refers to an earlier one."""
        return any(self.type_of(unit[0]) in self.idr_types for unit in units(sample) if unit)

    def length_size(self, config: bytes) -> int:
        return (config[self.length_size_at] & 0b11) + 1

    @property
    def smallest_filler(self) -> int:
        """The least number of bytes of a unit of filler data, its length included."""
        return LENGTH_SIZE + len(self.filler_header) + 1

    def filler(self, size: int) -> bytes:
        """A unit of filler data of so many bytes (ISO/IEC 14496-10, section 7.3.2.7; 23008-2, section 7.3.2.8)."""
        ones = size - self.smallest_filler
        return b"".join((struct.pack(">I", size - LENGTH_SIZE), self.filler_header, b"\xff" * ones, b"\x80"))


def _avc_parameter_sets(config: bytes) -> Iterator[tuple[int, bytes]]:
    """Those of sequences, then those of pictures (ISO/IEC 14496-15, section 5.3.3.1)."""
    position = 5
    for mask in (0x1F, 0xFF):
        count, position = config[position] & mask, position + 1
        for _ in range(count):
            unit, position = _unit_at(config, position)
            yield unit[0] & 0x1F, unit


def _hevc_parameter_sets(config: bytes) -> Iterator[tuple[int, bytes]]:
    """All units of the arrays by their types, whatever they are (section 8.3.3.1)."""
    position = 23
    for _ in range(config[22]):
        kind, (count,) = config[position] & 0x3F, struct.unpack_from(">H", config, position + 1)
        position += 3
        for _ in range(count):
            unit, position = _unit_at(config, position)
            yield kind, unit


def _unit_at(config: bytes, position: int) -> tuple[bytes, int]:
    """A unit behind its length of two bytes, and where it ends. Raises IndexError where it is empty or cut off."""
    (length,) = struct.unpack_from(">H", config, position)
    end = position + 2 + length
    if not length or end > len(config):
        raise IndexError(f"a unit of {length} bytes, of which {len(config) - position - 2} are there")
    return config[position + 2 : end], end


SYNTAXES = {
    H264: Syntax(
        lambda first: first & 0x1F, frozenset({5}), b"\x0c", b"\x09\xf0", b"avcC", 4, _avc_parameter_sets, 0x1B,
    ),
    H265: Syntax(
        lambda first: first >> 1 & 0x3F, frozenset({19, 20}), b"\x4c\x01", b"\x46\x01\x50", b"hvcC", 21, _hevc_parameter_sets, 0x24,
    ),
}  # fmt: skip
"""By the coding name of a sample entry."""

HEVC_PARAMETER_SETS = (32, 33, 34)
COMPLETE = 0x80


def plain_hevc_config(config: bytes) -> bytes:
    """An hvcC record that holds parameter sets alone, each kind complete, as the engine writes it (recorded: media, `h265-aac-ertmp`)."""
    found = list(_hevc_parameter_sets(config))
    arrays = []
    for kind in HEVC_PARAMETER_SETS:
        sets = [unit for each, unit in found if each == kind]
        arrays.append(struct.pack(">BH", COMPLETE | kind, len(sets)) + b"".join(struct.pack(">H", len(unit)) + unit for unit in sets))
    return config[:22] + bytes([len(arrays)]) + b"".join(arrays)
