"""Totals of what has happened since the emulator was made; clearing the journal leaves them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter

NO_ROUTE = ("none", "none")
"""The method and the path of a request that has no route, or was answered before it was looked up."""

LATENESS_BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)

_LATENESS_BOUNDS_NS = tuple(bound_ms * 1_000_000 for bound_ms in LATENESS_BOUNDS_MS)


class Totals:
    """Counts requests, callbacks, written files and bytes, and how late the thread of a real clock was."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, str]] = Counter()
        """By method and path of the route, and the status, `none` where the connection was closed."""
        self.callbacks: Counter[tuple[str, str]] = Counter()
        """By `opening`, `closing` or `alert`, and the status, `none` where there was no answer."""
        self.files = 0
        self.bytes = 0
        self.lateness_ns = 0
        """All latenesses together."""
        self.latenesses = [0] * (len(LATENESS_BOUNDS_MS) + 1)
        """The numbers of latenesses up to each bound and above the one before it; the last is of those above all."""

    def note_lateness(self, late_ns: int) -> None:
        """Count an instant whose work was done so many nanoseconds later."""
        self.lateness_ns += late_ns
        self.latenesses[bisect_left(_LATENESS_BOUNDS_NS, late_ns)] += 1
