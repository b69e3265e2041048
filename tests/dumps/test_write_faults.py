"""What each fault of the disk leaves for readers, in the dialect whose users suffer it."""

from __future__ import annotations

from pathlib import Path

import pytest
from dump_api import KEY, NO_INIT, DumpApi, listed, names, parse_info, read_info, started

from ome_mock import faults
from ome_mock.emulator import Emulator

SEGMENT = f"seg_0_10_video_{KEY}_llhls.m4s"
CHUNKLIST = f"chunklist_0_video_{KEY}_llhls.m3u8"


@pytest.fixture
def engine(root: Path) -> Emulator:
    """An emulator in the engine's dialect."""
    return Emulator(root=root, dialect="engine-0.21")


def test_disk_that_fills_ends_a_dump_with_an_error(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.DiskFull(file="seg_0_11_*"))
    assert started(api.start(infoFile="/d1.info"))
    emulator.clock.advance(20)
    assert read_info(root / "d1.info").status == "Error"
    assert [dump["enabled"] for dump in api.dumps()] == [False]
    assert emulator.faults.never_fired == []


def test_disk_that_fills_is_not_noticed_by_the_engine(root: Path, engine: Emulator) -> None:
    api = DumpApi(engine)
    engine.faults.arm(faults.DiskFull(file="seg_0_11_*"))
    api.start(infoFile="/d1.info")
    engine.clock.advance(20)
    api.stop()
    assert (root / "out" / SEGMENT.replace("_10_", "_11_")).stat().st_size == 0
    assert SEGMENT.replace("_10_", "_11_") in listed((root / "out" / CHUNKLIST).read_text())
    assert parse_info((root / "d1.info").read_bytes(), "DumpInfo").status == "Completed"


@pytest.mark.parametrize("dialect", ["docs", "engine-0.21"])
def test_read_only_disk_fails_a_start(root: Path, dialect: str) -> None:
    emulator = Emulator(root=root, dialect=dialect)
    emulator.faults.arm(faults.ReadOnly(file="init_*"))
    answer = DumpApi(emulator).start()
    assert (answer.status, "Could not dump init segment" in answer.body["message"]) == (500, True)


def test_start_succeeds_once_the_fault_is_spent(emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.DiskFull(times=2))
    assert [api.start(), api.start()] == [NO_INIT, NO_INIT]
    assert started(api.start())


def test_directory_that_vanishes_comes_back_with_what_is_written_from_then_on(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(playlist=["llhls.m3u8"])
    emulator.faults.arm(faults.VanishedDirectory(file="seg_0_*"))
    emulator.clock.advance(7)
    assert names(root) == {"out", "out.vanished-1"}
    assert "llhls.m3u8" in names(root / "out.vanished-1")
    assert "llhls.m3u8" not in names(root / "out")
    assert SEGMENT in names(root / "out")


def test_segment_of_zero_bytes_is_listed(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.ZeroBytes(file="seg_0_*"))
    api.start()
    emulator.clock.advance(7)
    assert (root / "out" / SEGMENT).stat().st_size == 0
    assert SEGMENT in listed((root / "out" / CHUNKLIST).read_text())


@pytest.mark.parametrize("dialect", ["docs", "engine-0.21"])
@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (faults.ZeroBytes(), "segment-empty"),
        (faults.Torn(file="seg_*"), "segment-damaged"),
        (faults.SkippedFile(file="seg_*"), "segment-missing"),
        (faults.TimeJump(), "decode-time-jumps"),
        (faults.MediaGap(), "duration-differs"),
        (faults.MissingKeyFrame(), "no-key-frame"),
    ],
    ids=str,
)
def test_segment_that_a_start_finds_open_is_wrong_when_it_is_complete(root: Path, dialect: str, fault: faults.Fault, rule: str) -> None:
    """It is written twice, and a fault that only its first write had would be healed before anybody looks."""
    emulator = Emulator(root=root, dialect=dialect, faults=[fault])
    dump = emulator.start_dump("d1", info_file="/d1.info")
    emulator.clock.advance(20)
    assert rule in {found.rule.name for found in dump.check()}
    assert len(emulator.faults.firings) == 1


def test_full_disk_cuts_the_open_segment_of_the_engine_short(root: Path, engine: Emulator) -> None:
    engine.faults.arm(faults.DiskFull(file="seg_0_*"))
    engine.start_dump("d1")
    engine.clock.advance(20)
    assert (root / "dumps" / "d1" / SEGMENT).stat().st_size == 0


def test_nth_counts_segments_and_not_writes_of_the_open_one(root: Path, emulator: Emulator) -> None:
    emulator.faults.arm(faults.ZeroBytes(file="seg_0_*", nth=2))
    emulator.start_dump("d1")
    emulator.clock.advance(20)
    empty = [path.name for path in (root / "dumps" / "d1").iterdir() if path.stat().st_size == 0]
    assert empty == [SEGMENT.replace("_10_", "_11_")]


def test_start_that_a_fault_failed_leaves_nothing_to_the_next_one(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.ReadOnly(file="seg_0_*"))
    assert api.start().status == 500
    assert started(api.start())
    emulator.clock.advance(20)
    assert [dump["enabled"] for dump in api.dumps()] == [True]
    assert (root / "out" / SEGMENT).stat().st_size > 30_000


def test_torn_info_file_is_healed_by_the_next_write(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info")
    emulator.faults.arm(faults.Torn())
    emulator.clock.advance(7)
    assert not (root / "d1.info").read_text().endswith("</HLSDumpInfo>\n")
    emulator.clock.advance(6)
    assert read_info(root / "d1.info").status == "Running"


def test_init_section_may_be_missing(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.MissingInit())
    api.start(infoFile="/d1.info")
    emulator.clock.advance(7)
    assert f"init_0_video_{KEY}_llhls.m4s" not in names(root / "out")
    assert f"init_1_video_{KEY}_llhls.m4s" in names(root / "out")
    assert f"init_0_video_{KEY}_llhls.m4s" in (root / "out" / CHUNKLIST).read_text()


def test_segment_may_be_missing(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.SkippedFile(file="seg_0_11_*"))
    api.start()
    emulator.clock.advance(20)
    missing = SEGMENT.replace("_10_", "_11_")
    assert missing not in names(root / "out")
    assert missing in listed((root / "out" / CHUNKLIST).read_text())


def test_list_may_forget_old_segments_whose_files_are_there(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.ForgottenSegments(segments=2))
    api.start()
    emulator.clock.advance(30)
    text = (root / "out" / CHUNKLIST).read_text()
    assert listed(text) == [SEGMENT.replace("_10_", f"_{number}_") for number in (13, 14)]
    assert SEGMENT in names(root / "out")
    assert "#EXT-X-MAP" in text
    assert text.endswith("#EXT-X-ENDLIST\n")


def test_info_file_may_say_running_for_ever(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.FrozenInfoFile())
    api.start(infoFile="/d1.info")
    emulator.clock.advance(60)
    api.stop()
    info = read_info(root / "d1.info")
    assert (info.status, len(info.items)) == ("Running", 1)


def test_slow_write_takes_its_time(emulator: Emulator, api: DumpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("ome_mock.faults.plan.FaultPlan.sleep", lambda _, seconds: slept.append(seconds))
    emulator.faults.arm(faults.SlowWrite(2.5, file="seg_0_10_*", nth=2))
    api.start()
    emulator.clock.advance(7)
    assert slept == [2.5]


def test_fault_of_one_dump_leaves_others_alone(emulator: Emulator, api: DumpApi) -> None:
    emulator.faults.arm(faults.DiskFull(dump="d1", times=None))
    assert api.start("d1") == NO_INIT
    assert started(api.start("d2"))
