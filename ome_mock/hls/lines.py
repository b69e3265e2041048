"""Parts of every playlist: lines, tags and attributes (RFC 8216bis, sections 4.1 and 4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

_ATTRIBUTE = re.compile(r'\s*([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]*)\s*(?:,|$)')
_DECIMAL = re.compile(r"\d+(?:\.\d*)?|\.\d+")
_INTEGER = re.compile(r"\d{1,20}")


class Line(NamedTuple):
    """One line that says something: a tag with what follows its colon, or a URI, whose `tag` is empty. Lines count from 1."""

    number: int
    tag: str
    value: str


class Mistake(NamedTuple):
    """A line of a playlist breaks the grammar."""

    line: int
    problem: str


def read_lines(text: str) -> Iterator[Line]:
    """The tags and URIs of a playlist; empty lines and comments say nothing."""
    for number, line in enumerate(text.split("\n"), start=1):
        said = line.removesuffix("\r")
        if said.startswith("#EXT"):
            tag, _, value = said.partition(":")
            yield Line(number, tag, value)
        elif said and not said.startswith("#"):
            yield Line(number, "", said)


def read_attributes(value: str) -> dict[str, str] | None:
    """An attribute list, quotes taken off; None where it is none."""
    found: dict[str, str] = {}
    position = 0
    while position < len(value):
        match = _ATTRIBUTE.match(value, position)
        if match is None or match[1] in found:
            return None
        found[match[1]] = match[2].strip('"')
        position = match.end()
    return found


def read_integer(value: str) -> int | None:
    return int(value) if _INTEGER.fullmatch(value) else None


def read_decimal(value: str) -> Fraction | None:
    return Fraction(value) if len(value) < LONGEST_DECIMAL and _DECIMAL.fullmatch(value) else None


def read_milliseconds(value: str) -> int | None:
    """Seconds as a decimal number, in milliseconds, rounded."""
    if len(value) >= LONGEST_DECIMAL or not _DECIMAL.fullmatch(value):
        return None
    seconds, _, rest = value.partition(".")
    return int(f"{seconds}{rest:0<3.3}") + (rest[3:4] >= "5")


LONGEST_DECIMAL = 32
