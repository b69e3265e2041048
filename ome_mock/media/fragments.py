"""Init sections and segments read: what their boxes say (ISO/IEC 14496-12), without the samples themselves.

What OME writes is understood, and what other versions of it write too: boxes before a moof, absent defaults, flags of any kind.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from .emsg import decode_emsg

NOT_SYNC = 0x00010000
"""The flag of a sample that can't be decoded on its own (section 8.8.3.1)."""
HEADER = struct.Struct(">I4s")
WORD = struct.Struct(">I")
LONG = struct.Struct(">Q")
PAIR = struct.Struct(">II")
CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf"})

USUAL = struct.Struct(">4x4s 4x4s4xI 4x4s I4s24x I4sB3xQ 4x4sIII")
"""A moof box as OME lays it out, up to the rows of its samples: moof, mfhd, traf, tfhd, tfdt, trun."""
USUAL_BOXES = (b"moof", b"mfhd", b"traf", 32, b"tfhd", 20, b"tfdt", 1, b"trun")
USUAL_WIDTHS = {0x000301: 2, 0x01000F01: 4}
"""Numbers a row: duration, size and, of video, flags and offset."""

DURATION, SIZE, FLAGS, OFFSET = 0x100, 0x200, 0x400, 0x800
"""Fields that each row of a run of samples may hold (section 8.8.8)."""


class MediaDamaged(Exception):
    """A file is not what it should be: where, in bytes from its beginning, and why."""

    def __init__(self, offset: int, problem: str) -> None:
        super().__init__(f"byte {offset}: {problem}")
        self.offset = offset
        self.problem = problem


class InitSection(NamedTuple):
    """The track that an init section declares: ticks a second, its handler (`vide`, `soun`) and its sample entry (`avc1`, `mp4a`)."""

    timescale: int
    handler: str
    codec: str


class Fragment(NamedTuple):
    """One moof with its mdat; times in ticks of the track."""

    offset: int
    sequence_number: int
    decode_time: int
    duration: int
    begins_with_key: bool
    size: int | None
    """Bytes of all samples; None where it is not told."""


def read_init_section(data: bytes) -> InitSection:
    """Raises MediaDamaged."""
    moov = next(((offset, end) for kind, offset, end in _boxes(data) if kind == b"moov"), None)
    if moov is None:
        raise MediaDamaged(0, "there is no moov box")
    offset, end = moov
    leaves = _leaves(data, offset, end)
    try:
        mdhd = leaves[b"mdhd"]
        (timescale,) = WORD.unpack_from(data, mdhd + (20 if data[mdhd] else 12))
        handler, codec = (data[leaves[kind] + start : leaves[kind] + start + 4] for kind, start in ((b"hdlr", 8), (b"stsd", 12)))
        leaves[b"trex"]
    except KeyError as error:
        raise MediaDamaged(offset, f"the moov box lacks {error.args[0].decode()}") from None
    except struct.error:
        raise MediaDamaged(offset, "the moov box is cut") from None
    if not timescale:
        raise MediaDamaged(mdhd, "the timescale is 0")
    return InitSection(timescale, handler.decode("latin-1"), codec.decode("latin-1"))


def read_fragments(data: bytes) -> Iterator[Fragment]:
    """The fragments of a segment in their order. Raises MediaDamaged, at the first place where it can't be read on."""
    moof: tuple[int, int] | None = None
    for kind, offset, end in _boxes(data):
        if kind == b"moof":
            if moof is not None:
                raise MediaDamaged(offset, "moof after moof, without an mdat between them")
            moof = offset, end
        elif kind == b"emsg":
            _look_at_event(data, offset, end)
        elif kind == b"mdat":
            if moof is None:
                raise MediaDamaged(offset, "mdat without a moof before it")
            fragment = _usual_fragment(data, *moof) or _fragment(data, *moof)
            if fragment.size is not None and fragment.size != end - offset - HEADER.size:
                raise MediaDamaged(moof[0], f"the samples have {fragment.size} bytes, and the mdat {end - offset - HEADER.size}")
            yield fragment
            moof = None
    if moof is not None:
        raise MediaDamaged(moof[0], "moof without an mdat after it")


def _look_at_event(data: bytes, offset: int, end: int) -> None:
    """Raises MediaDamaged if an event of version 1 can't be read."""
    if data[offset + HEADER.size : offset + HEADER.size + 1] == b"\1":
        try:
            decode_emsg(data[offset + HEADER.size : end])
        except ValueError as error:
            raise MediaDamaged(offset, str(error)) from None


def _boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, offset and end of each box. Raises MediaDamaged where one does not fit."""
    offset, size = 0, len(data)
    while offset < size:
        if size - offset < HEADER.size:
            raise MediaDamaged(offset, f"cut in the header of a box, at {size} bytes")
        length, kind = HEADER.unpack_from(data, offset)
        if length == 1 and size - offset >= 16:
            (length,) = LONG.unpack_from(data, offset + HEADER.size)
        if length < HEADER.size or not kind.isalnum():
            raise MediaDamaged(offset, "there is no box here")
        if offset + length > size:
            raise MediaDamaged(offset, f"the box {kind.decode()} of {length} bytes is cut at {size - offset}")
        yield kind, offset, offset + length
        offset += length


def _leaves(data: bytes, offset: int, end: int) -> dict[bytes, int]:
    """The offsets of payloads of the boxes within a box, by kind; of one that holds others, theirs."""
    found: dict[bytes, int] = {}
    position = offset + HEADER.size
    while position < end:
        length, kind = HEADER.unpack_from(data, position) if end - position >= HEADER.size else (0, b"")
        if not HEADER.size <= length <= end - position:
            raise MediaDamaged(position, "a box within another does not fit")
        found[kind] = position + HEADER.size
        position += HEADER.size if kind in CONTAINERS else length
    return found


def _usual_fragment(data: bytes, offset: int, end: int) -> Fragment | None:
    """A fragment as OME lays it out, in a quarter of the time; None where it is laid out otherwise."""
    if end - offset < USUAL.size:
        return None
    moof, mfhd, sequence_number, traf, *boxes, version, decode_time, trun, told, count, _ = USUAL.unpack_from(data, offset)
    width = USUAL_WIDTHS.get(told)
    if (moof, mfhd, traf, *boxes, version, trun) != USUAL_BOXES or not width or offset + USUAL.size + 4 * width * count != end or not count:
        return None
    rows = struct.unpack_from(f">{width * count}I", data, offset + USUAL.size)
    begins_with_key = width == 2 or not rows[2] & NOT_SYNC
    return Fragment(offset, sequence_number, decode_time, sum(rows[::width]), begins_with_key, sum(rows[1::width]))


def _fragment(data: bytes, offset: int, end: int) -> Fragment:
    leaves = _leaves(data, offset, end)
    try:
        (sequence_number,) = WORD.unpack_from(data, leaves[b"mfhd"] + 4)
        tfdt = leaves[b"tfdt"]
        (decode_time,) = (LONG if data[tfdt] else WORD).unpack_from(data, tfdt + 4)
        duration, size, begins_with_key = _run(data, leaves[b"trun"], end, leaves[b"tfhd"])
    except KeyError as error:
        raise MediaDamaged(offset, f"the moof box lacks {error.args[0].decode()}") from None
    except struct.error:
        raise MediaDamaged(offset, "the moof box is cut") from None
    return Fragment(offset, sequence_number, decode_time, duration, begins_with_key, size)


def _run(data: bytes, trun: int, end: int, tfhd: int) -> tuple[int, int | None, bool]:
    """Duration, bytes (None: not told) and whether the first sample is a key frame, of a run of samples (section 8.8.8)."""
    told, count = PAIR.unpack_from(data, trun)
    position = trun + 8 + (4 if told & 0x1 else 0)
    columns = [flag for flag in (DURATION, SIZE, FLAGS, OFFSET) if told & flag]
    width = len(columns)
    first = WORD.unpack_from(data, position)[0] if told & 0x4 else None
    position += 4 if told & 0x4 else 0
    if position + 4 * count * width > end:
        raise struct.error
    rows = struct.unpack_from(f">{count * width}I", data, position)
    duration = sum(rows[::width]) if told & DURATION else count * _default(data, tfhd, 0x8)
    if told & SIZE:
        size: int | None = sum(rows[columns.index(SIZE) :: width])
    else:
        size = count * _default(data, tfhd, 0x10) or None
    if first is None:
        first = rows[columns.index(FLAGS)] if told & FLAGS and rows else _default(data, tfhd, 0x20)
    return duration, size, count > 0 and not first & NOT_SYNC


def _default(data: bytes, tfhd: int, wanted: int) -> int:
    """A default of the samples (section 8.8.7); 0 where it is the trex box's, which OME leaves at 0."""
    (told,) = WORD.unpack_from(data, tfhd)
    if not told & wanted:
        return 0
    before = sum(width for flag, width in ((0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4)) if told & flag and flag < wanted)
    (value,) = WORD.unpack_from(data, tfhd + 8 + before)
    return int(value)
