"""Callbacks on their way: who waits for them, what befalls them, and what is noted of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition, Event, Thread, current_thread
from typing import NamedTuple

from ..agenda import Agenda
from ..clock import Clock, ManualClock
from ..dialect import Dialect
from ..errors import ConfigurationError, log_internal_error
from ..faults import FaultPlan
from ..faults.events import CallbackEvent
from ..journal.request_journal import RequestJournal
from ..text import printable
from ..timestamps import NS_PER_SECOND
from .courier import Courier, Outcome, Reply, host_of, parse_url
from .signature import sign_webhook

log = logging.getLogger("ome_mock.callbacks")

MS_PER_SECOND = 1000
PATIENCE_S = 0.25
"""The real time for which turning the clock waits for an answer that another thread waits for."""


class Callback(NamedTuple):
    """A request that the engine makes: what it says in a word, of which stream, and its body."""

    what: str
    stream: str
    url: str
    secret_key: str
    timeout_ms: int
    body: bytes


@dataclass
class SpoiltCallback:
    """A callback, as faults change it before it is sent; `reply` is the result of one that isn't sent at all."""

    times: int = 1
    is_forged: bool = False
    cut_after: int | None = None
    late_s: float | None = None
    is_after_next: bool = False
    reply: Reply | None = None

    def time_out(self, reason: str) -> None:
        self.reply = Reply(Outcome.TIMED_OUT, reason=reason)

    def fail(self, reason: str) -> None:
        self.reply = Reply(Outcome.FAILED, reason=reason)


HELD_BACK = Reply(Outcome.ANSWERED, reason="held back, as a fault wants it")


class Ticket:
    """A callback that is under way; `is_awaited` while somebody can't go on before it ends."""

    def __init__(self) -> None:
        self.is_awaited = False


class Outbox:
    """Sends callbacks, each in the thread that asks or in one of its own; no lock is held meanwhile."""

    def __init__(
        self,
        clock: Clock,
        agenda: Agenda,
        dialect: Dialect,
        plan: FaultPlan,
        journal: RequestJournal,
        ca_file: str | None = None,
    ) -> None:
        self._clock = clock
        self._agenda = agenda
        self._dialect = dialect
        self._plan = plan
        self._journal = journal
        self._courier = Courier(ca_file)
        self._changed = Condition()
        self._tickets: set[Ticket] = set()
        self._threads: set[Thread] = set()
        self._held_back: list[Callback] = []
        self._ending = Event()
        self._is_closed = False

    # Sending

    def ask(self, callback: Callback, now_ns: int) -> Reply:
        """Send a callback and wait for its answer, which the caller can't go on without."""
        with self._awaited():
            return self._deliver(callback, now_ns, can_wait=False)

    def post(self, work: Callable[[], object]) -> None:
        """Do what sends callbacks in a thread of its own; see `settle`."""
        with self._changed:
            if self._is_closed:
                return
            ticket = Ticket()
            thread = Thread(target=self._work, args=(work, ticket), name="ome-mock callback", daemon=True)
            thread.start()  # with the lock and first: nobody waits for a thread that has not begun, or that there can't be
            self._tickets.add(ticket)
            self._threads.add(thread)

    def send(self, callback: Callback, now_ns: int) -> Reply:
        """Send a callback within `post`."""
        return self._deliver(callback, now_ns, can_wait=True)

    # Waiting

    def settle(self) -> None:
        """Wait until what is under way now has ended; nothing takes longer than its timeout."""
        if not self._tickets:
            return
        with self._changed:
            waited_for = set(self._tickets)
            for ticket in waited_for:
                ticket.is_awaited = True
            self._changed.wait_for(lambda: not waited_for & self._tickets)

    def require_quiet(self) -> None:
        """Raise ConfigurationError where somebody waits for a control server, as within one of its handlers."""
        if not self._tickets:
            return
        with self._changed:
            awaited = {ticket for ticket in self._tickets if ticket.is_awaited}
            if not self._changed.wait_for(lambda: not awaited & self._tickets, PATIENCE_S):
                raise ConfigurationError("the clock stands still while a control server is asked: its handler can't advance it")

    def close(self) -> None:
        """Give up what is under way; nothing is sent any more."""
        with self._changed:
            self._is_closed = True
            self._ending.set()
            threads = list(self._threads)
        self._courier.close()
        for thread in threads:
            thread.join()

    def _work(self, work: Callable[[], object], ticket: Ticket) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001
            log_internal_error(log, error)
        finally:
            with self._changed:
                self._tickets.discard(ticket)
                self._threads.discard(current_thread())
                self._changed.notify_all()

    @contextmanager
    def _awaited(self) -> Iterator[None]:
        ticket = Ticket()
        ticket.is_awaited = True
        with self._changed:
            self._tickets.add(ticket)
        try:
            yield
        finally:
            with self._changed:
                self._tickets.discard(ticket)
                self._changed.notify_all()

    # One callback

    def _deliver(self, callback: Callback, now_ns: int, *, can_wait: bool) -> Reply:
        spoilt = SpoiltCallback()
        for fault in [] if self._plan.is_empty else self._plan.of(CallbackEvent(callback.what.split(" ")[0], callback.stream)):
            fault.spoil(spoilt)
        withheld = self._withheld(callback, spoilt, now_ns, can_wait=can_wait)
        if withheld is not None:
            return withheld
        attempts = range(spoilt.times)
        replies = [self._attempt(callback, now_ns, is_forged=spoilt.is_forged, cut_after=spoilt.cut_after) for _ in attempts]
        with self._changed:
            held_back, self._held_back = self._held_back, []
        for each in held_back:
            self._attempt(each, now_ns)
        return replies[-1]

    def _withheld(self, callback: Callback, spoilt: SpoiltCallback, now_ns: int, *, can_wait: bool) -> Reply | None:
        """The result of a callback that isn't sent now, or None if it is sent."""
        if spoilt.reply is not None:
            self._note(callback, now_ns, (), spoilt.reply)
            return self._waited_out(callback, spoilt.reply, time.monotonic())
        if spoilt.is_after_next:
            with self._changed:
                self._held_back.append(callback)
            return HELD_BACK
        if spoilt.late_s is None:
            return None
        if can_wait:
            due_ns = now_ns + round(spoilt.late_s * NS_PER_SECOND)
            self._agenda.at(due_ns, lambda late_ns: self.post(lambda: self._attempt(callback, late_ns)))
            return HELD_BACK
        self._ending.wait(spoilt.late_s)
        return None

    def _attempt(self, callback: Callback, now_ns: int, *, is_forged: bool = False, cut_after: int | None = None) -> Reply:
        headers = self._headers(callback, callback.secret_key + ("?" if is_forged else ""))
        started_s = time.monotonic()
        reply = self._courier.post(callback.url, headers, callback.body, callback.timeout_ms / MS_PER_SECOND, cut_after)
        self._note(callback, now_ns, headers, reply)
        return self._waited_out(callback, reply, started_s)

    def _waited_out(self, callback: Callback, reply: Reply, started_s: float) -> Reply:
        """An answer that can't come any more is waited for all the same, where time is real."""
        if reply.outcome is Outcome.TIMED_OUT and not isinstance(self._clock, ManualClock):
            self._ending.wait(max(0.0, callback.timeout_ms / MS_PER_SECOND - (time.monotonic() - started_s)))
        return reply

    def _headers(self, callback: Callback, secret_key: str) -> tuple[tuple[str, str], ...]:
        target = parse_url(callback.url)
        values = {
            "Content-Length": str(len(callback.body)),
            "Host": "" if target is None else host_of(target),
            "Content-Type": "application/json",
            "X-OME-Signature": sign_webhook(callback.body, secret_key),
            "Accept": "application/json",
            "User-Agent": "OvenMediaEngine",
        }
        return tuple((name, values[name]) for name in self._dialect.callback_headers)

    def _note(self, callback: Callback, now_ns: int, headers: tuple[tuple[str, str], ...], reply: Reply) -> None:
        outcome = reply.reason or reply.outcome.value
        log.info("%s of %s: %s", callback.what, printable(callback.stream), reply.status or printable(outcome))
        self._journal.note_callback(
            now_ns,
            callback.what,
            callback.stream,
            callback.url,
            headers=headers,
            body=callback.body,
            status=reply.status,
            answer=reply.body,
            outcome=outcome,
        )
