"""What dumps are in dialect `engine-0.21`, where the documentation has them otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from disk_calls import Disk, stand_in
from dump_api import KEY, Answer, DumpApi, names, parse_info
from dump_fixtures import Lines

from ome_mock.emulator import Emulator

OK = Answer(200, {"message": "OK", "statusCode": 200})


def not_started(reason: str) -> Answer:
    return Answer(500, {"message": f"[HTTP] Could not start dump: [default/app/stream] ({reason}) (500)", "statusCode": 500})


@pytest.fixture
def emulator(root: Path) -> Emulator:
    return Emulator(root=root, dialect="engine-0.21")


def test_info_file_without_a_slash_fails_the_start_and_says_why(root: Path, api: DumpApi, dumps_log: Lines) -> None:
    assert api.start(infoFile="job.info") == not_started("Could not dump init segment")
    assert api.dumps() == []
    assert not (root / "job.info").exists()
    assert any("crashes a real OvenMediaEngine" in line for line in dumps_log.warnings)


def test_queued_dump_with_an_info_file_without_a_slash_ends_at_its_first_write(root: Path, emulator: Emulator, api: DumpApi) -> None:
    emulator.connect("default/app/later", ready=True)
    assert api.start(stream="later", infoFile="job.info") == OK
    emulator.clock.advance(10)
    assert [dump["enabled"] for dump in api.dumps(stream="later")] == [False]
    assert not (root / "job.info").exists()


def test_info_file_that_exists_is_overwritten(root: Path, api: DumpApi) -> None:
    (root / "d1.info").write_text("of somebody else")
    assert api.start(infoFile="/d1.info") == OK
    assert parse_info((root / "d1.info").read_bytes(), "DumpInfo").status == "Running"


def test_user_data_is_pasted_byte_for_byte(root: Path, api: DumpApi) -> None:
    assert api.start(infoFile="/d1.info", userData="a<b & 'c' \udcff\udc80 한") == OK
    assert b"\t<UserData>a<b & 'c' \xff\x80 \xed\x95\x9c</UserData>\n" in (root / "d1.info").read_bytes()


def test_layout_of_the_info_file(root: Path, api: DumpApi) -> None:
    assert api.start(infoFile="/d1.info", playlist=[]) == OK
    assert (root / "d1.info").read_text().startswith(
        "<DumpInfo>\n"
        "\t<UserData></UserData>\n"
        "\t<Stream>stream</Stream>\n"
        "\t<Status>Running</Status>\n"
        "\t<Items>\n"
        "\t\t<Item>\n"
        "\t\t\t<Seq>0</Seq>\n"
        "\t\t\t<Time>2026-01-01T00:00:00.000+00:00</Time>\n"
        f"\t\t\t<File>/out/init_0_video_{KEY}_llhls.m4s</File>\n"
        "\t\t</Item>\n"
    )  # fmt: skip
    assert (root / "d1.info").read_text().endswith("\t\t</Item>\n\t</Items>\n</DumpInfo>\n")


def test_full_disk_is_not_noticed(root: Path, emulator: Emulator, api: DumpApi, dumps_log: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are cut short or empty, all listed, without an error, and `Completed` in the end (users-pains.md#full-disk)."""
    assert api.start(infoFile="/d1.info") == OK
    with monkeypatch.context() as patch:
        stand_in(patch, Disk(1000))
        emulator.clock.advance(20)
    assert [dump["enabled"] for dump in api.dumps()] == [True]
    assert sum("cut short" in line for line in dumps_log.warnings) > 0
    assert {path.stat().st_size for path in (root / "out").glob(f"seg_0_1[12]_video_{KEY}_llhls.m4s")} == {0}

    assert api.stop() == OK
    info = parse_info((root / "d1.info").read_bytes(), "DumpInfo")
    assert info.status == "Completed"
    assert f"/out/seg_0_12_video_{KEY}_llhls.m4s" in [file for _, _, file in info.items]


def test_directory_that_can_not_be_opened_is_noticed(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert api.start(infoFile="/d1.info") == OK
    (root / "out").rename(root / "moved")
    (root / "out").write_text("in the way")
    emulator.clock.advance(10)
    assert [dump["enabled"] for dump in api.dumps()] == [False]
    assert parse_info((root / "d1.info").read_bytes(), "DumpInfo").status == "Running"


def test_files_are_rewritten_in_place(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert api.start(infoFile="/d1.info") == OK
    inodes = {path.name: path.stat().st_ino for path in [root / "d1.info", *(root / "out").iterdir()]}
    emulator.clock.advance(20)
    assert {name: inode for name, inode in inodes.items() if name.endswith((".info", ".m3u8"))} == {
        path.name: path.stat().st_ino for path in [root / "d1.info", *(root / "out").glob("*.m3u8")]
    }


def test_files_are_replaced_where_that_is_asked_for(root: Path) -> None:
    emulator = Emulator(root=root, dialect="engine-0.21", writes="replace")
    assert DumpApi(emulator).start(infoFile="/d1.info") == OK
    before = (root / "d1.info").stat().st_ino
    emulator.clock.advance(20)
    assert (root / "d1.info").stat().st_ino != before
    assert not [name for name in names(root) if name.startswith(".")]
