"""The Flask application: requests in, handlers called, envelopes out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from ..clock import Clock
from ..dialect import Dialect
from ..engine.engine import Engine
from ..errors import ConfigurationError, ControllerNotFound, RequestRefused
from ..timestamps import http_date
from .auth import check_authorization
from .control.clock import CLOCK_ADVANCE, advance_clock
from .control.health import HEALTH, health
from .cors import cors_headers
from .envelope import failure, render, success
from .json_body import read_json
from .rest import Api, Route, apps, hls_dumps, output_profiles, streams, version, vhosts

log = logging.getLogger("ome_mock.requests")

ROUTES: tuple[Route, ...] = (
    *version.ROUTES,
    *vhosts.ROUTES,
    *apps.ROUTES,
    *output_profiles.ROUTES,
    *streams.ROUTES,
    *hls_dumps.ROUTES,
)
SERVER = "OvenMediaEngine"
AUTHENTICATE = 'Basic realm="OvenMediaEngine"'


class SegmentConverter(BaseConverter):
    """Anything between two slashes, nothing included: the last colon begins an action (reference: REST API, section 3.1)."""

    regex = "[^/]*"


class AppConverter(BaseConverter):
    """An application's name, which holds no colon."""

    regex = "[^/:]*"


class RawTarget:
    """WSGI middleware: route on the request target as it was sent, for the engine decodes no percent-escapes."""

    def __init__(self, application: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = raw_path(environ["REQUEST_URI"])
        return self._application(environ, start_response)


def raw_path(target: str) -> str:
    """The path of a request target in origin form or absolute form (RFC 9112, section 3.2)."""
    path = target.partition("?")[0]
    if not path.startswith("/") and "://" in path:
        path = "/" + path.partition("://")[2].partition("/")[2]
    return path


def create_flask_app(engine: Engine, clock: Clock, dialect: Dialect, access_token: str) -> Flask:
    """Make the application that serves an engine."""
    app = Flask("ome_mock", static_folder=None)
    app.url_map.merge_slashes = False
    app.url_map.converters |= {"segment": SegmentConverter, "app": AppConverter}
    answers = Answers(engine.world.cross_domains, clock, dialect)
    api = Api(engine, clock, dialect)
    for route in ROUTES:
        view = partial(_answer_route, answers, api, route)
        name = f"{route.handler.__module__}.{route.handler.__name__}"
        app.add_url_rule(route.path, name, view, methods=[route.method], provide_automatic_options=False)
    app.add_url_rule(HEALTH, "health", lambda: answers.json(200, health(dialect)), provide_automatic_options=False)
    advance = lambda: answers.json(200, advance_clock(clock, read_json(request.get_data())))  # noqa: E731
    app.add_url_rule(CLOCK_ADVANCE, "clock", advance, methods=["POST"], provide_automatic_options=False)
    app.before_request(partial(_before_route, answers, access_token))
    app.after_request(_log_request)
    app.register_error_handler(ConfigurationError, answers.wrong_control)
    app.register_error_handler(RequestRefused, answers.refusal)
    app.register_error_handler(HTTPException, lambda _: answers.refusal(ControllerNotFound()))
    app.register_error_handler(Exception, answers.internal_error)
    app.wsgi_app = RawTarget(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _before_route(answers: Answers, access_token: str) -> Response | None:
    """The engine answers OPTIONS before the token is looked at, and looks at the token before the path (section 1.2)."""
    if request.method == "OPTIONS":
        return answers.response(204, b"", "text/html")
    if request.path != HEALTH:
        check_authorization(request.headers.get("Authorization", ""), access_token)
    return None


def _log_request(response: Response) -> Response:
    level = logging.DEBUG if request.path.startswith("/_mock/") else logging.INFO
    log.log(level, "%s %s %s", request.method, request.environ["REQUEST_URI"], response.status_code)
    return response


def _answer_route(answers: Answers, api: Api, route: Route, **names: str) -> Response:
    if route.method == "POST":
        return answers.json(200, success(route.handler(api, **names, body=read_json(request.get_data(cache=False)))))
    return answers.json(200, success(route.handler(api, **names)))


class Answers:
    """Makes responses, with the engine's headers in the engine's order."""

    def __init__(self, cross_domains: tuple[str, ...], clock: Clock, dialect: Dialect) -> None:
        self._cross_domains = cross_domains
        self._clock = clock
        self._dialect = dialect

    def response(self, status: int, body: bytes, content_type: str, **more: str) -> Response:
        cors = cors_headers(self._cross_domains, request.headers.get)
        headers: dict[str, str | None] = {
            "Date": http_date(self._clock.now_ns()),
            "Vary": "Origin",
            "Access-Control-Allow-Credentials": cors.pop("Access-Control-Allow-Credentials", None),
            "Content-Length": None if status == 204 else str(len(body)),
            **cors,
            "Content-Type": content_type,
            "Server": SERVER,
            **more,
        }
        return Response(body, status, [(name, value) for name, value in headers.items() if value is not None])

    def json(self, status: int, envelope: dict[str, Any], **more: str) -> Response:
        return self.response(status, render(envelope), self._dialect.content_type, **more)

    def refusal(self, error: RequestRefused) -> Response:
        status, envelope = failure(error, self._dialect)
        log.info("refused: %s", envelope["message"])
        return self.json(status, envelope, **({"WWW-Authenticate": AUTHENTICATE} if status == 401 else {}))

    def wrong_control(self, error: ConfigurationError) -> Response:
        """A request of the control API that can't be done."""
        return self.json(400, {"message": str(error), "statusCode": 400})

    def internal_error(self, error: Exception) -> Response:
        """A defect of the emulator, said as one line; the client sees that it was not OME that failed."""
        log.error("internal error, please report it: %s: %s", type(error).__name__, error)
        log.debug("where it happened:", exc_info=error)
        return self.json(500, {"message": f"ome-mock: internal error: {type(error).__name__}", "statusCode": 500})
