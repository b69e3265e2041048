"""Faults of requests to the REST API."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .events import Event, RequestEvent
from .fault import Fault, bearable_seconds, checked, fits

if TYPE_CHECKING:
    from .spoilable import SpoilableAnswer


@dataclass(frozen=True, kw_only=True)
class RequestFault(Fault, is_family=True):
    """Spoils an answer. `route` is the end of a path, `*` anything in it, such as `:startHlsDump`; with a method before it,
    such as `GET */streams`, only that method's. `stream` is `vhost/app/stream`.
    """

    route: str = "*"
    stream: str = "*"

    @property
    def is_instead(self) -> bool:
        """True if the engine never hears of the request."""
        return False

    @abstractmethod
    def spoil(self, answer: SpoilableAnswer) -> None:
        """Spoil the answer, or one that was not given yet."""

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

    status: int = checked(500, lambda status: 400 <= status <= 599, "is between 400 and 599")
    text: str = ""
    after: bool = False

    @property
    def is_instead(self) -> bool:
        return not self.after

    def spoil(self, answer: SpoilableAnswer) -> None:
        answer.fail(self.status, self.text)


@dataclass(frozen=True)
class RefusedAuthorization(RequestFault):
    """Takes a right access token for a wrong one."""

    @property
    def is_instead(self) -> bool:
        return True

    def spoil(self, answer: SpoilableAnswer) -> None:
        answer.fail(401)


@dataclass(frozen=True)
class Delay(RequestFault):
    """Answers `seconds` of real time later; what was asked for is done, and in the journal, at once."""

    seconds: float = bearable_seconds()

    def spoil(self, answer: SpoilableAnswer) -> None:
        answer.hold_back(self.seconds)


@dataclass(frozen=True)
class Reset(RequestFault):
    """Closes the connection without an answer; with `after`, once the request has done what it asked for."""

    after: bool = False

    @property
    def is_instead(self) -> bool:
        return not self.after

    def spoil(self, answer: SpoilableAnswer) -> None:
        answer.hang_up()


@dataclass(frozen=True)
class CutBody(RequestFault):
    """Sends so many bytes of the body that its length promises, and closes the connection."""

    sent: int = checked(10, lambda sent: sent >= 0, "is 0 or more")

    def spoil(self, answer: SpoilableAnswer) -> None:
        answer.break_off(self.sent)


@dataclass(frozen=True)
class SlowBytes(RequestFault):
    """Sends the body in so many pieces, `seconds` of real time in all."""

    seconds: float = bearable_seconds()
    pieces: int = checked(5, lambda pieces: pieces >= 1, "is 1 or more")

    def spoil(self, answer: SpoilableAnswer) -> None:
        answer.send(self._slowly(answer, answer.body))

    def _slowly(self, answer: SpoilableAnswer, body: bytes) -> Iterator[bytes]:
        size = max(1, -(-len(body) // self.pieces))
        for start in range(0, len(body), size):
            answer.sleep(self.seconds / self.pieces)
            yield body[start : start + size]
