"""`:sendEvent` and `:sendEvents` (events-and-subtitles.md#sending-events)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ...dialect import Dialect
from ...engine.input_stream import InputStream
from ...events.ad_breaks import Cue
from ...media.id3 import PRIVATE, Id3Frame, encode_tag
from ...media.loop_track import MediaKind
from ...refusals import RequestInvalid
from ..envelope import NOTHING, MultiStatus
from ..routing import Route
from . import STREAM, Api, of_stream
from .body_fields import BodyFields

OUT = "out"
OUT_OR_IN = {OUT, "in"}
SPLICE_INSERT = "spliceInsert"
EVENT_TYPES = {"video": MediaKind.VIDEO, "audio": MediaKind.AUDIO, "event": None}
"""The tracks that an event of a type lies in; None stands for every track."""


@of_stream
def send_events(api: Api, stream: InputStream, body: Any) -> object:
    if not isinstance(body, list) or not body:
        raise RequestInvalid("events(array) is required")
    return MultiStatus.of(body, partial(_send, api, stream))


def _send(api: Api, stream: InputStream, body: Any) -> object:
    """Check one event in the engine's order, and put it into the stream. Raises RequestInvalid and EventNotInjected."""
    fields = BodyFields(body)
    event_format, events = fields.get("eventFormat"), fields.items("events")
    if not isinstance(event_format, str) or events is None or (not events and api.dialect.names_missing_events):
        raise RequestInvalid("eventFormat(string) and events(array) are required")
    if event_format.lower() not in api.dialect.event_formats:
        raise RequestInvalid(f"eventFormat is not supported: [{event_format}]")
    if not events:
        raise RequestInvalid("events is empty")
    read, now_ns = READERS[event_format.lower()], api.clock.now_ns()
    said = [read(BodyFields(event), api.dialect) for event in events]
    kind = _kind(fields.get("eventType")) if "eventType" in fields else None
    cues = [each for each in said if isinstance(each, Cue)]
    if cues:
        api.engine.sending.cue(stream, cues[0 if api.dialect.first_cue_counts else -1], now_ns)
    else:
        api.engine.sending.event(stream, kind, _tag([each for each in said if isinstance(each, Id3Frame)]), now_ns)
    return NOTHING


def _tag(frames: list[Id3Frame]) -> bytes:
    try:
        return encode_tag(frames)
    except ValueError:
        raise RequestInvalid("Could not make events data") from None


def _read_frame(event: BodyFields, dialect: Dialect) -> Id3Frame:
    frame_type = event.get("frameType")
    if not isinstance(frame_type, str):
        raise RequestInvalid("frameType is required in events")
    name = frame_type.upper()
    is_private = name == PRIVATE and dialect.takes_private_frames
    if not is_private and not name.startswith("T"):
        raise RequestInvalid(f"frameType is not supported: [{frame_type}]")
    return Id3Frame(name, event.text("info"), event.text("data"))


def _read_cue(event: BodyFields, _: Dialect) -> Cue:
    """Read an event of HLS cues, which say where advertisements begin and end."""
    cue_type = event.get("cueType")
    if not isinstance(cue_type, str):
        raise RequestInvalid("cueType is required in events")
    if cue_type.lower() not in OUT_OR_IN:
        raise RequestInvalid(f"cueType is not supported: [{cue_type}]")
    return _cue(event, cue_type)


def _read_splice(event: BodyFields, _: Dialect) -> Cue:
    """Read an event of SCTE 35 in the engine's order: the command, the id, the type."""
    command, splice_type = event.get("spliceCommand"), event.get("type")
    if isinstance(command, str) and command.lower() != SPLICE_INSERT.lower():
        raise RequestInvalid("Now only spliceInsert is supported")
    if event.integer("id") is None:
        raise RequestInvalid("id is required in events")
    if not isinstance(splice_type, str) or splice_type.lower() not in OUT_OR_IN:
        raise RequestInvalid("type must be 'out' or 'in'")
    return _cue(event, splice_type)


def _cue(event: BodyFields, out_or_in: str) -> Cue:
    return Cue(out_or_in.lower() == OUT, event.integer("duration"))


def _kind(event_type: Any) -> MediaKind | None:
    if not isinstance(event_type, str):
        raise RequestInvalid("eventType must be string")
    if event_type.lower() not in EVENT_TYPES:
        raise RequestInvalid(f"eventType is not supported: [{event_type}]")
    return EVENT_TYPES[event_type.lower()]


READERS: dict[str, Callable[[BodyFields, Dialect], Id3Frame | Cue]] = {"id3v2": _read_frame, "cue": _read_cue, "scte35": _read_splice}
"""By format, the reader of one event."""

ROUTES = (
    Route("POST", f"{STREAM}:sendEvent", of_stream(_send)),
    Route("POST", f"{STREAM}:sendEvents", send_events),
)
