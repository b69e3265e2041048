"""When an encode leaves its input as it is because it matches."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ome_mock.engine.bypass import audio_for, video_for
from ome_mock.engine.input_tracks import AudioInput, VideoInput
from ome_mock.settings import AudioEncode, VideoEncode


def video(*rules: tuple[str, str], codec: str = "h264", width: int = 640, height: int = 360, framerate: int = 30) -> VideoEncode:
    return VideoEncode("v", False, 500_000, width, height, Fraction(framerate), codec, bypass_if_match=rules)


@pytest.mark.parametrize(
    ("encode", "is_bypassed"),
    [
        pytest.param(video(), False, id="no rule"),
        pytest.param(video(("codec", "eq")), True, id="same codec"),
        pytest.param(video(("codec", "eq"), codec="h265"), False, id="other codec"),
        pytest.param(video(("width", "eq"), width=320), False, id="other width"),
        pytest.param(video(("width", "gte"), width=320), True, id="wider than asked for"),
        pytest.param(video(("width", "lte"), width=320), False, id="not as narrow as asked for"),
        pytest.param(video(("height", "lte"), height=720), True, id="no higher than asked for"),
        pytest.param(video(("framerate", "eq"), framerate=15), False, id="other frame rate"),
        pytest.param(video(("codec", "eq"), ("height", "lte"), height=180), False, id="one rule of two"),
        pytest.param(video(("width", "eq"), width=0), True, id="nothing asked for"),
        pytest.param(video(("sar", "eq"), width=1280, height=720), True, id="same shape"),
        pytest.param(video(("sar", "eq"), ("width", "lte"), ("height", "lte"), width=1280, height=1024), False, id="other shape"),
        pytest.param(video(("sar", "eq"), width=0, height=720), True, id="no shape asked for"),
    ],
)
def test_video(encode: VideoEncode, is_bypassed: bool) -> None:
    assert video_for(encode, VideoInput(640, 360, Fraction(30))) == (VideoEncode("v", bypass=True) if is_bypassed else encode)


@pytest.mark.parametrize(("codec", "samplerate", "is_bypassed"), [("aac", 48_000, True), ("aac", 44_100, False), ("opus", 48_000, False)])
def test_audio(codec: str, samplerate: int, is_bypassed: bool) -> None:
    rules = (("codec", "eq"), ("samplerate", "eq"), ("channel", "eq"))
    encode = AudioEncode("a", False, 128_000, codec, samplerate, 2, rules)
    assert audio_for(encode, AudioInput(48_000, 2)) == (AudioEncode("a", bypass=True) if is_bypassed else encode)
