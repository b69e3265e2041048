"""Dumps of HLS over MPEG-TS that a configuration asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from ts.conftest import AskTs

LIST = "medialist_3465363613016867760_hls.m3u8"


def dumps(playlists: str = "", path: str = "/d", target: str = "*") -> str:
    names = "".join(f"<Playlist>{name}</Playlist>" for name in playlists.split())
    return (
        f"<Dumps><Dump><Enable>true</Enable><TargetStreamName>{target}</TargetStreamName><OutputPath>{path}</OutputPath>"
        f"<Playlists>{names}</Playlists></Dump></Dumps>"
    )


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "root" / "d"


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_list_grows_with_each_segment_and_has_no_end(ask_ts: AskTs, written: Path) -> None:
    _, emulator = ask_ts(dumps(), seconds=5)
    after_two = (written / LIST).read_text()
    emulator.clock.advance(2)
    emulator.disconnect("default/app/s")

    after_three = (written / LIST).read_text()

    assert after_two.count("#EXTINF:2.000,") == 2
    assert after_three.startswith(after_two)
    assert after_three.count("#EXTINF:2.000,") == 3
    assert "ENDLIST" not in after_three
    assert len(names(written)) == 4


def test_stream_that_comes_back_appends_to_the_old_list(ask_ts: AskTs, written: Path) -> None:
    _, emulator = ask_ts(dumps(), seconds=5)
    emulator.disconnect("default/app/s")
    emulator.connect("default/app/s")
    emulator.clock.advance(3)

    text = (written / LIST).read_text()

    assert text.count("#EXTM3U\n") == 2
    assert [line.split("_")[2] for line in text.splitlines() if line.startswith("seg_")] == ["0", "1", "0"]


def test_masters_wait_for_two_segments_and_are_written_up_to_an_unknown_one(ask_ts: AskTs, written: Path) -> None:
    _, emulator = ask_ts(dumps("playlist.m3u8 ts:playlist.m3u8 playlist.m3u8"), seconds=3)
    before = names(written)
    emulator.clock.advance(2)

    assert "playlist.m3u8" not in before
    assert (written / "playlist.m3u8").read_text().endswith(f"\n{LIST}?_HLS_rewind=NO\n")
    assert "ts:playlist.m3u8" not in names(written)


def test_conclusion_writes_the_last_segment(ask_ts: AskTs, written: Path) -> None:
    _, emulator = ask_ts(dumps(), seconds=5)
    emulator.engine.conclude_hls_live(emulator.engine.input_stream("default", "app", "s"), emulator.clock.now_ns())
    emulator.clock.advance(10)

    assert (written / LIST).read_text().count("#EXTINF") == 3


def test_stream_of_another_name_is_not_dumped(ask_ts: AskTs, written: Path) -> None:
    ask_ts(dumps(target="t*"), seconds=5)

    assert not written.exists()


def test_dump_that_cannot_be_written_ends_with_a_warning(ask_ts: AskTs, written: Path, caplog: pytest.LogCaptureFixture) -> None:
    written.parent.mkdir()
    written.write_text("in the way")
    get, _ = ask_ts(dumps(), seconds=5)

    assert [record.getMessage() for record in caplog.records if "TS dump" in record.getMessage()] == [
        "the TS dump of default/app/s into /d ends: could not write /d/seg_3465363613016867760_0_hls.ts: Not a directory"
    ]
    assert get("ts:playlist.m3u8").status_code == 200


def test_two_advances_leave_what_one_leaves(ask_ts: AskTs, written: Path) -> None:
    _, emulator = ask_ts(dumps("playlist.m3u8"), seconds=0)
    for seconds in (0.5, 1.7, 3, 5.3):
        emulator.clock.advance(seconds)
    found = {path.name: path.read_bytes() for path in written.iterdir() if path.name != "playlist.m3u8"}
    emulator.close()
    for path in written.iterdir():
        path.unlink()
    ask_ts(dumps("playlist.m3u8"), seconds=10.5)

    assert {path.name: path.read_bytes() for path in written.iterdir() if path.name != "playlist.m3u8"} == found
