"""Converts the text of an element to a value, as the engine does (configuration-reader.md#reader).

Nearly any text is accepted: a number is read from the beginning of the text, and is 0 if none stands there. Numbers and booleans of
JSON are read as text too. Only impossible ports and unknown words are refused.
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
"""The number of digits that are read."""


class Refusal(ValueError):
    """A text that its element can't have; `wire` is the engine's message, as far as it is known.

    `str()` is for people, and follows the element's name; if it is empty, `wire` is enough.
    """

    def __init__(self, wire: str, text: str = "") -> None:
        super().__init__(text)
        self.wire = wire


class Scalar(NamedTuple):
    """A kind of text that an element may hold. `parse` raises Refusal."""

    parse: Callable[[str], Any]
    fits: Callable[[str], bool] = lambda _: True
    """Says if a text is a proper value; the engine and `parse` take any other for 0 or false."""


def text_of(value: Any) -> str:
    """The text of a JSON value: a string itself, anything else as JSON writes it, numbers without an exponent."""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f") if math.isfinite(value) else "0"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))


def expand_macros(text: str, environment: Mapping[str, str]) -> str:
    """Replace `${env:NAME:default}`, with nothing if the variable is unset and has no default; HOSTNAME defaults to the machine's name."""
    if "${env:" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        name, default = match.groups("")
        return environment.get(name, platform.node() if name == "HOSTNAME" else default)

    return _MACRO.sub(value, text)


def whole(least: int | None = None, most: int | None = None, refusal: str = "") -> Scalar:
    """A whole number; below `least` or above `most`, if given, it is refused with the text `refusal`."""

    def parse(text: str) -> int:
        number = _whole(text)
        if least is not None and most is not None and not least <= number <= most:
            raise Refusal(refusal, f"{text!r} is not a number from {least} to {most}")
        return number

    return Scalar(parse, lambda text: _WHOLE.fullmatch(text) is not None)


def one_of(*words: str, refusal: str, any_case: bool = True) -> Scalar:
    """One of these words; another is refused with the text `refusal`, in which `{}` is the word."""

    def parse(text: str) -> str:
        word = text.lower() if any_case else text
        if word not in words:
            raise Refusal(refusal.format(text), f"{text!r} is not {listing(words)}")
        return word

    return Scalar(parse)


def listing(words: tuple[str, ...]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if words[1:] else words[0]


def not_supported(refusal: str) -> Scalar:
    """No text at all: the element is known, and always refused."""

    def parse(_: str) -> None:
        raise Refusal(refusal)

    return Scalar(parse)


def port_range(text: str) -> tuple[tuple[int, ...], str]:
    """Read ports such as `4000-4004,4005/udp`; returns them and their socket type. Raises Refusal."""
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


def _port(text: str, whole: str | None = None) -> int:
    digits = _PORT.match(text.strip())
    port = int(digits[1][:LONGEST_NUMBER]) if digits else 0
    if not 1 <= port <= LAST_PORT:
        whole = text if whole is None else whole
        raise Refusal(f"Invalid port: {whole}", f"{whole!r} is not a port from 1 to {LAST_PORT}")
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
    """Read bits a second; K is 1,024 of them, M 1,024 K."""
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
"""True for an element that is present, with any text."""
