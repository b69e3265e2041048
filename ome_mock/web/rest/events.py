"""`:sendEvent` and `:sendEvents` (events-and-subtitles.md#sending-events). Events are checked and answered, but not put into media."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ...dialect import Dialect
from ...engine.stream import InputStream
from ...refusals import RequestInvalid
from ..envelope import NOTHING, MultiStatus
from ..routing import Route
from . import STREAM, Api, of_stream
from .body_fields import BodyFields

OUT_OR_IN = {"out", "in"}
SPLICE_INSERT = "spliceInsert"
EVENT_TYPES = {"video", "audio", "event"}


@of_stream
def send_event(api: Api, _: InputStream, body: Any) -> object:
    return inject(api.dialect, body)


@of_stream
def send_events(api: Api, _: InputStream, body: Any) -> object:
    if not isinstance(body, list) or not body:
        raise RequestInvalid("events(array) is required")
    return MultiStatus.of(body, partial(inject, api.dialect))


def inject(dialect: Dialect, body: Any) -> object:
    """Check one event in the engine's order. Raises RequestInvalid."""
    fields = BodyFields(body)
    event_format, events = fields.get("eventFormat"), fields.items("events")
    if not isinstance(event_format, str) or events is None or (not events and dialect.names_missing_events):
        raise RequestInvalid("eventFormat(string) and events(array) are required")
    if event_format.lower() not in dialect.event_formats:
        raise RequestInvalid(f"eventFormat is not supported: [{event_format}]")
    if not events:
        raise RequestInvalid("events is empty")
    check = CHECKS[event_format.lower()]
    for event in events:
        check(BodyFields(event), dialect)
    if "eventType" in fields:
        _check_type(fields.get("eventType"))
    return NOTHING


def _check_frame(event: BodyFields, dialect: Dialect) -> None:
    frame_type = event.get("frameType")
    if not isinstance(frame_type, str):
        raise RequestInvalid("frameType is required in events")
    is_private = frame_type == "PRIV" and dialect.takes_private_frames
    if not is_private and not frame_type.startswith("T"):
        raise RequestInvalid(f"frameType is not supported: [{frame_type}]")


def _check_cue(event: BodyFields, _: Dialect) -> None:
    """Check an event of HLS cues, which say where advertisements begin and end."""
    cue_type = event.get("cueType")
    if not isinstance(cue_type, str):
        raise RequestInvalid("cueType is required in events")
    if cue_type.lower() not in OUT_OR_IN:
        raise RequestInvalid(f"cueType is not supported: [{cue_type}]")


def _check_splice(event: BodyFields, _: Dialect) -> None:
    """Check an event of SCTE 35 in the engine's order: the command, the id, the type."""
    command, splice_type = event.get("spliceCommand"), event.get("type")
    if isinstance(command, str) and command.lower() != SPLICE_INSERT.lower():
        raise RequestInvalid("Now only spliceInsert is supported")
    if event.get("id") is None:
        raise RequestInvalid("id is required in events")
    if not isinstance(splice_type, str) or splice_type.lower() not in OUT_OR_IN:
        raise RequestInvalid("type must be 'out' or 'in'")


def _check_type(event_type: Any) -> None:
    if not isinstance(event_type, str):
        raise RequestInvalid("eventType must be string")
    if event_type.lower() not in EVENT_TYPES:
        raise RequestInvalid(f"eventType is not supported: [{event_type}]")


CHECKS: dict[str, Callable[[BodyFields, Dialect], None]] = {"id3v2": _check_frame, "cue": _check_cue, "scte35": _check_splice}
"""By format, the check of one event."""

ROUTES = (
    Route("POST", f"{STREAM}:sendEvent", send_event),
    Route("POST", f"{STREAM}:sendEvents", send_events),
)
