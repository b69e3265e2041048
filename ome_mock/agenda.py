"""Alarms for everything that falls due later. Setting one wakes the thread of a real clock."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from threading import Lock

from .errors import EngineCrashed

Ring = Callable[[int], None]
"""Does what has fallen due; takes an instant in nanoseconds since the epoch."""


class Alarm:
    """Rings once when its instant has come, and not again until it is set again."""

    def __init__(self, agenda: Agenda, number: int, ring: Ring) -> None:
        self.number = number
        self.ring = ring
        self.due_ns: int | None = None
        self._agenda = agenda

    def set(self, due_ns: int | None) -> None:
        """Ring at an instant in nanoseconds, or never for None."""
        self._agenda.set(self, due_ns)


class Agenda:
    """Alarms in the order of their instants, then of their making; safe to use from any thread. `wake` is called whenever one is set."""

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self._wake = wake
        self._lock = Lock()
        self._numbers = count()
        self._due: list[tuple[int, int, Alarm]] = []
        """A heap of instants, with the numbers and the alarms; where an alarm was set anew, its former instant is still here."""

    def alarm(self, ring: Ring) -> Alarm:
        """Make an alarm that calls `ring` in the thread that advances the time, once it is set."""
        return Alarm(self, next(self._numbers), ring)

    def at(self, due_ns: int, ring: Ring) -> Alarm:
        """Make an alarm that is set already."""
        made = self.alarm(ring)
        made.set(due_ns)
        return made

    def set(self, alarm: Alarm, due_ns: int | None) -> None:
        with self._lock:
            if due_ns is not None and due_ns != alarm.due_ns:
                heapq.heappush(self._due, (due_ns, alarm.number, alarm))
            alarm.due_ns = due_ns
        if due_ns is not None:
            self._wake()

    def clear(self) -> None:
        """Forget every alarm that is set."""
        with self._lock:
            for _, _, alarm in self._due:
                alarm.due_ns = None
            self._due.clear()

    def next_due_ns(self) -> int | None:
        if not self._due:
            return None
        with self._lock:
            return self._first_ns()

    def ring(self, now_ns: int) -> list[Exception]:
        """Ring the alarms that are due by now, with this instant; returns the exceptions raised in them. Raises EngineCrashed."""
        with self._lock:
            ringing = []
            while (alarm := self._take(now_ns)) is not None:
                ringing.append(alarm)
        defects: list[Exception] = []
        for alarm in ringing:
            try:
                alarm.ring(now_ns)
            except EngineCrashed:
                raise
            except Exception as error:  # noqa: BLE001
                defects.append(error)
        return defects

    def ring_first(self, now_ns: int) -> None:
        """Ring only the first alarm that is due by now, with its own instant."""
        with self._lock:
            due_ns = self._first_ns()
            alarm = self._take(now_ns)
        if alarm is not None and due_ns is not None:
            alarm.ring(due_ns)

    def _first_ns(self) -> int | None:
        """The instant of the first alarm; the caller holds the lock."""
        while self._due and self._due[0][0] != self._due[0][2].due_ns:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def _take(self, now_ns: int) -> Alarm | None:
        """Take the first alarm out if it is due by now; the caller holds the lock."""
        due_ns = self._first_ns()
        if due_ns is None or due_ns > now_ns:
            return None
        alarm = heapq.heappop(self._due)[2]
        alarm.due_ns = None
        return alarm
