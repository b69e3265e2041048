"""A timeline made of pieces: each ends with a sample, and the next one cuts anew from there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .timeline import Segment, Segments, Timeline


class Piece(NamedTuple):
    """The segments up to a sample: the numbers of the first one and of its first part, and the first sample after the last."""

    timeline: Timeline
    first_msn: int
    parts_before: int
    end: int | None = None

    def segment(self, number: int) -> Segment:
        """A segment of the piece, its number counted from 0."""
        whole = self.timeline.segment(number)
        if self.end is None:
            return whole
        return whole._replace(part_sizes=tuple(_shortened(whole.part_sizes, self.end - whole.first_sample)))

    def number_with(self, sample: int) -> int:
        """The number of the segment that holds the sample before this one."""
        number = self.timeline.completed(self.timeline.arrival_ns(sample))
        while number and self.timeline.segment(number).first_sample >= sample:
            number -= 1
        return number

    def before(self, end: int, target_ms: int | None = None) -> tuple[Piece, Piece]:
        """The piece ended by a sample, and the piece that begins there; `target_ms` is the target of its first segment."""
        ended = self._replace(end=end)
        number = self.timeline.completed(self.timeline.arrival_ns(end))
        parts_before = self.timeline.segment(number).first_sequence_number - 1
        while (last := ended.segment(number)).part_sizes:
            number += 1
            parts_before += len(last.part_sizes)
        following = Piece(self.timeline.beginning_at(end, target_ms), self.first_msn + number, self.parts_before + parts_before)
        return ended, following


class PiecewiseTimeline(Segments):
    """The segments of several pieces, one after the other."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.times, self.latency_ns = pieces[0].timeline.times, pieces[0].timeline.latency_ns
        self._pieces = pieces

    def segment(self, msn: int) -> Segment:
        piece = self._pieces[self._piece_of(msn)]
        found = piece.segment(msn - piece.first_msn)
        shape = (piece.timeline.first_sample, found.shape) if piece.timeline.first_sample else found.shape
        made = self._make(msn, shape, found.first_sample, found.part_sizes, found.first_sequence_number + piece.parts_before)
        return made._replace(complete_ns=found.complete_ns if piece.end is None else min(found.complete_ns, self.arrival_ns(piece.end)))

    def completed(self, now_ns: int) -> int:
        piece = next(piece for piece in self._pieces if piece.end is None or now_ns < self.arrival_ns(piece.end))
        return piece.first_msn + piece.timeline.completed(now_ns)

    def _piece_of(self, msn: int) -> int:
        return max(0, bisect_right(self._pieces, msn, key=lambda piece: piece.first_msn) - 1)


def _shortened(part_sizes: Iterable[int], count: int) -> Iterator[int]:
    """Parts of no more than so many samples together."""
    for size in part_sizes:
        if count > 0:
            yield min(size, count)
        count -= size
