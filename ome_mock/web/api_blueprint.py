"""OME's REST API as a Flask blueprint of one view, which routes raw targets as the engine does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response
from flask import request as flasks_request
from werkzeug import Request

from ..errors import EngineCrashed
from ..faults.events import RequestEvent
from ..journal.totals import NO_ROUTE
from ..json_reader import read_json
from ..refusals import RequestRefused
from ..text import printable
from .api_answers import Answers, log_request
from .auth import check_authorization
from .control import Control
from .diagnosis import DiagnosedRequest, diagnose
from .diagnosis.diagnosed_request import UNREAD
from .envelope import success
from .rest import Api
from .rest.api_routes import find_api_route
from .upgrade import asks_for_websocket
from .wire.exact_response import HungUp, hang_up
from .wire.parking import connection_of
from .wire.request_headers import headers_of
from .wire.request_line import method_of, path_of

log = logging.getLogger("ome_mock.requests")


class Notes:
    """The facts that are noted of a request while it is answered, for the journal."""

    route: tuple[str, str] = NO_ROUTE
    body: Any = UNREAD
    reason = ""
    is_spoilt = False


class ApiBlueprint(Blueprint):
    """OME's API: `respond` does all that there is to do about a request, and the view `answer` has Flask's current one responded to."""

    def __init__(
        self, find_api: Callable[[], Api], control: Control, find_answers: Callable[[WSGIEnvironment], Answers], access_token: str
    ) -> None:
        super().__init__("ome", __name__)
        self._find_api = find_api
        self._control = control
        self._find_answers = find_answers
        self._access_token = access_token

    def answer(self) -> Response:
        return self.respond(flasks_request)

    def respond(self, request: Request) -> Response:
        """Answer a request as the engine does, or as armed faults have it; log it, and add it to the journal."""
        notes, answers = Notes(), self._find_answers(request.environ)
        try:
            response = self._respond(request, answers, notes)
        except RequestRefused as error:
            notes.reason = str(error.__cause__ or "")
            response = answers.refusal(error)
        except Exception as error:  # noqa: BLE001 (a client gets an answer to every request)
            response = answers.internal_error(error)
        self._note(request, response, notes)
        return response

    def _respond(self, request: Request, answers: Answers, notes: Notes) -> Response:
        environ = request.environ
        if asks_for_websocket(environ):
            return answers.switching_protocols()
        method, path = method_of(environ["REQUEST_METHOD"]), path_of(environ.get("HTTP_HOST", ""), environ["REQUEST_URI"])
        spoiling = [] if _came_before_faults(self._control, environ) else self._control.faults.of(RequestEvent(method, path or ""))
        if not spoiling:
            return self._answer(request, answers, method, path, notes)
        notes.is_spoilt = True
        from .spoilt_answer import spoilt  # noqa: PLC0415 (lazy, as the kinds of faults are)

        return spoilt(spoiling, request, answers, path or "", lambda: self._answer(request, answers, method, path, notes))

    def _answer(self, request: Request, answers: Answers, method: str, path: str | None, notes: Notes) -> Response:
        """Answer a request in the engine's order (rest-api.md#order-of-processing).

        It needs a path first, answers OPTIONS before it checks the token, and checks the token before it looks up the path.
        """
        if not path:
            return answers.response(400 if path is None else 404, b"", "text/html")
        if method == "OPTIONS":
            return answers.no_content()
        check_authorization(request.environ.get("HTTP_AUTHORIZATION", ""), self._access_token)
        api = self._find_api()
        try:
            return answers.json(*success(_handle(api, request, method, path, notes), api.dialect))
        except EngineCrashed as error:
            api.engine.crash(api.clock.now_ns(), error)
            return hang_up()

    def _note(self, request: Request, response: Response, notes: Notes) -> None:
        api, environ = self._find_api(), request.environ
        method, target = environ["REQUEST_METHOD"], environ["REQUEST_URI"]
        status = None if isinstance(response, HungUp) else response.status_code
        log_request(environ, "%s %s %s", method, target, status or "connection closed")
        answer, headers = response.get_data() if response.is_sequence else b"", headers_of(environ)
        asked = DiagnosedRequest(method, target, headers, request.get_data(), status, notes.reason, notes.body)
        meant = () if notes.is_spoilt else diagnose(asked, api)
        for sentence in meant:
            log.warning("%s", printable(sentence))
        exchange = (api.clock.now_ns(), method, target, headers, asked.body, status, answer, meant)
        self._control.journal.note_exchange(*exchange, notes.route)


def _came_before_faults(control: Control, environ: WSGIEnvironment) -> bool:
    """Says if no fault was armed when the request came; the server's loop must not answer one that a fault may delay."""
    connection = connection_of(environ)
    return control.faults.is_empty or (connection is not None and connection.is_answered_at_once)


def _handle(api: Api, request: Request, method: str, path: str, notes: Notes) -> Any:
    wanted = "GET" if method == "HEAD" and api.dialect.head_is_get else method
    route, names = find_api_route(api.dialect, wanted, path)
    notes.route = route.method, route.path
    if route.method in {"POST", "PATCH", "PUT"}:
        notes.body = read_json(request.get_data())
        return route.handler(api, **names, body=notes.body)
    return route.handler(api, **names)
