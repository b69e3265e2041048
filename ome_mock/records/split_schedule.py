"""The schedule of splitting a record: `second minute hour`, each `*`, a number, or `*/n` (records-and-pushes.md#record-actions)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from ..timestamps import NS_PER_SECOND

_FIELD = re.compile(r"\*(?:/([0-9]{1,4}))?|([0-9]{1,4})", re.ASCII)


class SplitSchedule(NamedTuple):
    """The seconds, minutes and hours of local time at which files are split."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]

    def next_ns(self, after_ns: int, zone: tzinfo | None) -> int:
        """The first instant of the schedule after another one; `zone` None is the zone of the process."""
        instant_s = after_ns // NS_PER_SECOND + 1
        while True:
            local = datetime.fromtimestamp(instant_s, UTC).astimezone(zone)
            if local.hour not in self.hours:
                instant_s += 3600 - local.minute * 60 - local.second
            elif local.minute not in self.minutes:
                instant_s += 60 - local.second
            elif local.second not in self.seconds:
                instant_s += 1
            else:
                return instant_s * NS_PER_SECOND


def parse_schedule(text: str) -> SplitSchedule | None:
    """Read a schedule; None if it is invalid or never due."""
    fields = text.split(" ")
    if len(fields) != 3:
        return None
    values = [_values(field, size) for field, size in zip(fields, (60, 60, 24), strict=True)]
    return SplitSchedule(*values) if all(values) else None


def _values(field: str, size: int) -> frozenset[int]:
    """The values of a field that are below `size`; none if it is invalid."""
    match = _FIELD.fullmatch(field)
    if match is None:
        return frozenset()
    step, number = match.groups()
    if number is not None:
        return frozenset({int(number)} & set(range(size)))
    return frozenset(range(0, size, int(step or 1)) if step is None or int(step) else ())
