"""Event message boxes (ISO/IEC 23009-1, section 5.10.3.3) with ID3 tags, before the moof of a part."""

from __future__ import annotations

import struct
from typing import NamedTuple

from .cmaf import full_box

SCHEME, VALUE = "https://aomedia.org/emsg/ID3", "OvenMediaEngine"
"""The scheme of ID3 tags, and what the engine says of itself (events-and-subtitles.md#events-in-media)."""
TIMESCALE = 1_000
UNKNOWN_DURATION = 0xFFFFFFFF
FIELDS = struct.Struct(">IQII")


class EventMessage(NamedTuple):
    """One box of version 1; `time` in ticks of the `timescale`."""

    time: int
    id: int
    data: bytes
    timescale: int = TIMESCALE
    duration: int = UNKNOWN_DURATION
    scheme: str = SCHEME
    value: str = VALUE

    def encode(self) -> bytes:
        texts = f"{self.scheme}\0{self.value}\0".encode()
        return full_box(b"emsg", 1, 0, FIELDS.pack(self.timescale, self.time, self.duration, self.id), texts, self.data)


def decode_emsg(payload: bytes) -> EventMessage:
    """Read what follows the header of a box. Raises ValueError."""
    if payload[:1] != b"\1":
        raise ValueError("the emsg box is not of version 1")
    if len(payload) < 4 + FIELDS.size:
        raise ValueError("the emsg box is cut")
    timescale, time, duration, number = FIELDS.unpack_from(payload, 4)
    texts = payload[4 + FIELDS.size :].split(b"\0", 2)
    if len(texts) < 3:
        raise ValueError("the scheme or the value of the emsg box has no end")
    try:
        scheme, value = (text.decode() for text in texts[:2])
    except UnicodeDecodeError:
        raise ValueError("the scheme or the value of the emsg box is not UTF-8") from None
    return EventMessage(time, number, texts[2], timescale, duration, scheme, value)
