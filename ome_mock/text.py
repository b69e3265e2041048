"""Escapes text from clients for logs and XML, remembers what was made of it, and finds and writes names."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import Any, TypeVar

Result = TypeVar("Result")

LONGEST_REMEMBERED = 256
"""The longest text in characters whose result is remembered; clients may send megabytes."""

LONGEST_COMPARED = 160
MOST_COMPARED = 1000
"""A client's name has any length, and what it is compared with any number."""

_OUTSIDE_XML = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff"
"""The characters that XML 1.0 doesn't allow (section 2.2), as ranges."""

_UNREPRESENTABLE = re.compile(f"[{_OUTSIDE_XML}]")
_NOT_PLAIN = re.compile(f"[&<>\\r{_OUTSIDE_XML}]")


def remembering(most: int) -> Callable[[Callable[[str], Result]], Callable[[str], Result]]:
    """Have a function of a client's text remember its last results, those of short texts alone."""

    def decorate(function: Callable[[str], Result]) -> Callable[[str], Result]:
        remembered = lru_cache(maxsize=most)(function)

        @wraps(function)
        def call(text: str) -> Result:
            return remembered(text) if len(text) <= LONGEST_REMEMBERED else function(text)

        return call

    return decorate


def printable(text: str) -> str:
    """The text with unprintable characters escaped, so that no client can add lines to the log."""
    return text if text.isprintable() else repr(text)[1:-1]


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known name that was probably meant: the same in another case, or else a similar one; None without either.

    `likeness` is from 0 to 1, for equal ones. Of names and of their letters only so many are compared.
    """
    lowered = {each.lower(): each for each in reversed(list(known)[:MOST_COMPARED])}
    wanted = name[:LONGEST_COMPARED].lower()
    if wanted in lowered:
        return lowered[wanted]
    from difflib import get_close_matches  # noqa: PLC0415 (lazy: only of use to a wrong name)

    return next((lowered[like] for like in get_close_matches(wanted, lowered, 1, likeness)), None)


def basic_authorization(access_token: str) -> str:
    """The value of an Authorization header that presents an access token (rest-api.md#authentication)."""
    return "Basic " + base64.b64encode(access_token.encode()).decode()


def up_to_nul(value: object) -> str:
    """A string as the engine keeps it, up to its first NUL (rest-api.md#dump-fields); anything else is the empty string."""
    return value.partition("\0")[0] if isinstance(value, str) else ""


def camel_case(name: str) -> str:
    """A name in snake_case as JSON has it: `origin_mode` becomes `originMode`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def xml_text(text: str) -> str:
    """The text escaped for XML. Characters that XML doesn't allow become U+FFFD; CR is escaped, as a raw one is read as LF."""
    if not _NOT_PLAIN.search(text):
        return text
    return only_what_xml_allows(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def only_what_xml_allows(text: str) -> str:
    """The text with U+FFFD in the place of characters that XML 1.0 doesn't allow."""
    return _UNREPRESENTABLE.sub("\ufffd", text)


def unescaped_xml(text: str) -> str:
    """The text before `xml_text`, except for characters that XML doesn't allow."""
    return text.replace("&#13;", "\r").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def holds(value: Any, wanted: Any) -> bool:
    """Says if a JSON value is the wanted one; an object only needs the wanted members."""
    if isinstance(wanted, dict) and isinstance(value, dict):
        return all(key in value and holds(value[key], each) for key, each in wanted.items())
    return type(value) is type(wanted) and bool(value == wanted)
