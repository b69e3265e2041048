"""Events by the clock, in order of time: faults of streams, alarms, and what the engine computes from the time."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock

from . import faults
from .agenda import Agenda
from .engine_run import EngineRun


class Timetable:
    """Advances the run of the moment. No lock is held while a control server is waited for."""

    def __init__(self, plan: faults.FaultPlan, agenda: Agenda, find_run: Callable[[], EngineRun]) -> None:
        self._plan = plan
        self._agenda = agenda
        self._find_run = find_run
        self._doing = RLock()

    def advance(self, now_ns: int) -> None:
        """Do what has fallen due, in its order: what befalls encoders changes what comes after it."""
        while True:
            while (due_ns := self.next_stop_ns()) is not None and due_ns <= now_ns:
                self._find_run().engine.advance(due_ns)
                self._do_first(due_ns)
            self._find_run().engine.advance(now_ns)
            due_ns = self.next_stop_ns()
            if due_ns is None or due_ns > now_ns:
                return

    def advance_and_settle(self, now_ns: int) -> None:
        """Do what has fallen due by a manual clock, and let control servers answer: they may call the API, at this instant."""
        self.advance(now_ns)
        self._find_run().settle()
        while (due_ns := self.next_stop_ns()) is not None and due_ns <= now_ns:
            self.advance(now_ns)
            self._find_run().settle()

    def require_quiet(self) -> None:
        """Raise ConfigurationError where the clock must stand still for a control server."""
        self._find_run().require_quiet()

    def next_stop_ns(self) -> int | None:
        """The next instant at which something happens that isn't computed from the time."""
        return _first(self._agenda.next_due_ns(), self._plan.next_due_ns())

    def next_due_ns(self) -> int | None:
        return _first(self._find_run().engine.next_due_ns(), self.next_stop_ns())

    def _do_first(self, now_ns: int) -> None:
        """Do the first thing that has fallen due, one thread at a time: each begins where the one before it ended."""
        with self._doing:
            due = self._plan.of_time(now_ns)
            if due is not None:
                self._find_run().apply_stream_fault(due[1], due[0])
            else:
                self._agenda.ring_first(now_ns)


def _first(*instants_ns: int | None) -> int | None:
    return min((instant_ns for instant_ns in instants_ns if instant_ns is not None), default=None)
