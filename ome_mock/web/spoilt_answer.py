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
from .wire.answer import Answer, break_off

_STREAM = re.compile(r"/v1/vhosts/([^/]*)/apps/([^/:]*)/streams/([^/]*?)(?::([^/:]*))?")


def spoilt(faults: Sequence[RequestFault], body: bytes, answers: Answers, path: str, answer: Callable[[], Answer]) -> Answer:
    """The answer to a request, spoilt by faults; where one of them stands in for it, `answer` is not called."""
    instead = [fault for fault in faults if fault.is_instead][:1]
    spoilt_answer = SpoiltAnswer(body, answers, path, Answer.hang_up if instead else answer)
    for fault in instead or faults:
        fault.spoil(spoilt_answer)
    return spoilt_answer.answer


class SpoiltAnswer:
    """The answer to a request, which faults change before it is sent."""

    def __init__(self, asked: bytes, answers: Answers, path: str, answer: Callable[[], Answer]) -> None:
        self._asked = asked
        self._answers = answers
        self._path = path
        try:
            self.answer = answer()
        except RequestRefused as error:
            self.answer = answers.refusal(error)

    @property
    def body(self) -> bytes:
        """The body; what was to be sent in pieces is waited for. Empty where the connection is closed without an answer."""
        return b"".join(self.answer.parts) if self.answer.status else b""

    def fail(self, status: int, text: str = "") -> None:
        refusal = RequestSpoilt(status, text) if text else _refusal(status, self._asked, self._path)
        self.answer = self._answers.refusal(refusal)

    def send(self, pieces: Iterable[bytes]) -> None:
        if self.answer.status:
            self.answer = self.answer._replace(pieces=pieces)

    def break_off(self, sent: int) -> None:
        self.send(break_off(self.body[:sent]))

    def hang_up(self) -> None:
        self.answer = Answer.hang_up()


def _refusal(status: int, asked: bytes, path: str) -> RequestRefused:
    """The refusal with a status, in the engine's words if it has them for this status and route."""
    if status == 401:
        return CredentialInvalid()
    match = _STREAM.fullmatch(path)
    if match:
        vhost, app, stream, action = match.groups()
        output = _output_of(asked) or stream
        if status == 404:
            return StreamNotFound(vhost, app, stream)
        if (status, action) == (500, "startHlsDump"):
            return DumpNotStarted(vhost, app, output, StartFailure.INIT_SEGMENT)
        if (status, action) == (500, "stopHlsDump"):
            return DumpNotStopped(vhost, app, output, "")
    return RequestSpoilt(status, phrase(status))


def _output_of(asked: bytes) -> str:
    """The output stream that the body of a request names, or empty."""
    with suppress(JsonSyntaxError, JsonLibraryError):
        body = read_json(asked)
        return up_to_nul(body.get("outputStreamName")) if isinstance(body, dict) else ""
    return ""
