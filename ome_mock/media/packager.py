"""Builds the bytes of segments: once for each shape, then patched with times and numbers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock

from .cmaf import NUMBER_TO_TIME, SEQUENCE_NUMBER_OFFSET, init_section, part
from .loop_track import LoopTrack, MediaKind
from .timeline import Part, Segment, Timeline

CACHE_BYTES = 24 * 1024 * 1024
"""The default size of a cache; a day's dump of the default world needs 2 MB."""


@dataclass(frozen=True)
class _Template:
    """The bytes of a segment, cut where each of its parts has a number and a time of its own.

    For each part these are the bytes before its number, those between its number and its time, and its ticks after the segment.
    """

    parts: tuple[tuple[bytes, bytes, int], ...]
    end: bytes
    """The bytes behind the last part's time."""

    def __len__(self) -> int:
        return sum(len(before) + NUMBER_TO_TIME.size for before, _, _ in self.parts) + len(self.end)


def _cut_up(parts: list[bytes], ticks: list[int]) -> _Template:
    """The template of joined parts; each begins `ticks` after the segment."""
    cut, before = [], b""
    for part_, after in zip(parts, ticks, strict=True):
        _, between, _ = NUMBER_TO_TIME.unpack_from(part_, SEQUENCE_NUMBER_OFFSET)
        cut.append((before + part_[:SEQUENCE_NUMBER_OFFSET], between, after))
        before = part_[SEQUENCE_NUMBER_OFFSET + NUMBER_TO_TIME.size :]
    return _Template(tuple(cut), before)


class SegmentCache:
    """Keeps templates by key up to a total length, dropping the least recently used, and the last segment of each track.

    One segment is enough, because all dumps of a stream need the same one at the same time. It is safe to share between threads.
    """

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._latest: dict[Hashable, tuple[Hashable, bytes]] = {}
        """The last segment and its bytes, by track."""
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[Hashable, _Template] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> _Template | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def store(self, key: Hashable, value: _Template) -> None:
        with self._lock:
            self._size += len(value) - len(self._entries.pop(key, ()))
            self._entries[key] = value
            while self._size > self._limit and len(self._entries) > 1:
                self._size -= len(self._entries.popitem(last=False)[1])

    def find_latest(self, track: Hashable, segment: Hashable) -> bytes | None:
        latest, data = self._latest.get(track, (None, None))
        return data if latest == segment else None

    def store_latest(self, track: Hashable, segment: Hashable, data: bytes) -> None:
        self._latest[track] = (segment, data)


@dataclass(frozen=True)
class Packager:
    """Packs the samples of one track.

    Times are written in ticks, `timescale` a second. Packagers with the same track and timeline share entries of the `cache`.
    """

    track: LoopTrack
    timeline: Timeline
    timescale: int
    bitrate: int
    cache: SegmentCache

    def init_section(self) -> bytes:
        return init_section(self.track, self.timescale, self.bitrate)

    def segment(self, segment: Segment) -> bytes:
        """The bytes of a segment, complete or not: its parts, joined."""
        if not segment.part_sizes:
            return b""
        track, which = (self._pattern(segment), self.timeline, self.timescale), (segment.msn, segment.part_sizes)
        data = self.cache.find_latest(track, which)
        if data is None:
            data = self._patch(self._template(segment), segment)
            self.cache.store_latest(track, which, data)
        return data

    def is_independent(self, part_: Part) -> bool:
        """Says if a part begins with a key sample; every part of an audio track does."""
        return self.track.is_key_sample(part_.first_sample)

    def part(self, part_: Part) -> bytes:
        track = self.track
        numbers = range(part_.first_sample, part_.first_sample + part_.sample_count)
        samples = [track.sample(number) for number in numbers]
        durations = [self._ticks(number + 1) - self._ticks(number) for number in numbers]
        keys = [track.is_key_sample(number) for number in numbers] if track.kind is MediaKind.VIDEO else None
        return part(part_.sequence_number, self._ticks(part_.first_sample), samples, durations, keys)

    def _template(self, segment: Segment) -> _Template:
        """The template for segments of this shape and length."""
        key = (self._pattern(segment), self.timeline, self.timescale, segment.shape, segment.part_sizes)
        template = self.cache.find(key)
        if template is None:
            ticks = [self._ticks(part_.first_sample) - self._ticks(segment.first_sample) for part_ in segment.parts]
            template = _cut_up([self.part(part_) for part_ in segment.parts], ticks)
            self.cache.store(key, template)
        return template

    def _pattern(self, segment: Segment) -> Hashable:
        return self.track.pattern(segment.first_sample, sum(segment.part_sizes))

    def _patch(self, template: _Template, segment: Segment) -> bytes:
        """The bytes of a segment, copied once: most of the time of heavy ones goes into copying."""
        decode_time = self._ticks(segment.first_sample)
        pieces: list[bytes] = []
        for number, (before, between, ticks) in enumerate(template.parts, start=segment.first_sequence_number):
            pieces += (before, NUMBER_TO_TIME.pack(number, between, decode_time + ticks))
        return b"".join((*pieces, template.end))

    def _ticks(self, sample: int) -> int:
        return self.timeline.times.dts_ms(sample) * self.timescale // 1000
