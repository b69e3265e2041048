"""A timeline whose segments end at markers, which cues of advertisements set (events-and-subtitles.md#cue-and-scte-35)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from .cutting import LONGEST_SEGMENT
from .pieces import Piece, PiecewiseTimeline
from .timeline import Timeline

NEVER_MS = 1 << 40
"""A target that no segment reaches."""


class After(Enum):
    """The segment after a marker: its target, and what it counts as."""

    REST = "as long as the cut one would have gone on, so that the others end where they would have"
    ANEW = "as long as usual"
    COUNTED = "as after any other segment"
    ENDLESS = "as long as a segment without a key frame"


class Marker(NamedTuple):
    """An instant of stream time at which a segment ends: with any sample, or with the next key sample."""

    time_ms: int
    anywhere: bool = False
    after: After = After.REST


class MarkedTimeline(PiecewiseTimeline):
    """The segments of a track with markers in the order of their times.

    A natural end takes the first marker that is due with it where segments begin `anew`, and a marker of a video then takes all that are.
    """

    def __init__(self, timeline: Timeline, markers: Iterable[Marker], *, is_video: bool) -> None:
        pieces, waiting, last = [Piece(timeline, 0, 0)], list(markers), -1
        while waiting:
            marker = waiting.pop(0)
            piece = pieces.pop()
            sample = self._sample(piece.timeline, marker, last)
            last = sample
            if marker.after is After.ANEW and _ends_naturally(piece, sample):
                pieces.append(piece)
                continue
            pieces += self._cut(piece, sample, marker)
            if marker.after is After.ANEW and is_video:
                waiting = [other for other in waiting if self._sample(timeline, other, -1) > sample]
        super().__init__(pieces)

    @staticmethod
    def _sample(timeline: Timeline, marker: Marker, last: int) -> int:
        """The first sample that the marker may cut before, after the one that the marker before it cut before."""
        sample = max(timeline.times.count_before(marker.time_ms), last + 1, timeline.first_sample + 1)
        return sample if marker.anywhere else timeline.key_from(sample)

    @staticmethod
    def _cut(piece: Piece, sample: int, marker: Marker) -> list[Piece]:
        number = piece.number_with(sample)
        cut_ms = piece.timeline.times.dts_ms(sample) - piece.segment(number).dts_ms
        duration_ms = piece.timeline.rule.segment_duration_ms
        rest_ms = piece.timeline.target_ms(number) - cut_ms
        if marker.after is After.ANEW:
            return list(piece.before(sample))
        if marker.after is not After.ENDLESS:
            return list(piece.before(sample, rest_ms + (duration_ms if marker.after is After.COUNTED else 0)))
        ended, endless = piece.before(sample, NEVER_MS)
        long = endless.timeline.segment(0)
        return [
            ended,
            *endless.before(
                long.first_sample + sum(long.part_sizes), max(-LONGEST_SEGMENT * duration_ms, rest_ms - long.duration_ms + duration_ms)
            ),
        ]


def _ends_naturally(piece: Piece, sample: int) -> bool:
    """Says if a segment of the piece begins with a sample."""
    return piece.timeline.segment(piece.number_with(sample) + 1).first_sample == sample
