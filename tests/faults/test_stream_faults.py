"""What befalls encoders, seen in the dump directory, in live lists and in the API."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ome_mock import VideoInput, faults
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

STREAM = "/v1/vhosts/default/apps/app/streams"


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    return Emulator(root=tmp_path)


def start(emulator: Emulator, dump_id: str = "d1", stream: str = "stream") -> int:
    body = {"outputStreamName": stream, "id": dump_id, "outputPath": f"/{dump_id}", "infoFile": f"/{dump_id}.info"}
    headers = {"Authorization": emulator.authorization}
    return emulator.app.test_client().post(f"{STREAM}/{stream}:startHlsDump", data=json.dumps(body), headers=headers).status_code


def segments(tmp_path: Path, dump_id: str = "d1", track: int = 0) -> list[int]:
    """The numbers of the segments that lie there."""
    return sorted(int(path.name.split("_")[2]) for path in (tmp_path / dump_id).glob(f"seg_{track}_*"))


def chunklist(tmp_path: Path, track: int = 0) -> str:
    (path,) = (tmp_path / "d1").glob(f"chunklist_{track}_*")
    return path.read_text()


def test_stalled_encoder_makes_no_segments_until_it_goes_on(emulator: Emulator, tmp_path: Path) -> None:
    start(emulator)
    emulator.faults.arm(faults.Stall(60, after_s=10))
    emulator.clock.advance(70)
    assert segments(tmp_path) == [10, 11]
    emulator.clock.advance(12)
    assert segments(tmp_path) == [10, 11, 12, 13]


def test_segment_that_is_complete_at_the_instant_of_a_stall_is_written_then(tmp_path: Path) -> None:
    written: list[list[int]] = []
    for is_stalled in (False, True):
        emulator = Emulator(root=tmp_path / str(is_stalled))
        start(emulator)
        began_ns = emulator.clock.now_ns()
        if is_stalled:
            emulator.faults.arm(faults.Stall(60, after_s=(written[0][-1] - began_ns) / 1e9))
        emulator.clock.advance(4)
        written.append([write.at_ns for write in emulator.journal.writes if "seg_0_" in write.path])
    assert written[0] == written[1]
    assert len(written[0]) == 2


def test_stall_from_python_begins_at_once(emulator: Emulator, tmp_path: Path) -> None:
    start(emulator)
    emulator.stall("default/app/stream", 60)
    emulator.clock.advance(60)
    assert segments(tmp_path) == [10]


def test_encoder_that_vanishes_and_comes_back_is_a_new_stream(emulator: Emulator, tmp_path: Path) -> None:
    start(emulator)
    emulator.faults.arm(faults.Disconnect(after_s=10), faults.Reconnect(after_s=20))
    emulator.clock.advance(60)
    assert "<Status>Completed</Status>" in (tmp_path / "d1.info").read_text()
    assert [dump.enabled for dump in emulator.dumps.values()] == [False]
    assert start(emulator, "d2") == 200
    assert segments(tmp_path, "d2") == [6]


def test_time_may_be_advanced_in_any_steps(tmp_path: Path) -> None:
    trees = []
    for name, steps in (("once", [60]), ("often", [7, 0.5, 12.5, 20, 20])):
        root = tmp_path / name
        emulator = Emulator(root=root)
        start(emulator)
        emulator.faults.arm(faults.Stall(5, after_s=9), faults.Discontinuity(after_s=30), faults.Disconnect(after_s=50))
        for step in steps:
            emulator.clock.advance(step)
        trees.append({path.name: path.read_bytes() for path in root.rglob("*") if path.is_file()})
    assert trees[0] == trees[1]


def test_segments_after_a_change_follow_a_discontinuity(emulator: Emulator, tmp_path: Path) -> None:
    start(emulator)
    emulator.faults.arm(faults.Discontinuity(after_s=10))
    emulator.clock.advance(30)
    lines = chunklist(tmp_path).splitlines()
    assert lines[4:6] == ["#EXT-X-DISCONTINUITY-SEQUENCE:0", lines[5]]
    at = lines.index("#EXT-X-DISCONTINUITY")
    assert lines[at + 4].startswith("seg_0_13_")
    assert lines.count("#EXT-X-DISCONTINUITY") == 1


def test_change_cuts_the_open_segment_of_every_track_short(emulator: Emulator, tmp_path: Path) -> None:
    """At the next key frame, with which an encoder begins anew; the segment after it has its full length."""
    emulator.start_dump("d1", output_path="/d1")
    emulator.clock.advance(10)
    emulator.faults.arm(faults.Discontinuity())
    emulator.clock.advance(20)
    durations = [re.findall(r"#EXTINF:(\S+),", chunklist(tmp_path, track=track)) for track in (0, 1, 2)]
    assert durations == [
        ["6.000000", "6.000000", "2.000000", "6.000000", "6.000000", "6.000000"],
        ["6.000000", "6.000000", "2.000000", "6.000000", "6.000000", "6.000000"],
        ["5.995000", "5.995000", "2.026000", "6.016000", "5.995000", "5.995000"],
    ]
    assert emulator.dumps["d1"].check() == []


def test_pictures_after_a_change_have_another_init_section_and_sounds_have_not(emulator: Emulator, tmp_path: Path) -> None:
    """Recorded: a scheduled channel whose files have two sizes."""
    emulator.start_dump("d1", output_path="/d1")
    emulator.faults.arm(faults.Discontinuity(after_s=10), faults.Discontinuity(after_s=20))
    emulator.clock.advance(40)
    key = emulator.engine.input_stream("default", "app", "stream").outputs[0].tracks[0].key
    lists = {track: chunklist(tmp_path, track=track) for track in (0, 2)}
    maps = {track: re.findall(r'#EXT-X-MAP:URI="(.*)"', text) for track, text in lists.items()}
    assert maps == {0: [f"init_0_video_{key}{version}_llhls.m4s" for version in ("", "_v2", "_v3")], 2: [f"init_2_audio_{key}_llhls.m4s"]}
    assert all(text.count("#EXT-X-DISCONTINUITY\n") == 2 for text in lists.values())
    assert re.search(r'#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="\S+_v2_llhls.m4s"\n#EXT-X-PROGRAM-DATE-TIME', lists[0])
    written = [name.rpartition("/")[2] for _, name in emulator.dumps["d1"].items]
    at = written.index(f"init_0_video_{key}_v2_llhls.m4s")
    assert written[at - 3].startswith("seg_0_12_")
    assert written[at + 1] == "llhls.m3u8"
    assert all((tmp_path / "d1" / name).stat().st_size for name in maps[0])


def test_dump_that_starts_after_a_change_begins_with_its_init_section(emulator: Emulator, tmp_path: Path) -> None:
    emulator.faults.arm(faults.Discontinuity(after_s=1))
    emulator.clock.advance(13)
    start(emulator)
    emulator.clock.advance(7)
    (named,) = re.findall(r'#EXT-X-MAP:URI="(.*)"', chunklist(tmp_path))
    assert named.endswith("_v2_llhls.m4s")
    assert sorted(path.name for path in (tmp_path / "d1").glob("init_0_*")) == sorted([named, named.replace("_v2", "")])


def test_players_are_told_of_the_init_section_and_get_it(emulator: Emulator) -> None:
    emulator.faults.arm(faults.Discontinuity(after_s=1))
    emulator.clock.advance(1.8 + 0.021)  # 65 s after the stream began, when the next key frame comes
    client = emulator.llhls_app.test_client()
    master = client.get("/app/stream/llhls.m3u8").text
    path = next(line for line in master.splitlines() if line.startswith("/") and "video" in line)
    hinted = re.search(r'#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="(\S+_v2_llhls.m4s\S*)"\n#EXT-X-PRELOAD-HINT:TYPE=PART', client.get(path).text)
    assert hinted
    assert client.get(f"/app/stream/{hinted[1]}").data == client.get(f"/app/stream/{hinted[1]}".replace("_v2", "")).data
    assert client.get(f"/app/stream/{hinted[1]}".replace("_v2", "_v3")).status_code == 404
    emulator.clock.advance(1)
    later = client.get(path).text
    assert "TYPE=MAP" not in later
    assert re.search(r'#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init_0_video_\S+_v2_llhls.m4s\?session=\S+"\n', later)


def test_fault_of_a_stream_that_is_not_there_is_said_and_nothing_else(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    emulator.faults.arm(faults.Disconnect(stream="default/app/nope"))
    emulator.clock.advance(1)
    assert "came to nothing: stream default/app/nope is not connected" in caplog.text


@pytest.mark.parametrize("fault", [faults.Disconnect(stream="default/app/nope"), faults.Reconnect(), faults.Stall(stream="x/y/z")], ids=str)
def test_fault_that_came_to_nothing_has_not_happened(emulator: Emulator, fault: faults.Fault) -> None:
    emulator.faults.arm(fault)
    emulator.clock.advance(1)
    assert emulator.faults.never_fired == [fault]
    assert emulator.faults.firings == []
    assert emulator.faults.armed == []


def test_stream_comes_again_with_the_tracks_it_had(emulator: Emulator) -> None:
    emulator.connect("default/app/door", video=VideoInput(320, 180), audio=False, ready=True)
    emulator.disconnect("default/app/door")
    emulator.reconnect("default/app/door", ready=True)
    found = emulator.engine.input_stream("default", "app", "door")
    assert (found.input_tracks.video, found.input_tracks.audio) == (VideoInput(320, 180), None)
    with pytest.raises(ConfigurationError, match="stream default/app/never was never connected"):
        emulator.reconnect("default/app/never", ready=True)


def test_clock_turns_until_segments_are_complete(emulator: Emulator, tmp_path: Path) -> None:
    start(emulator)
    emulator.until_segment()
    assert segments(tmp_path) == segments(tmp_path, track=2) == [10]
    emulator.until_segment(count=3)
    assert segments(tmp_path) == segments(tmp_path, track=2) == [10, 11, 12, 13]


def test_reset_begins_anew(emulator: Emulator, tmp_path: Path) -> None:
    start(emulator)
    assert emulator.journal.exchanges
    assert emulator.journal.writes
    emulator.faults.arm(faults.Status(500))
    before = emulator.clock.now_ns()
    emulator.reset()
    assert "<Status>Completed</Status>" in (tmp_path / "d1.info").read_text()
    assert (emulator.clock.now_ns(), emulator.faults.armed, dict(emulator.dumps)) == (before, [], {})
    assert (emulator.journal.exchanges, emulator.journal.writes) == ([], [])
    assert start(emulator, "d2") == 200
    emulator.reset(streams=["default/app/camera1"])
    assert start(emulator, "d3") == 404
    assert start(emulator, "d3", stream="camera1") == 200
