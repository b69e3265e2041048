"""The segments that a live list shows: those in memory, and before them those that DVR has kept (live-llhls.md#dvr)."""

from __future__ import annotations

from collections.abc import Callable


def first_within(duration_ms: Callable[[int], int], end: int, longest_ms: int) -> int:
    """The first of the segments before `end` that together last no longer than `longest_ms`; `end` if even the last one does."""
    first, length_ms = max(0, end), 0
    while first > 0 and (length_ms := length_ms + duration_ms(first - 1)) <= longest_ms:
        first -= 1
    return first
