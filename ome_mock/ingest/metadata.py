"""An encoder of itself, in `onMetaData`. Only values of the right type count."""

from __future__ import annotations

import math
from typing import NamedTuple

from .amf0 import Value

_AAC = {10, int.from_bytes(b"mp4a", "big")}
"""FLV's number and the FourCC as a number."""


class Metadata(NamedTuple):
    """The properties of an encoder's `onMetaData`; None, or 0, is what it doesn't say."""

    video_codec: float | None
    audio_codec: float | None
    width: int
    height: int
    framerate: float | None
    video_bitrate: int
    """Bits per second; thousands of it, as the engine rounds (58.59 kbit/s: 58000)."""
    sample_rate: int
    channels: int
    audio_bitrate: int

    @property
    def names_codecs(self) -> bool:
        return self.video_codec is not None or self.audio_codec is not None

    @property
    def names_wrong_audio(self) -> bool:
        """An audio codec is named, and it isn't AAC."""
        return self.audio_codec is not None and self.audio_codec not in _AAC


NO_METADATA = Metadata(None, None, 0, 0, None, 0, 0, 0, 0)
"""An encoder said nothing."""


def find_metadata(values: list[Value], *, takes_bare: bool) -> Metadata | None:
    """Find the metadata in the values of a data message; None where they are something else (recorded: setDataFrame of something else)."""
    names = ["@setDataFrame", "onMetaData"]
    if takes_bare and values[:1] == names[1:]:
        values = [names[0], *values]
    if values[:2] != names or len(values) < 3 or not isinstance(values[2], dict):
        return None
    return _read_metadata(values[2])


def _read_metadata(properties: dict[str, Value]) -> Metadata:
    def number(name: str) -> float | None:
        value = properties.get(name)
        return value if isinstance(value, float) and math.isfinite(value) and value >= 0 else None

    return Metadata(
        video_codec=number("videocodecid"),
        audio_codec=number("audiocodecid"),
        width=int(number("width") or 0),
        height=int(number("height") or 0),
        framerate=number("framerate"),
        video_bitrate=int(number("videodatarate") or 0) * 1000,
        sample_rate=int(number("audiosamplerate") or 0),
        channels=int(number("audiochannels") or 1),
        audio_bitrate=int(number("audiodatarate") or 0) * 1000,
    )
