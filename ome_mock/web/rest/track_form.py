"""The form of a track in documents, which is the dialect's."""

from __future__ import annotations

from typing import Any

from ...dialect import Dialect

INTERVALS = {"keyFrameInterval", "keyFrameIntervalLatest"}
BIT_RATES = {"bitrate", "bitrateAvg", "bitrateConf", "bitrateLatest"}
TRANSPORT = "/tcp"


def shown_track(track: dict[str, Any], dialect: Dialect) -> dict[str, object]:
    """A track with the fields that the dialect knows, each in its form."""
    kind = str(track["type"]).lower()
    values: dict[str, object] = track[kind]
    if kind == "data" and not dialect.shows_data:
        return {name: value for name, value in track.items() if name != kind}
    if values.get("bypass") is True:
        values = _bypassed(values, dialect)
    return track | {kind: {name: _shown(name, value, dialect) for name, value in values.items() if name not in dialect.unshown}}


def shown_url(url: str, dialect: Dialect) -> str:
    """The URL of an encoder's socket."""
    return url if dialect.source_url_names_transport else url.removesuffix(TRANSPORT)


def _bypassed(values: dict[str, object], dialect: Dialect) -> dict[str, object]:
    if dialect.bypassed_tracks_are_bare:
        return {"bypass": True}
    if dialect.bypassed_tracks_have_declared_rates and "framerate" in values:
        return values | {"framerateConf": values["framerate"]}
    return values


def _shown(name: str, value: Any, dialect: Dialect) -> object:
    if name in BIT_RATES and dialect.bit_rates_are_text:
        return str(value)
    return int(value) if name in INTERVALS and dialect.intervals_are_whole else value
