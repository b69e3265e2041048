import string

import pytest
from engine.scenes import Scene
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.hls.file_names import (
    ChunklistFile,
    InitFile,
    LiveFile,
    MasterPlaylistFile,
    PartFile,
    SegmentFile,
    TrackFileNames,
    parse_file_name,
)

KEY = "9BfpuA3z"
LETTERS = string.ascii_letters + string.digits


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
    assert parse_file_name(name) == file


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
    assert parse_file_name(name) is None


def test_every_name_of_a_track_is_read_back() -> None:
    for track in Scene().stream.outputs[0].tracks:
        assert parse_file_name(track.chunklist_name) == ChunklistFile(track.id)
        assert parse_file_name(track.files.init()) == InitFile(track.id, track.key)
        assert parse_file_name(track.segment_name(3)) == SegmentFile(track.id, 3, track.key)
        assert parse_file_name(track.part_name(3, 4)) == PartFile(track.id, 3, 4, track.key)


@given(
    track_id=st.integers(0, 99),
    kind=st.sampled_from(["video", "audio"]),
    key=st.text(LETTERS, min_size=8, max_size=8),
    number=st.integers(0, 10**8),
)
def test_names_are_read_as_they_are_made(track_id: int, kind: str, key: str, number: int) -> None:
    names = TrackFileNames(track_id, kind, key)
    assert parse_file_name(names.chunklist()) == ChunklistFile(track_id)
    assert parse_file_name(names.init()) == InitFile(track_id, key)
    assert parse_file_name(names.init(number + 2)) == InitFile(track_id, key, number + 2)
    assert parse_file_name(names.segment(number)) == SegmentFile(track_id, number, key)
    assert parse_file_name(names.part(number, track_id)) == PartFile(track_id, number, track_id, key)
