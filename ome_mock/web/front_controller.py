"""The front controller of OME's REST API, to which every request comes; it routes raw targets as the engine does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIEnvironment

from ..errors import EngineCrashed
from ..faults.events import RequestEvent
from ..json_reader import read_json
from ..refusals import RequestRefused
from ..text import printable
from .api_answers import Answers, log_request
from .api_request import ApiRequest
from .auth import check_authorization
from .control import Control
from .diagnosis import DiagnosedRequest, diagnose
from .envelope import success
from .rest import Api
from .rest.api_routes import find_api_route
from .upgrade import asks_for_websocket
from .wire.answer import Answer
from .wire.parking import connection_of
from .wire.request_headers import headers_of

log = logging.getLogger("ome_mock.requests")


class FrontController:
    """Answers every request as the engine does, or as armed faults have it; logs it, and adds it to the journal."""

    def __init__(self, find_api: Callable[[], Api], control: Control, access_token: str) -> None:
        self._find_api = find_api
        self._control = control
        self._access_token = access_token

    def answers(self, environ: WSGIEnvironment) -> Answers:
        """The maker of the answers to a request."""
        api = self._find_api()
        return Answers(api.engine.world, api.clock, api.dialect, environ)

    def answer(self, environ: WSGIEnvironment, body: bytes) -> Answer:
        request, answers = ApiRequest(environ, body), self.answers(environ)
        try:
            answer = self._answer_or_spoil(request, answers)
        except RequestRefused as error:
            request.reason = str(error.__cause__ or "")
            answer = answers.refusal(error)
        except Exception as error:  # noqa: BLE001 (a client gets an answer to every request)
            answer = answers.internal_error(error)
        try:
            self._note(request, answer)
        except Exception as error:  # noqa: BLE001
            return answers.internal_error(error)
        if answer.held_s:
            self._control.faults.sleep(answer.held_s)
        return answer

    def _answer_or_spoil(self, request: ApiRequest, answers: Answers) -> Answer:
        if asks_for_websocket(request.environ):
            return answers.switching_protocols()
        faults = self._control.faults
        if faults.is_empty or _was_to_be_answered_at_once(request):
            return self._answer(request, answers)
        spoiling = faults.of(RequestEvent(request.method, request.path or ""))
        if not spoiling:
            return self._answer(request, answers)
        request.is_spoilt = True
        from .spoilt_answer import spoilt  # noqa: PLC0415 (lazy, as the kinds of faults are)

        return spoilt(spoiling, request, answers, lambda: self._answer(request, answers), faults.sleep)

    def _answer(self, request: ApiRequest, answers: Answers) -> Answer:
        """Answer a request in the engine's order (rest-api.md#order-of-processing).

        It needs a path first, answers OPTIONS before it checks the token, and checks the token before it looks up the path.
        """
        if not request.path:
            return answers.answer(400 if request.path is None else 404, b"", "text/html")
        if request.method == "OPTIONS":
            return answers.no_content()
        check_authorization(request.environ.get("HTTP_AUTHORIZATION", ""), self._access_token)
        api = self._find_api()
        try:
            return answers.json(*success(_handle(api, request, request.path), api.dialect))
        except EngineCrashed as error:
            api.engine.crash(api.clock.now_ns(), error)
            return Answer.hang_up()

    def _note(self, request: ApiRequest, answer: Answer) -> None:
        api, environ = self._find_api(), request.environ
        method, target, headers, status = environ["REQUEST_METHOD"], environ["REQUEST_URI"], headers_of(environ), answer.code
        log_request(environ, "%s %s %s", method, target, status or "connection closed")
        asked = DiagnosedRequest(method, target, headers, request.body, status, request.reason, request.json)
        meant = () if request.is_spoilt else diagnose(asked, api)
        for sentence in meant:
            log.warning("%s", printable(sentence))
        answered = answer.body if answer.pieces is None else b""
        exchange = (api.clock.now_ns(), method, target, headers, request.body, status, answered, meant)
        self._control.journal.note_exchange(*exchange, request.route)


def _was_to_be_answered_at_once(request: ApiRequest) -> bool:
    """True for a request that came before faults were armed: the server's loop answers it, which no fault must delay."""
    connection = connection_of(request.environ)
    return connection is not None and connection.is_answered_at_once


def _handle(api: Api, request: ApiRequest, path: str) -> Any:
    wanted = "GET" if request.method == "HEAD" and api.dialect.head_is_get else request.method
    route, names = find_api_route(api.dialect, wanted, path)
    request.route = route.method, route.path
    if route.method in {"POST", "PATCH", "PUT"}:
        request.json = read_json(request.body)
        return route.handler(api, **names, body=request.json)
    return route.handler(api, **names)
