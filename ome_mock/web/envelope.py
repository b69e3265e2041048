"""What results and errors look like on the wire: one writer, and one table from errors to statuses and texts."""

from __future__ import annotations

import json
import re
from typing import Any

from ..dialect import Dialect
from ..errors import (
    ApplicationNotFound,
    AuthorizationMalformed,
    AuthorizationMissing,
    BodyNotAnObject,
    ControllerNotFound,
    CredentialInvalid,
    CredentialTypeNotSupported,
    DumpNotStarted,
    DumpNotStopped,
    FieldsMissing,
    JsonLibraryError,
    JsonSyntaxError,
    LlhlsStreamNotFound,
    OutputProfileNotFound,
    OutputStreamNotFound,
    RequestRefused,
    StreamNotFound,
    Unauthorized,
    VirtualHostNotFound,
)

NOTHING = object()
"""What a handler returns whose answer has no `response`."""

_ESCAPED_DELETE = re.compile(r"(?<!\\)((?:\\\\)*)\\u007f")
"""The one character below U+0080 that json escapes and the engine doesn't (recorded: dump/id escapes)."""

NOT_AN_OBJECT = "in Json::Value::find(begin, end): requires objectValue or nullValue"

MESSAGES: dict[type[RequestRefused], tuple[int, str]] = {
    AuthorizationMissing: (401, "Authorization header is required to call API"),
    AuthorizationMalformed: (401, "Invalid authorization header"),
    CredentialTypeNotSupported: (401, "Not supported credential type: {0.scheme}"),
    CredentialInvalid: (401, "Invalid credential"),
    JsonSyntaxError: (400, "[JSON] {0.text}"),
    BodyNotAnObject: (400, "{0.required.value}"),
    FieldsMissing: (400, "{0.required.value}"),
    ControllerNotFound: (404, "Controller not found"),
    VirtualHostNotFound: (404, "Could not find the virtual host: [{0.vhost}]"),
    ApplicationNotFound: (404, "Could not find the application: [{0.vhost}/{0.app}]"),
    OutputProfileNotFound: (404, "Could not find the output profile: [{0.vhost}/{0.app}/{0.output_profile}]"),
    StreamNotFound: (404, "Could not find the stream: [{stream_name}]"),
    OutputStreamNotFound: (404, "Could not find output stream: [{0.vhost}/{0.app}/{0.output_stream}]"),
    LlhlsStreamNotFound: (404, "Could not find LLHLS stream: [{0.vhost}/{0.app}/{0.output_stream}]"),
    DumpNotStarted: (500, "Could not start dump: [{0.vhost}/{0.app}/{0.output_stream}] ({0.failure.value})"),
    DumpNotStopped: (500, "Could not stop dump: [{0.vhost}/{0.app}/{0.output_stream}] (Could not find dump info)"),
}
"""Status and text of each refusal, in the engine's words without prefix and suffix (recorded: groups auth, not-found, fields, dump)."""


def success(response: object) -> dict[str, Any]:
    """The envelope of a result."""
    envelope: dict[str, Any] = {"message": "OK", "statusCode": 200}
    if response is not NOTHING:
        envelope["response"] = response
    return envelope


def failure(error: RequestRefused, dialect: Dialect) -> tuple[int, dict[str, Any]]:
    """The status and the envelope of a refusal."""
    if isinstance(error, JsonLibraryError):
        return 500, {"message": error.text, "statusCode": 500}
    if isinstance(error, BodyNotAnObject) and not dialect.refuses_body_without_object:
        return 500, {"message": NOT_AN_OBJECT, "statusCode": 500}
    status, template = MESSAGES[type(error)]
    stream_name = dialect.stream_name.format(**vars(error)) if isinstance(error, StreamNotFound) else ""
    prefix = "[HTTP] " if isinstance(error, Unauthorized) else dialect.error_prefix
    message = f"{prefix}{template.format(error, stream_name=stream_name)} ({status})"
    return status, {"message": message, "statusCode": status}


def render(envelope: object) -> bytes:
    """JSON as the engine writes it: compact, keys sorted, ASCII, no newline at the end (reference: REST API, section 2.1)."""
    text = json.dumps(envelope, sort_keys=True, separators=(",", ":"))
    if r"\ud" in text:
        text = json.dumps(_without_lone_surrogates(envelope), sort_keys=True, separators=(",", ":"))
    if r"\u007f" in text:
        text = _ESCAPED_DELETE.sub("\\1\x7f", text)
    return text.encode()


def _without_lone_surrogates(value: Any) -> Any:
    """What is not UTF-8 is shown as U+FFFD."""
    if isinstance(value, dict):
        return {key: _without_lone_surrogates(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_lone_surrogates(each) for each in value]
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value
