"""Reads XML as tolerantly as the engine's parser.

A raw `&` is text, `--` may stand in a comment, anything may stand before the declaration, text after the root is skipped
(configuration-reader.md#reader). The text is corrected first, then expat reads it.
"""

from __future__ import annotations

import codecs
import re
from typing import Any
from xml.parsers.expat import ErrorString, ExpatError

import xmltodict

Element = dict[str, Any] | str | None
"""An element as xmltodict gives it: elements by name, attributes by `@` and name, text as a string or under `#text`, None if empty.

The space around text is part of it, as in the engine (recorded: configurations, `4cf0332b.api`)."""

_AROUND = "_"
"""The name of an element put around the whole text, so that it may have several roots, or none."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ENCODING = re.compile(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_CDATA = r"<!\[CDATA\[.*?\]\]>"
_PASSED_OVER = r"<!--.*?-->|<\?.*?\?>|<!DOCTYPE(?:[^\[>]|\[.*?\])*>"
_RAW_AMPERSAND = r"&(?!(?:lt|gt|amp|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)"
_ODD = re.compile(f"(?P<kept>{_CDATA})|(?P<passed_over>{_PASSED_OVER})|(?P<ampersand>{_RAW_AMPERSAND})", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read_xml(data: bytes) -> dict[str, Any]:
    """The root elements of a file by their names, several of one name as a list. Raises ValueError, in words for people."""
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _ODD.sub(_put_right, _decode(data)))
    opening = f"<{_AROUND}>"
    try:
        everything = xmltodict.parse(f"{opening}{text}</{_AROUND}>", strip_whitespace=False)[_AROUND]
    except ExpatError as error:
        column = error.offset - (len(opening) if error.lineno == 1 else 0)
        raise ValueError(f"{ErrorString(error.code)}: line {error.lineno}, column {column}") from None
    if not isinstance(everything, dict):
        raise ValueError("it holds no element")
    return {name: element for name, element in everything.items() if name != "#text"}


def _decode(data: bytes) -> str:
    """Decode in the declared encoding; invalid bytes are replaced, because they are rarely where it matters."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, "replace")
    declared = _ENCODING.match(data)
    encoding = declared[1].decode() if declared else "utf-8"
    try:
        return data.decode(encoding, "replace")
    except LookupError:
        raise ValueError(f"unknown encoding: {encoding}") from None


def _put_right(match: re.Match[str]) -> str:
    """The corrected text of a match, with all its line breaks, so that the lines of mistakes are those of the file."""
    if match["kept"]:
        return match["kept"]
    return "&amp;" if match["ampersand"] else "\n" * match[0].count("\n")
