"""Things that stand where a dump wants to write a file: none hangs it, none is harmed, each fails as an unwritable file does."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from dump_api import DUPLICATE_INFO_FILE, KEY, NO_INIT, NO_MASTER, NO_SEGMENT, Answer, DumpApi, names, read_info, started

from ome_mock.emulator import Emulator

INIT = f"init_0_video_{KEY}_llhls.m4s"
OPEN_SEGMENT = f"seg_0_10_video_{KEY}_llhls.m4s"
NEXT_SEGMENT = f"seg_0_11_video_{KEY}_llhls.m4s"
CHUNKLIST = f"chunklist_0_video_{KEY}_llhls.m3u8"
MASTER = "llhls.m3u8"

Result = TypeVar("Result")


def in_time(action: Callable[[], Result]) -> Result:
    """The result of an action that might wait for ever."""
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.append(action()), daemon=True)
    thread.start()
    thread.join(20)
    assert results, "it waits"
    return results[0]


def make_directory(path: Path) -> None:
    path.mkdir()


def make_full_directory(path: Path) -> None:
    path.mkdir()
    (path / "file").write_text("of somebody else")


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            listener.bind(f"/proc/self/fd/{descriptor}/{path.name}")  # the path itself may be too long for a socket
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            pytest.skip("no short path for a socket here")
        finally:
            os.close(descriptor)


OBSTACLES = {
    "a directory": make_directory,
    "a directory that is not empty": make_full_directory,
    "a pipe that nobody reads": make_pipe,
    "a socket": make_socket,
}
NAMES = {
    "an init section": (INIT, NO_INIT),
    "a segment": (OPEN_SEGMENT, NO_SEGMENT),
    "a chunklist": (CHUNKLIST, NO_SEGMENT),
    "a master playlist": (MASTER, NO_MASTER),
}

each_name = pytest.mark.parametrize(("name", "refused"), NAMES.values(), ids=NAMES)
each_obstacle = pytest.mark.parametrize("make", OBSTACLES.values(), ids=OBSTACLES)


@pytest.fixture(params=["replace", "in-place"])
def emulator(request: pytest.FixtureRequest, root: Path) -> Emulator:
    return Emulator(root=root, writes=request.param)


@each_obstacle
@each_name
def test_obstacle_in_the_place_of_a_file_fails_the_start(
    name: str, refused: Answer, make: Callable[[Path], None], root: Path, api: DumpApi
) -> None:
    (root / "out").mkdir()
    make(root / "out" / name)
    before = os.lstat(root / "out" / name)

    assert in_time(lambda: api.start(infoFile="/d1.info", playlist=["abr.m3u8", MASTER])) == refused
    assert os.lstat(root / "out" / name) == before
    assert not (root / "d1.info").exists()
    assert [file for file in names(root / "out") if file.startswith(".")] == []
    assert api.dumps() == []


def test_start_that_several_obstacles_fail_gives_the_reason_of_the_first(root: Path, api: DumpApi) -> None:
    for name in (MASTER, CHUNKLIST):
        (root / "out" / name).mkdir(parents=True)
    assert api.start(playlist=[MASTER]) == NO_SEGMENT


@each_obstacle
def test_obstacle_in_the_place_of_the_info_file_is_a_file_that_exists(make: Callable[[Path], None], root: Path, api: DumpApi) -> None:
    make(root / "d1.info")
    before = os.lstat(root / "d1.info")

    assert in_time(lambda: api.start(infoFile="/d1.info")) == DUPLICATE_INFO_FILE
    assert os.lstat(root / "d1.info") == before
    assert names(root) == {"d1.info"}


@each_obstacle
def test_obstacle_in_the_place_of_the_next_segment_ends_the_dump(
    make: Callable[[Path], None], root: Path, emulator: Emulator, api: DumpApi
) -> None:
    api.start(infoFile="/d1.info")
    make(root / "out" / NEXT_SEGMENT)
    before = os.lstat(root / "out" / NEXT_SEGMENT)

    in_time(lambda: emulator.clock.advance(20) or True)

    assert os.lstat(root / "out" / NEXT_SEGMENT) == before
    assert api.dumps()[0]["enabled"] is False
    assert read_info(root / "d1.info").status == "Error"
    assert read_info(root / "d1.info").items[-1][2] == f"/out/chunklist_2_audio_{KEY}_llhls.m3u8"
    assert NEXT_SEGMENT not in (root / "out" / CHUNKLIST).read_text()


def test_pipe_that_somebody_reads_does_not_hang_the_dump(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start()
    os.mkfifo(root / "out" / NEXT_SEGMENT)
    reader = os.open(root / "out" / NEXT_SEGMENT, os.O_RDONLY | os.O_NONBLOCK)
    try:
        in_time(lambda: emulator.clock.advance(20) or True)
    finally:
        os.close(reader)


def test_file_that_exists_under_the_name_of_a_playlist_is_written_over(root: Path, api: DumpApi) -> None:
    (root / "out").mkdir()
    for name in (INIT, OPEN_SEGMENT, CHUNKLIST, MASTER):
        (root / "out" / name).write_text("x" * 100_000)

    assert started(api.start(playlist=[MASTER]))
    assert {name: (root / "out" / name).read_bytes()[:8] for name in (CHUNKLIST, MASTER)} == {
        CHUNKLIST: b"#EXTM3U\n",
        MASTER: b"#EXTM3U\n",
    }
    assert (root / "out" / INIT).read_bytes()[4:8] == b"ftyp"
    assert not (root / "out" / OPEN_SEGMENT).read_bytes().endswith(b"xxxx")


def test_files_of_others_in_the_directory_are_left_alone(root: Path, emulator: Emulator, api: DumpApi) -> None:
    (root / "out").mkdir()
    for name in ("index.html", "seg_0_10_video_00000000_llhls.m4s", ".hidden", "abr.m3u8"):
        (root / "out" / name).write_text(f"{name} of somebody else")

    api.start(playlist=[MASTER])
    emulator.clock.advance(60)
    api.stop()

    for name in ("index.html", "seg_0_10_video_00000000_llhls.m4s", ".hidden", "abr.m3u8"):
        assert (root / "out" / name).read_text() == f"{name} of somebody else"


def test_chunklist_that_can_not_be_written_keeps_no_other_file_from_it(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert started(api.start(infoFile="/d1.info"))
    videos, others = sorted((root / "out").glob("chunklist_0_*")), sorted((root / "out").glob("chunklist_[12]_*"))
    videos[0].unlink()
    videos[0].mkdir()
    emulator.clock.advance(5)

    assert ["seg_" in other.read_text() for other in others] == [True, True]
    assert "<Status>Error</Status>" in (root / "d1.info").read_text()
