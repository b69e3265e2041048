"""What a track has produced at an instant: computed from the instant alone, never accumulated.

Samples repeat and cuts are a function of the samples, so the cuts repeat too, after a while. A timeline works the
cuts out until they repeat and does arithmetic from then on: asking for the state after a year costs what asking for
the state after a minute does. Instants are nanoseconds of stream time; 0 is when the input was published.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate, pairwise
from math import ceil
from threading import Lock
from typing import NamedTuple

from .cutting import Cut, CutRule, SampleTimes, cut

NS_PER_MS = 1_000_000

SEGMENTS_LOOKED_AT = 200
"""Of a frame rate that doesn't divide a second, segments repeat after hours only, but by then all lengths have been there."""

SEGMENTS_REMEMBERED = 64
"""Every dump of a stream asks for the newest ones; these are those of some minutes."""


class Part(NamedTuple):
    """One CMAF chunk; `sequence_number` counts the track's parts from 1 (media.md#chunk)."""

    first_sample: int
    sample_count: int
    sequence_number: int


class Segment(NamedTuple):
    """A segment, or as much of it as exists.

    `shape` names the cut that it repeats: segments of one shape differ in their times and numbers only.
    """

    msn: int
    shape: int
    first_sample: int
    part_sizes: tuple[int, ...]
    first_sequence_number: int
    dts_ms: int
    duration_ms: int
    complete_ns: int
    """When the last of these parts is complete: the sample after it has arrived."""

    @property
    def parts(self) -> Iterator[Part]:
        first_samples = accumulate(self.part_sizes, initial=self.first_sample)
        for index, (first_sample, size) in enumerate(zip(first_samples, self.part_sizes, strict=False)):
            yield Part(first_sample, size, self.first_sequence_number + index)


class _Repetition(NamedTuple):
    """From cut `start` on, everything repeats: so many segments, samples, parts and nanoseconds a turn."""

    start: int
    segments: int
    samples: int
    parts: int
    duration_ns: int


def arrived(times: SampleTimes, now_ns: int) -> int:
    """How many samples of a track have been decoded by an instant of stream time."""
    return times.count_before(now_ns // NS_PER_MS + 1)


class Timeline:
    """The segments of one track.

    `latency_ns` is how long after its time a sample arrives: a transcoder holds samples back.
    """

    def __init__(self, times: SampleTimes, is_key: Sequence[bool], rule: CutRule, latency_ns: int = 0) -> None:
        self.times = times
        self.part_target_ms = rule.part_target_ms
        self._loop_samples = len(is_key)
        self.latency_ns = latency_ns
        self._cutter = cut(times, is_key, rule)
        self._cuts: list[Cut] = []
        self._complete_ns: list[int] = []
        self._parts_before: list[int] = [0]
        self._states: dict[tuple[int, int, int], int] = {(0, times.phase(0), rule.segment_duration_ms): 0}
        self._repetition: _Repetition | None = None
        self._extending = Lock()
        self._made: dict[int, Segment] = {}
        """Those asked for last: dumps of one stream and lists of one window ask for the same ones."""

    def segment(self, msn: int) -> Segment:
        """The complete segment of this media sequence number, whether or not it exists yet."""
        made = self._made.get(msn)
        if made is None:
            made = self._whole(msn)
            if len(self._made) >= SEGMENTS_REMEMBERED:
                self._made = {}
            self._made[msn] = made
        return made

    def _whole(self, msn: int) -> Segment:
        while msn >= len(self._cuts) and self._repetition is None:
            self._extend(msn + 1)
        shape, turns, samples, parts = msn, 0, 0, 0
        if self._repetition is not None and msn >= len(self._cuts):
            repetition = self._repetition
            turns = (msn - repetition.start) // repetition.segments
            shape -= turns * repetition.segments
            samples, parts = turns * repetition.samples, turns * repetition.parts
        cut = self._cuts[shape]
        return self._make(msn, shape, cut.first_sample + samples, cut.part_sizes, self._parts_before[shape] + parts + 1)

    def completed(self, now_ns: int) -> int:
        """How many segments are complete, which is the number of the open one."""
        while self._repetition is None and (not self._complete_ns or self._complete_ns[-1] <= now_ns):
            self._extend(len(self._cuts) + 1)
        if self._repetition is None or now_ns < self._complete_ns[-1]:
            return bisect_right(self._complete_ns, now_ns)
        repetition = self._repetition
        turns, rest_ns = divmod(now_ns - self._complete_ns[repetition.start], repetition.duration_ns)
        rest_ns += self._complete_ns[repetition.start]
        return turns * repetition.segments + bisect_right(self._complete_ns, rest_ns)

    def open_segment(self, now_ns: int) -> Segment:
        """The segment in progress as far as its parts are complete; it may have none."""
        whole = self.segment(self.completed(now_ns))
        ends = list(accumulate(whole.part_sizes, initial=whole.first_sample))[1:]
        complete = bisect_right(ends, now_ns, key=self.arrival_ns)
        part_sizes = whole.part_sizes[:complete]
        return self._make(whole.msn, whole.shape, whole.first_sample, part_sizes, whole.first_sequence_number)

    def last_segment(self, end_ns: int) -> Segment:
        """The open segment at the end of the track: what is buffered then becomes its last part (dump-output.md#stopping-and-ending)."""
        whole = self.segment(self.completed(end_ns))
        closed = self.open_segment(end_ns).part_sizes
        samples = range(whole.first_sample, whole.first_sample + sum(whole.part_sizes))
        buffered = bisect_right(samples, end_ns, key=self.arrival_ns) - sum(closed)
        part_sizes = (*closed, buffered) if buffered else closed
        last = self._make(whole.msn, whole.shape, whole.first_sample, part_sizes, whole.first_sequence_number)
        return last._replace(complete_ns=end_ns)

    def part_complete_ns(self, msn: int, part_index: int) -> int:
        """When a part is complete; after the last one of a segment comes the first one of the next (RFC 8216bis, section 6.2.5.2)."""
        segment = self.segment(msn)
        if part_index >= len(segment.part_sizes):
            return self.part_complete_ns(msn + 1, 0)
        return self.arrival_ns(segment.first_sample + sum(segment.part_sizes[: part_index + 1]))

    def first_arrival_ns(self) -> int:
        """When the first sample is there."""
        return self.arrival_ns(0)

    def part_durations_ms(self, segment: Segment) -> list[int]:
        ends = accumulate(segment.part_sizes, initial=segment.first_sample)
        return [self.times.dts_ms(end) - self.times.dts_ms(start) for start, end in pairwise(ends)]

    @cached_property
    def longest_segment_ms(self) -> int:
        """What no segment is longer than, as far as `SEGMENTS_LOOKED_AT` show."""
        return ceil(max(sum(segment.part_sizes) for segment in self._looked_at()) * self.times.duration_ms)

    @cached_property
    def longest_part_ms(self) -> int:
        """What no part is longer than."""
        return ceil(max(size for segment in self._looked_at() for size in segment.part_sizes) * self.times.duration_ms)

    def _looked_at(self) -> list[Segment]:
        return [self.segment(msn) for msn in range(SEGMENTS_LOOKED_AT)]

    def _make(self, msn: int, shape: int, first_sample: int, part_sizes: tuple[int, ...], number: int) -> Segment:
        end = first_sample + sum(part_sizes)
        dts_ms = self.times.dts_ms(first_sample)
        duration_ms = self.times.dts_ms(end) - dts_ms
        return Segment(msn, shape, first_sample, part_sizes, number, dts_ms, duration_ms, self.arrival_ns(end))

    def arrival_ns(self, sample: int) -> int:
        """When a sample has arrived."""
        return self.times.dts_ms(sample) * NS_PER_MS + self.latency_ns

    def arrived(self, now_ns: int) -> int:
        """How many samples have arrived."""
        return arrived(self.times, now_ns - self.latency_ns)

    def _extend(self, count: int) -> None:
        """Work out cuts until there are `count`, or until the state after one has been there before."""
        with self._extending:
            while len(self._cuts) < count and self._repetition is None:
                cut = next(self._cutter)
                end = cut.first_sample + sum(cut.part_sizes)
                self._parts_before.append(self._parts_before[-1] + len(cut.part_sizes))
                self._complete_ns.append(self.arrival_ns(end))
                self._cuts.append(cut)
                state = (end % self._loop_samples, self.times.phase(end), cut.next_target_ms)
                start = self._states.setdefault(state, len(self._cuts))
                if start < len(self._cuts):
                    self._repetition = self._repetition_from(start, end)

    def _repetition_from(self, start: int, end: int) -> _Repetition:
        samples = end - self._cuts[start].first_sample
        parts = self._parts_before[-1] - self._parts_before[start]
        duration_ns = int(samples * self.times.duration_ms * NS_PER_MS)
        return _Repetition(start, len(self._cuts) - start, samples, parts, duration_ns)
