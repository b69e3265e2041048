"""The interface between the server and an application that holds requests, or answers them piece by piece: a connection is parked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from wsgiref.types import WSGIEnvironment

from .answer import Answer

CONNECTION = "ome_mock.connection"
"""The key in the WSGI environ for the connection of a request; test clients have none."""


Resume = Callable[[Answer], None]
"""Answers a parked request, in the server's loop."""


class Waiting(Protocol):
    """A request that waits for its answer; it begins and ends in the server's loop."""

    def begin(self, resume: Resume) -> None:
        """Start waiting; the request has been released."""

    def abandon(self) -> None:
        """Stop waiting, because the client has gone or the server stops."""


class Connection(Protocol):
    """A connection whose request is being answered."""

    @property
    def number(self) -> int:
        """The number of the connection, unique among open ones."""

    @property
    def is_answered_at_once(self) -> bool:
        """True if the answering thread, the server's loop, must not wait."""

    @property
    def takes_more(self) -> bool:
        """False while the client has yet to read what was sent."""

    def begin_answer(self, answer: Answer) -> None:
        """Send, in the server's loop, the head of a parked request's answer, whose body goes on until the connection is closed."""

    def send(self, data: bytes) -> None:
        """Send, in the server's loop, more of the body."""

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call `callback` once when the client goes away, or the server stops."""

    def park(self, waiting: Waiting) -> None:
        """Leave the request without an answer; the application's result is dropped."""


def connection_of(environ: WSGIEnvironment) -> Connection | None:
    connection: Connection | None = environ.get(CONNECTION)
    return connection
