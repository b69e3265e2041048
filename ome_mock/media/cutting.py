"""Cuts a track into parts and segments as OME does (media.md#cutting). Sample times in, cuts out; no bytes, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, lcm
from typing import NamedTuple

LONGEST_SEGMENT = 2
"""A multiple of the segment duration; a segment of LL-HLS that becomes longer ends with that part, even without a key frame."""
LONGEST_TS_SEGMENT = 3
"""A multiple of the segment duration at which a segment of MPEG-TS ends without a key frame (recorded: media, `key-frame-every-10-s`)."""


@dataclass(frozen=True)
class SampleTimes:
    """The decode times of the samples of an endless track, in whole milliseconds of stream time.

    The engine's times are whole milliseconds: sample `n` has `floor(offset + n * duration)`.
    """

    offset_ms: Fraction
    duration_ms: Fraction

    def dts_ms(self, sample: int) -> int:
        offset, duration, unit = self._scaled
        return (offset + sample * duration) // unit

    def count_before(self, ms: int) -> int:
        """The number of samples decoded before an instant, which is also the index of the first later one."""
        offset, duration, unit = self._scaled
        return max(0, -((offset - ms * unit) // duration))

    def phase(self, sample: int) -> int:
        """The remainder of a sample's time below a millisecond; after samples with equal phases the same durations follow."""
        offset, duration, unit = self._scaled
        return (offset + sample * duration) % unit

    @cached_property
    def _scaled(self) -> tuple[int, int, int]:
        """Offset and duration over one denominator, so that every time is one integer division."""
        unit = lcm(self.offset_ms.denominator, self.duration_ms.denominator)
        return int(self.offset_ms * unit), int(self.duration_ms * unit), unit


class CutRule(NamedTuple):
    """The targets of one track; milliseconds."""

    segment_duration_ms: int
    part_target_ms: int
    exceeds_ms: int = 0
    """The least time by which a segment exceeds its target."""
    longest_ms: int | None = None
    """A segment that becomes longer ends without a key frame; None for a multiple of the duration."""
    parts_end_with_segments: bool = True
    """True if a segment that is long enough ends at once where it may, within a part; else at the end of a part."""
    next_part_completes: bool = False
    """True if a segment is complete only with the first part of the next one."""


def ts_rule(segment_duration_ms: int, *, has_video: bool) -> CutRule:
    """The rule of MPEG-TS, where every sample may be the last: sound alone ends only beyond its target (recorded: hls/tracks missing)."""
    return CutRule(segment_duration_ms, 1, 0 if has_video else 1, LONGEST_TS_SEGMENT * segment_duration_ms - 1)


def part_target_ms(chunk_duration_ms: int, sample_duration_ms: Fraction) -> int:
    """The chunk duration as whole samples, at least one, in whole milliseconds.

    A half is rounded down: 0.5 s at 15 fps is 7 samples (recorded: story abr-two-playlists, seg_1_2).
    """
    samples = max(1, ceil(chunk_duration_ms / sample_duration_ms - Fraction(1, 2)))
    return floor(samples * sample_duration_ms + Fraction(1, 2))


class Cut(NamedTuple):
    """One segment: its first sample, and the number of samples in each of its parts."""

    first_sample: int
    part_sizes: tuple[int, ...]
    next_target_ms: int
    """The target of the next segment, corrected by the drift of this one, so that targets add up to multiples of the duration.

    It is 0 or less if this segment is too long for that, because key frames are farther apart.
    """


def cut(times: SampleTimes, is_key: Sequence[bool], rule: CutRule, first_sample: int = 0, target_ms: int | None = None) -> Iterator[Cut]:
    """Cut an endless track whose samples repeat with the period of `is_key`, from one of its samples on.

    `target_ms` is the target of the first segment, the usual one for None.
    """
    open_segment = _OpenSegment(first_sample, rule.segment_duration_ms if target_ms is None else target_ms)
    sample = first_sample
    while True:
        duration_ms = times.dts_ms(sample + 1) - times.dts_ms(sample)
        finished = open_segment.before_sample(duration_ms, is_key[sample % len(is_key)], rule)
        if finished is not None:
            yield finished
            open_segment = _OpenSegment(sample, finished.next_target_ms)
        open_segment.buffer(duration_ms)
        sample += 1


class _OpenSegment:
    """A segment in progress: its closed parts, and the samples buffered for the next part."""

    def __init__(self, first_sample: int, target_ms: int) -> None:
        self._first_sample = first_sample
        self._target_ms = target_ms
        self._part_sizes: list[int] = []
        self._closed_ms = 0
        self._buffered = 0
        self._buffered_ms = 0

    def buffer(self, duration_ms: int) -> None:
        self._buffered += 1
        self._buffered_ms += duration_ms

    def before_sample(self, duration_ms: int, is_key: bool, rule: CutRule) -> Cut | None:
        """Close the part, and the segment, if the next sample requires it; returns a closed segment."""
        if not self._buffered:
            return None
        length_ms = self._closed_ms + self._buffered_ms
        may_end = length_ms >= self._target_ms + rule.exceeds_ms and is_key
        target_ms = rule.part_target_ms
        full = self._buffered_ms >= target_ms
        nearly_full = self._buffered_ms + duration_ms > target_ms and 100 * self._buffered_ms >= 85 * target_ms
        if not (full or nearly_full or (may_end and rule.parts_end_with_segments)):
            return None
        self._part_sizes.append(self._buffered)
        self._closed_ms, self._buffered, self._buffered_ms = length_ms, 0, 0
        longest_ms = LONGEST_SEGMENT * rule.segment_duration_ms if rule.longest_ms is None else rule.longest_ms
        if may_end or length_ms > longest_ms:
            next_target_ms = max(-longest_ms, self._target_ms - length_ms + rule.segment_duration_ms)
            return Cut(self._first_sample, tuple(self._part_sizes), next_target_ms)
        return None
