"""How the text of an element becomes a value, as the engine converts it (configuration-reader.md#reader).

Nearly any text is taken: of a number what it begins with, and 0 where that is none. Numbers and truth values of JSON are taken as text
too. What is refused is a port that there is not, and a word that is not among those of its element.
"""

from __future__ import annotations

import json
import math
import platform
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

MOST = 2**31 - 1
LAST_PORT = 65_535

_WHOLE = re.compile(r"\s*([+-]?[0-9]+)")
_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))")
_PORT = re.compile(r"([0-9]+)")
_FACTORS = {"K": 1024, "M": 1024 * 1024}
_SOCKET_TYPES = ("tcp", "udp", "srt")
_MACRO = re.compile(r"\$\{env:([^:}]+)(?::([^}]*))?\}")
LONGEST_NUMBER = 40
"""Digits after these are not looked at."""


class Refusal(ValueError):
    """A text that its element can't have: `wire` is what the engine says, as far as it is known.

    `str()` says it to people, after the element's name; where it is empty, `wire` says it all.
    """

    def __init__(self, wire: str, text: str = "") -> None:
        super().__init__(text)
        self.wire = wire


class Scalar(NamedTuple):
    """What the text of an element may be. `parse` raises Refusal."""

    parse: Callable[[str], Any]
    fits: Callable[[str], bool] = lambda _: True
    """Whether a text is what it should be; the engine takes others for 0 or false, and so does `parse`."""


def text_of(value: Any) -> str:
    """The text of a value of JSON: what is no text is written as JSON writes it, a number without an exponent."""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f") if math.isfinite(value) else "0"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def expand_macros(text: str, environment: Mapping[str, str]) -> str:
    """Replace `${env:NAME:default}`; a variable that is neither set nor has a default is nothing, but for the machine's name."""
    if "${env:" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        name, default = match.groups("")
        return environment.get(name, platform.node() if name == "HOSTNAME" else default)

    return _MACRO.sub(value, text)


def whole(least: int | None = None, most: int | None = None, refusal: str = "") -> Scalar:
    """A whole number; outside of `least` and `most`, where they are given, it is refused in the words of `refusal`."""

    def parse(text: str) -> int:
        number = _whole(text)
        if least is not None and most is not None and not least <= number <= most:
            raise Refusal(refusal, f"{text!r} is not a number from {least} to {most}")
        return number

    return Scalar(parse, lambda text: _WHOLE.fullmatch(text) is not None)


def one_of(*words: str, refusal: str, any_case: bool = True) -> Scalar:
    """One of these words; others are refused, `{}` in the words of the refusal is what was written."""

    def parse(text: str) -> str:
        word = text.lower() if any_case else text
        if word not in words:
            raise Refusal(refusal.format(text), f"{text!r} is not {listing(words)}")
        return word

    return Scalar(parse)


def listing(words: tuple[str, ...]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if words[1:] else words[0]


def not_supported(refusal: str) -> Scalar:
    """Nothing: the element is known, and always refused."""

    def parse(_: str) -> None:
        raise Refusal(refusal)

    return Scalar(parse)


def port_range(text: str) -> tuple[tuple[int, ...], str]:
    """The ports of `4000-4004,4005/udp`, and their socket type. Raises Refusal."""
    ports, _, socket_type = text.partition("/")
    found: list[int] = []
    for part in ports.split(","):
        ends = part.strip().split("-")
        if len(ends) > 2:
            raise Refusal(f"Invalid port expression: {part}", f"{part!r} is not a range of ports")
        first, last = _port(ends[0]), _port(ends[-1])
        if first > last:
            raise Refusal(f"Invalid port range: {part}", f"{part!r} is not a range of ports")
        found += range(first, last + 1)
    return tuple(found), socket_type.strip().lower() or "udp"


def _single_port(text: str) -> int:
    port, slash, socket_type = text.partition("/")
    if slash and "/" not in socket_type and socket_type.strip().lower() not in _SOCKET_TYPES:
        raise Refusal(f"Unknown socket type: {socket_type}", f"{socket_type!r} is not {listing(_SOCKET_TYPES)}")
    return _port(port, text)


def _port(text: str, written: str | None = None) -> int:
    digits = _PORT.match(text.strip())
    port = int(digits[1][:LONGEST_NUMBER]) if digits else 0
    if not 1 <= port <= LAST_PORT:
        written = text if written is None else written
        raise Refusal(f"Invalid port: {written}", f"{written!r} is not a port from 1 to {LAST_PORT}")
    return port


def _whole(text: str) -> int:
    found = _WHOLE.match(text)
    number = int(found[1][:LONGEST_NUMBER]) if found else 0
    return number if -MOST - 1 <= number <= MOST else 0


def _number(text: str) -> Decimal:
    found = _NUMBER.match(text)
    number = Decimal(found[1][:LONGEST_NUMBER]) if found else Decimal(0)
    return number if abs(number) <= MOST else Decimal(0)


def _bits(text: str) -> int:
    """Bits a second; K and M count in steps of 1,024."""
    return min(int(_number(text) * _FACTORS.get(text[-1:].upper(), 1)), MOST)


def _flag(text: str) -> bool:
    return text.lower() == "true" or (text.lower() != "false" and _whole(text) != 0)


TEXT = Scalar(str)
FLAG = Scalar(_flag, lambda text: text.lower() in {"true", "false", "1", "0"})
WHOLE = whole()
NUMBER = Scalar(_number, lambda text: _NUMBER.fullmatch(text) is not None)
BITRATE = Scalar(_bits, lambda text: _NUMBER.fullmatch(text.rstrip("kKmM")) is not None)
PORT = Scalar(_single_port)
PORT_RANGE = Scalar(port_range)
PRESENCE = Scalar(lambda _: True)
"""True where the element is, whatever it holds."""
