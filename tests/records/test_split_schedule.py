"""When records are split by a schedule (records-and-pushes.md#record-actions)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ome_mock.records.split_schedule import SplitSchedule, parse_schedule


def split_schedule(text: str) -> SplitSchedule:
    schedule = parse_schedule(text)
    assert schedule
    return schedule


def instant(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000) * 1_000_000


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        ("* * *", "2026-01-01T00:00:00.500Z", "2026-01-01T00:00:01Z"),
        ("0 * *", "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"),
        ("*/10 * *", "2026-01-01T00:00:59Z", "2026-01-01T00:01:00Z"),
        ("30 */15 *", "2026-01-01T00:14:00Z", "2026-01-01T00:15:30Z"),
        ("0 0 0", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        ("59 59 23", "2026-12-31T23:59:58.999Z", "2026-12-31T23:59:59Z"),
        ("0 0 */6", "2026-01-01T13:30:00Z", "2026-01-01T18:00:00Z"),
    ],
)
def test_next_instant_of_a_schedule(schedule: str, after: str, expected: str) -> None:
    assert split_schedule(schedule).next_ns(instant(after), UTC) == instant(expected)


def test_hours_are_those_of_the_zone() -> None:
    assert split_schedule("0 0 0").next_ns(instant("2026-01-01T00:00:00Z"), timezone(timedelta(hours=9))) == instant("2026-01-01T15:00:00Z")


@pytest.mark.parametrize(
    "text", ["", "* *", "* * * *", "60 * *", "* 60 *", "* * 24", "*/0 * *", "-1 * *", "a * *", "*  * *", "1,2 * *", "٣ * *"]
)
def test_text_that_is_no_schedule(text: str) -> None:
    assert parse_schedule(text) is None
