"""What becomes of a dump, as its info file says: Running, Completed, Error; and the info files of starts that fail."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
from disk_calls import Disk, stand_in
from dump_api import (
    DUPLICATE_ID,
    DUPLICATE_INFO_FILE,
    KEY,
    NO_INIT,
    NO_MASTER,
    NO_SEGMENT,
    Answer,
    DumpApi,
    listed,
    names,
    read_info,
    started,
    tree,
)
from dump_fixtures import Lines

from ome_mock import OmeMock
from ome_mock.emulator import Emulator

INIT = f"init_0_video_{KEY}_llhls.m4s"
CHUNKLISTS = [f"chunklist_0_video_{KEY}_llhls.m3u8", f"chunklist_1_video_{KEY}_llhls.m3u8", f"chunklist_2_audio_{KEY}_llhls.m3u8"]
AT_THE_START = {
    *CHUNKLISTS,
    INIT,
    f"init_1_video_{KEY}_llhls.m4s",
    f"init_2_audio_{KEY}_llhls.m4s",
    f"seg_0_10_video_{KEY}_llhls.m4s",
    f"seg_1_10_video_{KEY}_llhls.m4s",
    f"seg_2_10_audio_{KEY}_llhls.m4s",
}


@pytest.fixture(params=["replace", "in-place"])
def emulator(request: pytest.FixtureRequest, root: Path) -> Emulator:
    return Emulator(root=root, writes=request.param)


@pytest.fixture
def info_file(root: Path) -> Path:
    return root / "d1.info"


def enabled(api: DumpApi) -> bool:
    enabled: bool = api.dumps()[0]["enabled"]
    return enabled


# Completed


def test_running_dump_that_is_stopped_is_completed(emulator: Emulator, api: DumpApi, info_file: Path) -> None:
    api.start(infoFile="/d1.info")
    assert read_info(info_file).status == "Running"
    emulator.clock.advance(20)
    assert read_info(info_file).status == "Running"
    items = read_info(info_file).items

    assert started(api.stop())
    assert read_info(info_file).status == "Completed"
    assert read_info(info_file).items == items
    assert not enabled(api)


def test_stop_writes_what_fell_due_before_it_and_nothing_else(root: Path, emulator: Emulator, api: DumpApi, info_file: Path) -> None:
    api.start(infoFile="/d1.info")
    emulator.clock.advance(20)
    before = tree(root / "out")

    api.stop()

    assert tree(root / "out") == before


def test_stopped_dump_grows_no_more(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info")
    api.stop()
    before = tree(root)

    emulator.clock.advance(60)

    assert tree(root) == before


def test_stop_again_writes_the_same_again(emulator: Emulator, api: DumpApi, info_file: Path) -> None:
    api.start(infoFile="/d1.info")
    api.stop()
    text = info_file.read_bytes()
    info_file.unlink()

    assert started(api.stop())
    assert info_file.read_bytes() == text


def test_stop_of_all_completes_every_info_file(root: Path, emulator: Emulator, api: DumpApi) -> None:
    for number in range(3):
        api.start(f"d{number}", infoFile=f"/d{number}.info", outputPath=f"/out{number}")

    assert started(api.stop(None))
    assert [read_info(root / f"d{number}.info").status for number in range(3)] == ["Completed"] * 3


def test_end_of_the_stream_completes_the_dump(emulator: Emulator, api: DumpApi, info_file: Path) -> None:
    api.start(infoFile="/d1.info")
    emulator.clock.advance(20)
    items = read_info(info_file).items

    emulator.disconnect("default/app/stream")

    assert read_info(info_file).status == "Completed"
    assert read_info(info_file).items == items


def test_end_of_the_stream_completes_a_dump_that_was_still_queued(emulator: Emulator, api: DumpApi, info_file: Path) -> None:
    emulator.connect("default/app/later", ready=True)
    api.start(stream="later", infoFile="/d1.info")

    emulator.disconnect("default/app/later")

    assert read_info(info_file).status == "Completed"
    assert read_info(info_file).items == []


def test_shutdown_of_the_emulator_completes_the_dump(ome: OmeMock, tmp_path: Path) -> None:
    DumpApi(ome).start(infoFile="/d1.info")

    ome.stop()

    assert read_info(tmp_path / "d1.info").status == "Completed"


# Error


def test_directory_replaced_by_a_file_ends_the_dump_with_an_error(
    root: Path, emulator: Emulator, api: DumpApi, info_file: Path, dumps_log: Lines
) -> None:
    api.start(infoFile="/d1.info", playlist=["llhls.m3u8"])
    emulator.clock.advance(7)
    items = read_info(info_file).items
    shutil.rmtree(root / "out")
    (root / "out").write_text("x")

    emulator.clock.advance(20)

    assert read_info(info_file).status == "Error"
    assert read_info(info_file).items == items
    assert not enabled(api)
    assert (root / "out").read_text() == "x"
    assert dumps_log.warnings == [
        f"dump d1 of default/app/stream ended: could not write /out/seg_2_11_audio_{KEY}_llhls.m4s: Not a directory"
    ]


@pytest.fixture
def failed(root: Path, emulator: Emulator, api: DumpApi, info_file: Path) -> bytes:
    """The info file of a dump that has failed."""
    api.start(infoFile="/d1.info")
    shutil.rmtree(root / "out")
    (root / "out").write_text("x")
    emulator.clock.advance(7)
    return info_file.read_bytes()


def test_stop_leaves_an_error(failed: bytes, api: DumpApi, info_file: Path) -> None:
    assert started(api.stop())
    assert started(api.stop())
    assert started(api.stop(None))
    assert info_file.read_bytes() == failed
    assert read_info(info_file).status == "Error"


def test_end_of_the_stream_leaves_an_error(failed: bytes, emulator: Emulator, info_file: Path) -> None:
    emulator.disconnect("default/app/stream")

    assert info_file.read_bytes() == failed


def test_directory_that_is_one_again_does_not_revive_a_failed_dump(failed: bytes, root: Path, emulator: Emulator, api: DumpApi) -> None:
    (root / "out").unlink()
    (root / "out").mkdir()

    emulator.clock.advance(60)

    assert names(root / "out") == set()
    assert not enabled(api)


def test_failed_dump_keeps_its_id_and_its_info_file_taken(failed: bytes, api: DumpApi) -> None:
    assert api.start("d1", outputPath="/fine") == DUPLICATE_ID
    assert api.start("d2", outputPath="/fine", infoFile="/d1.info") == DUPLICATE_INFO_FILE


def test_other_dumps_go_on_when_one_fails(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start("a", outputPath="/bad")
    api.start("b", outputPath="/good", infoFile="/b.info")
    shutil.rmtree(root / "bad")
    (root / "bad").write_text("x")

    emulator.clock.advance(20)

    assert [dump["enabled"] for dump in api.dumps()] == [False, True]
    assert len(read_info(root / "b.info").items) == 27


class FullOnce(Disk):
    """A disk on which there is space again after the first write that failed."""

    def write(self, descriptor: int, data: memoryview) -> int:
        try:
            return super().write(descriptor, data)
        except OSError:
            self.free = None
            raise


@pytest.fixture
def whole(root: Path) -> Path:
    """The first 22 seconds of the same dump, on a disk with space."""
    emulator = Emulator(root=root)
    DumpApi(emulator).start(outputPath="/whole")
    emulator.clock.advance(22)
    return root / "whole"


def assert_lists_complete_segments_only(directory: Path, whole: Path) -> None:
    for name in CHUNKLISTS:
        text = (directory / name).read_text()
        assert text.startswith("#EXTM3U\n")
        assert text.endswith("#EXT-X-ENDLIST\n")
        for segment in listed(text):
            assert (directory / segment).read_bytes() == (whole / segment).read_bytes()


@pytest.mark.parametrize("free", [0, 1, 20_000, 60_000, 100_000, 200_000, 250_000])
def test_disk_that_is_full_for_a_while_ends_the_dump_with_an_error(
    free: int, root: Path, whole: Path, emulator: Emulator, api: DumpApi, info_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The segment that does not fit is cut short."""
    api.start(infoFile="/d1.info")
    emulator.clock.advance(2)
    stand_in(monkeypatch, FullOnce(free))
    emulator.clock.advance(20)

    assert read_info(info_file).status == "Error"
    assert not enabled(api)
    assert [name for name in names(root / "out") | names(root) if name.startswith(".")] == []
    assert_lists_complete_segments_only(root / "out", whole)


@pytest.mark.parametrize(
    ("free", "segments"), [(0, 0), (62_000, 1), (200_000, 2), (251_100, 3)], ids=["at once", "soon", "later", "in a chunklist"]
)
def test_disk_that_stays_full_tears_nothing_and_a_stop_says_error_once_there_is_space(
    free: int, segments: int, root: Path, whole: Path, info_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = Emulator(root=root, writes="replace")
    api = DumpApi(emulator)
    api.start(infoFile="/d1.info")
    emulator.clock.advance(2)
    with monkeypatch.context() as patch:
        stand_in(patch, Disk(free))
        emulator.clock.advance(20)
    assert read_info(info_file).status == "Running"
    assert not enabled(api)
    assert_lists_complete_segments_only(root / "out", whole)
    complete = [name for name in names(whole) if name.startswith("seg_0") and (root / "out" / name).is_file()]
    assert sum((root / "out" / name).read_bytes() == (whole / name).read_bytes() for name in complete) == segments

    assert started(api.stop())
    assert read_info(info_file).status == "Error"


def test_stop_on_a_full_disk_is_made_good_by_another(root: Path, info_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = DumpApi(Emulator(root=root, writes="replace"))
    api.start(infoFile="/d1.info")
    with monkeypatch.context() as patch:
        stand_in(patch, Disk(0))
        assert started(api.stop())
    assert not enabled(api)
    assert read_info(info_file).status == "Running"

    assert started(api.stop())
    assert read_info(info_file).status == "Completed"


@pytest.mark.parametrize(("call", "number"), [("open", errno.EMFILE), ("open", errno.EIO), ("stat", errno.EIO), ("rename", errno.EIO)])
def test_call_that_fails_ends_the_dump(call: str, number: int, root: Path, info_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = Emulator(root=root, writes="replace")
    api = DumpApi(emulator)
    api.start(infoFile="/d1.info")
    with monkeypatch.context() as patch:
        stand_in(patch, Disk(fails_with={call: number}))
        emulator.clock.advance(20)
    assert not enabled(api)

    assert started(api.stop())
    assert read_info(info_file).status == "Error"


@pytest.mark.parametrize("call", ["open", "mkdir"])
def test_call_that_fails_fails_the_start(call: str, root: Path, api: DumpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        stand_in(patch, Disk(fails_with={call: errno.EACCES}))
        assert api.start(infoFile="/d1.info") == NO_INIT

    assert names(root) == set()
    assert started(api.start(infoFile="/d1.info"))


def test_dump_whose_root_is_removed_ends_and_harms_no_other(root: Path, emulator: Emulator, api: DumpApi, tmp_path: Path) -> None:
    api.start(infoFile="/d1.info")
    shutil.rmtree(root)

    emulator.clock.advance(20)
    assert started(api.stop())

    assert names(tmp_path) - {"root"} == set()
    assert not enabled(api)


def test_chunklist_that_cannot_be_replaced_ends_the_dump_with_an_error(
    root: Path, api: DumpApi, emulator: Emulator, info_file: Path
) -> None:
    api.start(infoFile="/d1.info")
    (root / "out" / CHUNKLISTS[0]).unlink()
    (root / "out" / CHUNKLISTS[0]).mkdir()

    emulator.clock.advance(20)

    assert read_info(info_file).status == "Error"
    assert not enabled(api)


def test_info_file_that_cannot_be_written_ends_the_dump(root: Path, api: DumpApi, emulator: Emulator, info_file: Path) -> None:
    api.start(infoFile="/info/d1.info")
    shutil.rmtree(root / "info")
    (root / "info").write_text("x")

    emulator.clock.advance(20)

    assert not enabled(api)
    assert started(api.stop())


# Queued starts that turn out wrong


def test_queued_dump_that_names_an_unknown_playlist_ends_with_an_error(
    root: Path, emulator: Emulator, api: DumpApi, info_file: Path, dumps_log: Lines
) -> None:
    emulator.connect("default/app/later", ready=True)
    assert api.start(stream="later", infoFile="/d1.info", playlist=["nope.m3u8"]).status == 200
    assert api.dumps(stream="later")[0]["enabled"] is True
    assert names(root) == set()

    emulator.clock.advance(30)

    assert read_info(info_file).status == "Error"
    assert api.dumps(stream="later")[0]["enabled"] is False
    assert dumps_log.warnings == ["dump d1 of default/app/later ended: default/app/later has no playlist 'nope.m3u8'"]
    assert [file.split("_")[0] for _, _, file in read_info(info_file).items] == [
        *["/out/seg", "/out/chunklist"] * 2,
        *["/out/init"] * 3,
    ]


def test_queued_dump_whose_directory_cannot_be_made_ends_with_an_error(
    root: Path, emulator: Emulator, api: DumpApi, info_file: Path
) -> None:
    (root / "file").write_text("x")
    emulator.connect("default/app/later", ready=True)
    assert api.start(stream="later", outputPath="/file/x", infoFile="/d1.info").status == 200

    emulator.clock.advance(30)

    assert read_info(info_file).status == "Error"
    assert read_info(info_file).items == []
    assert api.dumps(stream="later")[0]["enabled"] is False


def test_queued_dump_leaves_an_info_file_alone_that_was_made_meanwhile(
    root: Path, emulator: Emulator, api: DumpApi, info_file: Path
) -> None:
    emulator.connect("default/app/later", ready=True)
    assert api.start(stream="later", infoFile="/d1.info").status == 200
    info_file.write_text("of somebody else")

    emulator.clock.advance(30)
    api.stop(stream="later")

    assert info_file.read_text() == "of somebody else"
    assert api.dumps(stream="later")[0]["enabled"] is False


# Info files that exist


def test_info_file_on_disk_fails_the_start_and_is_left_alone(root: Path, api: DumpApi, info_file: Path) -> None:
    info_file.write_text("of somebody else")
    before = tree(root)

    assert api.start(infoFile="/d1.info") == DUPLICATE_INFO_FILE
    assert tree(root) == before
    assert api.dumps() == []
    assert started(api.start(infoFile="/d1-new.info"))


def test_queued_start_with_an_info_file_on_disk_fails_at_once(root: Path, emulator: Emulator, api: DumpApi, info_file: Path) -> None:
    info_file.write_text("of somebody else")
    emulator.connect("default/app/later", ready=True)

    assert api.start(stream="later", infoFile="/d1.info").body["message"] == (
        "Could not start dump: [default/app/later] (Duplicate info file) (500)"
    )
    assert info_file.read_text() == "of somebody else"


def test_duplicate_id_is_said_before_a_duplicate_info_file(api: DumpApi, info_file: Path) -> None:
    api.start("d1")
    info_file.write_text("of somebody else")

    assert api.start("d1", infoFile="/d1.info") == DUPLICATE_ID
    assert api.start("d2", infoFile="/d1.info") == DUPLICATE_INFO_FILE


@pytest.mark.parametrize("spelled", ["/d1.info", "//d1.info", "/./d1.info", "d1.info", "{root}/d1.info"])
def test_info_file_of_another_dump_is_taken_however_it_is_spelled(spelled: str, root: Path, api: DumpApi, info_file: Path) -> None:
    api.start("d1", infoFile="/d1.info")
    text = info_file.read_bytes()

    assert api.start("d2", infoFile=spelled.format(root=root)) == DUPLICATE_INFO_FILE
    assert api.start("d3", output="stream2", infoFile=spelled.format(root=root)).status == 500
    assert info_file.read_bytes() == text


def test_info_file_of_a_stopped_dump_stays_taken_even_when_it_is_removed(api: DumpApi, info_file: Path) -> None:
    api.start("d1", infoFile="/d1.info")
    api.stop("d1")
    info_file.unlink()

    assert api.start("d2", infoFile="/d1.info") == DUPLICATE_INFO_FILE
    assert not info_file.exists()


# Starts that fail


def test_failed_start_takes_back_its_info_file_and_keeps_the_rest(root: Path, api: DumpApi) -> None:
    assert api.start(infoFile="/d1.info", playlist=["llhls.m3u8", "nope.m3u8", "abr.m3u8"]) == NO_MASTER
    assert names(root) == {"out"}
    assert names(root / "out") == AT_THE_START | {"llhls.m3u8"}
    assert api.dumps() == []

    assert started(api.start(infoFile="/d1.info", playlist=["llhls.m3u8", "abr.m3u8"]))
    assert names(root / "out") == AT_THE_START | {"llhls.m3u8", "abr.m3u8"}
    assert len(read_info(root / "d1.info").items) == 11


@pytest.mark.parametrize(
    ("free", "refused"), [(0, NO_INIT), (100, NO_INIT), (700, NO_INIT), (9_000, NO_SEGMENT)],
    ids=["at the first byte", "in the init section", "in the info file", "in a segment"],
)  # fmt: skip
def test_start_on_a_full_disk_fails_and_leaves_no_info_file(
    free: int, refused: Answer, root: Path, api: DumpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stand_in(patch, Disk(free))
        assert api.start(infoFile="/d1.info", playlist=["llhls.m3u8"]) == refused

    assert not (root / "d1.info").exists()
    assert [name for name in names(root / "out") | names(root) if name.startswith(".")] == []
    assert started(api.start(infoFile="/d1.info", playlist=["llhls.m3u8"]))


def test_info_file_is_created_and_taken_back_where_there_are_no_hard_links(
    root: Path, api: DumpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, Disk(fails_with={"link": errno.EPERM}))

    assert api.start(infoFile="/d1.info", playlist=["nope"]) == NO_MASTER
    assert names(root) == {"out"}
    assert started(api.start(infoFile="/d1.info"))
    assert api.start("d2", infoFile="/d1.info") == DUPLICATE_INFO_FILE
    assert read_info(root / "d1.info").status == "Running"


def test_start_on_a_full_disk_without_hard_links_leaves_no_info_file(root: Path, api: DumpApi, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        stand_in(patch, Disk(1_100, fails_with={"link": errno.EPERM}))
        assert api.start(infoFile="/d1.info") == NO_INIT

    assert not (root / "d1.info").exists()
    assert started(api.start(infoFile="/d1.info"))


# Where it lies


def test_info_file_without_a_slash_lies_in_the_root(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert started(api.start(infoFile="job.xml"))
    emulator.clock.advance(20)

    assert read_info(root / "job.xml").status == "Running"
    assert emulator.dumps["d1"].info_file == root / "job.xml"


def test_info_file_without_a_slash_lies_in_the_working_directory_where_there_is_no_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert started(DumpApi(Emulator()).start(outputPath="out", infoFile="job.xml"))
    assert read_info(tmp_path / "job.xml").items[0][2] == f"out/{INIT}"


def test_info_file_may_lie_among_the_files_of_the_dump(root: Path, api: DumpApi, emulator: Emulator) -> None:
    assert started(api.start(infoFile="/out/d1.info"))
    emulator.clock.advance(20)

    assert read_info(root / "out" / "d1.info").status == "Running"
    assert not [file for _, _, file in read_info(root / "out" / "d1.info").items if file.endswith(".info")]


@pytest.mark.parametrize("info_file", ["/info/", "info/", "/a/b//", "/out/", "/kept/", "/", "//"])
def test_info_file_that_names_no_file_fails_the_start_after_the_first_init_section(info_file: str, root: Path, api: DumpApi) -> None:
    (root / "kept").mkdir()

    assert api.start(infoFile=info_file) == NO_INIT
    assert [path.name for path in root.rglob("*") if path.is_file()] == [INIT]
    assert started(api.start(infoFile="/d1.info"))


@pytest.mark.parametrize("info_file", ["/kept/.", "."])
def test_info_file_called_a_dot_is_refused_before_anything_is_written(info_file: str, root: Path, api: DumpApi) -> None:
    (root / "kept").mkdir()
    before = tree(root)

    assert api.start(infoFile=info_file) == NO_INIT
    assert tree(root) == before


def test_directory_of_the_info_file_comes_back_when_it_is_removed(root: Path, api: DumpApi, emulator: Emulator) -> None:
    api.start(infoFile="/a/b/d1.info")
    shutil.rmtree(root / "a")
    emulator.clock.advance(7)

    assert len(read_info(root / "a" / "b" / "d1.info").items) == 15


def test_info_file_that_is_removed_comes_back_whole(api: DumpApi, emulator: Emulator, info_file: Path) -> None:
    api.start(infoFile="/d1.info")
    info_file.unlink()
    emulator.clock.advance(7)

    assert len(read_info(info_file).items) == 15
