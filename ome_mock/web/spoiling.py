"""Requests and their answers, spoilt by the faults that are armed for them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence

from flask import Response, request

from ..errors import StartFailure
from ..faults import CutBody, Delay, RefusedAuthorization, RequestFault, Reset, SlowBytes, Status
from ..refusals import CredentialInvalid, DumpNotStarted, DumpNotStopped, RequestRefused, RequestSpoilt, StreamNotFound
from .answers import Answers, phrase
from .exact_response import ExactResponse

_STREAM = re.compile(r"/v1/vhosts/([^/]*)/apps/([^/:]*)/streams/([^/]*?)(?::([^/:]*))?")


class HungUp(ExactResponse):
    """A response that doesn't go out: the connection is closed instead."""


def spoil(faults: Sequence[RequestFault], answers: Answers, path: str, answer: Callable[[], Response]) -> Response:
    """Answer a request as far as faults let it. Raises RequestRefused, as answering it does."""
    for fault in faults:
        if (isinstance(fault, Status | Reset) and not fault.after) or isinstance(fault, RefusedAuthorization):
            return _refuse(fault, path)
    if not faults:
        return answer()
    try:
        response = answer()
    except RequestRefused as error:
        response = answers.refusal(error)
    for fault in faults:
        response = _spoil_response(fault, response, answers, path)
    return response


def _refuse(fault: RequestFault, path: str) -> Response:
    """What is answered in place of what was asked for."""
    match fault:
        case RefusedAuthorization():
            raise CredentialInvalid
        case Status():
            raise _spoilt(fault, path)
    return hang_up()


def _spoilt(fault: Status, path: str) -> RequestRefused:
    """The failure in the engine's words, where it has some for this status of this route."""
    if fault.text:
        return RequestSpoilt(fault.status, fault.text)
    if fault.status == 401:
        return CredentialInvalid()
    match = _STREAM.fullmatch(path)
    if match:
        vhost, app, stream, action = match.groups()
        body = request.get_json(force=True, silent=True)
        output = str(body.get("outputStreamName", stream)) if isinstance(body, dict) else stream
        if fault.status == 404:
            return StreamNotFound(vhost, app, stream)
        if (fault.status, action) == (500, "startHlsDump"):
            return DumpNotStarted(vhost, app, output, StartFailure.INIT_SEGMENT)
        if (fault.status, action) == (500, "stopHlsDump"):
            return DumpNotStopped(vhost, app, output, "")
    return RequestSpoilt(fault.status, phrase(fault.status))


def _spoil_response(fault: RequestFault, response: Response, answers: Answers, path: str) -> Response:
    match fault:
        case Delay():
            time.sleep(fault.seconds)
        case Status():
            return answers.refusal(_spoilt(fault, path))
        case Reset():
            return hang_up()
        case CutBody():
            response.response = _cut(response.get_data(), fault.sent)
        case SlowBytes():
            response.response = _slowly(response.get_data(), fault.pieces, fault.seconds)
    return response


def hang_up() -> Response:
    """Close the connection without an answer."""
    return HungUp(_cut(b"", 0))


def _cut(body: bytes, sent: int) -> Iterator[bytes]:
    """The beginning of a body; then the connection breaks off."""
    if sent and body:
        yield body[:sent]
    raise ConnectionResetError("a fault closed the connection")


def _slowly(body: bytes, pieces: int, seconds: float) -> Iterator[bytes]:
    size = max(1, -(-len(body) // pieces))
    for start in range(0, len(body), size):
        time.sleep(seconds / pieces)
        yield body[start : start + size]
