"""The JSON envelopes of results and errors, and the table of errors with their statuses and texts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Self

from ..dialect import Dialect
from ..refusals import (
    ApplicationExists,
    ApplicationNotFound,
    ApplicationNotMade,
    AuthorizationMalformed,
    AuthorizationMissing,
    BodyNotAnObject,
    CertificateNotReloaded,
    ChannelExists,
    ChannelNotDeleted,
    ChannelNotSaved,
    ConfigurationRefused,
    ControllerNotFound,
    CredentialInvalid,
    CredentialTypeNotSupported,
    DumpNotStarted,
    DumpNotStopped,
    FieldsMissing,
    JsonLibraryError,
    JsonSyntaxError,
    LlhlsStreamNotFound,
    MultiplexChannelNotFound,
    MultiplexNotEnabled,
    NotAScheduledChannel,
    OutputProfileExists,
    OutputProfileNotFound,
    OutputProfilesRefused,
    OutputStreamNotFound,
    ProviderNotEnabled,
    PublisherNotEnabled,
    PullFailed,
    PushNotFound,
    RecordNotFound,
    RequestInvalid,
    RequestRefused,
    RequestSpoilt,
    StreamExists,
    StreamNotFound,
    StreamNotTerminated,
    SttEncoderNotFound,
    SubtitleNotSent,
    Unauthorized,
    VirtualHostExists,
    VirtualHostNotFound,
    VirtualHostNotNamed,
    VirtualHostReadOnly,
)

NOTHING = object()
"""The result of a handler whose answer has no `response`."""


class Created(NamedTuple):
    """The result of a handler that answers with 201."""

    response: object = NOTHING


class MultiStatus(NamedTuple):
    """The result of a handler for several items: the result or refusal of each, in their order."""

    outcomes: tuple[object, ...]

    @classmethod
    def of(
        cls,
        items: Iterable[Any],
        execute: Callable[[Any], object],
        ended_by: tuple[type[RequestRefused], ...] = (JsonLibraryError,),
    ) -> Self:
        """Execute one item after the other, even if others are refused; a refusal in `ended_by` ends the request."""
        return cls(tuple(_outcome(execute, item, ended_by) for item in items))


def _outcome(execute: Callable[[Any], object], item: Any, ended_by: tuple[type[RequestRefused], ...]) -> object:
    try:
        return execute(item)
    except ended_by:  # the engine gives up the whole request (rest-api.md#applications, events-and-subtitles.md#sending-several)
        raise
    except RequestRefused as refusal:
        return refusal


_ESCAPED_DELETE = re.compile(r"(?<!\\)((?:\\\\)*)\\u007f")
"""The escape of DEL, the only ASCII character that json escapes and the engine doesn't (recorded: dump/id escapes)."""

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
    PublisherNotEnabled: (404, "Could not find application: [{0.vhost}/{0.app}]"),
    RecordNotFound: (404, "There is no record information related to the ID [{0.record_id}]"),
    PushNotFound: (404, "Could not find id '{0.push_id}': [{0.vhost}/{0.app}]"),
    SttEncoderNotFound: (404, "Could not find STT encoder for stream: [{0.vhost}/{0.app}/{0.stream}]"),
    MultiplexNotEnabled: (404, "Could not get the multiplex application"),
    MultiplexChannelNotFound: (404, "Could not get the multiplex stream <{0.channel}>"),
    RequestInvalid: (400, "{0.problem}"),
    StreamExists: (409, "Stream already exists"),
    ChannelExists: (409, "Stream '{0.channel}' already exists"),
    ChannelNotSaved: (500, "Could not save the {0.noun} file {0.path}"),
    ChannelNotDeleted: (500, "Could not delete the {0.noun} file {0.path}"),
    StreamNotTerminated: (404, "Could not terminate the stream"),
    PullFailed: (502, "Could not pull the stream : {url}"),
    SubtitleNotSent: (500, "Could not send WebVTT frame: [{0.vhost}/{0.app}/{0.stream}]"),
    CertificateNotReloaded: (500, "Failed to reload certificate. Check server log for more information."),
    NotAScheduledChannel: (500, "Could not get the scheduled stream"),
    VirtualHostNotNamed: (500, "Could not find the virtual host regex group"),
    VirtualHostReadOnly: (403, "The VirtualHost is read-only: [{0.vhost}]"),
    VirtualHostExists: (409, "The virtual host already exists: [{0.vhost}]"),
    ApplicationExists: (409, "Could not create the application: [{0.vhost}/{0.app}] already exists"),
    ApplicationNotMade: (500, "Could not create the application: [{0.vhost}/{0.app}]"),
    OutputProfileExists: (409, 'The output profile "{0.output_profile}" already exists'),
    OutputProfilesRefused: (400, "[Config] {0.text}"),
    DumpNotStarted: (500, "Could not start dump: [{0.vhost}/{0.app}/{0.output_stream}] ({0.failure.value})"),
    DumpNotStopped: (500, "Could not stop dump: [{0.vhost}/{0.app}/{0.output_stream}] (Could not find dump info)"),
}
"""Status and text of each refusal, in the engine's words without prefix and suffix (recorded: groups auth, not-found, fields, dump)."""


BARE_MESSAGES: dict[type[RequestRefused], tuple[int, str]] = {
    JsonLibraryError: (500, "{0.text}"),
    ProviderNotEnabled: (403, "Forbidden"),
    ConfigurationRefused: (400, "[Config] {0.text}"),
}
"""The refusals without prefix and suffix, because the engine doesn't raise them as HTTP errors (rest-api.md#envelopes)."""


def success(result: object, dialect: Dialect) -> tuple[int, object]:
    """The status and the JSON value of what a handler returned (rest-api.md#envelopes, #multi-status-answers)."""
    if isinstance(result, MultiStatus):
        items = [_item(outcome, dialect) for outcome in result.outcomes]
        statuses = {status for status, _ in items}
        return statuses.pop() if len(statuses) == 1 else 207 if statuses else 200, [envelope for _, envelope in items]
    if isinstance(result, Created):
        return 201, _envelope(201, "Created", result.response)
    return 200, _envelope(200, "OK", result)


def failure(error: RequestRefused, dialect: Dialect, url: str = "") -> tuple[int, dict[str, Any]]:
    """The status and the envelope of a refusal; `url` is that of the request."""
    status, text = _status_and_text(error, dialect, url)
    if not _is_bare(error, dialect):
        prefix = "[HTTP] " if isinstance(error, Unauthorized) else dialect.error_prefix
        text = f"{prefix}{text} ({status})"
    return status, _envelope(status, text)


def _item(outcome: object, dialect: Dialect) -> tuple[int, object]:
    """The envelope of one of several items, in which a refusal has neither prefix nor suffix."""
    if isinstance(outcome, RequestRefused):
        status, text = _status_and_text(outcome, dialect)
        return status, _envelope(status, text)
    return success(outcome, dialect)


def _envelope(status: int, message: str, response: object = NOTHING) -> dict[str, Any]:
    envelope: dict[str, Any] = {"message": message, "statusCode": status}
    return envelope if response is NOTHING else envelope | {"response": response}


def _is_bare(error: RequestRefused, dialect: Dialect) -> bool:
    return type(error) in BARE_MESSAGES or (isinstance(error, BodyNotAnObject) and not dialect.refuses_body_without_object)


def _status_and_text(error: RequestRefused, dialect: Dialect, url: str = "") -> tuple[int, str]:
    if isinstance(error, BodyNotAnObject) and not dialect.refuses_body_without_object:
        return 500, NOT_AN_OBJECT
    if isinstance(error, RequestSpoilt):
        return error.status, error.text
    status, template = BARE_MESSAGES.get(type(error)) or MESSAGES[type(error)]
    stream_name = dialect.stream_name.format(**vars(error)) if isinstance(error, StreamNotFound) else ""
    return status, template.format(error, stream_name=stream_name, url=url)


def render(envelope: object) -> bytes:
    """JSON as the engine writes it: compact, keys sorted, ASCII, no newline at the end (rest-api.md#json-text)."""
    text = json.dumps(envelope, sort_keys=True, separators=(",", ":"))
    if r"\ud" in text:
        text = json.dumps(_without_lone_surrogates(envelope), sort_keys=True, separators=(",", ":"))
    if r"\u007f" in text:
        text = _ESCAPED_DELETE.sub("\\1\x7f", text)
    return text.encode()


def _without_lone_surrogates(value: Any) -> Any:
    """The value with U+FFFD in place of bytes that were not UTF-8."""
    if isinstance(value, dict):
        return {key: _without_lone_surrogates(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_lone_surrogates(each) for each in value]
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value
