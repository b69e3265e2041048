"""An answer as faults see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from ..errors import StartFailure
from ..faults.request_faults import RequestFault
from ..json_reader import read_json
from ..refusals import (
    CredentialInvalid,
    DumpNotStarted,
    DumpNotStopped,
    JsonLibraryError,
    JsonSyntaxError,
    RequestRefused,
    RequestSpoilt,
    StreamNotFound,
)
from ..text import up_to_nul
from .api_answers import Answers, phrase
from .api_request import ApiRequest
from .wire.answer import Answer, break_off

_STREAM = re.compile(r"/v1/vhosts/([^/]*)/apps/([^/:]*)/streams/([^/]*?)(?::([^/:]*))?")


def spoilt(
    faults: Sequence[RequestFault],
    request: ApiRequest,
    answers: Answers,
    answer: Callable[[], Answer],
    sleep: Callable[[float], None],
) -> Answer:
    """The answer to a request, spoilt by faults; `answer` is not called where one of them stands in for it."""
    instead = [fault for fault in faults if fault.is_instead][:1]
    spoilt_answer = SpoiltAnswer(request, answers, Answer.hang_up if instead else answer, sleep)
    for fault in [*instead, *(each for each in faults if not each.is_instead)]:
        fault.spoil(spoilt_answer)
    return spoilt_answer.spoilt()


class SpoiltAnswer:
    """The answer to a request, which faults change before it is sent; of an answer without a body there is nothing to slow or to cut."""

    def __init__(self, request: ApiRequest, answers: Answers, answer: Callable[[], Answer], sleep: Callable[[float], None]) -> None:
        self._request = request
        self._answers = answers
        self._sleep = sleep
        self._pieces: Iterable[bytes] | None = None
        self._cut_after: int | None = None
        self._held_s = 0.0
        try:
            self._answer = answer()
        except RequestRefused as error:
            self._answer = answers.refusal(error)

    @property
    def body(self) -> bytes:
        return self._answer.body

    def spoilt(self) -> Answer:
        return self._spoilt()._replace(held_s=self._held_s)

    def _spoilt(self) -> Answer:
        if not self.body or self._request.method == "HEAD":
            return self._answer
        if self._cut_after is None:
            return self._answer._replace(pieces=self._pieces)
        return self._answer._replace(pieces=break_off(self._pieces or [self.body], self._cut_after))

    def fail(self, status: int, text: str = "") -> None:
        refusal = RequestSpoilt(status, text) if text else _refusal(status, self._request)
        self._become(self._answers.refusal(refusal))

    def hold_back(self, seconds: float) -> None:
        self._held_s += seconds

    def sleep(self, seconds: float) -> None:
        self._sleep(seconds)

    def send(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces

    def break_off(self, sent: int) -> None:
        self._cut_after = sent

    def hang_up(self) -> None:
        self._become(Answer.hang_up())

    def _become(self, answer: Answer) -> None:
        self._answer, self._pieces, self._cut_after = answer, None, None


def _refusal(status: int, request: ApiRequest) -> RequestRefused:
    """The refusal with a status, in the engine's words if it has them for this status and route."""
    if status == 401:
        return CredentialInvalid()
    match = _STREAM.fullmatch(request.path or "")
    if match:
        vhost, app, stream, action = match.groups()
        output = _output_of(request.body) or stream
        if status == 404:
            return StreamNotFound(vhost, app, stream)
        if (status, action) == (500, "startHlsDump"):
            return DumpNotStarted(vhost, app, output, StartFailure.INIT_SEGMENT)
        if (status, action) == (500, "stopHlsDump"):
            return DumpNotStopped(vhost, app, output, "")
    return RequestSpoilt(status, phrase(status))


def _output_of(body: bytes) -> str:
    """The output stream that the body of a request names, or empty."""
    with suppress(JsonSyntaxError, JsonLibraryError):
        value = read_json(body)
        return up_to_nul(value.get("outputStreamName")) if isinstance(value, dict) else ""
    return ""
