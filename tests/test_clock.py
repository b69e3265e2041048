from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.clock import MANUAL_START_NS, ManualClock, RealClock
from ome_mock.errors import ConfigurationError

START_NS = 1_767_225_600_000_000_000
LAST_NS = 253_402_214_400_000_000_000
"""The beginning of the last day of the year 9999."""


# The manual clock


def test_manual_clock_begins_with_the_year_2026_in_utc() -> None:
    clock = ManualClock()
    assert (clock.now_ns(), clock.zone) == (START_NS, UTC)


def test_manual_clock_may_begin_anywhere() -> None:
    assert ManualClock(5).now_ns() == 5


def test_manual_clock_stands_still() -> None:
    clock = ManualClock()
    assert {clock.now_ns() for _ in range(1000)} == {START_NS}


@pytest.mark.parametrize(
    ("seconds", "step_ns"),
    [
        pytest.param(0, 0, id="nothing"),
        pytest.param(1, 1_000_000_000, id="a second"),
        pytest.param(60, 60_000_000_000, id="a minute"),
        pytest.param(10**9, 10**18, id="an integer is never rounded"),
        pytest.param(0.5, 500_000_000, id="half a second"),
        pytest.param(0.1, 100_000_000, id="a tenth"),
        pytest.param(0.1 + 0.2, 300_000_000, id="a sum with an error behind the nanoseconds"),
        pytest.param(1 / 3, 333_333_333, id="a third"),
        pytest.param(2 / 3, 666_666_667, id="two thirds"),
        pytest.param(63.2, 63_200_000_000, id="how long streams have been live"),
        pytest.param(1e-9, 1, id="a nanosecond"),
        pytest.param(4e-10, 0, id="less than half a nanosecond"),
        pytest.param(6e-10, 1, id="more than half a nanosecond"),
        pytest.param(86_400.000000001, 86_400_000_000_001, id="a day and a nanosecond"),
    ],
)
def test_manual_clock_advances_by_seconds_rounded_to_nanoseconds(seconds: float, step_ns: int) -> None:
    clock = ManualClock(0)
    clock.advance(seconds)
    assert clock.now_ns() == step_ns


@pytest.mark.parametrize("seconds", [-1, -0.1, -1e-9, -(10**9)])
def test_manual_clock_does_not_go_back(seconds: float) -> None:
    heard: list[int] = []
    clock = ManualClock()
    clock.on_advance(heard.append)
    with pytest.raises(ValueError, match=f"^a clock advances by zero or more seconds, not by {seconds}$"):
        clock.advance(seconds)
    assert (clock.now_ns(), heard) == (START_NS, [])


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
def test_manual_clock_does_not_go_nowhere(seconds: float) -> None:
    clock = ManualClock()
    with pytest.raises((ValueError, OverflowError)):
        clock.advance(seconds)
    assert clock.now_ns() == START_NS


def test_listeners_are_told_the_time_in_the_order_in_which_they_came() -> None:
    heard: list[tuple[str, int, int]] = []
    clock = ManualClock(0)
    clock.on_advance(lambda now_ns: heard.append(("first", now_ns, clock.now_ns())))
    clock.on_advance(lambda now_ns: heard.append(("second", now_ns, clock.now_ns())))
    clock.advance(1)
    clock.advance(0.5)
    assert heard == [
        ("first", 1_000_000_000, 1_000_000_000),
        ("second", 1_000_000_000, 1_000_000_000),
        ("first", 1_500_000_000, 1_500_000_000),
        ("second", 1_500_000_000, 1_500_000_000),
    ]


def test_listeners_are_done_when_advance_returns() -> None:
    clock, done = ManualClock(), []
    clock.on_advance(lambda _: done.append(True))
    clock.advance(0)
    assert done == [True]


def test_listener_that_fails_leaves_the_clock_usable() -> None:
    clock, failing = ManualClock(0), [True]

    def listen(_: int) -> None:
        if failing:
            raise RuntimeError(failing.pop())

    clock.on_advance(listen)
    with pytest.raises(RuntimeError):
        clock.advance(1)
    clock.advance(1)
    assert clock.now_ns() == 2_000_000_000


def test_advances_of_many_threads_happen_one_after_the_other() -> None:
    heard: list[int] = []
    clock = ManualClock(0)
    clock.on_advance(heard.append)

    def advance() -> None:
        for _ in range(50):
            clock.advance(1)

    threads = [threading.Thread(target=advance) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert clock.now_ns() == 400_000_000_000
    assert heard == [number * 1_000_000_000 for number in range(1, 401)]


@given(st.lists(st.integers(0, 10**6), max_size=10))
def test_whole_seconds_add_up(steps: list[int]) -> None:
    clock, at_once = ManualClock(), ManualClock()
    for step in steps:
        clock.advance(step)
    at_once.advance(sum(steps))
    assert clock.now_ns() == at_once.now_ns()


@given(st.floats(0, 1e9))
def test_a_fraction_is_off_by_half_a_nanosecond_and_its_own_error_at_most(seconds: float) -> None:
    clock = ManualClock(0)
    clock.advance(seconds)
    assert abs(clock.now_ns() - seconds * 1e9) <= 0.5 + abs(seconds * 1e9) * 2**-50


def test_manual_clock_ends_with_the_last_day_of_the_year_9999() -> None:
    clock = ManualClock(LAST_NS - 2_000_000_000)
    with pytest.raises(ValueError, match="a clock can't be advanced beyond the year 9999, by 3 seconds"):
        clock.advance(3)
    clock.advance(2)
    assert clock.now_ns() == LAST_NS
    for seconds in (1, 0.5, 10**12):
        with pytest.raises(ValueError, match=f"^a clock can't be advanced beyond the year 9999, by {seconds} seconds$"):
            clock.advance(seconds)
    assert clock.now_ns() == LAST_NS


# The real clock


def test_real_clock_shows_the_date() -> None:
    before = time.time_ns()
    now_ns = RealClock().now_ns()
    assert abs(now_ns - before) < 10 * 1_000_000_000


def test_real_clock_never_steps_back() -> None:
    clock = RealClock()
    readings = [clock.now_ns() for _ in range(10_000)]
    assert readings == sorted(readings)


def test_real_clock_reads_the_date_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = RealClock()
    monkeypatch.setattr("ome_mock.clock.time.time_ns", lambda: 0)
    assert clock.now_ns() > START_NS // 2


def test_real_clock_follows_monotonic_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.clock.time.time_ns", lambda: 5_000)
    monkeypatch.setattr("ome_mock.clock.time.monotonic_ns", lambda: 300)
    clock = RealClock()
    assert clock.now_ns() == 5_000
    monkeypatch.setattr("ome_mock.clock.time.monotonic_ns", lambda: 307)
    assert clock.now_ns() == 5_007


def test_real_clock_is_exact_after_years(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.clock.time.time_ns", lambda: 0)
    monkeypatch.setattr("ome_mock.clock.time.monotonic_ns", lambda: 0)
    clock = RealClock()
    monkeypatch.setattr("ome_mock.clock.time.monotonic_ns", lambda: 100_000_000_000_000_001)
    assert clock.now_ns() == 100_000_000_000_000_001


def test_real_clock_writes_times_in_the_zone_of_the_process() -> None:
    assert RealClock().zone is None


@pytest.mark.parametrize("seconds", [0, 1, 0.5])
def test_real_clock_is_not_advanced(seconds: float) -> None:
    with pytest.raises(ConfigurationError, match="can't be advanced: use a manual one"):
        RealClock().advance(seconds)


# To an instant


@pytest.mark.parametrize(
    "instant",
    [
        pytest.param(MANUAL_START_NS + 90 * 1_000_000_000, id="nanoseconds"),
        pytest.param(datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC), id="date"),
        pytest.param(datetime(2026, 1, 1, 0, 1, 30), id="date without a zone is UTC"),  # noqa: DTZ001
        pytest.param(datetime(2026, 1, 1, 9, 1, 30, tzinfo=timezone(timedelta(hours=9))), id="date of another zone"),
    ],
)
def test_clock_is_turned_to_an_instant(instant: datetime | int) -> None:
    heard: list[int] = []
    clock = ManualClock()
    clock.on_advance(heard.append)
    clock.advance_to(instant)
    assert heard == [clock.now_ns()] == [MANUAL_START_NS + 90 * 1_000_000_000]


def test_clock_is_not_turned_back() -> None:
    clock = ManualClock()
    clock.advance(1)
    with pytest.raises(ValueError, match="it shows 2026-01-01T00:00:01"):
        clock.advance_to(MANUAL_START_NS)


def test_clock_is_turned_to_a_date_to_its_microsecond() -> None:
    clock = ManualClock()
    clock.advance_to(datetime(2026, 1, 2, 23, 59, 59, 250_001, tzinfo=UTC))
    assert clock.now_ns() == MANUAL_START_NS + 172_799_250_001_000


def test_clock_is_turned_to_the_last_day_of_the_year_9999_and_not_beyond() -> None:
    clock = ManualClock()
    with pytest.raises(ValueError, match=f"^a clock can't be advanced to {LAST_NS + 1}: it shows 2026-01-01T00:00:00"):
        clock.advance_to(LAST_NS + 1)
    clock.advance_to(LAST_NS)
    clock.advance_to(LAST_NS)
    assert clock.now_ns() == LAST_NS


@pytest.mark.parametrize(
    ("stops_ns", "shown_ns"),
    [
        pytest.param([], [7], id="nothing on the way"),
        pytest.param([5, 6], [5, 6, 7], id="each in its turn"),
        pytest.param([6, 6], [6, 6, 7], id="two of one instant"),
        pytest.param([1, 6], [3, 6, 7], id="what is overdue is done now"),
        pytest.param([5, 7], [5, 7], id="one at the instant itself is no stop"),
        pytest.param([8], [7], id="one that comes later is none either"),
    ],
)
def test_clock_stops_on_the_way_at_what_falls_due(stops_ns: list[int], shown_ns: list[int]) -> None:
    clock, shown, due = ManualClock(3), [], list(stops_ns)

    def show(now_ns: int) -> None:
        shown.append(clock.now_ns())
        del due[:1]

    clock.on_advance(show)
    clock.stop_on_the_way(lambda: due[0] if due else None, lambda: None)
    clock.advance_to(7)
    assert shown == shown_ns


def test_clock_that_may_not_be_turned_stands_still() -> None:
    def refuse() -> None:
        raise ConfigurationError("not now")

    clock = ManualClock(3)
    clock.stop_on_the_way(lambda: None, refuse)
    with pytest.raises(ConfigurationError, match="not now"):
        clock.advance(1)
    with pytest.raises(ConfigurationError, match="not now"):
        clock.advance_to(7)
    assert clock.now_ns() == 3


def test_real_clock_is_not_turned_to_an_instant() -> None:
    with pytest.raises(ConfigurationError, match="can't be advanced"):
        RealClock().advance_to(MANUAL_START_NS)


def test_clock_at_a_rate_runs_so_many_times_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    monotonic_ns = 1_000
    monkeypatch.setattr("ome_mock.clock.time.monotonic_ns", lambda: monotonic_ns)
    monkeypatch.setattr("ome_mock.clock.time.time_ns", lambda: 5_000_000_000)
    clock = RealClock(rate=20)
    monotonic_ns = monotonic_ns + 1_000_000_000
    assert clock.now_ns() == 25_000_000_000
    assert [clock.seconds_until(instant_ns) for instant_ns in (45_000_000_000, 30_000_000_000)] == [1.0, 0.25]


def test_clock_runs_at_a_rate_that_is_no_whole_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.clock.time.monotonic_ns", lambda: 0)
    monkeypatch.setattr("ome_mock.clock.time.time_ns", lambda: 0)
    clock = RealClock(rate=2.5)
    monkeypatch.setattr("ome_mock.clock.time.monotonic_ns", lambda: 2_000_000_000)
    assert (clock.rate, clock.now_ns()) == (2.5, 5_000_000_000)


@pytest.mark.parametrize(
    ("rate", "told"),
    [
        pytest.param(1, "", id="no rate"),
        pytest.param(20.0, ", 20 times as fast as real time", id="whole"),
        pytest.param(0.5, ", 0.5 times as fast as real time", id="slow motion"),
    ],
)
def test_clock_tells_the_date_and_a_rate_that_is_not_that_of_real_time(monkeypatch: pytest.MonkeyPatch, rate: float, told: str) -> None:
    monkeypatch.setattr("ome_mock.clock.time.time_ns", lambda: START_NS)
    monkeypatch.setattr("ome_mock.clock.time.monotonic_ns", lambda: 0)
    monkeypatch.setattr(RealClock, "zone", UTC)
    assert repr(RealClock(rate)) == f"<RealClock 2026-01-01T00:00:00.000+00:00{told}>"


@pytest.mark.parametrize("rate", [0.5, 1, 10_000])
def test_rates_from_slow_motion_to_ten_thousand_are_allowed(rate: float) -> None:
    assert RealClock(rate).rate == rate


@pytest.mark.parametrize("rate", [0, -1, 10_001, float("nan")])
def test_rate_that_can_not_be_is_refused(rate: float) -> None:
    with pytest.raises(ConfigurationError, match="is not between 0 and 10000"):
        RealClock(rate)
