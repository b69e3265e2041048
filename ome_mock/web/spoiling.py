"""Spoils requests and their answers by armed faults."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence

from flask import Response, request

from .. import faults
from ..errors import StartFailure
from ..refusals import CredentialInvalid, DumpNotStarted, DumpNotStopped, RequestRefused, RequestSpoilt, StreamNotFound
from .api_answers import Answers, phrase
from .wire.exact_response import break_off, hang_up

_STREAM = re.compile(r"/v1/vhosts/([^/]*)/apps/([^/:]*)/streams/([^/]*?)(?::([^/:]*))?")


def spoil(spoiling: Sequence[faults.Fault], answers: Answers, path: str, answer: Callable[[], Response]) -> Response:
    """Answer a request, spoilt by faults. Raises RequestRefused, as `answer` does."""
    for fault in spoiling:
        if (isinstance(fault, faults.Status | faults.Reset) and not fault.after) or isinstance(fault, faults.RefusedAuthorization):
            return _refuse(fault, path)
    try:
        response = answer()
    except RequestRefused as error:
        response = answers.refusal(error)
    for fault in spoiling:
        response = _spoil_response(fault, response, answers, path)
    return response


def _refuse(fault: faults.Fault, path: str) -> Response:
    """The answer of a fault in place of the engine's. Raises RequestRefused for a status."""
    match fault:
        case faults.RefusedAuthorization():
            raise CredentialInvalid
        case faults.Status():
            raise _spoilt(fault, path)
    return hang_up()


def _spoilt(fault: faults.Status, path: str) -> RequestRefused:
    """The refusal of a status, in the engine's words if it has them for this status and route."""
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


def _spoil_response(fault: faults.Fault, response: Response, answers: Answers, path: str) -> Response:
    match fault:
        case faults.Delay():
            time.sleep(fault.seconds)
        case faults.Status():
            return answers.refusal(_spoilt(fault, path))
        case faults.Reset():
            return hang_up()
        case faults.CutBody():
            response.response = break_off(response.get_data()[: fault.sent])
        case faults.SlowBytes():
            response.response = _slowly(response.get_data(), fault.pieces, fault.seconds)
    return response


def _slowly(body: bytes, pieces: int, seconds: float) -> Iterator[bytes]:
    size = max(1, -(-len(body) // pieces))
    for start in range(0, len(body), size):
        time.sleep(seconds / pieces)
        yield body[start : start + size]
