"""`/_mock/streams/{vhost}/{app}/{stream}`: encoders that come, stall, go and come again."""

from __future__ import annotations

from typing import Any

from ...engine.input_tracks import AudioInput, VideoInput
from ...errors import ConfigurationError
from ..routing import Route
from . import Control
from .control_fields import ControlFields
from .state import read_state

STREAM = "/_mock/streams/{vhost}/{app}/{stream}"


def connect(control: Control, vhost: str, app: str, stream: str, body: Any) -> dict[str, Any]:
    """Publish an input stream; `video` and `audio` are true, false, or an object such as `{"width": 320, "height": 180}`.

    `media` is the path of an MP4 file whose clip is sent.
    """
    fields = ControlFields(body, "video", "audio", "media")
    video, audio = _track(fields, "video", VideoInput), _track(fields, "audio", AudioInput)
    control.connect(f"{vhost}/{app}/{stream}", video=video, audio=audio, media=fields.text("media"))
    return read_state(control)


def disconnect(control: Control, vhost: str, app: str, stream: str) -> dict[str, Any]:
    control.disconnect(f"{vhost}/{app}/{stream}")
    return read_state(control)


def reconnect(control: Control, vhost: str, app: str, stream: str, body: Any) -> dict[str, Any]:
    """Publish an input stream again, with the tracks that it had last."""
    ControlFields(body)
    control.reconnect(f"{vhost}/{app}/{stream}")
    return read_state(control)


def stall(control: Control, vhost: str, app: str, stream: str, body: Any) -> dict[str, Any]:
    """Have an encoder send nothing for `{"seconds": N}`."""
    control.stall(f"{vhost}/{app}/{stream}", ControlFields(body, "seconds").number("seconds"))
    return read_state(control)


def _track(fields: ControlFields, name: str, kind: Any) -> Any:
    value = fields.get(name, True)
    if isinstance(value, bool):
        return value
    if not isinstance(value, dict):
        raise ConfigurationError(f"{name} {value!r} is not true, false or an object")
    try:
        return kind(**value)
    except TypeError as error:
        raise ConfigurationError(f"{name} {value!r}: {error}") from None


ROUTES = (
    Route("PUT", STREAM, connect),
    Route("DELETE", STREAM, disconnect),
    Route("POST", f"{STREAM}:reconnect", reconnect),
    Route("POST", f"{STREAM}:stall", stall),
)
