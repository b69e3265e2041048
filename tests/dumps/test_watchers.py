"""Whoever waits for close-after-write, as uploaders do, hears of every file and of every time that it is written again."""

from __future__ import annotations

import os
import queue
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dump_api import KEY, DumpApi, started
from watchdog.events import FileClosedEvent, FileSystemEventHandler
from watchdog.observers import Observer

from ome_mock.emulator import Emulator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="inotify tells of closing, others don't")


def of_every_track(*names: str) -> list[str]:
    return [name.format(track, kind, KEY) for name in names for track, kind in ((0, "video"), (1, "video"), (2, "audio"))]


INIT, CHUNKLIST = "init_{}_{}_{}_llhls.m4s", "chunklist_{}_{}_{}_llhls.m3u8"
SEGMENT_10, SEGMENT_11, SEGMENT_12 = (f"seg_{{}}_{number}_{{}}_{{}}_llhls.m4s" for number in (10, 11, 12))


class Closed(FileSystemEventHandler):
    """The names of files that were closed after writing, as they come."""

    def __init__(self) -> None:
        self._names: queue.Queue[str] = queue.Queue()

    def on_closed(self, event: FileClosedEvent) -> None:
        self._names.put(Path(os.fsdecode(event.src_path)).name)

    def wait_for(self, marker: Path) -> Counter[str]:
        """What was closed so far: everything before a file that is written now."""
        marker.write_text("x")
        closed: Counter[str] = Counter()
        while (name := self._names.get(timeout=20)) != marker.name:
            closed[name] += 1
        return closed


@contextmanager
def watching(directory: Path, handler: FileSystemEventHandler) -> Iterator[None]:
    observer = Observer()
    observer.schedule(handler, str(directory))
    observer.start()
    try:
        yield
    finally:
        observer.stop()
        observer.join()


@pytest.fixture
def closed(root: Path) -> Iterator[Closed]:
    """What is closed in `out`, which is there before it is watched."""
    (root / "out").mkdir()
    handler = Closed()
    with watching(root / "out", handler):
        yield handler


def visible(closed: Counter[str]) -> dict[str, int]:
    return {name: times for name, times in closed.items() if not name.startswith(".")}


@pytest.mark.parametrize("writes", ["replace", "in-place"])
def test_watcher_hears_of_every_file_and_of_every_update(writes: str, root: Path, closed: Closed) -> None:
    emulator = Emulator(root=root, writes=writes)
    api = DumpApi(emulator)

    assert started(api.start(infoFile="/out/d1.info", playlist=["llhls.m3u8", "abr.m3u8"]))
    at_the_start = closed.wait_for(root / "out" / "marker")
    assert visible(at_the_start) == dict.fromkeys([*of_every_track(INIT, SEGMENT_10, CHUNKLIST), "llhls.m3u8", "abr.m3u8"], 1) | {
        "d1.info": 2
    }

    for seconds, expected in [
        (2, []),
        (2, of_every_track(SEGMENT_10, CHUNKLIST)),
        (1, []),
        (12, of_every_track(SEGMENT_11, SEGMENT_12, CHUNKLIST)),
    ]:
        emulator.clock.advance(seconds)
        heard = visible(closed.wait_for(root / "out" / "marker"))
        assert heard == dict.fromkeys([*expected, "d1.info"] if expected else [], 1)

    api.stop()
    assert visible(closed.wait_for(root / "out" / "marker")) == {"d1.info": 1}


def test_watcher_hears_of_a_queued_dump_when_it_begins(root: Path, closed: Closed, emulator: Emulator, api: DumpApi) -> None:
    emulator.connect("default/app/radio", video=False, ready=True)
    assert api.start(stream="radio", infoFile="/out/d1.info", playlist=["llhls.m3u8"]).status == 200
    assert visible(closed.wait_for(root / "out" / "marker")) == {}

    emulator.clock.advance(6.1)

    assert visible(closed.wait_for(root / "out" / "marker")) == {
        "seg_0_0_audio_d5IewaJ7_llhls.m4s": 1,
        "init_0_audio_d5IewaJ7_llhls.m4s": 1,
        "chunklist_0_audio_d5IewaJ7_llhls.m3u8": 1,
        "llhls.m3u8": 1,
        "d1.info": 2,
    }


def test_every_other_name_begins_with_a_dot(root: Path, closed: Closed, emulator: Emulator, api: DumpApi) -> None:
    """One such file for each that is replaced: it is complete under that name first."""
    api.start(infoFile="/out/d1.info", playlist=["llhls.m3u8", "abr.m3u8"])
    emulator.clock.advance(20)
    heard = closed.wait_for(root / "out" / "marker")

    hidden = {name: times for name, times in heard.items() if name.startswith(".")}
    assert all(name.startswith(".ome-mock-") for name in hidden)
    assert set(hidden.values()) == {1}
    assert len(hidden) == 2 * 3 + 2 + 3 + 3
    assert set(visible(heard)) == {
        *of_every_track(INIT, CHUNKLIST, SEGMENT_10, SEGMENT_11, SEGMENT_12),
        *("llhls.m3u8", "abr.m3u8", "d1.info"),
    }


def test_watcher_reads_whole_files_whenever_it_hears_of_one(root: Path, emulator: Emulator, api: DumpApi) -> None:
    """As an uploader does: what it reads on the last event of a name is what there is in the end."""

    class Uploader(FileSystemEventHandler):
        def __init__(self) -> None:
            self.uploaded: dict[str, bytes] = {}
            self.finished: queue.Queue[str] = queue.Queue()

        def on_closed(self, event: FileClosedEvent) -> None:
            path = Path(os.fsdecode(event.src_path))
            if path.name == "marker":
                self.finished.put(path.name)
            elif not path.name.startswith("."):
                self.uploaded[path.name] = path.read_bytes()
                if path.suffix == ".m3u8":
                    assert self.uploaded[path.name].startswith(b"#EXTM3U\n")

    (root / "out").mkdir()
    uploader = Uploader()
    with watching(root / "out", uploader):
        api.start(infoFile="/out/d1.info", playlist=["llhls.m3u8", "abr.m3u8"])
        for _ in range(40):
            emulator.clock.advance(0.7)
        api.stop()
        (root / "out" / "marker").write_text("x")
        uploader.finished.get(timeout=20)

    (root / "out" / "marker").unlink()
    assert uploader.uploaded == {path.name: path.read_bytes() for path in (root / "out").iterdir()}
