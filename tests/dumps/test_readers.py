"""Whoever reads a directory while a dump is written to it sees whole playlists, and in them only files that are complete."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest
from disk_calls import MODULES, Calls
from dump_api import KEY, DumpApi, listed, named, parse_info, started

from ome_mock.emulator import Emulator
from ome_mock.hls.media_playlist import MediaPlaylist

LEAST_ROUNDS, MOST_ROUNDS = 80, 5000
LEAST_STEPS, MOST_STEPS = 40, 1500
STEP_S = 0.4


class Reader:
    """Looks at a directory and an info file again and again, and remembers how large the files were that a playlist named."""

    def __init__(self, directory: Path, info_file: Path | None = None, *, may_shrink: bool = False) -> None:
        self._directory = directory
        self._info_file = info_file
        self._may_shrink = may_shrink
        self._sizes: dict[str, set[int]] = {}
        self._listed: dict[str, int] = {}
        self._items = 0
        self.rounds = 0

    def look(self) -> None:
        for path in self._directory.glob("*.m3u8"):
            text = read(path)
            if text is not None:
                self._look_at_playlist(path.name, text)
        if self._info_file and (text := read(self._info_file)) is not None:
            items = len(parse_info(text).items)
            assert items >= self._items, "the info file shrinks"
            self._items = items
        self.rounds += 1

    def _look_at_playlist(self, name: str, text: str) -> None:
        assert text.startswith("#EXTM3U\n"), f"{name} is torn: {text[:20]!r}"
        assert text.endswith("\n"), f"{name} is torn: {text[-20:]!r}"
        if not name.startswith("chunklist"):
            for chunklist in listed(text):
                assert (self._directory / chunklist).is_file(), f"{name} names {chunklist}"
            return
        assert text.endswith("#EXT-X-ENDLIST\n"), f"{name} is torn: {text[-20:]!r}"
        assert self._may_shrink or len(listed(text)) >= self._listed.get(name, 0), f"{name} shrinks"
        self._listed[name] = len(listed(text))
        for file in named(text):
            path = self._directory / file
            assert path.is_file(), f"{name} names {file}"
            self._sizes.setdefault(file, set()).add(path.stat().st_size)

    def check_sizes(self) -> int:
        """Look once more, and compare what was seen with what the files have become; returns how many were seen."""
        self.look()
        assert self._sizes == {file: {(self._directory / file).stat().st_size} for file in self._sizes}
        assert all(size > 0 for sizes in self._sizes.values() for size in sizes)
        return len(self._sizes)


def read(path: Path) -> str | None:
    try:
        return path.read_text()
    except FileNotFoundError:
        return None


@contextmanager
def looking(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look after each call that the emulator makes to the disk."""
    with monkeypatch.context() as patch:
        for module in MODULES:
            patch.setattr(module, Calls(after=reader.look))
        yield


# Between any two calls to the disk


def test_nothing_is_torn_between_any_two_calls_of_a_dump(
    root: Path, emulator: Emulator, api: DumpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(root / "out", root / "d1.info")
    with looking(reader, monkeypatch):
        assert started(api.start(infoFile="/d1.info", playlist=["llhls.m3u8", "abr.m3u8"]))
        for seconds in (2.81, 0.02, 6, 20):
            emulator.clock.advance(seconds)
        api.stop()

    assert reader.rounds > 200
    assert reader.check_sizes() == 3 + 3 * 5


def test_nothing_is_torn_between_any_two_calls_of_a_queued_dump(
    root: Path, emulator: Emulator, api: DumpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(root / "out", root / "d1.info")
    emulator.connect("default/app/later", ready=True)
    with looking(reader, monkeypatch):
        assert api.start(stream="later", infoFile="/d1.info", playlist=["llhls.m3u8"]).status == 200
        for seconds in (6.017 - 0.89, 0.005, 0.4, 12):
            emulator.clock.advance(seconds)
        api.stop(stream="later")

    assert reader.rounds > 100
    assert reader.check_sizes() == 3 + 3 * 3


def test_nothing_is_torn_between_any_two_calls_of_a_queued_dump_that_is_late(
    root: Path, emulator: Emulator, api: DumpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every first write falls into one advance."""
    reader = Reader(root / "out", root / "d1.info")
    emulator.connect("default/app/later", ready=True)
    assert api.start(stream="later", infoFile="/d1.info", playlist=["llhls.m3u8"]).status == 200
    with looking(reader, monkeypatch):
        emulator.clock.advance(30 - 0.89)

    assert reader.check_sizes() == 3 + 3 * 4


def test_nothing_is_torn_between_any_two_calls_when_a_second_dump_goes_to_the_same_directory(
    root: Path, emulator: Emulator, api: DumpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its list begins anew, but the first has listed what it writes again."""
    api.start("d1", infoFile="/d1.info")
    emulator.clock.advance(20)
    reader = Reader(root / "out", may_shrink=True)
    with looking(reader, monkeypatch):
        assert started(api.start("d2", infoFile="/d2.info"))

    reader.check_sizes()


def test_nothing_is_torn_between_any_two_calls_when_two_dumps_share_a_directory(
    root: Path, emulator: Emulator, api: DumpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.start("d1")
    api.start("d2")
    reader = Reader(root / "out")
    with looking(reader, monkeypatch):
        emulator.clock.advance(20)

    reader.check_sizes()


def test_nothing_is_torn_between_any_two_calls_when_a_stopped_dump_is_followed_by_another_in_its_directory(
    root: Path, emulator: Emulator, api: DumpApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.start("d1")
    emulator.clock.advance(20)
    api.stop("d1")
    emulator.clock.advance(3)
    reader = Reader(root / "out", may_shrink=True)
    with looking(reader, monkeypatch):
        assert started(api.start("d2"))
        emulator.clock.advance(20)

    reader.check_sizes()


# At the same time


class Steps:
    """Turns the clock by small steps in a thread, until it is told that the readers are done."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.count = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.is_set() and self.count < MOST_STEPS:
            self._emulator.clock.advance(STEP_S)
            self.count += 1


def read_in_threads(readers: list[Reader], steps: Steps) -> None:
    """Let every reader look on, each in a thread of its own, until enough has happened; raises what one of them found wrong."""

    def read_on(reader: Reader) -> None:
        for _ in range(MOST_ROUNDS):
            reader.look()
            if reader.rounds >= LEAST_ROUNDS and steps.count >= LEAST_STEPS:
                break

    with ThreadPoolExecutor(len(readers)) as pool:
        list(pool.map(read_on, readers))


def test_readers_of_a_running_dump_see_nothing_torn(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert started(api.start(infoFile="/d1.info", playlist=["llhls.m3u8", "abr.m3u8"]))
    readers = [Reader(root / "out", root / "d1.info") for _ in range(2)]
    with Steps(emulator) as steps:
        read_in_threads(readers, steps)

    assert steps.count >= LEAST_STEPS
    for reader in readers:
        assert reader.rounds >= LEAST_ROUNDS
        assert reader.check_sizes() >= 3 + 3 * 2


def test_readers_of_a_dump_that_is_started_before_its_stream_is_ready_see_nothing_torn(
    root: Path, emulator: Emulator, api: DumpApi
) -> None:
    emulator.connect("default/app/later", ready=True)
    assert api.start(stream="later", infoFile="/d1.info", playlist=["llhls.m3u8"]).status == 200
    readers = [Reader(root / "out", root / "d1.info") for _ in range(2)]
    with Steps(emulator) as steps:
        read_in_threads(readers, steps)

    assert steps.count >= LEAST_STEPS
    for reader in readers:
        assert reader.check_sizes() >= 3 + 3 * 2


def test_readers_of_a_dump_see_nothing_torn_while_other_dumps_come_and_go(root: Path, emulator: Emulator, api: DumpApi) -> None:
    assert started(api.start("d0", infoFile="/d0.info"))
    reader = Reader(root / "out", root / "d0.info")
    with Steps(emulator) as steps, ThreadPoolExecutor(1) as pool:
        others = pool.submit(start_and_stop, api, 10)
        read_in_threads([reader], steps)
        others.result()

    assert reader.check_sizes() >= 3 + 3 * 2
    assert [dump["enabled"] for dump in api.dumps()] == [True, *[False] * 10]


def start_and_stop(api: DumpApi, dumps: int) -> None:
    for number in range(1, dumps + 1):
        api.start(f"d{number}", outputPath=f"/out{number}", infoFile=f"/d{number}.info")
        api.stop(f"d{number}")


# What the reader would find, were it there


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda out: (out / f"chunklist_0_video_{KEY}_llhls.m3u8").write_text(""), "is torn"),
        (lambda out: (out / f"chunklist_0_video_{KEY}_llhls.m3u8").write_text("#EXTM3U\n#EXT"), "is torn"),
        (lambda out: (out / f"chunklist_0_video_{KEY}_llhls.m3u8").write_text(MediaPlaylist(6, "x").render("")), "shrinks"),
        (lambda out: (out / f"seg_0_11_video_{KEY}_llhls.m4s").unlink(), "names seg_0_11"),
        (lambda out: (out / f"init_0_video_{KEY}_llhls.m4s").unlink(), "names init_0"),
        (lambda out: (out.parent / "d1.info").write_text("<HLSDumpInfo>"), "no element found"),
    ],
    ids=["an empty list", "half a list", "a shorter list", "a missing segment", "a missing init section", "half an info file"],
)
def test_reader_finds(spoil: Callable[[Path], None], found: str, root: Path, emulator: Emulator, api: DumpApi) -> None:
    reader = Reader(root / "out", root / "d1.info")
    api.start(infoFile="/d1.info")
    emulator.clock.advance(20)
    reader.look()
    spoil(root / "out")

    with pytest.raises(Exception, match=found):
        reader.look()


def test_reader_finds_a_file_that_was_not_complete(root: Path, emulator: Emulator, api: DumpApi) -> None:
    reader = Reader(root / "out")
    api.start()
    emulator.clock.advance(20)
    segment = root / "out" / f"seg_0_11_video_{KEY}_llhls.m4s"
    data = segment.read_bytes()
    segment.write_bytes(data[:100])
    reader.look()
    segment.write_bytes(data)

    with pytest.raises(AssertionError, match="seg_0_11"):
        reader.check_sizes()


def test_in_place_a_reader_may_see_what_readers_of_the_engine_see(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = Emulator(root=root, writes="in-place")
    api = DumpApi(emulator)
    api.start(infoFile="/d1.info")
    reader = Reader(root / "out")
    with looking(reader, monkeypatch), pytest.raises(AssertionError, match="is torn: ''"):
        emulator.clock.advance(20)
