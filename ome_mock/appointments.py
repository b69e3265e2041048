"""What is to be done at instants to come."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from threading import Lock

Deed = Callable[[int], None]
"""Does what has fallen due; takes the instant at which it did, in nanoseconds since the epoch."""


class Appointment:
    """One deed on an appointments, which can be called off until it is taken."""

    def __init__(self, due_ns: int, number: int, deed: Deed) -> None:
        self.due_ns = due_ns
        self.deed = deed
        self.is_off = False
        self._number = number

    def __lt__(self, other: Appointment) -> bool:
        return (self.due_ns, self._number) < (other.due_ns, other._number)

    def call_off(self) -> None:
        self.is_off = True


class Appointments:
    """Deeds in the order of their instants, then of their coming; safe to use from any thread.

    `on_change` is called whenever the next instant may have changed.
    """

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self._on_change = on_change
        self._lock = Lock()
        self._appointments: list[Appointment] = []
        self._numbers = count()

    def add(self, due_ns: int, deed: Deed) -> Appointment:
        with self._lock:
            appointment = Appointment(due_ns, next(self._numbers), deed)
            heapq.heappush(self._appointments, appointment)
        self._on_change()
        return appointment

    def next_due_ns(self) -> int | None:
        if not self._appointments:
            return None
        with self._lock:
            self._drop_what_is_off()
            return self._appointments[0].due_ns if self._appointments else None

    def take(self, now_ns: int) -> Appointment | None:
        """Take the first deed that has fallen due, which is then done with."""
        with self._lock:
            self._drop_what_is_off()
            if not self._appointments or self._appointments[0].due_ns > now_ns:
                return None
            return heapq.heappop(self._appointments)

    def clear(self) -> None:
        with self._lock:
            self._appointments.clear()

    def _drop_what_is_off(self) -> None:
        while self._appointments and self._appointments[0].is_off:
            heapq.heappop(self._appointments)
