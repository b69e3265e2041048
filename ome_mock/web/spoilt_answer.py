"""An answer as faults see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from flask import Response
from werkzeug import Request

from ..errors import StartFailure
from ..faults.request_faults import RequestFault
from ..refusals import CredentialInvalid, DumpNotStarted, DumpNotStopped, RequestRefused, RequestSpoilt, StreamNotFound
from .api_answers import Answers, phrase
from .wire.exact_response import break_off, hang_up

_STREAM = re.compile(r"/v1/vhosts/([^/]*)/apps/([^/:]*)/streams/([^/]*?)(?::([^/:]*))?")


def spoilt(faults: Sequence[RequestFault], request: Request, answers: Answers, path: str, answer: Callable[[], Response]) -> Response:
    """The answer to a request, spoilt by faults; where one of them stands in for it, `answer` is not called."""
    instead = [fault for fault in faults if fault.is_instead][:1]
    spoilt_answer = SpoiltAnswer(request, answers, path, hang_up if instead else answer)
    for fault in instead or faults:
        fault.spoil(spoilt_answer)
    return spoilt_answer.response


class SpoiltAnswer:
    """The answer to a request, which faults change before it is sent."""

    def __init__(self, request: Request, answers: Answers, path: str, answer: Callable[[], Response]) -> None:
        self._request = request
        self._answers = answers
        self._path = path
        try:
            self.response = answer()
        except RequestRefused as error:
            self.response = answers.refusal(error)

    @property
    def body(self) -> bytes:
        return self.response.get_data()

    def fail(self, status: int, text: str = "") -> None:
        refusal = RequestSpoilt(status, text) if text else _refusal(status, self._request, self._path)
        self.response = self._answers.refusal(refusal)

    def send(self, pieces: Iterable[bytes]) -> None:
        self.response.response = pieces

    def break_off(self, sent: int) -> None:
        self.response.response = break_off(self.body[:sent])

    def hang_up(self) -> None:
        self.response = hang_up()


def _refusal(status: int, request: Request, path: str) -> RequestRefused:
    """The refusal with a status, in the engine's words if it has them for this status and route."""
    if status == 401:
        return CredentialInvalid()
    match = _STREAM.fullmatch(path)
    if match:
        vhost, app, stream, action = match.groups()
        body = request.get_json(force=True, silent=True)
        output = str(body.get("outputStreamName", stream)) if isinstance(body, dict) else stream
        if status == 404:
            return StreamNotFound(vhost, app, stream)
        if (status, action) == (500, "startHlsDump"):
            return DumpNotStarted(vhost, app, output, StartFailure.INIT_SEGMENT)
        if (status, action) == (500, "stopHlsDump"):
            return DumpNotStopped(vhost, app, output, "")
    return RequestSpoilt(status, phrase(status))
