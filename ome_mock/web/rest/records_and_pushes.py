"""Members that bodies and documents of records and pushes share (records-and-pushes.md#record-actions)."""

from __future__ import annotations

from ...engine.track import ChosenTracks
from . import Api
from .body_fields import BodyFields


def read_chosen(stream: BodyFields) -> ChosenTracks:
    return ChosenTracks(stream.text("name"), stream.integers("trackIds") or stream.integers("tracks"), stream.texts("variantNames"))


def describe_chosen(chosen: ChosenTracks) -> dict[str, object]:
    return {"name": chosen.stream_name, "trackIds": list(chosen.track_ids), "variantNames": list(chosen.variant_names)}


def alone(api: Api, described: dict[str, object]) -> object:
    """The answer about a single record or push, which some engines put into a list."""
    return [described] if api.dialect.records_are_listed_alone else described
