"""The size of a picture of which only one side is asked for."""

from __future__ import annotations

import pytest
from server_xml import server_xml
from worlds.pieces import PROFILE, in_application

from ome_mock.emulator import Emulator
from ome_mock.engine.input_tracks import VideoInput
from ome_mock.engine.scaling import with_both_sides
from ome_mock.settings import ImageEncode, VideoEncode


@pytest.mark.parametrize(
    ("asked", "given", "made"),
    [
        pytest.param((0, 720), (640, 360), (1280, 720), id="height alone"),
        pytest.param((320, 0), (640, 360), (320, 180), id="width alone"),
        pytest.param((0, 480), (640, 360), (853, 480), id="rounded"),
        pytest.param((480, 0), (720, 1280), (480, 853), id="upright input"),
        pytest.param((320, 240), (640, 360), (320, 240), id="both"),
        pytest.param((0, 0), (640, 360), (0, 0), id="neither"),
    ],
)
def test_side_that_is_not_asked_for(asked: tuple[int, int], given: tuple[int, int], made: tuple[int, int]) -> None:
    video = with_both_sides(VideoEncode("v", False, 1, *asked), VideoInput(*given))
    image = with_both_sides(ImageEncode("i", "jpeg", *asked), VideoInput(*given))
    assert (video.width, video.height) == (image.width, image.height) == made


def test_video_that_bypasses_the_encoder_has_no_size_of_its_own() -> None:
    encode = VideoEncode("v", bypass=True, height=720)
    assert with_both_sides(encode, VideoInput(640, 360)) is encode


def test_encodes_of_a_stream_are_scaled() -> None:
    encodes = "<Encodes><Video><Name>v</Name><Codec>h264</Codec><Bitrate>1</Bitrate><Height>480</Height></Video></Encodes>"
    providers = "<Providers><RTMP/></Providers><Publishers><LLHLS/></Publishers>"
    world = server_xml(in_application(f"<OutputProfiles>{PROFILE.format(encodes)}</OutputProfiles>{providers}"))
    (output,) = Emulator(config=world.encode(), streams=["v/a/s"]).engine.input_stream("v", "a", "s").outputs
    assert [(track.width, track.height) for track in output.tracks] == [(856, 480)]
