"""What a real engine left, and what is truly wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from check.looking import findings_of

from ome_mock.check import check_dump

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"


@pytest.mark.parametrize("story", sorted(path.name for path in DUMPS.iterdir()))
def test_nothing_is_wrong_with_a_recorded_dump(story: str) -> None:
    assert check_dump(DUMPS / story) == check_dump(DUMPS / story / "d1") == check_dump(DUMPS / story / "d1.info") == []


def test_directory_and_info_file_are_found_together_wherever_they_were_moved(tmp_path: Path) -> None:
    story = Path(shutil.copytree(DUMPS / "audio-only", tmp_path / "somewhere" / "else"))
    next(story.glob("d1/seg_0_5_*")).unlink()
    for path in (tmp_path, story, story / "d1", story / "d1.info", next(story.glob("d1/llhls.m3u8"))):
        found = {each.rule.name for each in check_dump(path)}
        assert found == {"segment-missing", "info-names-missing"}, path


def test_info_file_whose_directory_is_gone_says_so(tmp_path: Path) -> None:
    shutil.copy(DUMPS / "audio-only" / "d1.info", tmp_path)
    (found,) = findings_of(tmp_path)
    assert (found.file.name, found.rule.name) == ("d1.info", "info-names-missing")
    assert found.problem.startswith("the directory of /dumps/audio-only/d1/")


def test_list_of_engine_0_16_4_names_what_was_before_the_dump(tmp_path: Path) -> None:
    story = Path(shutil.copytree(DUMPS / "audio-only", tmp_path / "dump"))
    chunklist = next(story.glob("d1/chunklist_*"))
    text = chunklist.read_text()
    before = "#EXT-X-PROGRAM-DATE-TIME:2026-11-23T00:02:49.143+00:00\n#EXTINF:2.005000,\nseg_0_3_audio_x2BL1khK_llhls.m4s\n"
    chunklist.write_text(text.replace("#EXT-X-PROGRAM", f"{before}#EXT-X-PROGRAM", 1))
    (found,) = findings_of(story)
    assert (found.rule.name, found.place) == ("listed-before-dump", "line 8")


def test_list_of_mpeg_ts_is_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "playlist.m3u8").write_text("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedialist_77_hls.m3u8?_HLS_rewind=NO\n")
    entries = "".join(f"#EXTINF:2.000,\nseg_77_{number}_hls.ts\n" for number in range(3))
    (tmp_path / "medialist_77_hls.m3u8").write_text(
        f"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n{entries}"
    )
    (tmp_path / "seg_77_0_hls.ts").write_bytes(b"\x47" + bytes(187))
    (tmp_path / "seg_77_1_hls.ts").write_bytes(b"\x47" + bytes(100))
    found = sorted((each.file.name, each.rule.name) for each in findings_of(tmp_path))
    assert found == [
        ("medialist_77_hls.m3u8", "segment-missing"),
        ("medialist_77_hls.m3u8", "ts-list-not-finished"),
        ("seg_77_1_hls.ts", "segment-damaged"),
    ]
