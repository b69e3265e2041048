"""`:sendSubtitles` and the speech-to-text actions (events-and-subtitles.md#sending-subtitles, #speech-to-text).

The emulator's streams have neither subtitle tracks nor speech-to-text encoders; valid requests get the engine's answers for that.
"""

from __future__ import annotations

from typing import Any

from ...engine.stream import InputStream
from ...refusals import RequestInvalid, SttEncoderNotFound, SubtitleNotSent
from ..routing import Route
from . import STREAM, Api, of_stream
from .body_fields import BodyFields

SUBTITLE_FORMAT = "webvtt"


@of_stream
def send_subtitles(_: Api, stream: InputStream, body: Any) -> object:
    fields = BodyFields(body)
    subtitle_format, labels = fields.get("format"), fields.items("data")
    if not isinstance(subtitle_format, str) or not labels:
        raise RequestInvalid("format(string) and data(array) are required")
    if subtitle_format.lower() != SUBTITLE_FORMAT:
        raise RequestInvalid(f"format is not supported: [{subtitle_format}]")
    _check_first_cue(BodyFields(labels[0]))
    raise SubtitleNotSent(*stream.path)


def _check_first_cue(label: BodyFields) -> None:
    """Check the first cue only, because the engine sends it before it checks the next, and finds no track for it."""
    cues = label.items("subtitles")
    if not isinstance(label.get("label"), str) or not cues:
        raise RequestInvalid("label(string) and subtitles(array) are required")
    if not isinstance(BodyFields(cues[0]).get("text"), str):
        raise RequestInvalid("text(string) is required in subtitles")


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
