"""Bytes as text and back, and texts that stand for others in requests and answers."""

from __future__ import annotations

from collections.abc import Mapping


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


def renamed_bytes(data: bytes, words: Mapping[str, str]) -> bytes:
    """The bytes with each word in the place of what it stands for, in their order."""
    for old, new in words.items():
        data = data.replace(old.encode(), new.encode())
    return data
