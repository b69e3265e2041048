"""`:sendEvent` and `:sendEvents` (events-and-subtitles.md#sending-events). Events are checked and answered, but not put into media."""

from __future__ import annotations

from typing import Any

from ...engine.stream import InputStream
from ...refusals import RequestInvalid
from ..envelope import NOTHING, MultiStatus
from ..routing import Route
from . import STREAM, Api, of_stream
from .body_fields import BodyFields

EVENT_FORMAT = "id3v2"
EVENT_TYPES = {"video", "audio", "event"}


@of_stream
def send_event(_: Api, __: InputStream, body: Any) -> object:
    return inject(body)


@of_stream
def send_events(_: Api, __: InputStream, body: Any) -> object:
    if not isinstance(body, list) or not body:
        raise RequestInvalid("events(array) is required")
    return MultiStatus.of(body, inject)


def inject(body: Any) -> object:
    """Check one event in the engine's order. Raises RequestInvalid."""
    fields = BodyFields(body)
    event_format, events = fields.get("eventFormat"), fields.items("events")
    if not isinstance(event_format, str) or not events:
        raise RequestInvalid("eventFormat(string) and events(array) are required")
    if event_format.lower() != EVENT_FORMAT:
        raise RequestInvalid(f"eventFormat is not supported: [{event_format}]")
    for event in events:
        _check_frame(BodyFields(event))
    if "eventType" in fields:
        _check_type(fields.get("eventType"))
    return NOTHING


def _check_frame(event: BodyFields) -> None:
    frame_type = event.get("frameType")
    if not isinstance(frame_type, str):
        raise RequestInvalid("frameType is required in events")
    if frame_type != "PRIV" and not frame_type.startswith("T"):
        raise RequestInvalid(f"frameType is not supported: [{frame_type}]")


def _check_type(event_type: Any) -> None:
    if not isinstance(event_type, str):
        raise RequestInvalid("eventType must be string")
    if event_type.lower() not in EVENT_TYPES:
        raise RequestInvalid(f"eventType is not supported: [{event_type}]")


ROUTES = (
    Route("POST", f"{STREAM}:sendEvent", send_event),
    Route("POST", f"{STREAM}:sendEvents", send_events),
)
