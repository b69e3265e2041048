"""An MP4 file of several tracks that grows (ISO/IEC 14496-12): its media as they come, and at its end the tables.

The engine has FFmpeg write its records: 48 bytes, then the samples (records-and-pushes.md#record-files). The boxes of the tables are this
module's own, as no recorded file is at hand.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence

from .cmaf import box, full_box, media_box, movie_header, track_header
from .loop_track import H264, MediaKind
from .run import MediaTrack, Run, TimedSample

MOVIE_TIMESCALE = 1000
LARGEST_SIZE = 0xFFFFFFFF
"""The largest size of a box, and the largest offset, that take 32 bits."""
BOX_HEADER = 8


class Mp4File:
    """The bytes of a file in the order in which they are written; `start_ms` is the stream time at which the file begins."""

    def __init__(self, tracks: Sequence[MediaTrack], start_ms: int) -> None:
        self._tracks = tracks
        self._start_ms = start_ms
        brands = b"isomiso2" + (b"avc1" if any(each.track.coding == H264 and each.track.width for each in tracks) else b"") + b"mp41"
        self.head = box(b"ftyp", b"isom", struct.pack(">I", 0x200), brands) + box(b"free") + struct.pack(">I4s", 0, b"mdat")
        """The bytes that are written first; the room of `free` is for a size of `mdat` that takes 64 bits."""
        self._size = len(self.head)
        self._first: list[int | None] = [None] * len(tracks)
        self._offsets = [array("Q") for _ in tracks]

    @staticmethod
    def payload_size(run: Run) -> int:
        """The bytes of samples as the engine counts them."""
        return run.byte_count

    def add(self, samples: Iterable[TimedSample]) -> Iterator[bytes]:
        """The bytes of further samples, each a chunk of its own."""
        for sample in samples:
            track = self._tracks[sample.track].track
            if self._first[sample.track] is None:
                self._first[sample.track] = sample.number
            self._offsets[sample.track].append(self._size)
            self._size += track.sample_size(sample.number)
            yield track.sample(sample.number)

    def tail(self) -> bytes:
        """The bytes that are written last: the tables."""
        runs, offsets = [], []
        for (track, times), first, each in zip(self._tracks, self._first, self._offsets, strict=True):
            if first is not None:
                runs.append(Run(track, times, first, first + len(each)))
                offsets.append(each if self._size > LARGEST_SIZE else array("I", each))
        return _moov(runs, self._start_ms, offsets)

    def patch(self) -> tuple[int, bytes] | None:
        """The size of the media, and where in the head it belongs, once all of them are there."""
        size = self._size - len(self.head) + BOX_HEADER
        if size <= LARGEST_SIZE:
            return len(self.head) - BOX_HEADER, struct.pack(">I", size)
        return len(self.head) - 2 * BOX_HEADER, struct.pack(">I4sQ", 1, b"mdat", size + BOX_HEADER)


def _moov(runs: Sequence[Run], start_ms: int, offsets: Sequence[array[int]]) -> bytes:
    duration_ms = max((run.start_ms - start_ms + run.duration_ms for run in runs), default=0)
    return box(
        b"moov",
        movie_header(MOVIE_TIMESCALE, duration_ms, len(runs) + 1),
        *(_trak(run, index + 1, start_ms, offsets[index]) for index, run in enumerate(runs)),
    )


def _trak(run: Run, track_id: int, start_ms: int, offsets: array[int]) -> bytes:
    """The box of one track; an empty edit delays a track that begins later than the file."""
    late_ms = run.start_ms - start_ms
    edits = [struct.pack(">IiI", late_ms, -1, 0x10000)] if late_ms else []
    edits.append(struct.pack(">IiI", run.duration_ms, 0, 0x10000))
    ticks, timescale = (run.track.sample_duration_ms / 1000).as_integer_ratio()  # of a sample and of a second, both whole
    count = run.end - run.first
    return box(
        b"trak",
        track_header(run.track, 3, track_id, late_ms + run.duration_ms),
        box(b"edts", full_box(b"elst", 0, 0, struct.pack(">I", len(edits)), *edits)),
        media_box(run.track, timescale, count * ticks, run.track.bitrate, _sample_tables(run, count, ticks, offsets)),
    )


def _sample_tables(run: Run, count: int, ticks: int, offsets: array[int]) -> Iterator[bytes]:
    numbers = range(run.first, run.end)
    yield full_box(b"stts", 0, 0, struct.pack(">3I", 1, count, ticks))
    if run.track.kind is MediaKind.VIDEO:
        yield _table(b"stss", array("I", (position for position, number in enumerate(numbers, start=1) if run.track.is_key_sample(number))))
    yield full_box(b"stsc", 0, 0, struct.pack(">4I", 1, 1, 1, 1))
    yield _table(b"stsz", array("I", (run.track.sample_size(number) for number in numbers)), bytes(4))
    yield _table(b"stco" if offsets.typecode == "I" else b"co64", offsets)


def _table(kind: bytes, values: array[int], before_count: bytes = b"") -> bytes:
    """A box with a count and its numbers, most significant byte first."""
    if sys.byteorder == "little":
        values = array(values.typecode, values)
        values.byteswap()
    return full_box(kind, 0, 0, before_count, struct.pack(">I", len(values)), values.tobytes())
