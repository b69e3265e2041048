"""The segments of a track at an instant, computed from the instant alone.

Samples repeat, and cuts depend only on the samples, so the cuts repeat too. A timeline computes cuts until they repeat and
uses arithmetic from then on: the state after a year takes as long to compute as the state after a minute. Instants are
nanoseconds of stream time; 0 is the publishing of the input.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate, count, pairwise
from math import ceil
from threading import Lock
from typing import NamedTuple

from .cutting import Cut, CutRule, SampleTimes, cut

NS_PER_MS = 1_000_000

SEGMENTS_LOOKED_AT = 200
"""The number of segments searched for the longest one. With some frame rates segments repeat only after hours."""

SEGMENTS_REMEMBERED = 64
"""The number of cached segments, some minutes of them, because all dumps of a stream use the newest ones."""


class Part(NamedTuple):
    """One CMAF chunk; `sequence_number` counts the track's parts from 1 (media.md#chunk)."""

    first_sample: int
    sample_count: int
    sequence_number: int


class Segment(NamedTuple):
    """A segment, complete or in progress.

    `shape` names the cut that it repeats; segments of one shape differ only in their times and numbers.
    """

    msn: int
    shape: Hashable
    first_sample: int
    part_sizes: tuple[int, ...]
    first_sequence_number: int
    dts_ms: int
    duration_ms: int
    complete_ns: int
    """The instant at which the last of these parts is complete, because the sample after it has arrived."""

    @property
    def parts(self) -> Iterator[Part]:
        first_samples = accumulate(self.part_sizes, initial=self.first_sample)
        for index, (first_sample, size) in enumerate(zip(first_samples, self.part_sizes, strict=False)):
            yield Part(first_sample, size, self.first_sequence_number + index)


class _Repetition(NamedTuple):
    """The repetition of cuts from cut `start` on, with the segments, samples, parts and nanoseconds of one turn."""

    start: int
    segments: int
    samples: int
    parts: int
    duration_ns: int


def arrived(times: SampleTimes, now_ns: int) -> int:
    """The number of samples decoded by an instant of stream time."""
    return times.count_before(now_ns // NS_PER_MS + 1)


class Segments(ABC):
    """The segments of a track whose samples have `times`, and arrive `latency_ns` after them."""

    times: SampleTimes
    latency_ns: int

    @abstractmethod
    def segment(self, msn: int) -> Segment:
        """The complete segment of this media sequence number, even if it is still to come."""

    @abstractmethod
    def completed(self, now_ns: int) -> int:
        """The number of complete segments, which is the media sequence number of the open one."""

    def changes_before(self, msn: int) -> int:  # noqa: ARG002
        """The number of changes of the encoding before a segment."""
        return 0

    def open_segment(self, now_ns: int) -> Segment:
        """The segment in progress with its complete parts, if any."""
        whole = self.segment(self.completed(now_ns))
        ends = list(accumulate(whole.part_sizes, initial=whole.first_sample))[1:]
        complete = bisect_right(ends, now_ns, key=self.arrival_ns)
        part_sizes = whole.part_sizes[:complete]
        return self._make(whole.msn, whole.shape, whole.first_sample, part_sizes, whole.first_sequence_number)

    def last_segment(self, end_ns: int) -> Segment:
        """The open segment at the end of the track; buffered samples become its last part (dump-output.md#stopping-and-ending)."""
        whole = self.segment(self.completed(end_ns))
        closed = self.open_segment(end_ns).part_sizes
        samples = range(whole.first_sample, whole.first_sample + sum(whole.part_sizes))
        buffered = bisect_right(samples, end_ns, key=self.arrival_ns) - sum(closed)
        part_sizes = (*closed, buffered) if buffered else closed
        last = self._make(whole.msn, whole.shape, whole.first_sample, part_sizes, whole.first_sequence_number)
        return last._replace(complete_ns=end_ns)

    def part_complete_ns(self, msn: int, part_index: int) -> int:
        """The instant at which a part is complete.

        The index after a segment's last part means the first part of the next (RFC 8216bis, section 6.2.5.2).
        """
        segment = self.segment(msn)
        if part_index >= len(segment.part_sizes):
            return self.part_complete_ns(msn + 1, 0)
        return self.arrival_ns(segment.first_sample + sum(segment.part_sizes[: part_index + 1]))

    def part_at(self, time_ms: int) -> tuple[int, int]:
        """The segment and the part whose samples a stream time falls among."""
        segment = self.segment(self.completed(time_ms * NS_PER_MS))
        while segment.dts_ms + segment.duration_ms <= time_ms:
            segment = self.segment(segment.msn + 1)
        ends_ms = (self.times.dts_ms(end) for end in accumulate(segment.part_sizes, initial=segment.first_sample))
        return segment.msn, max(0, sum(end_ms <= time_ms for end_ms in ends_ms) - 1)

    def part_durations_ms(self, segment: Segment) -> list[int]:
        ends = accumulate(segment.part_sizes, initial=segment.first_sample)
        return [self.times.dts_ms(end) - self.times.dts_ms(start) for start, end in pairwise(ends)]

    def _make(self, msn: int, shape: Hashable, first_sample: int, part_sizes: tuple[int, ...], number: int) -> Segment:
        end = first_sample + sum(part_sizes)
        dts_ms = self.times.dts_ms(first_sample)
        duration_ms = self.times.dts_ms(end) - dts_ms
        return Segment(msn, shape, first_sample, part_sizes, number, dts_ms, duration_ms, self.arrival_ns(end))

    def arrival_ns(self, sample: int) -> int:
        """The instant at which a sample arrives."""
        return self.times.dts_ms(sample) * NS_PER_MS + self.latency_ns

    def arrived(self, now_ns: int) -> int:
        """The number of samples that have arrived."""
        return arrived(self.times, now_ns - self.latency_ns)


class Timeline(Segments):
    """The segments of one track, cut from its `first_sample` on.

    `latency_ns` is the delay between a sample's time and its arrival, which a transcoder causes.
    """

    def __init__(
        self,
        times: SampleTimes,
        is_key: Sequence[bool],
        rule: CutRule,
        latency_ns: int = 0,
        first_sample: int = 0,
        target_ms: int | None = None,
    ) -> None:
        self.times = times
        self.first_sample = first_sample
        self._is_key = is_key
        self.rule = rule
        self._loop_samples = len(is_key)
        self.latency_ns = latency_ns
        self._first_target_ms = rule.segment_duration_ms if target_ms is None else target_ms
        self._cutter = pairwise(cut(times, is_key, rule, first_sample, target_ms))
        self._cuts: list[Cut] = []
        self._complete_ns: list[int] = []
        self._awaited: list[int] = []
        """For each cut the number of samples after its end with which it is complete."""
        self._parts_before: list[int] = [0]
        self._states: dict[tuple[int, int, int], int] = {(first_sample % len(is_key), times.phase(first_sample), self._first_target_ms): 0}
        self._repetition: _Repetition | None = None
        self._extending = Lock()
        self._made: dict[int, Segment] = {}
        """The segments used last, because dumps of a stream and lists of a window use the same ones."""

    def beginning_at(self, sample: int, target_ms: int | None = None) -> Timeline:
        """The segments of the same samples, if the first one begins with this sample, and has this target or the usual one."""
        return Timeline(self.times, self._is_key, self.rule, self.latency_ns, sample, target_ms)

    def target_ms(self, msn: int) -> int:
        """The target of a segment, which makes up for the drift of those before it."""
        self.segment(msn)
        if self._repetition is not None and msn > len(self._cuts):
            msn -= (msn - self._repetition.start - 1) // self._repetition.segments * self._repetition.segments
        return self._cuts[msn - 1].next_target_ms if msn else self._first_target_ms

    def key_from(self, sample: int) -> int:
        """The first key sample that is not before a sample."""
        return next(number for number in count(sample) if self._is_key[number % self._loop_samples])

    def segment(self, msn: int) -> Segment:
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
        whole = self._make(msn, shape, cut.first_sample + samples, cut.part_sizes, self._parts_before[shape] + parts + 1)
        awaited = self._awaited[shape]
        return whole._replace(complete_ns=self.arrival_ns(whole.first_sample + sum(whole.part_sizes) + awaited)) if awaited else whole

    def completed(self, now_ns: int) -> int:
        while self._repetition is None and (not self._complete_ns or self._complete_ns[-1] <= now_ns):
            self._extend(len(self._cuts) + 1)
        if self._repetition is None or now_ns < self._complete_ns[-1]:
            return bisect_right(self._complete_ns, now_ns)
        repetition = self._repetition
        turns, rest_ns = divmod(now_ns - self._complete_ns[repetition.start], repetition.duration_ns)
        rest_ns += self._complete_ns[repetition.start]
        return turns * repetition.segments + bisect_right(self._complete_ns, rest_ns)

    @cached_property
    def longest_segment_ms(self) -> int:
        """The longest duration of the first `SEGMENTS_LOOKED_AT` segments, in milliseconds."""
        return ceil(max(sum(segment.part_sizes) for segment in self._looked_at()) * self.times.duration_ms)

    @cached_property
    def longest_part_ms(self) -> int:
        """The longest duration of the parts of these segments, in milliseconds."""
        return ceil(max(size for segment in self._looked_at() for size in segment.part_sizes) * self.times.duration_ms)

    def _looked_at(self) -> list[Segment]:
        return [self.segment(msn) for msn in range(SEGMENTS_LOOKED_AT)]

    def _extend(self, count: int) -> None:
        """Compute cuts until there are `count` of them, or until the state after one occurs for the second time."""
        with self._extending:
            while len(self._cuts) < count and self._repetition is None:
                cut, following = next(self._cutter)
                self._awaited.append(following.part_sizes[0] if self.rule.next_part_completes else 0)
                end = cut.first_sample + sum(cut.part_sizes)
                self._parts_before.append(self._parts_before[-1] + len(cut.part_sizes))
                self._complete_ns.append(self.arrival_ns(end + self._awaited[-1]))
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
