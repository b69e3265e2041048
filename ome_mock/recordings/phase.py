"""Finds when a recorded stream began, from the playlists of its dumps, so that a replay cuts segments at the same moments."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from .case import Case, Look

SEGMENT = re.compile(r"#EXT-X-PROGRAM-DATE-TIME:(\S+)\n#EXTINF:([\d.]+)[^\n]*\n(?:[^#\n]*_)?seg(?:ment)?_0_(\d+)_", re.ASCII)
"""A segment of the first track in a chunklist: when it began, how long it lasts, its number (playlists.md#chunklist)."""


class SegmentStart(NamedTuple):
    """Segment `number` began at `at_s` seconds since 1970 and lasts `duration_s`."""

    number: int
    at_s: float
    duration_s: float

    def later_than(self, other: SegmentStart) -> float:
        """By how many seconds the stream began later than the other one, which has segments of the same length."""
        return (self.at_s - self.number * self.duration_s) - (other.at_s - other.number * self.duration_s)


def first_segment(looks: Iterable[Look]) -> SegmentStart | None:
    """The first segment that a chunklist names, or None."""
    for look in looks:
        for path, file in look.files.items():
            found = SEGMENT.search(file.text or "") if path.endswith(".m3u8") else None
            if found is not None:
                began = datetime.fromisoformat(found[1]).timestamp()
                return SegmentStart(int(found[3]), began, float(found[2]))
    return None


def looks_of(cases: Iterable[Case]) -> Iterable[Look]:
    return (step for case in cases for step in case.steps if isinstance(step, Look))
