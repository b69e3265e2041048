"""Answers of the REST API, with the engine's headers in the engine's order, and the log of requests."""

from __future__ import annotations

import logging
from functools import cache
from http import HTTPStatus
from wsgiref.types import WSGIEnvironment

from ..clock import Clock
from ..dialect import Dialect
from ..errors import ConfigurationError, PublisherRefused, log_internal_error
from ..refusals import RequestRefused
from ..settings import World
from ..text import printable
from ..timestamps import http_date
from .control.routes import CONTROL
from .cors import api_cors_headers, vary
from .envelope import failure, render
from .header_order import in_order
from .upgrade import handshake_headers
from .wire.answer import Answer
from .wire.request_headers import header_finder, url_of

log = logging.getLogger("ome_mock.requests")

SERVER_HEADER = "OvenMediaEngine"
AUTHENTICATE = 'Basic realm="OvenMediaEngine"'


class Answers:
    """Makes the answers to one request, with the engine's headers in the engine's order."""

    def __init__(self, world: World, clock: Clock, dialect: Dialect, environ: WSGIEnvironment) -> None:
        self._world = world
        self._clock = clock
        self._dialect = dialect
        self._environ = environ

    def answer(self, status: int, body: bytes, content_type: str, **more: str) -> Answer:
        dialect = self._dialect
        cors = api_cors_headers(self._world, header_finder(self._environ), dialect)
        has_length = status != 204 or dialect.preflight_has_length
        headers: dict[str, str | None] = {
            "Date": http_date(self._clock.now_ns()),
            **more,
            "Content-Length": str(len(body)) if has_length else None,
            **vary(cors, dialect),
            **cors,
            "Content-Type": content_type,
            "Server": SERVER_HEADER,
        }
        return Answer(status_line(status), tuple(in_order(headers, dialect)), body)

    def no_content(self) -> Answer:
        """The answer to OPTIONS."""
        return self.answer(204, b"", "text/html")

    def json(self, status: int, envelope: object, **more: str) -> Answer:
        return self.answer(status, render(envelope), self._dialect.content_type, **more)

    def refusal(self, error: RequestRefused) -> Answer:
        status, envelope = failure(error, self._dialect, url_of(self._environ))
        log_request(self._environ, "refused: %s", envelope["message"])
        return self.json(status, envelope, **({"WWW-Authenticate": AUTHENTICATE} if status == 401 else {}))

    def switching_protocols(self) -> Answer:
        """The answer to a WebSocket handshake, whose order of headers is the engine's."""
        headers = handshake_headers(self._environ, http_date(self._clock.now_ns()), SERVER_HEADER)
        return Answer(status_line(101), tuple(headers))

    def control_refusal(self, error: ConfigurationError, status: int = 400) -> Answer:
        """The answer to an invalid request of the control API."""
        return self.json(status, {"message": str(error), "statusCode": status})

    def encoder_refusal(self, error: PublisherRefused) -> Answer:
        """An encoder of the control API that a control server does not let in."""
        return self.json(403, {"message": str(error), "reason": error.reason, "statusCode": 403})

    def internal_error(self, error: Exception) -> Answer:
        """The answer to an unexpected exception: one line that names the emulator, not OME."""
        log_internal_error(log, error)
        return self.json(500, {"message": f"ome-mock: internal error: {type(error).__name__}", "statusCode": 500})


def log_request(environ: WSGIEnvironment, message: str, *values: object, is_of_player: bool = False) -> None:
    """Log a request and its result; requests of the control API only at level DEBUG."""
    level = logging.DEBUG if environ["REQUEST_URI"].startswith(CONTROL) and not is_of_player else logging.INFO
    if log.isEnabledFor(level):  # a record is made without a search for its caller, who is always the same
        log.handle(
            log.makeRecord(log.name, level, *LOGGED_AT, message, tuple([printable(str(value)) for value in values]), None, "log_request")
        )


LOGGED_AT = (__file__, log_request.__code__.co_firstlineno)


@cache
def status_line(status: int) -> str:
    return f"{status} {phrase(status)}"


def phrase(status: int) -> str:
    """The reason phrase of a status; the engine writes one without its hyphen (rest-api.md#multi-status-answers)."""
    if status == 207:
        return "Multi Status"
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown Error"
