"""Symbolic links in the way of a dump: those that stay inside are followed, those that lead out end it, whenever they appear."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from disk_calls import MODULES, Calls
from dump_api import DUPLICATE_INFO_FILE, KEY, NO_INIT, NO_MASTER, NO_SEGMENT, Answer, DumpApi, names, read_info, started, tree
from dump_fixtures import Lines

from ome_mock.emulator import Emulator

INIT = f"init_0_video_{KEY}_llhls.m4s"
LAST_INIT = f"init_2_audio_{KEY}_llhls.m4s"
OPEN_SEGMENT = f"seg_0_10_video_{KEY}_llhls.m4s"
NEXT_SEGMENT = f"seg_0_11_video_{KEY}_llhls.m4s"
CHUNKLIST = f"chunklist_0_video_{KEY}_llhls.m3u8"
MASTER = "llhls.m3u8"


@pytest.fixture
def outside(root: Path) -> Path:
    """A neighbour of the root, with files under the names that a dump writes."""
    directory = root.parent / "outside"
    directory.mkdir()
    for name in (INIT, OPEN_SEGMENT, NEXT_SEGMENT, CHUNKLIST, MASTER, "d1.info"):
        (directory / name).write_text(f"{name} of somebody else")
    return directory


@pytest.fixture(params=["replace", "in-place"])
def writes(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def emulator(root: Path, writes: str) -> Emulator:
    return Emulator(root=root, writes=writes)


FINAL_NAMES = {
    "an init section": (INIT, NO_INIT),
    "the last init section": (LAST_INIT, NO_INIT),
    "a segment": (OPEN_SEGMENT, NO_SEGMENT),
    "a chunklist": (CHUNKLIST, NO_SEGMENT),
    "a master playlist": (MASTER, NO_MASTER),
}
WAYS_OUT: dict[str, Callable[[str], dict[str, str]]] = {
    "a link out": lambda name: {name: f"../../outside/{name}"},
    "a link to a missing file outside": lambda name: {name: "../../outside/missing"},
    "a link to a missing directory outside": lambda name: {name: "../../outside/missing/file"},
    "a chain of links out": lambda name: {name: "one", "one": "two", "two": f"../../outside/{name}"},
    "a link through a link out": lambda name: {name: f"way/{name}", "way": "../../outside"},
    "a link to a device": lambda name: {name: "/dev/null"},
    "a loop": lambda name: {name: "one", "one": name},
}


@pytest.mark.parametrize("links", WAYS_OUT.values(), ids=WAYS_OUT)
@pytest.mark.parametrize(("name", "refused"), FINAL_NAMES.values(), ids=FINAL_NAMES)
def test_file_that_is_a_link_out_fails_the_start(
    name: str, refused: Answer, links: Callable[[str], dict[str, str]], root: Path, outside: Path, api: DumpApi
) -> None:
    (root / "out").mkdir()
    for link, target in links(name).items():
        (root / "out" / link).symlink_to(target)
    before = tree(root.parent / "outside")

    assert api.start(infoFile="/d1.info", playlist=["abr.m3u8", MASTER]) == refused
    assert tree(outside) == before
    assert os.readlink(root / "out" / name) == links(name)[name]
    assert not (root / "d1.info").exists()
    assert api.dumps() == []
    assert [file for file in names(root / "out") if file.startswith(".")] == []


def test_info_file_that_is_a_link_out_exists_already(root: Path, outside: Path, api: DumpApi) -> None:
    (root / "d1.info").symlink_to("../outside/d1.info")
    (root / "d2.info").symlink_to("../outside/missing")
    before = tree(outside)

    assert api.start("d1", infoFile="/d1.info") == DUPLICATE_INFO_FILE
    assert api.start("d2", infoFile="/d2.info") == DUPLICATE_INFO_FILE
    assert tree(outside) == before
    assert names(root) == {"d1.info", "d2.info"}


@pytest.mark.parametrize("name", [INIT, OPEN_SEGMENT, NEXT_SEGMENT, CHUNKLIST, MASTER])
@pytest.mark.parametrize("target", ["../kept/file", "../kept/new", "../kept/made/new", "link"])
def test_file_that_is_a_link_inside_is_followed(name: str, target: str, root: Path, emulator: Emulator, api: DumpApi) -> None:
    (root / "out").mkdir()
    (root / "kept").mkdir()
    (root / "kept" / "file").write_text("x" * 100_000)
    (root / "out" / "link").symlink_to("../kept/linked")
    (root / "out" / name).symlink_to(target)

    assert started(api.start("d1", playlist=[MASTER]))
    assert started(api.start("d2", outputPath="/plain", playlist=[MASTER]))
    emulator.clock.advance(9)

    assert os.readlink(root / "out" / name) == target
    assert (root / "out" / name).read_bytes() == (root / "plain" / name).read_bytes()
    assert api.dumps()[0]["enabled"] is True
    assert [file for file in names(root / "kept") if file.startswith(".")] == []


def test_directory_that_becomes_a_link_out_ends_the_dump(root: Path, outside: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info", playlist=[MASTER])
    emulator.clock.advance(7)
    shutil.move(root / "out", root / "aside")
    (root / "out").symlink_to("../outside")
    before, aside = tree(outside), tree(root / "aside")

    emulator.clock.advance(20)

    assert tree(outside) == before
    assert tree(root / "aside") == aside
    assert api.dumps()[0]["enabled"] is False
    assert read_info(root / "d1.info").status == "Error"
    assert len(read_info(root / "d1.info").items) == 16


def test_directory_above_that_becomes_a_link_out_ends_the_dump(root: Path, outside: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(outputPath="/a/b/c", infoFile="/d1.info")
    (outside / "b" / "c").mkdir(parents=True)
    shutil.rmtree(root / "a")
    (root / "a").symlink_to("../outside")
    before = tree(outside)

    emulator.clock.advance(20)

    assert tree(outside) == before
    assert api.dumps()[0]["enabled"] is False
    assert read_info(root / "d1.info").status == "Error"


def test_root_that_becomes_a_link_out_ends_the_dump(root: Path, outside: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info")
    shutil.move(root, root.parent / "aside")
    root.symlink_to("outside")
    before, aside = tree(outside), tree(root.parent / "aside")

    emulator.clock.advance(20)

    assert api.dumps()[0]["enabled"] is False
    assert tree(outside) == before
    assert tree(root.parent / "aside") == aside


def test_directory_that_becomes_a_link_inside_is_followed(root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info")
    shutil.move(root / "out", root / "moved")
    (root / "out").symlink_to("moved")

    emulator.clock.advance(20)

    assert api.dumps()[0]["enabled"] is True
    assert (root / "moved" / NEXT_SEGMENT).is_file()


@pytest.mark.parametrize("name", [OPEN_SEGMENT, NEXT_SEGMENT, CHUNKLIST])
def test_file_that_becomes_a_link_out_ends_the_dump(name: str, root: Path, outside: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info", playlist=[MASTER])
    (root / "out" / name).unlink(missing_ok=True)
    (root / "out" / name).symlink_to(f"../../outside/{name}")
    before = tree(outside)

    emulator.clock.advance(20)

    assert tree(outside) == before
    assert (root / "out" / name).is_symlink()
    assert api.dumps()[0]["enabled"] is False
    assert read_info(root / "d1.info").status == "Error"


@pytest.mark.parametrize("name", [INIT, MASTER])
def test_file_that_is_not_written_again_may_become_a_link_out(
    name: str, root: Path, outside: Path, emulator: Emulator, api: DumpApi
) -> None:
    api.start(infoFile="/d1.info", playlist=[MASTER])
    (root / "out" / name).unlink()
    (root / "out" / name).symlink_to(f"../../outside/{name}")
    before = tree(outside)

    emulator.clock.advance(20)
    api.stop()

    assert tree(outside) == before
    assert read_info(root / "d1.info").status == "Completed"


def test_info_file_that_becomes_a_link_out_ends_the_dump(
    root: Path, outside: Path, emulator: Emulator, api: DumpApi, dumps_log: Lines
) -> None:
    api.start(infoFile="/d1.info")
    (root / "d1.info").unlink()
    (root / "d1.info").symlink_to("../outside/d1.info")
    before = tree(outside)

    emulator.clock.advance(20)
    stopped = api.stop()

    assert tree(outside) == before
    assert api.dumps()[0]["enabled"] is False
    assert started(stopped)
    assert (root / "d1.info").is_symlink()
    assert any("its info file is not up to date" in line for line in dumps_log.warnings)


def test_directory_of_the_info_file_that_becomes_a_link_out_ends_the_dump(
    root: Path, outside: Path, emulator: Emulator, api: DumpApi
) -> None:
    api.start(infoFile="/info/d1.info")
    shutil.rmtree(root / "info")
    (root / "info").symlink_to("../outside")
    before = tree(outside)

    emulator.clock.advance(20)
    api.stop()

    assert tree(outside) == before
    assert api.dumps()[0]["enabled"] is False


def test_files_of_a_dump_are_still_known_when_their_directories_have_become_links_out(
    root: Path, outside: Path, emulator: Emulator, api: DumpApi
) -> None:
    api.start(infoFile="/info/d1.info")
    for name in ("out", "info"):
        shutil.rmtree(root / name)
        (root / name).symlink_to("../outside")
    emulator.clock.advance(20)

    assert emulator.dumps["d1"].files[:3] == (root / "out" / INIT, root / "out" / OPEN_SEGMENT, root / "out" / CHUNKLIST)
    assert emulator.dumps["d1"].info_file == root / "info" / "d1.info"


def test_file_with_another_name_outside_is_replaced_and_not_written_to(root: Path, outside: Path) -> None:
    """A hard link: there is nothing to follow, but what is replaced is left alone."""
    emulator = Emulator(root=root, writes="replace")
    (root / "out").mkdir()
    for name in (INIT, OPEN_SEGMENT, NEXT_SEGMENT, CHUNKLIST, MASTER):
        os.link(outside / name, root / "out" / name)
    before = tree(outside)

    assert started(DumpApi(emulator).start(playlist=[MASTER]))
    emulator.clock.advance(20)

    assert tree(outside) == before
    assert (root / "out" / MASTER).read_bytes().startswith(b"#EXTM3U\n")


RADIO_CHUNKLIST = "chunklist_0_audio_d5IewaJ7_llhls.m3u8"
RADIO_SEGMENTS = [f"seg_0_{number}_audio_d5IewaJ7_llhls.m4s" for number in (4, 5)]
"""The open segment of a start after 27 seconds, and the next."""


def swap_directory(root: Path, name: str = "out") -> None:
    """Put a link out in the place of the dump's directory."""
    with suppress(FileNotFoundError):
        os.rename(root / name, root / f"aside{len(os.listdir(root))}")
    os.symlink("../outside", root / name)


def swap_directory_above(root: Path) -> None:
    """The same, one level up, where the link leads to a directory that has all that the path needs."""
    swap_directory(root, "a")


def swap_files(root: Path) -> None:
    """Put links out in the place of every file that is written again, and of one that is to come."""
    for name in (RADIO_CHUNKLIST, *RADIO_SEGMENTS):
        (root / "out" / name).unlink(missing_ok=True)
        os.symlink(f"../../outside/{name}", root / "out" / name)


def take_links_away(root: Path) -> None:
    """Make room for what they stood for."""
    for name in ("out", "a", *(f"out/{file}" for file in (RADIO_CHUNKLIST, *RADIO_SEGMENTS))):
        with suppress(OSError):
            os.unlink(root / name)


each_swap = pytest.mark.parametrize(
    ("swap", "path"),
    [(swap_directory, "/out"), (swap_directory_above, "/a/b"), (swap_files, "/out")],
    ids=["the directory", "the directory above", "the files"],
)


@pytest.fixture
def radio(outside: Path, emulator: Emulator) -> Emulator:
    """With a stream of audio alone, and its files in `outside`, of somebody else."""
    for directory in (outside, outside / "b"):
        directory.mkdir(exist_ok=True)
        for name in (RADIO_CHUNKLIST, *RADIO_SEGMENTS, MASTER):
            (directory / name).write_text(f"{name} of somebody else")
    emulator.connect("default/app/radio", video=False, ready=True)
    emulator.clock.advance(27)
    return emulator


class Lazy:
    """Calls an action at one of the many times that it is called itself."""

    def __init__(self, moment: int, action: Callable[[], None]) -> None:
        self._left = moment
        self._action = action
        self.is_done = False

    def __call__(self) -> None:
        if self._left == 0:
            self.is_done = True
            self._action()
        self._left -= 1


@each_swap
def test_link_out_that_appears_before_any_call_of_a_write_leads_nowhere(
    swap: Callable[[Path], None], path: str, root: Path, outside: Path, radio: Emulator, writes: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every moment between two system calls of one advance, one after the other."""
    before = tree(outside)
    statuses: list[str] = []
    moment, swapped = 0, True
    while swapped:
        base = root / str(moment)
        base.mkdir()
        (base / "outside").symlink_to("../../outside")  # where ../outside leads from here
        emulator = Emulator(root=root, writes=writes)
        emulator.connect("default/app/radio", video=False, ready=True)
        emulator.clock.advance(27)
        api = DumpApi(emulator)
        assert api.start(stream="radio", outputPath=f"/{moment}/in{path}", infoFile=f"/{moment}/d1.info").status == 200
        meddling = Lazy(moment, partial(swap, base / "in"))
        with monkeypatch.context() as patch:
            for module in MODULES:
                patch.setattr(module, Calls(before=meddling))
            emulator.clock.advance(9)
        assert tree(outside) == before
        statuses.append(read_info(base / "d1.info").status)
        moment, swapped = moment + 1, meddling.is_done

    assert moment > 20
    assert set(statuses) == {"Running", "Error"}
    assert statuses[0] == "Error"
    assert statuses[-1] == "Running"


@each_swap
def test_links_that_come_and_go_while_dumps_are_written_lead_nowhere(
    swap: Callable[[Path], None], path: str, root: Path, outside: Path, radio: Emulator, api: DumpApi
) -> None:
    before = tree(outside)
    done = threading.Event()

    def keep_swapping() -> None:
        while not done.is_set():
            with suppress(OSError):
                swap(root)
            take_links_away(root)

    swapping = threading.Thread(target=keep_swapping)
    swapping.start()
    try:
        for number in range(15):
            api.start(f"d{number}", stream="radio", outputPath=path, playlist=[MASTER])
            radio.clock.advance(0.6)
    finally:
        done.set()
        swapping.join()

    assert tree(outside) == before


def test_dumps_end_with_error_when_a_thread_puts_a_link_out_in_the_place_of_their_directory(
    root: Path, outside: Path, emulator: Emulator, api: DumpApi
) -> None:
    before = tree(outside)
    for number in range(8):
        assert started(api.start(f"d{number}", infoFile=f"/d{number}.info"))

    def put_link() -> None:
        while not os.path.islink(root / "out"):
            with suppress(FileExistsError):  # a dump was quicker to make its directory again
                swap_directory(root)

    swapping = threading.Thread(target=put_link)
    swapping.start()
    emulator.clock.advance(60)
    swapping.join()
    emulator.clock.advance(6)

    assert tree(outside) == before
    assert [dump["enabled"] for dump in api.dumps()] == [False] * 8
    assert {read_info(root / f"d{number}.info").status for number in range(8)} == {"Error"}
