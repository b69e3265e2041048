"""Tags of ID3v2.4, as the engine makes them of the frames in a request (events-and-subtitles.md#events-in-media)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

UTF_8 = b"\x03"
PRIVATE, USER_TEXT = "PRIV", "TXXX"
LARGEST = (1 << 28) - 1
"""The largest size that four bytes of seven bits hold (ID3v2.4.0, section 6.2)."""


class Id3Frame(NamedTuple):
    """One frame; its type is `PRIV`, or begins with T. Only `PRIV` and `TXXX` have an `info`: the owner, or what the data are."""

    type: str
    info: str
    data: str

    def encode(self) -> bytes:
        """The frame; a type of another length than four letters stays as it is (recorded: events/id3-odd-bodies)."""
        named = _bytes(self.info) + b"\0" if self.info and self.type in {PRIVATE, USER_TEXT} else b""
        content = (b"" if self.type == PRIVATE else UTF_8) + named + _bytes(self.data)
        return _bytes(self.type) + _size(len(content)) + bytes(2) + content


def encode_tag(frames: Iterable[Id3Frame]) -> bytes:
    """A tag with these frames. Raises ValueError if it is too long for its own size."""
    body = b"".join(frame.encode() for frame in frames)
    return b"ID3\x04\0\0" + _size(len(body)) + body


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _size(size: int) -> bytes:
    if size > LARGEST:
        raise ValueError(f"{size} bytes are too many for an ID3 tag")
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
