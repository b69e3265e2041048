"""Faults of requests to the REST API."""

from __future__ import annotations

from dataclasses import dataclass

from .events import Event, RequestEvent
from .fault import Fault, fits


@dataclass(frozen=True, kw_only=True)
class RequestFault(Fault):
    """Spoils an answer. `route` is the end of a path, `*` anything in it, such as `:startHlsDump`; with a method before it,
    such as `GET */streams`, only that method's. `stream` is `vhost/app/stream`.
    """

    route: str = "*"
    stream: str = "*"

    def fits(self, event: Event) -> bool:
        if not isinstance(event, RequestEvent):
            return False
        method, _, route = self.route.rpartition(" ")
        if method and method != event.method:
            return False
        return fits("*" + route, event.path) and (self.stream == "*" or self._names_stream(event.path))

    def _names_stream(self, path: str) -> bool:
        vhost, _, rest = self.stream.partition("/")
        app, _, stream = rest.partition("/")
        base = f"/v1/vhosts/{vhost}/apps/{app}/streams/{stream}"
        return path == base or path.startswith((base + "/", base + ":"))


@dataclass(frozen=True)
class Status(RequestFault):
    """Answers with a status of failure, in the engine's words or in those of `text`.

    With `after`, once the request has done what it asked for: a client that tries again finds it done.
    """

    status: int = 500
    text: str = ""
    after: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("status", 400 <= self.status <= 599, "is between 400 and 599")


@dataclass(frozen=True)
class RefusedAuthorization(RequestFault):
    """Takes a right access token for a wrong one."""


@dataclass(frozen=True)
class Delay(RequestFault):
    """Answers `seconds` of real time later; what was asked for is done at once."""

    seconds: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("seconds", 0 <= self.seconds <= 3600, "is between 0 and 3600")


@dataclass(frozen=True)
class Reset(RequestFault):
    """Closes the connection without an answer; with `after`, once the request has done what it asked for."""

    after: bool = False


@dataclass(frozen=True)
class CutBody(RequestFault):
    """Sends so many bytes of the body that its length promises, and closes the connection."""

    sent: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("sent", self.sent >= 0, "is 0 or more")


@dataclass(frozen=True)
class SlowBytes(RequestFault):
    """Sends the body in so many pieces, `seconds` of real time in all."""

    seconds: float = 1.0
    pieces: int = 5

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("seconds", 0 <= self.seconds <= 3600, "is between 0 and 3600")
        self._require("pieces", self.pieces >= 1, "is 1 or more")
