"""What DVR keeps on the disk, and for how long."""

from __future__ import annotations

from pathlib import Path

import pytest
from live_worlds import hls, llhls, write_world

from ome_mock.emulator import Emulator

DVR = "<DVR><Enable>{}</Enable><TempStoragePath>/dvr</TempStoragePath><MaxDuration>6</MaxDuration></DVR>"
RENDITION = "3465363613016867760"


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    publishers = llhls(DVR.format("true")) + hls(DVR.format("true"))
    emulator = Emulator(config=write_world(tmp_path / "Server.xml", publishers), streams=[], root=tmp_path / "root")
    emulator.connect("default/app/s")
    return emulator


def tree(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_files_come_when_segments_leave_memory(emulator: Emulator, tmp_path: Path) -> None:
    emulator.clock.advance(9)

    assert tree(tmp_path / "root" / "dvr") == ["#default#app/s/0/0.m4s", "#default#app/s/1/0.m4s"]


def test_files_go_when_they_are_too_old(emulator: Emulator, tmp_path: Path) -> None:
    for _ in range(41):
        emulator.clock.advance(1)

    assert tree(tmp_path / "root" / "dvr") == [
        *(f"#default#app/s/{track}/{number}.m4s" for track in (0, 1) for number in (14, 15, 16)),
        *(f"#default#app_s/{RENDITION}/segment_{number}_hls.ts" for number in (11, 12, 13, 14, 15)),
    ]


def test_files_are_those_that_players_get(emulator: Emulator, tmp_path: Path) -> None:
    emulator.clock.advance(41)
    player = emulator.llhls_app.test_client()

    stored = tmp_path / "root" / "dvr"

    assert (stored / f"#default#app_s/{RENDITION}/segment_13_hls.ts").read_bytes() == player.get(f"/app/s/seg_{RENDITION}_13_hls.ts").data
    key = emulator.engine.input_stream("default", "app", "s").outputs[0].tracks[0].key
    assert (stored / "#default#app/s/0/14.m4s").read_bytes() == player.get(f"/app/s/seg_0_14_video_{key}_llhls.m4s?session=1_x").data
    assert player.get(f"/app/s/seg_0_13_video_{key}_llhls.m4s?session=1_x").status_code == 404


def test_files_go_with_the_stream(emulator: Emulator, tmp_path: Path) -> None:
    emulator.clock.advance(41)
    emulator.disconnect("default/app/s")

    assert sorted(path.name for path in (tmp_path / "root" / "dvr").rglob("*")) == ["#default#app"]


def test_directory_that_is_not_allowed_costs_no_player_anything(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = write_world(tmp_path / "Server.xml", llhls(DVR.format("true")))
    emulator = Emulator(config=config, streams=[], allow_paths=[tmp_path])
    emulator.connect("default/app/s")
    emulator.clock.advance(41)

    warnings = [record.getMessage() for record in caplog.records if record.name == "ome_mock.dvr"]
    assert len(warnings) == 2
    assert all(warning.startswith("DVR writes no more into /dvr/#default#app/s/") for warning in warnings)
    assert emulator.llhls_app.test_client().get("/app/s/llhls.m3u8").status_code == 200


def test_dvr_that_is_off_writes_nothing(tmp_path: Path) -> None:
    config = write_world(tmp_path / "Server.xml", llhls(DVR.format("false")) + hls(DVR.format("false")))
    emulator = Emulator(config=config, streams=[], root=tmp_path / "root")
    emulator.connect("default/app/s")
    emulator.clock.advance(41)

    assert tree(tmp_path / "root") == []
