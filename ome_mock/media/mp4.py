"""A finished MP4 file of several tracks (ISO/IEC 14496-12), its tables before its media.

The engine has FFmpeg write its recordings; no recorded file is at hand, so boxes and their order are this module's own.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from fractions import Fraction

from .cmaf import UNDETERMINED_LANGUAGE, UNITY_MATRIX, box, full_box, sample_entry
from .loop_track import MediaKind
from .run import Run, interleaved

MOVIE_TIMESCALE = 1000
LARGEST_32_BIT_OFFSET = 0xFFFFFFFF
MDAT_HEADER = 16
"""With a size of 64 bits."""


def mp4_file(runs: Sequence[Run], start_ms: int) -> Iterator[bytes]:
    """The bytes of a file, in pieces; `start_ms` is the time of the runs that is 0 in the file."""
    media_size = sum(run.byte_count for run in runs)
    offset_code = "Q" if media_size > LARGEST_32_BIT_OFFSET // 2 else "I"
    header = box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2avc1mp41")
    begin = len(header) + len(_moov(runs, start_ms, _offsets(runs, 0, offset_code))) + MDAT_HEADER
    yield header
    yield _moov(runs, start_ms, _offsets(runs, begin, offset_code))
    yield struct.pack(">I4sQ", 1, b"mdat", MDAT_HEADER + media_size)
    for _, index, number in interleaved(runs):
        yield runs[index].sample(number)


def _offsets(runs: Sequence[Run], begin: int, code: str) -> list[array[int]]:
    """Of each run where each of its samples is in the file: every sample is a chunk."""
    offsets: list[array[int]] = [array(code) for _ in runs]
    position = begin
    for _, index, number in interleaved(runs):
        offsets[index].append(position)
        position += runs[index].track.sample_size(number)
    return offsets


def _moov(runs: Sequence[Run], start_ms: int, offsets: Sequence[array[int]]) -> bytes:
    duration_ms = max(run.start_ms - start_ms + run.duration_ms for run in runs)
    header = struct.pack(">4IIHH8x", 0, 0, MOVIE_TIMESCALE, duration_ms, 0x10000, 0x100, 0)
    return box(
        b"moov",
        full_box(b"mvhd", 0, 0, header, UNITY_MATRIX, bytes(24), struct.pack(">I", len(runs) + 1)),
        *(_trak(run, index + 1, start_ms, offsets[index]) for index, run in enumerate(runs)),
    )


def _trak(run: Run, track_id: int, start_ms: int, offsets: array[int]) -> bytes:
    """One track; an empty edit says how much later than the file it begins."""
    late_ms = run.start_ms - start_ms
    volume = 0 if run.track.kind is MediaKind.VIDEO else 0x100
    header = struct.pack(">5I8xHHHH", 0, 0, track_id, 0, late_ms + run.duration_ms, 0, 0, volume, 0)
    edits = [struct.pack(">IiI", late_ms, -1, 0x10000)] if late_ms else []
    edits.append(struct.pack(">IiI", run.duration_ms, 0, 0x10000))
    return box(
        b"trak",
        full_box(b"tkhd", 0, 3, header, UNITY_MATRIX, struct.pack(">II", run.track.width << 16, run.track.height << 16)),
        box(b"edts", full_box(b"elst", 0, 0, struct.pack(">I", len(edits)), *edits)),
        _mdia(run, offsets),
    )


def _mdia(run: Run, offsets: array[int]) -> bytes:
    timescale, ticks = _timescale(run.track.sample_duration_ms)
    is_video = run.track.kind is MediaKind.VIDEO
    count = run.end - run.first
    handler, name = (b"vide", b"Video\0") if is_video else (b"soun", b"Audio\0")
    return box(
        b"mdia",
        full_box(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, timescale, count * ticks, UNDETERMINED_LANGUAGE, 0)),
        full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), name),
        box(
            b"minf",
            full_box(b"vmhd", 0, 1, bytes(8)) if is_video else full_box(b"smhd", 0, 0, bytes(4)),
            box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))),
            box(b"stbl", *_sample_tables(run, count, ticks, offsets)),
        ),
    )


def _sample_tables(run: Run, count: int, ticks: int, offsets: array[int]) -> Iterator[bytes]:
    numbers = range(run.first, run.end)
    yield full_box(b"stsd", 0, 0, struct.pack(">I", 1), sample_entry(run.track, run.track.bitrate))
    yield full_box(b"stts", 0, 0, struct.pack(">3I", 1, count, ticks))
    if run.track.kind is MediaKind.VIDEO:
        yield _table(b"stss", array("I", (position for position, number in enumerate(numbers, start=1) if run.is_key(number))))
    yield full_box(b"stsc", 0, 0, struct.pack(">4I", 1, 1, 1, 1))
    yield _table(b"stsz", array("I", (run.track.sample_size(number) for number in numbers)), bytes(4))
    yield _table(b"stco" if offsets.typecode == "I" else b"co64", offsets)


def _table(kind: bytes, values: array[int], before_count: bytes = b"") -> bytes:
    """A box that is a count and as many numbers, the most significant byte first."""
    if sys.byteorder == "little":
        values = array(values.typecode, values)
        values.byteswap()
    return full_box(kind, 0, 0, before_count, struct.pack(">I", len(values)), values.tobytes())


def _timescale(sample_duration_ms: Fraction) -> tuple[int, int]:
    """Ticks a second, and ticks a sample, both whole: the sample duration as an exact fraction of a second."""
    duration_s = sample_duration_ms / 1000
    return duration_s.denominator, duration_s.numerator
