"""What lies in the directories of dumps: alone, shared, removed in between, and beside what the engine wrote."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from dump_api import KEY, DumpApi, listed, names, parse_info, read_info, started, tree

from ome_mock.emulator import Emulator

FIXTURES = Path(__file__).parents[2] / "fixtures" / "dumps"
CHUNKLIST = f"chunklist_0_video_{KEY}_llhls.m3u8"
MASTER = "llhls.m3u8"


@pytest.fixture(params=["replace", "in-place"])
def emulator(request: pytest.FixtureRequest, root: Path) -> Emulator:
    return Emulator(root=root, writes=request.param)


def segments(directory: Path, chunklist: str = CHUNKLIST) -> list[int]:
    """The numbers of the segments that a chunklist names."""
    return [int(name.split("_")[2]) for name in listed((directory / chunklist).read_text())]


# Two dumps


def test_dumps_that_share_a_directory_write_the_same_segments(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert started(api.start("one", outputPath="/same", infoFile="/one.info", playlist=[MASTER]))
    emulator.clock.advance(10)
    assert started(api.start("two", outputPath="/same", infoFile="/two.info", playlist=[MASTER]))
    assert started(api.start("alone", outputPath="/alone"))
    emulator.clock.advance(20)

    assert {name for name in names(root / "same") if name.startswith("seg_0")} == {
        f"seg_0_{number}_video_{KEY}_llhls.m4s" for number in (10, 11, 12, 13, 14)
    }
    for name in names(root / "alone"):
        assert (root / "same" / name).read_bytes() == (root / "alone" / name).read_bytes()
    assert segments(root / "same") == [12, 13, 14]
    assert len(read_info(root / "one.info").items) == 40
    assert len(read_info(root / "two.info").items) == 28
    assert [dump["enabled"] for dump in api.dumps()] == [True, True, True]


@pytest.mark.parametrize(
    ("first", "second", "winner"), [("a", "b", [12, 13]), ("b", "a", [10, 11, 12, 13])], ids=["the second", "the first"]
)
def test_dump_whose_id_sorts_last_has_the_last_word_in_a_shared_directory(
    first: str, second: str, winner: list[int], root: Path, emulator: Emulator, api: DumpApi
) -> None:
    """The engine writes for every dump in byte order of the ids (dump-output.md#disk-writes)."""
    api.start(first, outputPath="/same")
    emulator.clock.advance(10)
    api.start(second, outputPath="/same")
    emulator.clock.advance(12)

    assert segments(root / "same") == winner


def test_dump_goes_on_in_a_shared_directory_when_the_other_is_stopped(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start("one", outputPath="/same", infoFile="/one.info")
    emulator.clock.advance(10)
    api.start("two", outputPath="/same", infoFile="/two.info")
    api.stop("two")
    emulator.clock.advance(12)

    assert segments(root / "same") == [10, 11, 12, 13]
    assert read_info(root / "one.info").status == "Running"
    assert read_info(root / "two.info").status == "Completed"


def test_dump_after_a_stopped_one_leaves_its_older_segments_orphaned(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start("one")
    emulator.clock.advance(20)
    api.stop("one")
    before = {name: (root / "out" / name).read_bytes() for name in names(root / "out") if name.startswith("seg_")}
    emulator.clock.advance(20)
    api.start("two")
    emulator.clock.advance(12)

    assert segments(root / "out") == [17, 18]
    assert {name: (root / "out" / name).read_bytes() for name in before} == before


def test_dumps_of_two_outputs_in_one_directory_have_names_of_their_own(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert started(api.start("d1", output="stream", infoFile="/one.info"))
    assert started(api.start("d1", output="stream2", infoFile="/two.info"))
    emulator.clock.advance(20)

    first = {Path(file).name for _, _, file in read_info(root / "one.info").items}
    second = {Path(file).name for _, _, file in read_info(root / "two.info").items}
    assert (len(first), len(second)) == (3 * 5, 2 * 5)
    assert not first & second
    assert names(root / "out") == first | second
    assert {emulator.dumps["default/app/stream", "d1"].enabled, emulator.dumps["default/app/stream2", "d1"].enabled} == {True}


def test_master_playlists_of_two_outputs_in_one_directory_are_those_of_the_later_start(
    root: Path, emulator: Emulator, api: DumpApi
) -> None:
    api.start("d1", output="stream", playlist=[MASTER])
    api.start("d1", output="stream2", playlist=[MASTER])
    emulator.clock.advance(20)

    assert KEY not in (root / "out" / MASTER).read_text()


def test_dump_of_a_stream_that_came_back_lies_beside_the_earlier_one(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start("d1", infoFile="/one.info", playlist=[MASTER])
    emulator.clock.advance(20)
    emulator.disconnect("default/app/stream")
    before = {name: tree(root / "out")[name] for name in names(root / "out") - {MASTER}}
    emulator.connect("default/app/stream", ready=True)
    emulator.clock.advance(20)

    assert started(api.start("d1", infoFile="/two.info", playlist=[MASTER]))
    emulator.clock.advance(20)

    after = tree(root / "out")
    assert {name: after[name] for name in before} == before
    assert read_info(root / "one.info").status == "Completed"
    keys = {re.split("[_.]", name)[-3] for name in names(root / "out") if name != MASTER}
    assert len(keys) == 2
    assert KEY not in (root / "out" / MASTER).read_text()


# A directory that goes away


def test_directory_removed_while_a_dump_runs_comes_back_with_what_is_written_from_then_on(
    root: Path, emulator: Emulator, api: DumpApi
) -> None:
    """Recorded: story directory-removed-while-running."""
    emulator.connect("default/app/camera", audio=False, protocol="srt", ready=True)
    emulator.clock.advance(27)
    assert api.start(stream="camera", output="camera2", outputPath="/a/d1", infoFile="/d1.info", playlist=[MASTER]).status == 200
    key = re.findall("init_3_video_(.{8})_llhls", read_info(root / "d1.info").items[0][2])[0]
    shutil.rmtree(root / "a")
    emulator.clock.advance(18)

    assert names(root / "a" / "d1") == {
        f"chunklist_3_video_{key}_llhls.m3u8",
        f"seg_3_4_video_{key}_llhls.m4s",
        f"seg_3_5_video_{key}_llhls.m4s",
        f"seg_3_6_video_{key}_llhls.m4s",
    }
    assert segments(root / "a" / "d1", f"chunklist_3_video_{key}_llhls.m3u8") == [4, 5, 6]
    assert read_info(root / "d1.info").status == "Running"
    assert len(read_info(root / "d1.info").items) == 4 + 6
    assert api.dumps(stream="camera", output="camera2")[0]["enabled"] is True


def test_file_removed_while_a_dump_runs_is_not_written_again_but_for_lists(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(playlist=[MASTER])
    emulator.clock.advance(10)
    gone = {f"seg_0_11_video_{KEY}_llhls.m4s", f"init_0_video_{KEY}_llhls.m4s", MASTER}
    for name in gone | {CHUNKLIST}:
        (root / "out" / name).unlink()
    emulator.clock.advance(6)

    assert not gone & names(root / "out")
    assert segments(root / "out") == [10, 11, 12]


def test_uploader_may_take_segments_away_as_they_come(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info")
    taken: list[str] = []
    for _ in range(5):
        emulator.clock.advance(6)
        for path in sorted((root / "out").glob("seg_*")):
            taken.append(path.name)
            path.unlink()

    assert sorted(taken) == sorted(
        f"seg_{track}_{number}_{kind}_{KEY}_llhls.m4s"
        for track, kind in ((0, "video"), (1, "video"), (2, "audio"))
        for number in range(10, 15)
    )
    assert segments(root / "out") == [10, 11, 12, 13, 14]


# Beside the engine's


def pattern(name: str, first_id: int = 0) -> str:
    """A file's name without what differs from stream to stream: the key, and numbers relative to the first track."""
    name = re.sub(r"_[0-9A-Za-z]{8}_llhls", "_KEY_llhls", name)
    return re.sub(r"^(init|seg|chunklist)_(\d+)_(\d+_)?", lambda m: f"{m[1]}_{int(m[2]) - first_id}_{'N_' if m[3] else ''}", name)


def tags(path: Path) -> list[str]:
    """A playlist's tags and kinds of lines, in their order."""
    return [line.partition(":")[0] if line.startswith("#") else pattern(line, 0)[:4] for line in path.read_text().splitlines()]


STORIES = {
    "two playlists of three tracks": ("abr-two-playlists", {}, [MASTER, "abr.m3u8"], 63.2, 9.2, "", 0),
    "audio alone": ("audio-only", {"video": False, "protocol": "srt"}, [MASTER], 27.0, 9.5, "", 0),
    "queued": ("started-before-the-playlist-is-ready", {}, [MASTER], 0.2, 26.0, "2", 4),
}


@pytest.mark.parametrize(("story", "tracks", "playlists", "live_s", "dumped_s", "output", "first_id"), STORIES.values(), ids=STORIES)
def test_files_and_items_are_called_as_the_engine_calls_them(
    story: str, tracks: dict[str, Any], playlists: list[str], live_s: float, dumped_s: float, output: str, first_id: int,
    root: Path, emulator: Emulator, api: DumpApi,
) -> None:  # fmt: skip
    recorded, recorded_info = FIXTURES / story / "d1", FIXTURES / story / "d1.info"
    emulator.connect("default/app/camera", **tracks, ready=True)
    emulator.clock.advance(live_s)
    assert api.start(stream="camera", output=f"camera{output}", infoFile="/d1.info", playlist=playlists).status == 200
    emulator.clock.advance(dumped_s)

    def of(directory: Path, base: int) -> list[str]:
        return sorted(pattern(name, base) for name in names(directory))

    def items(text: str, root: str, base: int) -> list[str]:
        return [pattern(Path(file).name, base) for _, _, file in parse_info(text, root).items]

    assert of(root / "out", first_id) == of(recorded, 0)
    for path in sorted((root / "out").glob("*.m3u8")):
        twin = next(each for each in recorded.iterdir() if pattern(each.name) == pattern(path.name, first_id))
        assert tags(path) == tags(twin)
    recorded_items = items(recorded_info.read_text(), "DumpInfo", 0)
    assert items((root / "d1.info").read_text(), "HLSDumpInfo", first_id)[: len(recorded_items)] == recorded_items
