"""The first bytes of audio and video messages: FLV's tag headers, and those of E-RTMP (Enhanced RTMP 1.0).

A message says of itself whether it holds a sequence header, a frame or neither; of a frame only its header is looked at.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

SHORTEST_VIDEO = 5
SHORTEST_AUDIO = 2

AVC = "avc1"
AAC = "mp4a"
UNKNOWN = ""

_FLV_AVC = 7
_FLV_AAC = 10
_IS_EXTENDED = 0x80


class Part(Enum):
    """The contents of a message."""

    SEQUENCE_HEADER = "sequence header"
    FRAME = "frame"
    OTHER = "other"


class Tag(NamedTuple):
    """The header of an audio or video message."""

    codec: str
    """A FourCC; `UNKNOWN` for a codec that has none here."""
    part: Part
    header_length: int
    is_key_frame: bool = False
    composition_offset_ms: int = 0


def may_be_header(begins: bytes | bytearray) -> bool:
    """Says if a message with these first bytes, two at least, may hold a sequence header, of which all is needed."""
    return begins[1] == 0 or begins[0] & (_IS_EXTENDED | 15) == _IS_EXTENDED


def read_audio_tag(payload: bytes) -> Tag:
    """Read the header of at least `SHORTEST_AUDIO` bytes."""
    if payload[0] >> 4 != _FLV_AAC:
        return Tag(UNKNOWN, Part.OTHER, 1)
    return Tag(AAC, {0: Part.SEQUENCE_HEADER, 1: Part.FRAME}.get(payload[1], Part.OTHER), 2)


def read_video_tag(payload: bytes, *, is_enhanced: bool) -> Tag:
    """Read the header of at least `SHORTEST_VIDEO` bytes; where E-RTMP is not known, its codecs are as unknown as others."""
    if is_enhanced and payload[0] & _IS_EXTENDED:
        return _read_enhanced(payload)
    codec = AVC if payload[0] & 15 == _FLV_AVC else UNKNOWN
    part = {0: Part.SEQUENCE_HEADER, 1: Part.FRAME}.get(payload[1], Part.OTHER)
    return Tag(codec, part, 5, payload[0] >> 4 == 1, _signed_24(payload[2:5]) if part is Part.FRAME else 0)


def _read_enhanced(payload: bytes) -> Tag:
    """Coded frames (1) carry a composition time, coded frames X (3) none; metadata, ends and the rest are neither header nor frame."""
    codec = payload[1:5].decode("latin-1")
    is_key_frame = payload[0] >> 4 & 7 == 1
    match payload[0] & 15:
        case 0:
            return Tag(codec, Part.SEQUENCE_HEADER, 5)
        case 1:
            return Tag(codec, Part.FRAME, 8, is_key_frame, _signed_24(payload[5:8]))
        case 3:
            return Tag(codec, Part.FRAME, 5, is_key_frame)
    return Tag(codec, Part.OTHER, 5)


def _signed_24(field: bytes) -> int:
    return int.from_bytes(field, "big", signed=True)
