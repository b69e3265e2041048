"""Between the server and an application that holds requests: a connection can be parked, and resumed with an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, Self
from wsgiref.types import WSGIEnvironment

CONNECTION = "ome_mock.connection"
"""Where the server puts the connection of a request; test clients have none."""


class Answer(NamedTuple):
    """A response: a status line, headers that go out as they are, and a body."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @classmethod
    def of_text(cls, status: str, text: bytes) -> Self:
        """What the emulator says of itself."""
        return cls(status, (("Content-Length", str(len(text))), ("Content-Type", "text/plain")), text)


Resume = Callable[[Answer], None]
"""Answers a parked request, from any thread."""


class Waiting(Protocol):
    """A request that waits for its answer."""

    def begin(self, resume: Resume) -> None:
        """The worker has let go of the request."""

    def abandon(self) -> None:
        """The client has gone, or the server stops."""


class Connection(Protocol):
    """A connection whose request is being answered."""

    @property
    def number(self) -> int:
        """No other open connection has it."""

    @property
    def is_answered_at_once(self) -> bool:
        """Whether the thread that answers must not wait, as the server's loop."""

    def on_close(self, callback: Callable[[], None]) -> None:
        """Have this called once when the client goes away, or the server stops."""

    def park(self, waiting: Waiting) -> None:
        """Leave the request without an answer, and its worker to others; what the application returns is dropped."""


def connection_of(environ: WSGIEnvironment) -> Connection | None:
    connection: Connection | None = environ.get(CONNECTION)
    return connection
