"""Time: the only module that reads or waits for it.

Instants are integers, nanoseconds since the epoch. Every other module gets the time as an argument.
"""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from fractions import Fraction

from .errors import ConfigurationError, log_internal_error
from .timestamps import NS_PER_SECOND, NS_PER_US, iso_time

log = logging.getLogger("ome_mock.clock")

MANUAL_START_NS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * NS_PER_SECOND
"""The first instant of a manual clock, so that tests see the same dates every day."""

LAST_NS = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * NS_PER_SECOND

LONGEST_WAIT_S = 3600.0

FASTEST_RATE = 10_000
NOT_MANUAL = "the real clock can't be advanced: use a manual one, --clock manual or ManualClock()"


class Clock(ABC):
    """Tells the time, and the zone in which to write it."""

    zone: tzinfo | None
    """The zone of written times; None is the zone of the process."""

    @abstractmethod
    def now_ns(self) -> int:
        """The current instant."""

    @abstractmethod
    def advance(self, seconds: float) -> None:
        """Turn the clock forward. Raises ConfigurationError for a real clock."""

    def advance_to(self, instant: int | datetime) -> None:  # noqa: ARG002
        """Turn the clock forward to an instant. Raises ConfigurationError for a real clock."""
        raise ConfigurationError(NOT_MANUAL)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {iso_time(self.now_ns(), self.zone)}>"

    def seconds_until(self, instant_ns: int) -> float:
        """The seconds of real time until the clock shows an instant."""
        return (instant_ns - self.now_ns()) / NS_PER_SECOND


class RealClock(Clock):
    """The machine's time. The date is read once and monotonic time added to it, so that it never steps back.

    It runs `rate` times as fast as real time from its beginning on.
    """

    zone = None

    def __init__(self, rate: float = 1.0) -> None:
        if not 0 < rate <= FASTEST_RATE:
            raise ConfigurationError(f"rate {rate} is not between 0 and {FASTEST_RATE}")
        self._rate = int(rate) if rate == int(rate) else rate
        self._start_ns = time.time_ns()
        self._started_ns = time.monotonic_ns()

    @property
    def rate(self) -> float:
        """The seconds that pass in a second of real time."""
        return self._rate

    def __repr__(self) -> str:
        rate = "" if self._rate == 1 else f", {self._rate} times as fast as real time"
        return f"<RealClock {iso_time(self.now_ns(), self.zone)}{rate}>"

    def now_ns(self) -> int:
        return self._start_ns + int((time.monotonic_ns() - self._started_ns) * self._rate)

    def advance(self, seconds: float) -> None:  # noqa: ARG002
        raise ConfigurationError(NOT_MANUAL)

    def seconds_until(self, instant_ns: int) -> float:
        return super().seconds_until(instant_ns) / self._rate


class ManualClock(Clock):
    """A clock that stands still until it is told to advance."""

    zone = UTC

    def __init__(self, start_ns: int = MANUAL_START_NS) -> None:
        self._now_ns = start_ns
        self._turning = threading.Lock()
        self._listeners: list[Callable[[int], None]] = []
        self._find_stop_ns: Callable[[], int | None] = lambda: None
        self._may_turn: Callable[[], None] = lambda: None

    def now_ns(self) -> int:
        return self._now_ns

    def on_advance(self, listener: Callable[[int], None]) -> None:
        """Call `listener(now_ns)` in each `advance`, which returns after it."""
        self._listeners.append(listener)

    def stop_on_the_way(self, find_stop_ns: Callable[[], int | None], may_turn: Callable[[], None]) -> None:
        """Have the clock show each instant that `find_stop_ns` names while its listeners do what falls due then.

        `may_turn` is called before the clock is turned, and raises where that can't be.
        """
        self._find_stop_ns, self._may_turn = find_stop_ns, may_turn

    def advance(self, seconds: float) -> None:
        """Turn the clock forward by `seconds` (an int or a float, rounded to nanoseconds once).

        Everything due by then is done when this returns. Raises ValueError for less than zero, or for more
        than dates can hold.
        """
        if not isinstance(seconds, int | float | Fraction):
            raise TypeError(f"seconds must be a number, not {seconds!r}")
        if not seconds >= 0:
            raise ValueError(f"a clock advances by zero or more seconds, not by {seconds}")
        self._may_turn()
        with self._turning:
            if seconds > (LAST_NS - self._now_ns) // NS_PER_SECOND:
                raise ValueError(f"a clock can't be advanced beyond the year 9999, by {seconds} seconds")
            self._turn_to(self._now_ns + (seconds * NS_PER_SECOND if isinstance(seconds, int) else round(seconds * NS_PER_SECOND)))

    def advance_to(self, instant: int | datetime) -> None:
        """Turn the clock forward to an instant: nanoseconds since the epoch, or a date. Raises ValueError for one that has passed."""
        if not isinstance(instant, int | datetime):
            raise TypeError(f"instant must be nanoseconds or a datetime, not {instant!r}")
        instant_ns = instant if isinstance(instant, int) else _instant_ns(instant)
        self._may_turn()
        with self._turning:
            if not self._now_ns <= instant_ns <= LAST_NS:
                raise ValueError(f"a clock can't be advanced to {instant}: it shows {iso_time(self._now_ns, self.zone)}")
            self._turn_to(instant_ns)

    def _turn_to(self, now_ns: int) -> None:
        while (stop_ns := self._find_stop_ns()) is not None and stop_ns < now_ns:
            self._show(max(stop_ns, self._now_ns))
        self._show(now_ns)

    def _show(self, now_ns: int) -> None:
        self._now_ns = now_ns
        for listener in self._listeners:
            listener(now_ns)


def _instant_ns(date: datetime) -> int:
    """The instant of a date; one without a zone is UTC."""
    elapsed = (date if date.tzinfo else date.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return (elapsed.days * 86_400 + elapsed.seconds) * NS_PER_SECOND + elapsed.microseconds * NS_PER_US


class Ticker:
    """A thread that calls `advance(now_ns)` whenever something is due, and sleeps in between.

    `next_due_ns()` names the next instant at which there is work, or None; `wake` makes the ticker ask again. `note_lateness` is told how
    many nanoseconds after each such instant its work was done.
    """

    def __init__(
        self,
        clock: Clock,
        advance: Callable[[int], None],
        next_due_ns: Callable[[], int | None],
        note_lateness: Callable[[int], None] = lambda late_ns: None,  # noqa: ARG005
    ) -> None:
        self._clock = clock
        self._advance = advance
        self._next_due_ns = next_due_ns
        self._note_lateness = note_lateness
        self._awake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ome-mock ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Ask again for the next due instant, because something began or ended."""
        self._awake.set()

    def stop(self) -> None:
        """End the thread after the work that has begun, and wait for it."""
        self._stopping = True
        self._awake.set()
        self._thread.join()

    def _run(self) -> None:
        due_ns = None
        while True:
            self._awake.clear()
            if self._stopping:  # checked after clearing the event, which a later stop sets again
                return
            now_ns = self._clock.now_ns()
            try:
                self._advance(now_ns)
            except Exception as error:  # noqa: BLE001
                log_internal_error(log, error)
            if due_ns is not None and due_ns <= now_ns:
                self._note_lateness(self._clock.now_ns() - due_ns)
            due_ns = self._next_due_ns()
            wait_s = LONGEST_WAIT_S if due_ns is None else self._clock.seconds_until(due_ns)
            if wait_s > 0:
                self._awake.wait(min(wait_s, LONGEST_WAIT_S))
