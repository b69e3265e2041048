import pytest
from engine.scenes import Scene

from ome_mock.live.live_file import ChunklistFile, InitFile, LiveFile, MasterPlaylistFile, PartFile, SegmentFile, parse_live_file

KEY = "9BfpuA3z"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("llhls.m3u8", MasterPlaylistFile("llhls.m3u8")),
        ("chunklist_0.m3u8", MasterPlaylistFile("chunklist_0.m3u8")),
        (f"chunklist_2_audio_{KEY}_llhls.m3u8", ChunklistFile(2)),
        (f"init_0_video_{KEY}_llhls.m4s", InitFile(0, KEY)),
        (f"seg_0_11_video_{KEY}_llhls.m4s", SegmentFile(0, 11, KEY)),
        (f"part_0_7_6_video_{KEY}_llhls.m4s", PartFile(0, 7, 6, KEY)),
        ("seg_0_897694200_video_10835207369030198622_llhls.m4s", SegmentFile(0, 897694200, "10835207369030198622")),
    ],
)
def test_name_stands_for(name: str, file: LiveFile) -> None:
    assert parse_live_file(name) == file


@pytest.mark.parametrize(
    "name",
    [
        "",
        "llhls.txt",
        "nope.m4s",
        "seg_0_video_x_llhls.m4s",
        "seg_0_x_video_x_llhls.m4s",
        f"seg_0_{'9' * 19}_video_x_llhls.m4s",
        "part_0_1_video_x_llhls.m4s",
    ],
)
def test_name_stands_for_nothing(name: str) -> None:
    assert parse_live_file(name) is None


def test_every_name_of_a_track_is_read_back() -> None:
    for track in Scene().stream.outputs[0].tracks:
        assert parse_live_file(track.chunklist_name) == ChunklistFile(track.id)
        assert parse_live_file(track.init_name) == InitFile(track.id, track.key)
        assert parse_live_file(track.segment_name(3)) == SegmentFile(track.id, 3, track.key)
        assert parse_live_file(track.part_name(3, 4)) == PartFile(track.id, 3, 4, track.key)
