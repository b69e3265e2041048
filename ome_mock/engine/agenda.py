"""Alarms for everything that falls due later. Setting one wakes the thread of a real clock."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from ..errors import EngineCrashed


class Alarm:
    """Rings once when its instant has come, and not again until it is set again."""

    def __init__(self, ring: Callable[[int], None], lock: Lock, wake: Callable[[], None]) -> None:
        self.ring = ring
        self.due_ns: int | None = None
        self._lock = lock
        self._wake = wake

    def set(self, due_ns: int | None) -> None:
        """Ring at an instant in nanoseconds, or never for None."""
        with self._lock:
            self.due_ns = due_ns
        if due_ns is not None:
            self._wake()


class Agenda:
    """Alarms; `wake` is called whenever one is set."""

    def __init__(self, wake: Callable[[], None] = lambda: None) -> None:
        self._wake = wake
        self._lock = Lock()
        self._alarms: list[Alarm] = []

    def alarm(self, ring: Callable[[int], None]) -> Alarm:
        """Make an alarm that calls `ring(now_ns)` in the thread that advances the time."""
        made = Alarm(ring, self._lock, self._wake)
        self._alarms.append(made)
        return made

    def next_due_ns(self) -> int | None:
        with self._lock:
            return min((alarm.due_ns for alarm in self._alarms if alarm.due_ns is not None), default=None)

    def ring(self, now_ns: int) -> list[Exception]:
        """Ring the alarms that are due, the earliest first; returns the exceptions raised in them. Raises EngineCrashed."""
        with self._lock:
            due = sorted((alarm.due_ns, number) for number, alarm in enumerate(self._alarms) if alarm.due_ns is not None)
            ringing = [self._alarms[number] for due_ns, number in due if due_ns <= now_ns]
            for alarm in ringing:
                alarm.due_ns = None
        defects: list[Exception] = []
        for alarm in ringing:
            try:
                alarm.ring(now_ns)
            except EngineCrashed:
                raise
            except Exception as error:  # noqa: BLE001
                defects.append(error)
        return defects
