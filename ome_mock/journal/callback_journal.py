"""The journal of requests to clients' servers, for queries and assertions of tests."""

from __future__ import annotations

import json
from collections import deque
from fnmatch import fnmatchcase
from threading import Lock
from typing import Any, NamedTuple

from ..text import holds, printable

MOST_CALLBACKS = 10_000
LAST_SHOWN = 10
"""The number of callbacks that the message of a failed assertion shows."""


class CallbackExchange(NamedTuple):
    """One admission webhook or alert, and its answer.

    `what` is `opening`, `closing` or the codes of an alert, `status` None where there was no answer, and `outcome` then says why.
    """

    number: int
    at_ns: int
    what: str
    stream: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int | None
    answer: bytes
    outcome: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def __str__(self) -> str:
        answered = f"{self.status} {printable(self.answer[:200].decode('utf-8', 'replace'))}" if self.status else self.outcome
        return f"{self.number}. {self.what} of {printable(self.stream)} to {printable(self.url)} -> {answered}"


class CallbackJournal:
    """The callbacks of one emulator, the last ten thousand; safe to use from any thread. Numbers count from 1."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._callbacks: deque[CallbackExchange] = deque(maxlen=MOST_CALLBACKS)
        self._count = 0

    def note(self, at_ns: int, what: str, stream: str, url: str, **exchange: Any) -> None:
        with self._lock:
            self._count += 1
            self._callbacks.append(CallbackExchange(self._count, at_ns, what, stream, url, **exchange))

    def clear(self) -> None:
        with self._lock:
            self._callbacks.clear()

    def all(self) -> list[CallbackExchange]:
        with self._lock:
            return list(self._callbacks)

    def find(self, what: str = "*", *, stream: str = "*", body: Any = None) -> list[CallbackExchange]:
        """The callbacks that fit, in order."""
        return [each for each in self.all() if _fits(each, what, stream, body)]

    def assert_notified(self, what: str, *, times: int | None = None, stream: str = "*", body: Any = None) -> list[CallbackExchange]:
        __tracebackhide__ = True
        found = self.find(what, stream=stream, body=body)
        if len(found) != times if times is not None else not found:
            wanted = "at least once" if times is None else f"{times} times"
            raise AssertionError(f"{_description(what, stream, body)} was to be sent {wanted}, not {len(found)} times.{self._near(what)}")
        return found

    def _near(self, what: str) -> str:
        """The callbacks that come nearest: those of the same name, or else the last ones."""
        callbacks = self.all()
        if not callbacks:
            return " There was no callback at all."
        near = [each for each in callbacks if _is_named(each, what)] or callbacks
        return "\n".join([f" Of {len(callbacks)} callbacks:", *(f"  {each} {each.body.decode()}" for each in near[-LAST_SHOWN:])])


def _is_named(callback: CallbackExchange, what: str) -> bool:
    return any(fnmatchcase(name, what) for name in callback.what.split(" "))


def _fits(callback: CallbackExchange, what: str, stream: str, body: Any) -> bool:
    return _is_named(callback, what) and fnmatchcase(callback.stream, stream) and (body is None or holds(callback.json, body))


def _description(what: str, stream: str, body: Any) -> str:
    return f"{what}{'' if stream == '*' else f' of {stream}'}{'' if body is None else f', with {json.dumps(body)}'}"
