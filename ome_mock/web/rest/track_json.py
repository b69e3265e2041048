"""The JSON of one track, as documents and alerts have it."""

from __future__ import annotations

import struct
from fractions import Fraction

JsonObject = dict[str, object]


def track(track_id: int, name: str, kind: str, described: JsonObject) -> JsonObject:
    return {"id": track_id, "name": name, "type": kind, kind.lower(): described}


def data_track(track_id: int) -> JsonObject:
    """The track that every stream has beside the others."""
    return track(track_id, "Data", "Data", {"codec": "None"})


def single(number: Fraction | float) -> float:
    """A number in single precision, as in the engine (rest-api.md#json-text)."""
    return float(struct.unpack("f", struct.pack("f", number))[0])
