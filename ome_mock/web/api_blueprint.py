"""OME's REST API as a Flask blueprint of one view, which routes raw targets as the engine does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, g, request

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
    """The view `answer` for every request, and what is done about its errors and after it."""

    def __init__(
        self, find_api: Callable[[], Api], control: Control, find_answers: Callable[[WSGIEnvironment], Answers], access_token: str
    ) -> None:
        super().__init__("ome", __name__)
        self._find_api = find_api
        self._control = control
        self._find_answers = find_answers
        self._access_token = access_token
        self.register_error_handler(RequestRefused, self._refuse)
        self.register_error_handler(Exception, lambda error: find_answers(request.environ).internal_error(error))
        self.after_request(self._note)

    def answer(self) -> Response:
        """Answer a request as the engine does, or as armed faults have it."""
        environ = request.environ
        notes = g.notes = Notes()
        answers = self._find_answers(environ)
        if asks_for_websocket(environ):
            return answers.switching_protocols()
        method, path = method_of(environ["REQUEST_METHOD"]), path_of(environ.get("HTTP_HOST", ""), environ["REQUEST_URI"])
        spoiling = [] if _came_before_faults(self._control, environ) else self._control.faults.of(RequestEvent(method, path or ""))
        if not spoiling:
            return self._answer(answers, environ, method, path, notes)
        notes.is_spoilt = True
        from .spoilt_answer import spoilt  # noqa: PLC0415 (lazy, as the kinds of faults are)

        return spoilt(spoiling, answers, path or "", lambda: self._answer(answers, environ, method, path, notes))

    def _answer(self, answers: Answers, environ: WSGIEnvironment, method: str, path: str | None, notes: Notes) -> Response:
        """Answer a request in the engine's order (rest-api.md#order-of-processing).

        It needs a path first, answers OPTIONS before it checks the token, and checks the token before it looks up the path.
        """
        if not path:
            return answers.response(400 if path is None else 404, b"", "text/html")
        if method == "OPTIONS":
            return answers.no_content()
        check_authorization(environ.get("HTTP_AUTHORIZATION", ""), self._access_token)
        api = self._find_api()
        try:
            return answers.json(*success(_handle(api, method, path, notes), api.dialect))
        except EngineCrashed as error:
            api.engine.crash(api.clock.now_ns(), error)
            return hang_up()

    def _refuse(self, error: RequestRefused) -> Response:
        g.setdefault("notes", Notes()).reason = str(error.__cause__ or "")
        return self._find_answers(request.environ).refusal(error)

    def _note(self, response: Response) -> Response:
        """Log a request, and add it to the journal. The notes are taken out of `g`: a test's context serves many requests."""
        api, environ = self._find_api(), request.environ
        notes = g.pop("notes", Notes())
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
        return response


def _came_before_faults(control: Control, environ: WSGIEnvironment) -> bool:
    """Says if no fault was armed when the request came; the server's loop must not answer one that a fault may delay."""
    connection = connection_of(environ)
    return control.faults.is_empty or (connection is not None and connection.is_answered_at_once)


def _handle(api: Api, method: str, path: str, notes: Notes) -> Any:
    wanted = "GET" if method == "HEAD" and api.dialect.head_is_get else method
    route, names = find_api_route(api.dialect, wanted, path)
    notes.route = route.method, route.path
    if route.method in {"POST", "PATCH", "PUT"}:
        notes.body = read_json(request.get_data())
        return route.handler(api, **names, body=notes.body)
    return route.handler(api, **names)
