from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fixture_types import Answer
from live_worlds import hls, llhls, write_world

from ome_mock import VideoInput
from ome_mock.emulator import Emulator

AskTs = Callable[..., tuple[Callable[..., Answer], Emulator]]
"""Makes a function that asks for a path of the stream `s`, live for `seconds`, and the emulator that has it."""


@pytest.fixture
def ask_ts(tmp_path: Path) -> AskTs:
    def ask_ts(
        inside: str = "",
        playlists: str = "",
        seconds: float = 17,
        *,
        video: bool | VideoInput = True,
        audio: bool = True,
        publishers: str | None = None,
    ) -> tuple[Callable[..., Answer], Emulator]:
        config = write_world(tmp_path / "Server.xml", llhls() + hls(inside) if publishers is None else publishers, playlists)
        emulator = Emulator(config=config, streams=[], dialect="engine-0.21", root=tmp_path / "root")
        emulator.connect("default/app/s", video=video, audio=audio)
        emulator.clock.advance(seconds)
        client = emulator.llhls_app.test_client()

        def get(file: str, method: str = "GET") -> Answer:
            answer: Answer = client.open(f"/app/s/{file}", method=method)
            return answer

        return get, emulator

    return ask_ts
