"""The answer to a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self


class Answer(NamedTuple):
    """A response: a status line, headers that are sent unchanged, and a body; `pieces` are sent instead of it, one after the other.

    It is sent `held_s` seconds of real time after it was made.
    """

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    pieces: Iterable[bytes] | None = None
    held_s: float = 0.0

    @classmethod
    def of_text(cls, status: str, text: bytes) -> Self:
        """An answer of the emulator's own, in plain text."""
        return cls(status, (("Content-Length", str(len(text))), ("Content-Type", "text/plain")), text)

    @classmethod
    def hang_up(cls) -> Self:
        """Close the connection without an answer."""
        return cls("", (), pieces=break_off())

    @property
    def code(self) -> int | None:
        """The status as a number, None if the connection is closed without an answer."""
        return int(self.status[:3]) if self.status else None

    @property
    def parts(self) -> Iterable[bytes]:
        """The body as it is sent."""
        return [self.body] if self.pieces is None else self.pieces


def break_off(pieces: Iterable[bytes] = (), size: int = 0) -> Iterator[bytes]:
    """Yields the first `size` bytes of a body, then closes the connection."""
    left = size
    for piece in pieces if size else ():
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            break
    raise ConnectionResetError("a fault closed the connection")
