"""The head of an answer: its bytes, and what becomes of the connection after it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

from ...dialect import Dialect
from .request import Request
from .request_line import method_of

Headers = Iterable[tuple[str, str]]


class End(Enum):
    """The end of an answer."""

    STAYS_OPEN = auto()
    CLOSES = auto()
    RESETS = auto()
    IS_PARKED = auto()


class Head(NamedTuple):
    """The bytes of an answer's head, what becomes of the connection, and whether a body follows."""

    data: bytes
    end: End
    has_body: bool
    switches_protocol: bool
    """True if what the client sends from now on is no HTTP."""


def head_of(request: Request, status: str, headers: Headers, dialect: Dialect) -> Head:
    """The head with the given headers, unchanged and in their order; an answer without a length ends with its connection."""
    has_body = method_of(request.method) != "HEAD" and status[:3] not in {"101", "204", "304"}
    more, end = _about_connection(request, dialect)
    text = "\r\n".join([f"HTTP/1.1 {status}", *[f"{name}: {value}" for name, value in headers], *more, "", ""])
    if has_body and "\r\ncontent-length:" not in text.lower():
        end = End.CLOSES
    return Head(text.encode("latin-1"), end, has_body, status[:3] == "101")


def _about_connection(request: Request, dialect: Dialect) -> tuple[tuple[str, ...], End]:
    """The lines about the connection, and whether it stays open (rest-api.md#response-headers, #connections)."""
    asked, is_old = request.fields.get("HTTP_CONNECTION", ""), request.version == "1.0"
    if not (asked or is_old):
        return (), End.STAYS_OPEN
    if dialect.obeys_connection_options:
        options = {option.strip().lower() for option in asked.split(",")}
        stays_open = "keep-alive" in options if is_old else "close" not in options
        if not stays_open:
            return ("Connection: close",), End.CLOSES
        if is_old and asked != "Keep-Alive":
            return ("Connection: Keep-Alive",), End.STAYS_OPEN
    elif asked == "Close":
        return ("Connection: Close",), End.CLOSES
    end = End.CLOSES if is_old and not dialect.obeys_connection_options else End.STAYS_OPEN
    return (("Connection: Keep-Alive", "Keep-Alive: timeout=5, max=100") if asked == "Keep-Alive" else ()), end
