"""The Flask application of the REST API and the control API."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Flask, Response, g, request

from ..errors import ConfigurationError, EngineCrashed, PublisherRefused
from ..faults.events import RequestEvent
from ..journal.request_journal import RequestJournal
from ..json_reader import read_json
from ..refusals import RequestRefused
from ..text import printable
from .api_answers import CONTROL, Answers, log_request
from .auth import check_authorization
from .catch_all_flask import CatchAllFlask
from .control import HEALTH, Control
from .control.control_routes import CONTROL_ROUTES
from .diagnosis import DiagnosedRequest, diagnose
from .envelope import success
from .rest import Api
from .rest.api_routes import API_ROUTES
from .routing import Route, find_route
from .upgrade import asks_for_websocket
from .wire.exact_response import HungUp, hang_up
from .wire.parking import connection_of
from .wire.request_headers import headers_of
from .wire.request_line import method_of, path_of

log = logging.getLogger("ome_mock.requests")

CHANNELS = "Channels"
"""A part of the paths of scheduled and of multiplex channels."""


def create_flask_app(find_api: Callable[[], Api], control: Control, access_token: str) -> Flask:
    """Make the application, which serves the current engine.

    It has no rules of Flask's, because every request is answered before Flask routes it.
    """
    app = CatchAllFlask("ome_mock.web", static_folder=None)

    def answers() -> Answers:
        api = find_api()
        return Answers(api.engine.world, api.clock, api.dialect, request.environ)

    def answer() -> Response:
        api = find_api()
        environ = request.environ
        if asks_for_websocket(environ):
            return answers().switching_protocols()
        method, path = method_of(environ["REQUEST_METHOD"]), path_of(environ.get("HTTP_HOST", ""), environ["REQUEST_URI"])
        if path and path.startswith(CONTROL):
            return _answer(api, control, answers(), access_token, method, path)
        spoiling = [] if _came_before_faults(control, environ) else control.faults.of(RequestEvent(method, path or ""))
        if not spoiling:
            return _answer(api, control, answers(), access_token, method, path)
        g.is_spoilt = True
        from .spoilt_answer import spoilt  # noqa: PLC0415 (lazy, as the kinds of faults are)

        return spoilt(spoiling, answers(), path or "", lambda: _answer(api, control, answers(), access_token, method, path))

    def refuse(error: RequestRefused) -> Response:
        g.reason = str(error.__cause__ or "")
        return answers().refusal(error)

    def note(response: Response) -> Response:
        _note(control.journal, find_api(), response)
        return response

    app.before_request(answer)
    app.register_error_handler(RequestRefused, refuse)
    app.register_error_handler(ConfigurationError, lambda error: answers().control_refusal(error))
    app.register_error_handler(PublisherRefused, lambda error: answers().encoder_refusal(error))
    app.register_error_handler(Exception, lambda error: answers().internal_error(error))
    app.after_request(note)
    return app


def never_waits(control: Control, method: str, target: str) -> bool:
    """Says if a request is answered from memory: it writes no file, turns no clock, and no fault delays it."""
    path = target.partition("?")[0]
    is_query = method in {"GET", "HEAD", "OPTIONS"} or (method == "POST" and path.endswith(":hlsDumps"))
    leads_elsewhere = path.startswith(CONTROL) or "://" in target
    asks_for_files = CHANNELS in path  # requests for channels read media files, and wait for a lock held while one is connected
    return is_query and not (leads_elsewhere or asks_for_files) and control.faults.is_empty


def _came_before_faults(control: Control, environ: WSGIEnvironment) -> bool:
    """Says if no fault was armed when the request came; the server's loop must not answer one that a fault may delay."""
    connection = connection_of(environ)
    return control.faults.is_empty or (connection is not None and connection.is_answered_at_once)


def _answer(api: Api, control: Control, answers: Answers, access_token: str, method: str, path: str | None) -> Response:
    """Answer a request in the engine's order (rest-api.md#order-of-processing).

    It needs a path first, answers OPTIONS before it checks the token, and checks the token before it looks up the path.
    """
    if not path:
        return answers.response(400 if path is None else 404, b"", "text/html")
    if method == "OPTIONS":
        return answers.response(204, b"", "text/html")
    if path != HEALTH or method not in {"GET", "HEAD"}:
        check_authorization(request.environ.get("HTTP_AUTHORIZATION", ""), access_token)
    if path.startswith(CONTROL):
        return answers.json(200, _handle(control, CONTROL_ROUTES, method, path))
    try:
        return answers.json(*success(_handle(api, API_ROUTES, method, path), api.dialect))
    except EngineCrashed as error:
        api.engine.crash(api.clock.now_ns(), error)
        return hang_up()


def _handle(subject: Api | Control, routes: Iterable[Route], method: str, path: str) -> Any:
    route, names = find_route(routes, method, path)
    if route.reads_query:
        return route.handler(subject, **names, query=request.args)
    if route.method in {"POST", "PATCH", "PUT"}:
        return route.handler(subject, **names, body=read_json(request.get_data()))
    return route.handler(subject, **names)


def _note(journal: RequestJournal, api: Api, response: Response) -> None:
    """Log a request; add it to the journal, if it is not one of the control API."""
    environ = request.environ
    method, target = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
    status = None if isinstance(response, HungUp) else response.status_code
    log_request(environ, "%s %s %s", method, target, status or "connection closed")
    if target.startswith(CONTROL):
        return
    answer, headers = response.get_data() if response.is_sequence else b"", headers_of(environ)
    asked = DiagnosedRequest(method, target, headers, request.get_data(), status, g.get("reason", ""))
    meant = () if g.get("is_spoilt") else diagnose(asked, api)
    for sentence in meant:
        log.warning("%s", printable(sentence))
    journal.note_exchange(api.clock.now_ns(), method, target, headers, asked.body, status, answer, meant)
