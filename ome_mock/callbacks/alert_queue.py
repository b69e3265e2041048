"""Alerts on their way: one after the other, each tried up to three times."""

from __future__ import annotations

from collections import deque
from threading import Lock

from ..agenda import Agenda
from ..timestamps import NS_PER_MS
from .courier import Outcome
from .outbox import Callback, Outbox

MOST_TRIES = 3


class AlertQueue:
    """Sends alerts in their order. One that is not answered in time is tried again, and the next one waits (recorded)."""

    def __init__(self, outbox: Outbox, agenda: Agenda) -> None:
        self._outbox = outbox
        self._agenda = agenda
        self._lock = Lock()
        self._waiting: deque[Callback] = deque()
        self._tries = 0
        self._is_busy = False

    def push(self, callback: Callback, now_ns: int) -> None:
        with self._lock:
            self._waiting.append(callback)
            is_idle, self._is_busy = not self._is_busy, True
        if is_idle:
            self._outbox.post(lambda: self._send_all(now_ns))

    def _send_all(self, now_ns: int) -> None:
        """Send what waits; after a timeout the rest waits until the clock has gone on by as much."""
        while (callback := self._next()) is not None:
            reply = self._outbox.send(callback, now_ns)
            self._tries += 1
            is_late = reply.outcome is Outcome.TIMED_OUT
            if not is_late or self._tries == MOST_TRIES:
                self._drop()
            if is_late:
                self._agenda.at(now_ns + callback.timeout_ms * NS_PER_MS, lambda due_ns: self._outbox.post(lambda: self._send_all(due_ns)))
                return

    def _next(self) -> Callback | None:
        with self._lock:
            if not self._waiting:
                self._is_busy = False
                return None
            return self._waiting[0]

    def _drop(self) -> None:
        self._tries = 0
        with self._lock:
            self._waiting.popleft()
