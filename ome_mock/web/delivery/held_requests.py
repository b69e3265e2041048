"""Requests that wait for media. They take no worker; one thread answers all of them when they are due."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Condition, Lock, Thread

from ...clock import LONGEST_WAIT_S, Clock, ManualClock
from ..wire.parking import Answer, Resume

log = logging.getLogger("ome_mock.requests")


class HeldRequests:
    """The held requests, and the thread that answers them, started at the first one.

    An answer has the state at its due instant, even if it is sent later. On a manual clock `release` decides which ones are due.
    """

    def __init__(self, clock: Clock) -> None:
        self.answering = Lock()
        """Held while the due requests are answered."""
        self._clock = clock
        self._changed = Condition()
        self._waiting: set[HeldRequest] = set()
        self._due: list[tuple[int, HeldRequest]] = []
        self._is_stopping = False
        self._thread: Thread | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def hold(self, request: HeldRequest) -> None:
        with self._changed:
            if self._is_stopping:
                return
            if self._thread is None:
                self._thread = Thread(target=self._run, name="ome-mock held requests", daemon=True)
                self._thread.start()
            self._waiting.add(request)
            self._take_due(self._clock.now_ns())
            self._changed.notify_all()

    def let_go(self, request: HeldRequest) -> None:
        """Forget a request whose client has gone."""
        with self._changed:
            self._waiting.discard(request)
            self._changed.notify_all()

    def wait_for(self, count: int, timeout_s: float) -> None:
        """Return once `count` requests wait. Raises TimeoutError after `timeout_s` of real time."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._waiting) == count, timeout_s):
                raise TimeoutError(f"{len(self._waiting)} requests are held, not {count}, after {timeout_s} s")

    def ask_again(self) -> None:
        """Ask each request again for its due instant, because something ended."""
        with self._changed:
            for request in self._waiting:
                request.due_ns = request.find_due_ns()
            self._take_due(self._clock.now_ns())
            self._changed.notify_all()

    def release(self, now_ns: int) -> None:
        """Have the requests due by now answered, without waiting for it."""
        with self._changed:
            self._take_due(now_ns)
            self._changed.notify_all()

    def stop(self) -> None:
        """End the thread; held requests get no answer."""
        with self._changed:
            self._is_stopping = True
            self._waiting.clear()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _take_due(self, now_ns: int) -> None:
        due = [(request.due_ns, request) for request in self._waiting if request.due_ns is not None and request.due_ns <= now_ns]
        self._waiting.difference_update(request for _, request in due)
        self._due += due

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._due and not self._is_stopping:
                    self._changed.wait(self._wait_s())
                    if not isinstance(self._clock, ManualClock):
                        self._take_due(self._clock.now_ns())
                if self._is_stopping:
                    return
                due, self._due = self._due, []
            with self.answering:
                for due_ns, request in due:
                    self._answer(due_ns, request)

    def _wait_s(self) -> float | None:
        """The seconds until the next request is due, or None; a manual clock calls `release` instead."""
        instants_ns = [request.due_ns for request in self._waiting if request.due_ns is not None]
        if isinstance(self._clock, ManualClock) or not instants_ns:
            return None
        return max(0.0, min(self._clock.seconds_until(min(instants_ns)), LONGEST_WAIT_S))

    def _answer(self, due_ns: int, request: HeldRequest) -> None:
        try:
            request.answer(due_ns)
        except Exception as error:  # noqa: BLE001
            log.error("internal error, please report it: %s: %s", type(error).__name__, error)  # noqa: TRY400


class HeldRequest:
    """One held request; `find_due_ns` returns its due instant, None for never, `answer_at` the answer at an instant."""

    def __init__(self, held: HeldRequests, find_due_ns: Callable[[], int | None], answer_at: Callable[[int], Answer]) -> None:
        self._held = held
        self._answer_at = answer_at
        self._resume: Resume | None = None
        self.find_due_ns = find_due_ns
        self.due_ns: int | None = None

    def begin(self, resume: Resume) -> None:
        self._resume = resume
        self.due_ns = self.find_due_ns()
        self._held.hold(self)

    def abandon(self) -> None:
        self._held.let_go(self)

    def answer(self, due_ns: int) -> None:
        if self._resume is not None:
            self._resume(self._answer_at(due_ns))
