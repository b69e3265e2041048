"""Time: the only module that reads or waits for it.

Instants are integers, nanoseconds since the epoch; what needs to know the time gets it as an argument.
"""

from __future__ import annotations

import logging
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from .errors import ConfigurationError
from .timestamps import NS_PER_SECOND

log = logging.getLogger("ome_mock.clock")

MANUAL_START_NS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * NS_PER_SECOND
"""Where a manual clock begins, so that tests see the same dates on every day."""

LAST_NS = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) * NS_PER_SECOND

LONGEST_WAIT_S = 3600.0


class Clock(ABC):
    """Says what time it is, and in which zone to write it."""

    zone: tzinfo | None
    """The zone of written times; None is the zone of the process."""

    @abstractmethod
    def now_ns(self) -> int:
        """The current instant."""

    @abstractmethod
    def advance(self, seconds: float) -> None:
        """Turn the clock forward, where it can be turned."""


class RealClock(Clock):
    """The machine's time: one reading of the date, then monotonic time, so that it never steps back."""

    zone = None

    def __init__(self) -> None:
        self._offset_ns = time.time_ns() - time.monotonic_ns()

    def now_ns(self) -> int:
        return time.monotonic_ns() + self._offset_ns

    def advance(self, seconds: float) -> None:  # noqa: ARG002
        raise ConfigurationError("the real clock can't be advanced: use a manual one")


class ManualClock(Clock):
    """A clock that stands still until it is told to advance."""

    zone = UTC

    def __init__(self, start_ns: int = MANUAL_START_NS) -> None:
        self._now_ns = start_ns
        self._turning = threading.Lock()
        self._listeners: list[Callable[[int], None]] = []

    def now_ns(self) -> int:
        return self._now_ns

    def on_advance(self, listener: Callable[[int], None]) -> None:
        """Have `listener(now_ns)` called, and done, within each `advance`."""
        self._listeners.append(listener)

    def advance(self, seconds: float) -> None:
        """Turn the clock forward by `seconds` (an int or a float, rounded to nanoseconds once).

        What falls due meanwhile has happened when this returns. Raises ValueError for less than zero, or
        for more than dates can hold.
        """
        if not seconds >= 0:
            raise ValueError(f"a clock advances by zero or more seconds, not by {seconds}")
        with self._turning:
            if seconds > (LAST_NS - self._now_ns) // NS_PER_SECOND:
                raise ValueError(f"a clock can't be advanced beyond the year 9999, by {seconds} seconds")
            self._now_ns += seconds * NS_PER_SECOND if isinstance(seconds, int) else round(seconds * NS_PER_SECOND)
            for listener in self._listeners:
                listener(self._now_ns)


class Ticker:
    """A thread that calls `advance(now_ns)` whenever something is due, and sleeps meanwhile.

    `next_due_ns()` names the next instant at which there is work, or None; `wake` makes the ticker ask again.
    """

    def __init__(self, clock: Clock, advance: Callable[[int], None], next_due_ns: Callable[[], int | None]) -> None:
        self._clock = clock
        self._advance = advance
        self._next_due_ns = next_due_ns
        self._awake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ome-mock ticker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Ask again what is due: something began or ended."""
        self._awake.set()

    def stop(self) -> None:
        """End the thread and wait for it; work that has begun is finished."""
        self._stopping = True
        self._awake.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._awake.clear()
            if self._stopping:  # asked after clearing: a stop that comes later sets the event again
                return
            try:
                self._advance(self._clock.now_ns())
            except Exception as error:  # noqa: BLE001
                log.error("internal error, please report it: %s: %s", type(error).__name__, error)  # noqa: TRY400
            due_ns = self._next_due_ns()
            wait_s = LONGEST_WAIT_S if due_ns is None else (due_ns - self._clock.now_ns()) / NS_PER_SECOND
            if wait_s > 0:
                self._awake.wait(min(wait_s, LONGEST_WAIT_S))
