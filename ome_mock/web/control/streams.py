"""`/_mock/streams/{vhost}/{app}/{stream}`: connect, stall, disconnect and reconnect encoders."""

from __future__ import annotations

from typing import Any

from ...engine.input_tracks import AudioInput, VideoInput, read_track
from . import Control
from .control_fields import ControlFields
from .state import read_state


def connect(control: Control, vhost: str, app: str, stream: str, body: Any) -> dict[str, Any]:
    """Have an encoder come; `video` and `audio` are true, false, or an object such as `{"width": 320, "height": 180}`.

    `media` is the path of an MP4 file whose clip is sent. `protocol`, `url`, `address`, `port` and `userAgent` say how it connects,
    which a control server hears of; with `ready` the answer comes when the stream can be dumped.
    """
    fields = ControlFields(body, "video", "audio", "media", "protocol", "url", "address", "port", "userAgent", "ready")
    control.connect(
        f"{vhost}/{app}/{stream}",
        video=read_track("video", fields.get("video", True), VideoInput),
        audio=read_track("audio", fields.get("audio", True), AudioInput),
        media=fields.text("media"),
        protocol=fields.text("protocol") or "rtmp",
        url=fields.text("url"),
        address=fields.text("address") or "127.0.0.1",
        port=fields.whole("port"),
        user_agent=fields.text("userAgent"),
        ready=fields.flag("ready"),
    )
    return read_state(control)


def disconnect(control: Control, vhost: str, app: str, stream: str) -> dict[str, Any]:
    control.disconnect(f"{vhost}/{app}/{stream}")
    return read_state(control)


def reconnect(control: Control, vhost: str, app: str, stream: str, body: Any) -> dict[str, Any]:
    """Have an encoder come again as it came last, `{"ready": true}` as above."""
    control.reconnect(f"{vhost}/{app}/{stream}", ready=ControlFields(body, "ready").flag("ready"))
    return read_state(control)


def stall(control: Control, vhost: str, app: str, stream: str, body: Any) -> dict[str, Any]:
    """Have an encoder send nothing for `{"seconds": N}`."""
    control.stall(f"{vhost}/{app}/{stream}", ControlFields(body, "seconds").number("seconds"))
    return read_state(control)


def set_rates(control: Control, vhost: str, app: str, stream: str, body: Any) -> dict[str, Any]:
    """Have an encoder be said to send at another `bitrate` (bits a second), another `framerate`, or both."""
    fields, path = ControlFields(body, "bitrate", "framerate"), f"{vhost}/{app}/{stream}"
    bitrate = fields.whole("bitrate")
    if bitrate is not None:
        control.set_bitrate(path, bitrate)
    if fields.get("framerate") is not None:
        control.set_framerate(path, fields.number("framerate"))
    return read_state(control)
