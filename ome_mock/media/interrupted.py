"""A timeline that is cut short where the encoding changes, and begins anew there (dump-output.md#discontinuities)."""

from __future__ import annotations

from collections.abc import Iterable

from .pieces import Piece, PiecewiseTimeline
from .timeline import Timeline


class InterruptedTimeline(PiecewiseTimeline):
    """The segments of a track whose encoding changes with some of its samples, given in their order."""

    def __init__(self, timeline: Timeline, changes: Iterable[int]) -> None:
        pieces = [Piece(timeline, 0, 0)]
        for sample in changes:
            pieces += pieces.pop().before(sample)
        super().__init__(pieces)

    def changes_before(self, msn: int) -> int:
        return self._piece_of(msn)
