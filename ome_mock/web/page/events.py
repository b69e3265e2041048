"""`/_mock/events`: server-sent events, one connection for each page and no thread for any (the HTML standard, section 9.2)."""

from __future__ import annotations

import asyncio
from time import thread_time

from flask import Response, request

from ..control import Control
from ..wire.answer import Answer
from ..wire.exact_response import ExactResponse
from ..wire.parking import Connection, Resume, connection_of
from .feed import Feed
from .responses import SECURITY_HEADERS

LOOK_EVERY_S = 0.1
LARGEST_SHARE = 0.1
"""The largest share of a processor's time that looking for changes takes, for each page."""
SILENCE_S = 15
SIGN_OF_LIFE = b":\n\n"
HEADERS = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), *SECURITY_HEADERS)


def answer_events(control: Control) -> Response:
    """Answer with events until the page or the server goes; under other servers with one look at everything."""
    connection, feed = connection_of(request.environ), Feed(control)
    if connection is None:
        return ExactResponse(feed.take(), "200 OK", list(HEADERS))
    connection.park(EventStream(connection, feed))
    return ExactResponse(b"", "200 OK", list(HEADERS))


class EventStream:
    """An answer that goes on: it looks for changes now and then.

    However slowly its page reads, it leaves out nothing that the journal still has.
    """

    def __init__(self, connection: Connection, feed: Feed) -> None:
        self._connection = connection
        self._feed = feed
        self._silent_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, resume: Resume) -> None:  # noqa: ARG002 (its answer never ends by itself)
        self._loop = asyncio.get_running_loop()
        self._connection.begin_answer(Answer("200 OK", HEADERS))
        self._look()

    def abandon(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        began_s = thread_time()
        if self._connection.takes_more:
            self._send(self._feed.take(), self._loop.time())
        took_s = thread_time() - began_s
        self._timer = self._loop.call_later(max(LOOK_EVERY_S, took_s / LARGEST_SHARE), self._look)

    def _send(self, events: bytes, now_s: float) -> None:
        if events or now_s - self._silent_since > SILENCE_S:
            self._silent_since = now_s
            self._connection.send(events or SIGN_OF_LIFE)
