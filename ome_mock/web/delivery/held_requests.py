"""Requests that wait for media. They take no thread; the server's loop answers them when they are due."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection
from threading import Condition
from typing import TYPE_CHECKING

from ...clock import LONGEST_WAIT_S, Clock, ManualClock
from ...errors import log_internal_error
from ..wire.answer import Answer
from ..wire.parking import Resume

if TYPE_CHECKING:  # most emulators have no server
    from asyncio import AbstractEventLoop, TimerHandle

log = logging.getLogger("ome_mock.requests")

SLICE_S = 0.005
"""The time for which the loop answers held requests before it looks at other connections."""


class HeldRequests:
    """The held requests. An answer has the state at its due instant, even if it is sent later.

    On a manual clock `release` decides which ones are due, on a real one a timer of the loop. Requests are held and let go in the loop.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = Condition()
        self._waiting: set[HeldRequest] = set()
        self._due: deque[tuple[int, HeldRequest]] = deque()
        self._loop: AbstractEventLoop | None = None
        self._has_timer = not isinstance(clock, ManualClock)
        self._timer: TimerHandle | None = None
        self._timed_ns: int | None = None
        """The instant for which the timer is set."""

    def __len__(self) -> int:
        """The number of those that are counted."""
        return sum(request.is_counted for request in self._waiting)

    def answer_in(self, loop: AbstractEventLoop) -> None:
        """Have requests answered in the loop of the server that holds them."""
        self._loop = loop

    def hold(self, request: HeldRequest) -> None:
        with self._changed:
            request.due_ns = request.find_due_ns()  # here, so that `ask_again` comes before it or finds the request
            self._waiting.add(request)
            self._take_due([request], self._clock.now_ns())

    def let_go(self, request: HeldRequest) -> None:
        """Forget a request whose client has gone."""
        with self._changed:
            self._waiting.discard(request)
            self._changed.notify_all()

    def wait_for(self, count: int, timeout_s: float) -> None:
        """Return once `count` requests wait. Raises TimeoutError after `timeout_s` of real time."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self) == count, timeout_s):
                raise TimeoutError(f"{len(self)} requests are held, not {count}, after {timeout_s} s")

    def ask_again(self) -> None:
        """Ask each request again for its due instant, because something ended."""
        with self._changed:
            for request in self._waiting:
                request.due_ns = request.find_due_ns()
            self._take_due(self._waiting, self._clock.now_ns())

    def release(self, now_ns: int) -> None:
        """Have the requests due by now answered, without waiting for it."""
        with self._changed:
            self._take_due(self._waiting, now_ns)

    def _take_due(self, requests: Collection[HeldRequest], now_ns: int) -> None:
        """Have those of some requests answered that are due, and the timer set where another falls due before it ends."""
        due = [(request.due_ns, request) for request in requests if request.due_ns is not None and request.due_ns <= now_ns]
        self._waiting.difference_update(request for _, request in due)
        self._due += due
        self._changed.notify_all()
        if self._loop is not None and (due or any(self._falls_due_before_timer(request) for request in requests)):
            self._loop.call_soon_threadsafe(self._answer_due if due else self._set_timer)

    def _falls_due_before_timer(self, request: HeldRequest) -> bool:
        """Says if the timer comes too late for a request; a manual clock has none, and calls `release` instead."""
        return self._has_timer and request.due_ns is not None and (self._timed_ns is None or request.due_ns < self._timed_ns)

    def _answer_due(self) -> None:
        """Answer in the loop, and let it look at other connections now and then."""
        if self._loop is None:
            return
        until = self._loop.time() + SLICE_S
        while self._due:
            due_ns, request = self._due.popleft()
            try:
                request.answer(due_ns)
            except Exception as error:  # noqa: BLE001
                log_internal_error(log, error)
            if self._loop.time() > until:
                self._loop.call_soon(self._answer_due)
                return
        self._set_timer()

    def _set_timer(self) -> None:
        """Look again when the next request is due."""
        if self._loop is None or not self._has_timer:
            return
        with self._changed:
            self._timed_ns = min((request.due_ns for request in self._waiting if request.due_ns is not None), default=None)
        if self._timer is not None:
            self._timer.cancel()
        if self._timed_ns is not None:
            wait_s = min(self._clock.seconds_until(self._timed_ns), LONGEST_WAIT_S)
            self._timer = self._loop.call_later(max(0.0, wait_s), self._release_now)

    def _release_now(self) -> None:
        with self._changed:
            self._timed_ns = None
        self.release(self._clock.now_ns())


class HeldRequest:
    """One held request; `find_due_ns` returns its due instant, None for never, `answer_at` the answer at an instant.

    A request of the emulator's own page is not counted.
    """

    def __init__(
        self, held: HeldRequests, find_due_ns: Callable[[], int | None], answer_at: Callable[[int], Answer], *, is_counted: bool = True
    ) -> None:
        self._held = held
        self.is_counted = is_counted
        self._answer_at = answer_at
        self._resume: Resume | None = None
        self.find_due_ns = find_due_ns
        self.due_ns: int | None = None

    def begin(self, resume: Resume) -> None:
        self._resume = resume
        self._held.hold(self)

    def abandon(self) -> None:
        self._held.let_go(self)

    def answer(self, due_ns: int) -> None:
        if self._resume is not None:
            self._resume(self._answer_at(due_ns))
