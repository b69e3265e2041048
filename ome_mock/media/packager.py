"""Segments as bytes: built once for each shape, then patched with their times and numbers."""

from __future__ import annotations

import struct
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import accumulate
from threading import Lock

from .cmaf import DECODE_TIME_OFFSET, SEQUENCE_NUMBER_OFFSET, init_section, part
from .loop import LoopTrack, MediaKind
from .timeline import Part, Segment, Timeline

pack_sequence_number = struct.Struct(">I").pack_into
pack_decode_time = struct.Struct(">Q").pack_into

CACHE_BYTES = 24 * 1024 * 1024
"""A day's dump of the default world needs 2 MB of it."""


@dataclass(frozen=True)
class _Template:
    """A segment, and of each of its parts where it begins and how many ticks after the segment."""

    data: bytes
    parts: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.data)


class SegmentCache:
    """Segments and templates by key, measured by their length, the least recently used dropped first; safe to share between threads."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[Hashable, bytes | _Template] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> bytes | _Template | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def store(self, key: Hashable, value: bytes | _Template) -> None:
        with self._lock:
            self._size += len(value) - len(self._entries.pop(key, b""))
            self._entries[key] = value
            while self._size > self._limit and len(self._entries) > 1:
                self._size -= len(self._entries.popitem(last=False)[1])


@dataclass(frozen=True)
class Packager:
    """Packs the samples of one track.

    Times are written in ticks, `timescale` a second. Packagers with the same track and timeline share what is in the `cache`.
    """

    track: LoopTrack
    timeline: Timeline
    timescale: int
    bitrate: int
    cache: SegmentCache

    def init_section(self) -> bytes:
        return init_section(self.track, self.timescale, self.bitrate)

    def segment(self, segment: Segment) -> bytes:
        """The bytes of a segment, or of as much of it as there is: its parts, joined."""
        if not segment.part_sizes:
            return b""
        finished_key = (self.track, self.timeline, self.timescale, segment.msn, segment.part_sizes, "finished")
        finished = self.cache.find(finished_key)
        if not isinstance(finished, bytes):
            finished = self._patch(self._template(segment), segment)
            self.cache.store(finished_key, finished)
        return finished

    def is_independent(self, part_: Part) -> bool:
        """Whether a part begins with a key sample, as every part of an audio track does."""
        return self.track.is_key[part_.first_sample % len(self.track.is_key)]

    def part(self, part_: Part) -> bytes:
        count = len(self.track.samples)
        numbers = range(part_.first_sample, part_.first_sample + part_.sample_count)
        samples = [self.track.samples[number % count] for number in numbers]
        durations = [self._ticks(number + 1) - self._ticks(number) for number in numbers]
        keys = [self.track.is_key[number % len(self.track.is_key)] for number in numbers] if self.track.kind is MediaKind.VIDEO else None
        return part(part_.sequence_number, self._ticks(part_.first_sample), samples, durations, keys)

    def _template(self, segment: Segment) -> _Template:
        """Any segment of this shape and length."""
        key = (self.track, self.timeline, self.timescale, segment.shape, segment.part_sizes, "template")
        template = self.cache.find(key)
        if not isinstance(template, _Template):
            parts = [self.part(part_) for part_ in segment.parts]
            ticks = [self._ticks(part_.first_sample) - self._ticks(segment.first_sample) for part_ in segment.parts]
            offsets = accumulate(map(len, parts), initial=0)
            template = _Template(b"".join(parts), tuple(zip(offsets, ticks, strict=False)))
            self.cache.store(key, template)
        return template

    def _patch(self, template: _Template, segment: Segment) -> bytes:
        patched = bytearray(template.data)
        number, decode_time = segment.first_sequence_number, self._ticks(segment.first_sample)
        for offset, ticks in template.parts:
            pack_sequence_number(patched, offset + SEQUENCE_NUMBER_OFFSET, number)
            pack_decode_time(patched, offset + DECODE_TIME_OFFSET, decode_time + ticks)
            number += 1
        return bytes(patched)

    def _ticks(self, sample: int) -> int:
        return self.timeline.times.dts_ms(sample) * self.timescale // 1000
