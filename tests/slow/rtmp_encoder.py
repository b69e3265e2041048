"""A program: publishes a grey picture and silence by FFmpeg's own RTMP client, in PyAV.

`rtmp_encoder.py URL CODEC` sends two seconds at once, `rtmp_encoder.py URL CODEC SECONDS` so many as they pass.
"""

from __future__ import annotations

import sys
import time
from fractions import Fraction
from typing import TypeVar

import av
from av import VideoStream

SECONDS = 2
PICTURES_PER_SECOND = 10
Frame = TypeVar("Frame", av.VideoFrame, av.AudioFrame)


def publish(url: str, codec: str, real_seconds: str = "0") -> None:
    began_s = time.monotonic()
    with av.open(url, "w", format="flv") as container:
        parameters = {"libx264": "log-level=none:keyint=10:scenecut=0", "libx265": "log-level=none:keyint=10:scenecut=0:bframes=0:pools=1"}[
            codec
        ]
        video = container.add_stream(codec, rate=PICTURES_PER_SECOND, options={f"{codec[3:]}-params": parameters})
        assert isinstance(video, VideoStream)
        video.width, video.height, video.pix_fmt = 98, 62, "yuv420p"
        audio = container.add_stream("aac", rate=44100, layout="stereo")
        sounds = 0
        for number in range((int(real_seconds) or SECONDS) * PICTURES_PER_SECOND):
            if int(real_seconds):
                time.sleep(max(0.0, began_s + number / PICTURES_PER_SECOND - time.monotonic()))
            picture = filled(av.VideoFrame(98, 62, "yuv420p"), 0x80)
            picture.pts, picture.time_base = number, Fraction(1, PICTURES_PER_SECOND)
            container.mux(video.encode(picture))
            while (sounds + 1) * 1024 <= (number + 1) * 44100 // PICTURES_PER_SECOND:
                sound = filled(av.AudioFrame("fltp", "stereo", 1024), 0)
                sound.sample_rate, sound.pts, sound.time_base = 44100, sounds * 1024, Fraction(1, 44100)
                container.mux(audio.encode(sound))
                sounds += 1
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def filled(frame: Frame, byte: int) -> Frame:
    """A frame of nothing but this byte; a new one has whatever lay in its memory."""
    for plane in frame.planes:
        plane.update(bytes([byte]) * plane.buffer_size)
    return frame


if __name__ == "__main__":
    publish(*sys.argv[1:])
