"""A strict reader of what a CMAF file holds (ISO/IEC 14496-12): the tests' own, so that nothing checks itself.

Whatever the engine never writes is an error here: unknown boxes, other versions or flags, bytes left over.
"""

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ome_mock.media.loop import LoopTrack, MediaKind

KEY_SAMPLE = 0x02000000
OTHER_SAMPLE = 0x01010000


@dataclass(frozen=True)
class Chunk:
    """One moof with its mdat; times in ticks, `keys` None where the samples carry no flags."""

    sequence_number: int
    decode_time: int
    samples: tuple[bytes, ...]
    durations: tuple[int, ...]
    keys: tuple[bool, ...] | None


@dataclass(frozen=True)
class InitSection:
    """What an init section says of its track."""

    track: LoopTrack
    timescale: int
    bitrate: int


def boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """The kinds and payloads of the boxes that `data` consists of."""
    found = []
    offset = 0
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        assert 8 <= size <= len(data) - offset, f"{kind} of {size} bytes in {len(data) - offset}"
        found.append((kind, data[offset + 8 : offset + size]))
        offset += size
    return found


def children(data: bytes, *kinds: bytes) -> list[bytes]:
    """The payloads of the boxes that `data` consists of, which must be these."""
    found = boxes(data)
    assert [kind for kind, _ in found] == list(kinds)
    return [payload for _, payload in found]


def read_chunks(data: bytes) -> list[Chunk]:
    found = boxes(data)
    assert [kind for kind, _ in found] == [b"moof", b"mdat"] * (len(found) // 2)
    return [_read_chunk(moof, mdat) for (_, moof), (_, mdat) in zip(found[::2], found[1::2], strict=True)]


def _read_chunk(moof: bytes, mdat: bytes) -> Chunk:
    mfhd, traf = children(moof, b"mfhd", b"traf")
    tfhd, tfdt, trun = children(traf, b"tfhd", b"tfdt", b"trun")
    mfhd_version, sequence_number = struct.unpack(">II", mfhd)
    tfdt_version, decode_time = struct.unpack(">IQ", tfdt)
    assert (mfhd_version, tfdt_version) == (0, 0x01000000)
    assert struct.unpack(">6I", tfhd) == (0x0002003A, 1, 1, 33, 0, 0)
    version_and_flags, count, data_offset = struct.unpack_from(">III", trun)
    assert data_offset == len(moof) + 16
    rows, keys = _read_rows(version_and_flags, trun[12:])
    assert len(rows) == count
    samples, offset = [], 0
    for _, size in rows:
        samples.append(mdat[offset : offset + size])
        offset += size
    assert offset == len(mdat)
    return Chunk(sequence_number, decode_time, tuple(samples), tuple(duration for duration, _ in rows), keys)


def _read_rows(version_and_flags: int, rows: bytes) -> tuple[list[tuple[Any, ...]], tuple[bool, ...] | None]:
    if version_and_flags == 0x00000301:
        return list(struct.iter_unpack(">II", rows)), None
    assert version_and_flags == 0x01000F01
    unpacked = list(struct.iter_unpack(">IIIi", rows))
    assert {flags for _, _, flags, _ in unpacked} <= {KEY_SAMPLE, OTHER_SAMPLE}
    assert {offset for *_, offset in unpacked} == {0}
    return [row[:2] for row in unpacked], tuple(flags == KEY_SAMPLE for _, _, flags, _ in unpacked)


def read_init_section(data: bytes) -> InitSection:
    _, moov = children(data, b"ftyp", b"moov")
    _, trak, _ = children(moov, b"mvhd", b"trak", b"mvex")
    tkhd, mdia = children(trak, b"tkhd", b"mdia")
    mdhd, hdlr, minf = children(mdia, b"mdhd", b"hdlr", b"minf")
    (timescale,) = struct.unpack_from(">I", mdhd, 12)
    width, height = (size >> 16 for size in struct.unpack(">II", tkhd[-8:]))
    if hdlr[8:12] == b"vide":
        _, _, stbl = children(minf, b"vmhd", b"dinf", b"stbl")
        (entry,) = children(_sample_entries(stbl), b"avc1")
        (config,) = children(entry[78:], b"avcC")
        track = LoopTrack(MediaKind.VIDEO, Fraction(1), (), (), config, width, height)
        return InitSection(track, timescale, 0)
    assert hdlr[8:12] == b"soun"
    _, _, stbl = children(minf, b"smhd", b"dinf", b"stbl")
    (entry,) = children(_sample_entries(stbl), b"mp4a")
    channels, _, _, _, rate = struct.unpack_from(">HHHHI", entry, 16)
    (esds,) = children(entry[28:], b"esds")
    (bitrate,) = struct.unpack_from(">I", esds, 16)
    tag, size = esds[24:26]
    assert tag == 5
    config = esds[26 : 26 + size]
    track = LoopTrack(MediaKind.AUDIO, Fraction(1), (), (), config, sample_rate=rate >> 16, channels=channels)
    return InitSection(track, timescale, bitrate)


def _sample_entries(stbl: bytes) -> bytes:
    stsd, *_ = children(stbl, b"stsd", b"stts", b"stsc", b"stsz", b"stco")
    version, count = struct.unpack_from(">II", stsd)
    assert (version, count) == (0, 1)
    return stsd[8:]
