"""The Flask application: requests in, handlers called, envelopes out."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request

from ..clock import Clock
from ..dialect import Dialect
from ..errors import ConfigurationError, RequestRefused
from ..json_reader import read_json
from ..settings import World
from ..text import printable
from ..timestamps import http_date
from .auth import check_authorization
from .control import clock as control_clock
from .control import health
from .cors import api_cors_headers
from .envelope import failure, render, success
from .exact_response import ExactResponse
from .request_line import method_of, path_of
from .rest import (
    Api,
    apps,
    certificates,
    conclude_hls_live,
    events,
    hls_dumps,
    multiplex_channels,
    output_profiles,
    pushes,
    records,
    scheduled_channels,
    statistics,
    streams,
    subtitles,
    version,
    vhosts,
)
from .routing import Route, find_route

log = logging.getLogger("ome_mock.requests")

API_ROUTES: tuple[Route, ...] = (
    *version.ROUTES,
    *vhosts.ROUTES,
    *apps.ROUTES,
    *output_profiles.ROUTES,
    *streams.ROUTES,
    *hls_dumps.ROUTES,
    *conclude_hls_live.ROUTES,
    *events.ROUTES,
    *subtitles.ROUTES,
    *records.ROUTES,
    *pushes.ROUTES,
    *scheduled_channels.ROUTES,
    *multiplex_channels.ROUTES,
    *statistics.ROUTES,
    *certificates.ROUTES,
)
CONTROL = "/_mock/"
CONTROL_ROUTES: tuple[Route, ...] = (*health.ROUTES, *control_clock.ROUTES)
SERVER = "OvenMediaEngine"
AUTHENTICATE = 'Basic realm="OvenMediaEngine"'


def create_flask_app(api: Api, access_token: str) -> Flask:
    """Make the application that serves an engine. It has no rules of Flask's: everything is answered before Flask routes."""
    app = Flask("ome_mock.web", static_folder=None)
    answers = Answers(api.engine.world, api.clock, api.dialect)
    app.before_request(lambda: _answer(api, answers, access_token))
    app.register_error_handler(RequestRefused, answers.refusal)
    app.register_error_handler(ConfigurationError, answers.control_refusal)
    app.register_error_handler(Exception, answers.internal_error)
    app.after_request(_log_request)
    return app


def _answer(api: Api, answers: Answers, access_token: str) -> Response:
    """The engine wants a path first, answers OPTIONS before it looks at the token, and looks at the token before the path (section 1.2)."""
    method, path = method_of(request.method), path_of(request.environ.get("HTTP_HOST", ""), request.environ["REQUEST_URI"])
    if not path:
        return answers.response(400 if path is None else 404, b"", "text/html")
    if method == "OPTIONS":
        return answers.response(204, b"", "text/html")
    if path != health.HEALTH or method not in {"GET", "HEAD"}:
        check_authorization(request.environ.get("HTTP_AUTHORIZATION", ""), access_token)
    if path.startswith(CONTROL):
        return answers.json(200, _handle(api, CONTROL_ROUTES, method, path))
    return answers.json(*success(_handle(api, API_ROUTES, method, path), api.dialect))


def _handle(api: Api, routes: tuple[Route, ...], method: str, path: str) -> Any:
    route, names = find_route(routes, method, path)
    if route.method in {"POST", "PATCH"}:
        return route.handler(api, **names, body=read_json(request.get_data(cache=False)))
    return route.handler(api, **names)


def _request_url() -> str:
    """The URL of the request as the engine puts it together: the Host header and the request target as they were sent (section 1.5)."""
    return f"http://{request.environ.get('HTTP_HOST', '')}{request.environ['REQUEST_URI']}"


def _log_request(response: Response) -> Response:
    _log("%s %s %s", request.method, request.environ["REQUEST_URI"], response.status_code)
    return response


def _log(message: str, *values: object) -> None:
    """Log what a request was and came to; requests of the control API are no traffic."""
    is_control = request.environ["REQUEST_URI"].startswith(CONTROL)
    log.log(logging.DEBUG if is_control else logging.INFO, message, *(printable(str(value)) for value in values))


def _phrase(status: int) -> str:
    """The reason phrases of HTTP, but for one that the engine writes without its hyphen (reference: REST API, section 2.3)."""
    return "Multi Status" if status == 207 else HTTPStatus(status).phrase


class Answers:
    """Makes responses, with the engine's headers in the engine's order."""

    def __init__(self, world: World, clock: Clock, dialect: Dialect) -> None:
        self._world = world
        self._clock = clock
        self._dialect = dialect

    def response(self, status: int, body: bytes, content_type: str, **more: str) -> Response:
        cors = api_cors_headers(self._world, request.headers.get)
        headers: dict[str, str | None] = {
            "Date": http_date(self._clock.now_ns()),
            **more,
            "Vary": "Origin",
            "Access-Control-Allow-Headers": cors.pop("Access-Control-Allow-Headers", None),
            "Access-Control-Allow-Credentials": cors.pop("Access-Control-Allow-Credentials", None),
            "Content-Length": None if status == 204 else str(len(body)),
            **cors,
            "Content-Type": content_type,
            "Server": SERVER,
        }
        return ExactResponse(body, f"{status} {_phrase(status)}", [(name, value) for name, value in headers.items() if value is not None])

    def json(self, status: int, envelope: object, **more: str) -> Response:
        return self.response(status, render(envelope), self._dialect.content_type, **more)

    def refusal(self, error: RequestRefused) -> Response:
        status, envelope = failure(error, self._dialect, _request_url())
        _log("refused: %s", envelope["message"])
        return self.json(status, envelope, **({"WWW-Authenticate": AUTHENTICATE} if status == 401 else {}))

    def control_refusal(self, error: ConfigurationError) -> Response:
        """A request of the control API that can't be done."""
        return self.json(400, {"message": str(error), "statusCode": 400})

    def internal_error(self, error: Exception) -> Response:
        """A defect of the emulator, said as one line; the client sees that it was not OME that failed."""
        log.error("internal error, please report it: %s: %s", type(error).__name__, error)
        log.debug("where it happened:", exc_info=error)
        return self.json(500, {"message": f"ome-mock: internal error: {type(error).__name__}", "statusCode": 500})
