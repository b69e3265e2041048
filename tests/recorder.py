"""A recorder in this process, beside the emulator that it records."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ome_mock.recordings.case import World
from ome_mock.recordings.dump_looks import DumpLooks
from ome_mock.recordings.proxy import RecordingFile, RecordingProxy


@contextmanager
def recorded(url: str, out: Path, *, world: World | None = None, redacts: bool = False, files: Path | None = None) -> Iterator[int]:
    """The port of a proxy before the server at `url`, which records to `out` until the end."""
    file = RecordingFile(out, world or World())
    proxy = RecordingProxy(url, file, redacts=redacts, looks=None if files is None else DumpLooks(files))
    loop, stopped, ready, ports = asyncio.new_event_loop(), asyncio.Event(), threading.Event(), list[int]()

    def on_ready(port: int) -> None:
        ports.append(port)
        ready.set()

    thread = threading.Thread(target=loop.run_until_complete, args=(proxy.serve("127.0.0.1", 0, on_ready, stopped),))
    thread.start()
    try:
        assert ready.wait(10)
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join(10)
        loop.close()
        file.close()
