from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.timestamps import http_date, iso_time

NEW_YEAR_NS = 1_767_225_600_000_000_000
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def process_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Set the zone of the process."""

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield set_zone
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("instant_ns", "zone", "text"),
    [
        pytest.param(0, UTC, "1970-01-01T00:00:00.000+00:00", id="epoch"),
        pytest.param(NEW_YEAR_NS, UTC, "2026-01-01T00:00:00.000+00:00", id="UTC has an offset and no Z"),
        pytest.param(NEW_YEAR_NS + 123_456_789, UTC, "2026-01-01T00:00:00.123+00:00", id="milliseconds"),
        pytest.param(NEW_YEAR_NS + 999_999, UTC, "2026-01-01T00:00:00.000+00:00", id="less than a millisecond is cut off"),
        pytest.param(NEW_YEAR_NS + 999_999_999, UTC, "2026-01-01T00:00:00.999+00:00", id="never rounded up"),
        pytest.param(NEW_YEAR_NS - 1, UTC, "2025-12-31T23:59:59.999+00:00", id="the nanosecond before"),
        pytest.param(-1, UTC, "1969-12-31T23:59:59.999+00:00", id="before the epoch"),
        pytest.param(951_782_400_000_000_000, UTC, "2000-02-29T00:00:00.000+00:00", id="leap day"),
        pytest.param(NEW_YEAR_NS, ZoneInfo("Asia/Seoul"), "2026-01-01T09:00:00.000+09:00", id="Seoul"),
        pytest.param(NEW_YEAR_NS, ZoneInfo("Asia/Kolkata"), "2026-01-01T05:30:00.000+05:30", id="half an hour"),
        pytest.param(NEW_YEAR_NS, ZoneInfo("Asia/Kathmandu"), "2026-01-01T05:45:00.000+05:45", id="three quarters"),
        pytest.param(NEW_YEAR_NS, ZoneInfo("America/St_Johns"), "2025-12-31T20:30:00.000-03:30", id="west of Greenwich, the day before"),
        pytest.param(NEW_YEAR_NS, timezone(timedelta(hours=-11)), "2025-12-31T13:00:00.000-11:00", id="fixed offset"),
        pytest.param(1_774_745_999_999_000_000, BERLIN, "2026-03-29T01:59:59.999+01:00", id="the last millisecond of winter"),
        pytest.param(1_774_746_000_000_000_000, BERLIN, "2026-03-29T03:00:00.000+02:00", id="the first of summer"),
        pytest.param(1_792_888_200_000_000_000, BERLIN, "2026-10-25T02:30:00.000+02:00", id="half past two in summer"),
        pytest.param(1_792_891_800_000_000_000, BERLIN, "2026-10-25T02:30:00.000+01:00", id="half past two again, in winter"),
    ],
)
def test_iso_time(instant_ns: int, zone: timezone | ZoneInfo, text: str) -> None:
    assert iso_time(instant_ns, zone) == text


def test_no_zone_is_that_of_the_process(process_zone: Callable[[str], None]) -> None:
    process_zone("KST-9")
    assert iso_time(1_000_000_000_000_000_000, None) == "2001-09-09T10:46:40.000+09:00"
    process_zone("EST5EDT,M3.2.0,M11.1.0")
    assert iso_time(1_000_000_001_000_000_000, None) == "2001-09-08T21:46:41.000-04:00"


@pytest.mark.parametrize(
    ("instant_ns", "text"),
    [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (784_111_777_000_000_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (784_111_777_999_999_999, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (NEW_YEAR_NS, "Thu, 01 Jan 2026 00:00:00 GMT"),
        (951_782_400_000_000_000, "Tue, 29 Feb 2000 00:00:00 GMT"),
    ],
)
def test_http_date(instant_ns: int, text: str) -> None:
    assert http_date(instant_ns) == text


@given(st.integers(0, 4_000_000_000_000_000_000), st.integers(0, 4_000_000_000_000_000_000))
def test_texts_of_utc_sort_as_the_instants_do(one: int, other: int) -> None:
    earlier, later = sorted([one, other])
    assert iso_time(earlier, UTC) <= iso_time(later, UTC)


@given(st.integers(-(10**18), 4 * 10**18), st.sampled_from(["UTC", "Asia/Seoul", "Europe/Berlin", "America/St_Johns"]))
def test_every_time_has_the_shape_that_clients_parse(instant_ns: int, zone: str) -> None:
    assert len(iso_time(instant_ns, ZoneInfo(zone))) >= len("2026-01-01T00:00:00.000+00:00")
    assert iso_time(instant_ns, ZoneInfo(zone))[19] == "."
