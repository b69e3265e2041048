"""`:sendSubtitles` and the speech-to-text actions (events-and-subtitles.md#sending-subtitles, #speech-to-text).

The emulator's streams have no speech-to-text encoders; valid requests get the engine's answers for that.
"""

from __future__ import annotations

from typing import Any

from ...engine.input_stream import InputStream
from ...media.webvtt import Cue
from ...refusals import RequestInvalid, SttEncoderNotFound, SubtitleNotSent, TimestampUnknown
from ..envelope import NOTHING
from ..routing import Route
from . import STREAM, Api, of_stream
from .body_fields import BodyFields

SUBTITLE_FORMAT = "webvtt"
USUAL_DURATION_MS = 1000
LONGEST_DURATION_MS = 2**32 - 1
LARGEST_OFFSET_MS = 2**63 - 1


@of_stream
def send_subtitles(api: Api, stream: InputStream, body: Any) -> object:
    """Put the cues into their tracks one by one; those before a wrong one stay."""
    fields = BodyFields(body)
    subtitle_format, labels = fields.get("format"), fields.items("data")
    if not isinstance(subtitle_format, str) or not labels:
        raise RequestInvalid("format(string) and data(array) are required")
    if subtitle_format.lower() != SUBTITLE_FORMAT:
        raise RequestInvalid(f"format is not supported: [{subtitle_format}]")
    now_ms = stream.time_ms(api.clock.now_ns())
    if now_ms is None:
        raise TimestampUnknown(*stream.path)
    for label in labels:
        _send_cues(stream, BodyFields(label), now_ms)
    return NOTHING


def _send_cues(stream: InputStream, fields: BodyFields, now_ms: int) -> None:
    """Send the cues of one label; each begins its offset after the end of the one before."""
    cues, after_ms = fields.items("subtitles"), now_ms
    if not isinstance(fields.get("label"), str) or not cues:
        raise RequestInvalid("label(string) and subtitles(array) are required")
    for value in cues:
        cue = _read_cue(BodyFields(value), after_ms, now_ms)
        sent = stream.cues.get(fields.text("label"))
        if sent is None:
            raise SubtitleNotSent(*stream.path)
        sent.add(cue)
        after_ms = cue.end_ms


def _read_cue(fields: BodyFields, after_ms: int, now_ms: int) -> Cue:
    if not isinstance(fields.get("text"), str):
        raise RequestInvalid("text(string) is required in subtitles")
    offset_ms = fields.integer("startOffset", -LARGEST_OFFSET_MS - 1, LARGEST_OFFSET_MS) or 0
    duration_ms = fields.integer("durationMs", 0, LONGEST_DURATION_MS)
    start_ms = after_ms + offset_ms
    end_ms = start_ms + (USUAL_DURATION_MS if duration_ms is None else duration_ms)
    return Cue(start_ms, end_ms, fields.text("text"), fields.text("settings"), now_ms)


@of_stream
def switch_stt(_: Api, stream: InputStream, body: Any) -> object:  # noqa: ARG001
    raise SttEncoderNotFound(*stream.path)


@of_stream
def stt_status(_: Api, __: InputStream, body: Any) -> object:  # noqa: ARG001
    return {"enabled": False, "renditions": []}


ROUTES = (
    Route("POST", f"{STREAM}:sendSubtitles", send_subtitles),
    Route("POST", f"{STREAM}:enableStt", switch_stt),
    Route("POST", f"{STREAM}:disableStt", switch_stt),
    Route("POST", f"{STREAM}:sttStatus", stt_status),
)
