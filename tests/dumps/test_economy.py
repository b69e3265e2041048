"""Items are logical, writes are physical: what changes many times within one advance is written once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from dump_api import KEY, DumpApi, listed, read_info, started, tree

from ome_mock.disk.storage import WriteSession
from ome_mock.emulator import Emulator

TRACKS = ((0, "video"), (1, "video"), (2, "audio"))
CHUNKLISTS = [f"/out/chunklist_{track}_{kind}_{KEY}_llhls.m3u8" for track, kind in TRACKS]
INITS = [f"/out/init_{track}_{kind}_{KEY}_llhls.m4s" for track, kind in TRACKS]


def segments(*numbers: int) -> list[str]:
    return [f"/out/seg_{track}_{number}_{kind}_{KEY}_llhls.m4s" for track, kind in TRACKS for number in numbers]


class Puts:
    """Which path was put how often."""

    def __init__(self) -> None:
        self._paths: list[str] = []

    def record(self, path: str) -> None:
        self._paths.append(path)

    def take(self) -> Counter[str]:
        taken = Counter(self._paths)
        self._paths.clear()
        return taken

    @property
    def order(self) -> list[str]:
        return list(self._paths)


@pytest.fixture
def puts(monkeypatch: pytest.MonkeyPatch) -> Puts:
    """What the storage is asked to do."""
    puts = Puts()

    def recorded(name: str) -> Callable[..., None]:
        original = getattr(WriteSession, name)

        def put(self: WriteSession, path: str, *data: bytes, **options: bool) -> None:
            puts.record(path)
            original(self, path, *data, **options)

        return put

    for name in ("write", "update", "create", "remove"):
        monkeypatch.setattr(WriteSession, name, recorded(name))
    return puts


def once(*paths: str) -> dict[str, int]:
    return dict.fromkeys(paths, 1)


def test_start_writes_each_file_once_and_the_info_file_twice(puts: Puts, api: DumpApi) -> None:
    """First with the first file, so that it is taken, then with everything."""
    assert started(api.start(infoFile="/d1.info", playlist=["llhls.m3u8", "abr.m3u8"]))

    assert puts.take() == once(*INITS, *segments(10), *CHUNKLISTS, "/out/llhls.m3u8", "/out/abr.m3u8") | {"/d1.info": 2}


def test_advance_writes_each_file_once_whatever_its_length(puts: Puts, root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info", playlist=["llhls.m3u8"])
    puts.take()

    emulator.clock.advance(60)

    assert puts.take() == once(*segments(*range(10, 20)), *CHUNKLISTS, "/d1.info")
    assert len(read_info(root / "d1.info").items) == 10 + 2 * 3 * 10
    assert len(listed((root / CHUNKLISTS[0].lstrip("/")).read_text())) == 10


@pytest.mark.parametrize("writes", ["replace", "in-place"])
def test_advance_closes_each_list_once_on_disk(writes: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator = Emulator(root=root, writes=writes)
    api = DumpApi(emulator)
    api.start(infoFile="/d1.info", playlist=["llhls.m3u8"])
    before = tree(root)

    emulator.clock.advance(60)

    after = tree(root)
    changed = {f"/{path}" for path in before if path != "out" and after[path] != before[path]}
    assert changed == {*segments(10), *CHUNKLISTS, "/d1.info"}
    replaced = {f"/{path}" for path in before if after[path][1] != before[path][1]}
    assert replaced == (changed if writes == "replace" else set())


def test_segments_are_written_before_the_lists_and_these_before_the_info_file(puts: Puts, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info")
    puts.take()

    emulator.clock.advance(60)

    kinds = [path.split("/")[-1].split("_")[0] for path in puts.order]
    assert kinds == ["seg"] * 30 + ["chunklist"] * 3 + ["d1.info"]


def test_queued_dump_writes_its_inits_before_the_lists_that_name_them(puts: Puts, emulator: Emulator, api: DumpApi) -> None:
    emulator.connect("default/app/radio", video=False, protocol="srt", ready=True)
    assert api.start(stream="radio", infoFile="/d1.info", playlist=["llhls.m3u8"]).status == 200
    assert puts.take() == {}

    emulator.clock.advance(30 - 0.89)

    kinds = [path.split("/")[-1].split("_")[0] for path in puts.order]
    assert kinds.index("init") < kinds.index("chunklist") < kinds.index("llhls.m3u8")
    assert Counter(kinds) == {"seg": 4, "d1.info": 2, "init": 1, "chunklist": 1, "llhls.m3u8": 1}


def test_advance_in_which_nothing_falls_due_touches_nothing(puts: Puts, root: Path, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info", playlist=["llhls.m3u8"])
    puts.take()
    before = tree(root)

    emulator.clock.advance(2.8)
    emulator.clock.advance(0)

    assert puts.take() == {}
    assert tree(root) == before


def test_track_without_a_new_segment_is_left_alone(puts: Puts, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info")
    puts.take()

    emulator.clock.advance(2.81)

    assert puts.take() == once(f"/out/seg_2_10_audio_{KEY}_llhls.m4s", CHUNKLISTS[2], "/d1.info")


def test_stop_writes_the_info_file_once_and_nothing_else(puts: Puts, emulator: Emulator, api: DumpApi) -> None:
    api.start(infoFile="/d1.info", playlist=["llhls.m3u8"])
    emulator.clock.advance(20)
    puts.take()

    api.stop()
    assert puts.take() == once("/d1.info")
    api.stop()
    assert puts.take() == once("/d1.info")


def test_dump_without_an_info_file_writes_none(puts: Puts, emulator: Emulator, api: DumpApi) -> None:
    api.start()
    emulator.clock.advance(20)
    api.stop()

    assert not [path for path in puts.order if not path.startswith("/out/")]


def test_many_steps_leave_the_files_of_one(root: Path) -> None:
    """advance(a); advance(b) equals advance(a + b)."""
    for directory, steps in (("one", [61.3]), ("many", [0.1] * 613)):
        (root / directory).mkdir()
        emulator = Emulator(root=root / directory)
        DumpApi(emulator).start(infoFile="/d1.info", playlist=["llhls.m3u8", "abr.m3u8"])
        for seconds in steps:
            emulator.clock.advance(seconds)

    def contents(directory: str) -> dict[str, bytes]:
        base = root / directory
        return {str(path.relative_to(base)): path.read_bytes() for path in base.rglob("*") if path.is_file()}

    assert contents("many") == contents("one")
    assert len(contents("one")) == 3 + 3 + 3 * 10 + 2 + 1
