"""The thread that follows a real clock; here the clock is a fake one, and so is its sleep."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from ome_mock.clock import LONGEST_WAIT_S, ManualClock, Ticker

TIMEOUT_S = 10


class FakeSleep(threading.Event):
    """Stands in for the ticker's event: a sleep turns the clock at once, until the last one, which lasts until it is ended."""

    def __init__(self, clock: ManualClock, sleeps: int) -> None:
        super().__init__()
        self.lengths: list[float] = []
        self.last = threading.Event()
        self._clock = clock
        self._sleeps = sleeps
        self._woken = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.lengths.append(timeout)
        if len(self.lengths) == self._sleeps:
            self.last.set()
            assert self._woken.wait(TIMEOUT_S)
        else:
            self._clock.advance(timeout)
        return False

    def set(self) -> None:
        self._woken.set()

    def clear(self) -> None:
        pass


@pytest.fixture
def run() -> Iterator[Callable[[Ticker], Ticker]]:
    """Start a ticker that is stopped after the test."""
    started: list[Ticker] = []

    def run(ticker: Ticker) -> Ticker:
        ticker.start()
        started.append(ticker)
        return ticker

    yield run
    for ticker in started:
        ticker.stop()


def fake_ticker(
    clock: ManualClock,
    due: list[int | None],
    advance: Callable[[int], None],
    sleeps: int,
    note_lateness: Callable[[int], None] = lambda *_: None,
) -> tuple[Ticker, FakeSleep]:
    """A ticker that asks `due` what is next, the last answer for ever."""
    remaining = iter(due)
    last = due[-1]
    ticker = Ticker(clock, advance, lambda *_: next(remaining, last), note_lateness)
    sleep = FakeSleep(clock, sleeps)
    ticker._awake = sleep
    return ticker, sleep


def test_ticker_sleeps_until_something_is_due_and_then_advances(run: Callable[[Ticker], Ticker]) -> None:
    advances: list[int] = []
    clock = ManualClock(0)
    ticker, sleep = fake_ticker(clock, [2_000_000_000, 3_500_000_000, 3_500_000_001, None], advances.append, sleeps=4)
    run(ticker)
    assert sleep.last.wait(TIMEOUT_S)
    assert advances == [0, 2_000_000_000, 3_500_000_000, 3_500_000_001]
    assert sleep.lengths == [2.0, 1.5, 1e-9, LONGEST_WAIT_S]


def test_ticker_does_not_sleep_while_something_is_overdue(run: Callable[[Ticker], Ticker]) -> None:
    advances: list[int] = []
    clock = ManualClock(1_000)
    ticker, sleep = fake_ticker(clock, [999, 1_000, None], advances.append, sleeps=1)
    run(ticker)
    assert sleep.last.wait(TIMEOUT_S)
    assert (advances, sleep.lengths) == ([1_000] * 3, [LONGEST_WAIT_S])


def test_ticker_counts_the_time_that_the_work_took(run: Callable[[Ticker], Ticker]) -> None:
    advances: list[int] = []
    clock = ManualClock(0)

    def work(now_ns: int) -> None:
        advances.append(now_ns)
        if now_ns == 0:
            clock.advance(0.25)

    ticker, sleep = fake_ticker(clock, [1_000_000_000, None], work, sleeps=2)
    run(ticker)
    assert sleep.last.wait(TIMEOUT_S)
    assert (advances, sleep.lengths) == ([0, 1_000_000_000], [0.75, LONGEST_WAIT_S])


def test_ticker_notes_how_late_work_was_done_and_nothing_else(run: Callable[[Ticker], Ticker]) -> None:
    latenesses: list[int] = []
    clock = ManualClock(0)

    def work(now_ns: int) -> None:
        if now_ns == 100_000_000:
            clock.advance(0.25)

    ticker, sleep = fake_ticker(clock, [100_000_000, 110_000_000, 10**15, None], work, sleeps=3, note_lateness=latenesses.append)
    run(ticker)
    assert sleep.last.wait(TIMEOUT_S)
    assert latenesses == [250_000_000, 240_000_000]


def test_defect_of_the_work_is_told_and_does_not_end_the_ticker(run: Callable[[Ticker], Ticker], caplog: pytest.LogCaptureFixture) -> None:
    advances: list[int] = []
    clock = ManualClock(0)

    def work(now_ns: int) -> None:
        advances.append(now_ns)
        if now_ns == 0:
            raise ValueError("broken")

    ticker, sleep = fake_ticker(clock, [1_000_000_000, None], work, sleeps=2)
    run(ticker)
    assert sleep.last.wait(TIMEOUT_S)
    assert advances == [0, 1_000_000_000]
    assert "internal error, please report it: ValueError: broken" in caplog.text


def test_ticker_never_sleeps_longer_than_an_hour(run: Callable[[Ticker], Ticker]) -> None:
    clock = ManualClock(0)
    ticker, sleep = fake_ticker(clock, [10**15, None], lambda _: None, sleeps=2)
    run(ticker)
    assert sleep.last.wait(TIMEOUT_S)
    assert sleep.lengths == [3600.0, 3600.0]


def test_ticker_that_is_woken_asks_again_what_is_due(run: Callable[[Ticker], Ticker]) -> None:
    asked = threading.Semaphore(0)
    advances: list[int] = []

    def nothing_is_due(*_: int) -> None:
        asked.release()

    ticker = run(Ticker(ManualClock(7), advances.append, nothing_is_due))
    for times in (1, 2, 3):
        assert asked.acquire(timeout=TIMEOUT_S)
        assert advances == [7] * times
        ticker.wake()


def test_wake_during_the_work_is_not_lost(run: Callable[[Ticker], Ticker]) -> None:
    worked = threading.Semaphore(0)
    woken: list[int] = []

    def work(_: int) -> None:
        if not woken:
            woken.append(True)
            ticker.wake()
        worked.release()

    ticker = Ticker(ManualClock(), work, lambda *_: None)
    run(ticker)
    assert worked.acquire(timeout=TIMEOUT_S)
    assert worked.acquire(timeout=TIMEOUT_S)


def test_ticker_stops_at_once_though_nothing_is_due() -> None:
    asked = threading.Event()
    ticker = Ticker(ManualClock(), lambda _: None, lambda *_: asked.set())
    ticker.start()
    assert asked.wait(TIMEOUT_S)
    stopping = threading.Thread(target=ticker.stop, daemon=True)
    stopping.start()
    stopping.join(TIMEOUT_S)
    assert not stopping.is_alive()
    assert "ome-mock ticker" not in [thread.name for thread in threading.enumerate() if thread is ticker._thread]


def test_ticker_that_is_not_stopped_keeps_no_program_from_ending(run: Callable[[Ticker], Ticker]) -> None:
    ticker = run(Ticker(ManualClock(), lambda _: None, lambda: None))
    assert [thread.daemon for thread in threading.enumerate() if thread is ticker._thread] == [True]


def test_stop_waits_for_work_that_has_begun() -> None:
    began, may_end, ended = threading.Event(), threading.Event(), []

    def work(_: int) -> None:
        began.set()
        assert may_end.wait(TIMEOUT_S)
        ended.append(True)

    ticker = Ticker(ManualClock(), work, lambda *_: None)
    ticker.start()
    assert began.wait(TIMEOUT_S)
    stopping = threading.Thread(target=ticker.stop, daemon=True)
    stopping.start()
    assert ended == []
    may_end.set()
    stopping.join(TIMEOUT_S)
    assert not stopping.is_alive()
    assert ended == [True]
