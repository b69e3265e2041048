"""The sender of callbacks, when it is closed at an awkward moment."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from ome_mock.emulator import Emulator

MOMENT_S = 0.1


def test_close_while_a_callback_is_about_to_begin_waits_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Emulator(root=tmp_path)._run.find_outbox()
    closing: list[Future[None]] = []
    done: list[str] = []

    class LateThread(threading.Thread):
        def start(self) -> None:
            closing.append(pool.submit(outbox.close))
            threading.Event().wait(MOMENT_S)
            super().start()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(bool).result()  # its own thread is there
        monkeypatch.setattr("ome_mock.callbacks.outbox.Thread", LateThread)
        outbox.post(lambda: done.append("called"))
        closing[0].result(timeout=10)
    assert done == ["called"]
