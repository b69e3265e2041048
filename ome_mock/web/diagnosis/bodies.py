"""Rules for bodies that are not JSON, or not of the shape that a route takes (rest-api.md#request-bodies, #wrong-types)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...json_reader import DEEPEST, read_json
from ...refusals import JsonLibraryError, JsonSyntaxError
from ..rest import Api
from .diagnosed_request import DiagnosedRequest
from .wording import kind_of

ARRAYS = r"/v1/vhosts|.*/apps|.*/outputProfiles|.*:sendEvents"
"""The paths whose bodies are arrays."""

MOST_LOOKED_AT = 1000

FORMS: tuple[tuple[bytes, str], ...] = (
    (rb"\A\s*\Z", "The body is white space: send a JSON object."),
    (rb"(?s)\A(?:\xff\xfe|\xfe\xff|.?\0)", "The body is UTF-16: send UTF-8."),
    (rb"\A[\w.\[\]%+-]+=", "The body is form data: send JSON (in requests `json=` instead of `data=`)."),
    (rb"(?i)\A--[^\r\n]+\r?\nContent-", "The body is a multipart form: send JSON."),
    (rb"(?i)\A\s*%7B", "The body is percent-encoded: send the JSON as it is."),
    (rb"\A\s*<", "The body is XML: send JSON."),
    (rb"\A\s*'", "The body is in single quotes, as a shell that knows none sends them: send the JSON without them."),
    (
        rb"[{\[,:]\s*'",
        "The body has single quotes, as str() of a Python dict makes them: send json.dumps() of it, in double quotes.",
    ),
    (rb"[:,\[]\s*(?:True|False|None)\b", "The body has a Python True, False or None: send true, false or null."),
    (
        rb"[:,\[]\s*(?:-?Infinity|NaN|undefined)\b",
        "The body has a value that JSON has not, such as NaN: send a number or null.",
    ),
    (rb"[{,]\s*[A-Za-z_]\w*\s*:", "The body has a name without quotes: send names in double quotes."),
)
"""Patterns of bodies that are not JSON, and the sentence for each; compiled at the first such body."""


def not_json(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    error = asked.json_error
    if not isinstance(error, JsonSyntaxError):
        return
    form = _form(asked)
    if form:
        yield form
    elif re.match(rb"\s*[{\[]", asked.body) and not re.search(rb"[}\]]\s*\Z", asked.body):
        yield f"The body ends in the middle, after {len(asked.body)} bytes: send all of it, and its length as Content-Length."
    else:
        yield f"The body is no JSON from line {error.place.line}, column {error.place.column} on: {error.reason.rstrip('.')}."


def _form(asked: DiagnosedRequest) -> str | None:
    return next((sentence for pattern, sentence in FORMS if re.search(pattern, asked.body[:MOST_LOOKED_AT])), None)


def chunked(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    if asked.method in {"POST", "PATCH"} and asked.is_chunked:
        yield "The body is chunked; a real engine reads none of it and takes it for empty: send it with a Content-Length."


def empty(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    if not asked.body and asked.method in {"POST", "PATCH"}:
        yield f"The body is empty: send a JSON {'array' if re.fullmatch(ARRAYS, asked.path) else 'object'}."


def too_deep(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    if isinstance(asked.json_error, JsonLibraryError):
        yield f"The body has more than {DEEPEST} values within each other: send a flat object."


def another_shape(asked: DiagnosedRequest, _: Api) -> Iterator[str]:
    value, wants_array = asked.json, re.fullmatch(ARRAYS, asked.path) is not None
    if (
        value is None
        or asked.method not in {"POST", "PATCH"}
        or isinstance(value, list if wants_array and asked.method == "POST" else dict)
    ):
        return
    form = _form(asked) if isinstance(value, int | float) else None
    if form:  # OME reads its beginning as a number
        yield form
    elif isinstance(value, str) and _is_json(value):
        yield "The body is a text that holds JSON, so it was encoded twice: send the inner one."
    elif wants_array and asked.method == "POST":
        yield f"The body is {kind_of(value)}: send an array of objects, even of one, as [{{...}}]."
    elif isinstance(value, list) and len(value) == 1:
        yield "The body is an array: send the object in it without the brackets."
    else:
        yield f"The body is {kind_of(value)}: send an object."


def _is_json(text: str) -> bool:
    try:
        return isinstance(read_json(text.encode("utf-8", "surrogateescape")), dict | list)
    except (JsonSyntaxError, UnicodeError):
        return False


SYNTAX = (chunked, empty, not_json)
SHAPE = (too_deep, another_shape)
