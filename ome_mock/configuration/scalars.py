"""How the text of an element becomes a value. Numbers and truth values of JSON are taken as text too: OME converts them freely."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

MOST = 2**31 - 1
LONGEST_NUMBER = 40
LONGEST_DURATION_S = 86_400
LAST_PORT = 65_535

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_WORDS = {"true": True, "1": True, "false": False, "0": False}
_SUFFIXES = {"k": 1_000, "m": 1_000_000}
_MACRO = re.compile(r"\$\{env:([^:}]+)(?::([^}]*))?\}")


class Scalar(NamedTuple):
    """What the text of an element may be. `parse` raises ValueError for what is not `noun`."""

    noun: str
    parse: Callable[[str], Any]
    refusal: str = ""
    """The engine's own words for a wrong value, where they are known."""


def text_of(value: Any) -> str | None:
    """The text of a scalar, without the space around it; None for an array or an object."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return str(value).strip() if isinstance(value, str | int) else None


def expand_macros(text: str, environment: Mapping[str, str]) -> str:
    """Replace `${env:NAME:default}`. Raises ValueError for a variable that is neither set nor has a default."""
    if "${env:" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = environment.get(name, default)
        if found is None:
            raise ValueError(f"the environment has no {name}, and {match.group()} no default")
        return found

    return _MACRO.sub(value, text).strip()


def whole(least: int = 0, most: int = MOST) -> Scalar:
    return Scalar("a number" if (least, most) == (0, MOST) else f"a number from {least} to {most}", lambda text: _whole(text, least, most))


def duration_s(least: str = "0.001") -> Scalar:
    """A number of seconds, as a Decimal."""
    return Scalar(
        f"a number of seconds from {least} to {LONGEST_DURATION_S}", lambda text: _within(text, Decimal(least), Decimal(LONGEST_DURATION_S))
    )


def one_of(*words: str, refusal: str = "") -> Scalar:
    """One of these words, whatever the case of its letters."""
    return Scalar(" or ".join([", ".join(words[:-1]), words[-1]]), lambda text: _word(text, words), refusal)


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text) or len(text) > LONGEST_NUMBER:
        raise ValueError(text)
    return Decimal(text)


def _within(text: str, least: Decimal, most: Decimal) -> Decimal:
    number = _number(text)
    if not least <= number <= most:
        raise ValueError(text)
    return number


def _whole(text: str, least: int, most: int) -> int:
    number = _within(text, Decimal(least), Decimal(most))
    if number != int(number):
        raise ValueError(text)
    return int(number)


def _bits(text: str) -> int:
    factor = _SUFFIXES.get(text[-1:].lower(), 1)
    return _whole(str(_number(text if factor == 1 else text[:-1]) * factor), 0, MOST)


def _word(text: str, words: tuple[str, ...]) -> str:
    if text.lower() not in words:
        raise ValueError(text)
    return text.lower()


def _flag(text: str) -> bool:
    if text.lower() not in _WORDS:
        raise ValueError(text)
    return _WORDS[text.lower()]


TEXT = Scalar("a text", str)
FLAG = Scalar("true or false", _flag)
WHOLE = whole()
NUMBER = Scalar("a number", lambda text: _within(text, Decimal(0), Decimal(MOST)))
BITRATE = Scalar("a number", _bits)
PORT = Scalar(f"a port from 0 to {LAST_PORT}", lambda text: _whole(text.removesuffix("/tcp"), 0, LAST_PORT))
