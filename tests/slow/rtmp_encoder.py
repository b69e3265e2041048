"""A program: publishes two seconds of a grey picture and silence by FFmpeg's own RTMP client, in PyAV. `rtmp_encoder.py URL CODEC`."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TypeVar

import av
from av import VideoStream

SECONDS = 2
PICTURES_PER_SECOND = 10
Frame = TypeVar("Frame", av.VideoFrame, av.AudioFrame)


def publish(url: str, codec: str) -> None:
    with av.open(url, "w", format="flv") as container:
        parameters = {"libx264": "log-level=none:keyint=10:scenecut=0", "libx265": "log-level=none:keyint=10:scenecut=0:bframes=0:pools=1"}[
            codec
        ]
        video = container.add_stream(codec, rate=PICTURES_PER_SECOND, options={f"{codec[3:]}-params": parameters})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 98, 62, "yuv420p"
        audio = container.add_stream("aac", rate=44100, layout="stereo")
        for number in range(SECONDS * PICTURES_PER_SECOND):
            picture = filled(av.VideoFrame(98, 62, "yuv420p"), 0x80)
            picture.pts, picture.time_base = number, Fraction(1, PICTURES_PER_SECOND)
            container.mux(video.encode(picture))
        for number in range(SECONDS * 44100 // 1024):
            sound = filled(av.AudioFrame("fltp", "stereo", 1024), 0)
            sound.sample_rate, sound.pts, sound.time_base = 44100, number * 1024, Fraction(1, 44100)
            container.mux(audio.encode(sound))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def filled(frame: Frame, byte: int) -> Frame:
    """A frame of nothing but this byte; a new one has whatever lay in its memory."""
    for plane in frame.planes:
        plane.update(bytes([byte]) * plane.buffer_size)
    return frame


if __name__ == "__main__":
    publish(*sys.argv[1:])
