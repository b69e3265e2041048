"""The JSON envelopes of results and errors, and the table of errors with their statuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Self

from ..dialect import Dialect
from ..refusals import (
    ApplicationExists,
    BodyNotAnObject,
    ChannelExists,
    ConfigurationRefused,
    FieldsMissing,
    JsonLibraryError,
    JsonSyntaxError,
    NotFound,
    OutputProfileExists,
    ProviderNotEnabled,
    PullFailed,
    RequestInvalid,
    RequestRefused,
    RequestSpoilt,
    StreamExists,
    StreamNotFound,
    Unauthorized,
    VirtualHostExists,
    VirtualHostReadOnly,
)

NOTHING = object()
"""The result of a handler whose answer has no `response`."""


class Created(NamedTuple):
    """The result of a handler that answers with 201."""

    response: object = NOTHING


def without_empty(described: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an object that say something: many objects of the engine's have no empty ones."""
    return {name: value for name, value in described.items() if value}


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
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

NOT_AN_OBJECT = "in Json::Value::find(begin, end): requires objectValue or nullValue"

STATUSES: dict[type[RequestRefused], int] = {
    Unauthorized: 401,
    NotFound: 404,
    JsonSyntaxError: 400,
    BodyNotAnObject: 400,
    FieldsMissing: 400,
    RequestInvalid: 400,
    ConfigurationRefused: 400,
    VirtualHostReadOnly: 403,
    ProviderNotEnabled: 403,
    VirtualHostExists: 409,
    ApplicationExists: 409,
    OutputProfileExists: 409,
    StreamExists: 409,
    ChannelExists: 409,
    PullFailed: 502,
    RequestRefused: 500,
}
"""The status of each refusal and of its kinds, as far as they have none of their own (recorded: groups auth, not-found, fields, dump)."""

BARE = (JsonLibraryError, ProviderNotEnabled, ConfigurationRefused)
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
    return type(error) in BARE or (isinstance(error, BodyNotAnObject) and not dialect.refuses_body_without_object)


def _status_and_text(error: RequestRefused, dialect: Dialect, url: str = "") -> tuple[int, str]:
    """The status of a refusal, and its text where dialect and request have a part in it."""
    match error:
        case BodyNotAnObject() if not dialect.refuses_body_without_object:
            return 500, NOT_AN_OBJECT
        case RequestSpoilt():
            return error.status, error.text
        case StreamNotFound():
            return 404, error.named(dialect.stream_name)
        case PullFailed():
            return STATUSES[PullFailed], f"{error} : {url}"
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), str(error)


def render(envelope: object) -> bytes:
    """JSON as the engine writes it: compact, keys sorted, ASCII, no newline at the end (rest-api.md#json-text)."""
    text = _JSON.encode(envelope)
    if r"\ud" in text:
        text = _JSON.encode(_without_lone_surrogates(envelope))
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
