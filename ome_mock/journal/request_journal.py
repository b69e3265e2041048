"""The journal of requests, answers, callbacks and written files, of bounded size, for queries and assertions of tests."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import chain
from threading import Condition
from typing import Any, NamedTuple

from ..arguments import checked
from ..text import holds, printable
from .callback_journal import CallbackExchange, CallbackJournal
from .totals import NO_ROUTE, Totals

MOST_EXCHANGES = 10_000
MOST_WRITES = 100_000
MOST_BYTES = 32 * 1024 * 1024
"""The largest size of all requests and answers in bytes; beyond it the oldest exchanges are dropped."""
LONGEST_BODY_KEPT = 65_536
LAST_SHOWN = 10
"""The number of exchanges in the message of a failed assertion."""


class Exchange(NamedTuple):
    """One request and its answer.

    `status` is None if the connection was closed without one. `diagnosis` holds hints at the client's mistakes. Of long bodies the
    beginning is kept.
    """

    number: int
    at_ns: int
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int | None
    answer: bytes
    diagnosis: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def json(self) -> Any:
        """The JSON value of the request's body, or None if it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def __str__(self) -> str:
        said = "".join(f"\n    {each}" for each in self.diagnosis)
        asked = " ".join(filter(None, (self.method, printable(self.target), printable(self.body[:200].decode("utf-8", "replace")))))
        return f"{self.number}. {asked} -> {self.status or 'connection closed'}{said}"


class FileWrite(NamedTuple):
    """One file written: for which output stream and which dump, under which path of the client's, and how many bytes.

    `at_ns` is when the write fell due: that of an info file is the instant of its newest item, or of the end that it tells of.
    """

    number: int
    at_ns: int
    stream: str
    dump: str
    path: str
    size: int


class RequestJournal:
    """The exchanges, callbacks and file writes of one emulator; safe to use from any thread.

    Numbers count from 1 and are never used again.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._exchanges: deque[Exchange] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._writes: deque[FileWrite] = deque(maxlen=MOST_WRITES)
        self._callbacks = CallbackJournal()
        self._exchange_count = 0
        self._write_count = 0
        self.totals = Totals()
        """They are kept when the journal is cleared."""

    def __repr__(self) -> str:
        return f"<RequestJournal: {len(self._exchanges)} requests, {len(self.callbacks)} callbacks, {len(self._writes)} files written>"

    def note_exchange(
        self,
        at_ns: int,
        method: str,
        target: str,
        headers: Iterable[tuple[str, str]],
        body: bytes,
        status: int | None,
        answer: bytes,
        diagnosis: Iterable[str] = (),
        route: tuple[str, str] = NO_ROUTE,
    ) -> None:
        with self._changed:
            self.totals.requests[*route, str(status or "none")] += 1
            self._exchange_count += 1
            kept, answered = body[:LONGEST_BODY_KEPT], answer[:LONGEST_BODY_KEPT]
            exchange = Exchange(self._exchange_count, at_ns, method, target, tuple(headers), kept, status, answered, tuple(diagnosis))
            self._exchanges.append(exchange)
            self._sizes.append(_size(exchange))
            self._bytes += self._sizes[-1]
            while self._bytes > MOST_BYTES or len(self._exchanges) > MOST_EXCHANGES:
                self._exchanges.popleft()
                self._bytes -= self._sizes.popleft()
            self._changed.notify_all()

    def note_write(self, at_ns: int, stream: str, dump: str, path: str, size: int) -> None:
        with self._changed:
            self._write_count += 1
            self.totals.files += 1
            self.totals.bytes += size
            self._writes.append(FileWrite(self._write_count, at_ns, stream, dump, path, size))

    def note_callback(self, at_ns: int, what: str, stream: str, url: str, **exchange: Any) -> None:
        kind = what if what in {"opening", "closing"} else "alert"
        with self._changed:
            self.totals.callbacks[kind, str(exchange["status"] or "none")] += 1
        self._callbacks.note(at_ns, what, stream, url, **exchange)

    def clear(self) -> None:
        """Forget everything so far."""
        self._callbacks.clear()
        with self._changed:
            self._exchanges.clear()
            self._sizes.clear()
            self._bytes = 0
            self._writes.clear()

    # Queries

    @property
    def writes(self) -> list[FileWrite]:
        with self._changed:
            return list(self._writes)

    @property
    def exchanges(self) -> list[Exchange]:
        with self._changed:
            return list(self._exchanges)

    @property
    def callbacks(self) -> list[CallbackExchange]:
        """The admission webhooks and alerts that were sent, the last ten thousand."""
        return self._callbacks.all()

    @checked
    def assert_notified(self, what: str, *, times: int | None = None, stream: str = "*", body: Any = None) -> list[CallbackExchange]:
        """Fail unless such callbacks were sent, or just so many; returns them.

        `what` is `opening`, `closing` or the code of an alert, `*` anything in it; `stream` is `vhost/app/stream`; `body` is what the
        JSON held, among other members.
        """
        __tracebackhide__ = True
        return self._callbacks.assert_notified(what, times=times, stream=stream, body=body)

    @checked
    def find(self, route: str = "*", *, status: int | None = None, body: Any = None) -> list[Exchange]:
        """The exchanges that fit, in order.

        `route` is the end of a path, such as `:startHlsDump`, or a method and that, such as `GET /v1/vhosts`; `*` is anything in it.
        `body` is what the request's JSON held, among other members.
        """
        return [exchange for exchange in self.exchanges if _fits(exchange, route, status, body)]

    @checked
    def assert_called(self, route: str, *, times: int | None = None, status: int | None = None, body: Any = None) -> list[Exchange]:
        """Return the requests that fit. Raises AssertionError if there are none, or not exactly `times`."""
        __tracebackhide__ = True
        found = self.find(route, status=status, body=body)
        if len(found) != times if times is not None else not found:
            wanted = "at least once" if times is None else f"{times} times"
            raise AssertionError(f"{_description(route, status, body)} was to be called {wanted}, not {len(found)} times.{self._tail()}")
        return found

    @checked
    def assert_not_called(self, route: str, *, status: int | None = None, body: Any = None) -> None:
        __tracebackhide__ = True
        self.assert_called(route, times=0, status=status, body=body)

    @checked
    def wait_for(
        self, route: str, *, times: int = 1, status: int | None = None, body: Any = None, timeout_s: float = 5.0
    ) -> list[Exchange]:
        """Wait in real time for `times` answered requests that fit; returns them. Raises AssertionError after `timeout_s`."""
        __tracebackhide__ = True
        found: list[Exchange] = []

        def enough() -> bool:
            found[:] = [exchange for exchange in self._exchanges if _fits(exchange, route, status, body)]
            return len(found) >= times

        with self._changed:
            is_enough = self._changed.wait_for(enough, timeout_s)
        if not is_enough:
            said = _description(route, status, body)
            raise AssertionError(f"{said} was called {len(found)} times within {timeout_s} s, not {times}.{self._tail()}")
        return found

    def _tail(self) -> str:
        """The last exchanges, for the message of a failed assertion."""
        exchanges = self.exchanges
        if not exchanges:
            return " There was no request at all."
        return "\n".join([f" The last of {len(exchanges)} requests:", *(f"  {exchange}" for exchange in exchanges[-LAST_SHOWN:])])


def _size(exchange: Exchange) -> int:
    return sum(map(len, chain((exchange.target, exchange.body, exchange.answer), *exchange.headers)))


def _fits(exchange: Exchange, route: str, status: int | None, body: Any) -> bool:
    method, _, path = route.rpartition(" ")
    if (method and method != exchange.method) or (status is not None and status != exchange.status):
        return False
    return fnmatchcase(exchange.path, "*" + path) and (body is None or holds(exchange.json, body))


def _description(route: str, status: int | None, body: Any) -> str:
    return f"{route}{'' if status is None else f', answered {status}'}{'' if body is None else f', with {json.dumps(body)}'}"
