"""Bytes as text and back, and texts that stand for others in requests and answers."""

from __future__ import annotations

from collections.abc import Mapping

from .case import Headers, Request


def text_of(data: bytes) -> str:
    """The bytes as text; one that is no UTF-8 is a lone surrogate."""
    return data.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """The bytes that `text_of` made the text of."""
    return text.encode("utf-8", "surrogateescape")


def renamed(text: str, words: Mapping[str, str]) -> str:
    """The text with each word in the place of what it stands for, in their order."""
    for old, new in words.items():
        text = text.replace(old, new)
    return text


def renamed_headers(headers: Headers, words: Mapping[str, str]) -> Headers:
    """The headers with each word in the place of what it stands for in their values."""
    return tuple((name, renamed(value, words)) for name, value in headers)


def renamed_request(request: Request, words: Mapping[str, str]) -> Request:
    """The request with each word in the place of what it stands for, wherever that stands in it."""
    body, sent = (None if each is None else renamed_bytes(each, words) for each in (request.body, request.sent))
    return request._replace(path=renamed(request.path, words), headers=renamed_headers(request.headers, words), body=body, sent=sent)


def renamed_bytes(data: bytes, words: Mapping[str, str]) -> bytes:
    """The bytes with each word in the place of what it stands for, in their order."""
    return bytes_of(renamed(text_of(data), words))
