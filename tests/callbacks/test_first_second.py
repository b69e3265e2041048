"""The first second of a stream, as recorded: listed after 0.41 s, its outputs after 0.89 s; a dump is refused before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Answer

from ome_mock import OmeMock
from ome_mock.clock import RealClock
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

STREAM = "default/app/camera1"
URL = "/v1/vhosts/default/apps/app/streams"
AskOfStreams = Callable[..., tuple[int, Any]]
"""Of a method, a path below the list of streams, and a body."""


@pytest.fixture(params=["docs", "engine-0.21"])
def emulator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(dialect=request.param, root=tmp_path, streams=[])
    yield emulator
    emulator.close()


@pytest.fixture
def ask(emulator: Emulator) -> AskOfStreams:
    client = emulator.app.test_client()

    def ask(method: str, path: str = "", body: str | None = None) -> tuple[int, Any]:
        answer = client.open(URL + path, method=method, headers={"Authorization": emulator.authorization}, data=body)
        return answer.status_code, answer.json

    return ask


def start(ask: AskOfStreams) -> tuple[int, Any]:
    fields = {"outputStreamName": "camera1", "id": "d1", "outputPath": "/d1"}
    return ask("POST", "/camera1:startHlsDump", json.dumps(fields))


def test_dump_is_refused_until_the_stream_is_there_and_prepared(emulator: Emulator, ask: AskOfStreams) -> None:
    emulator.connect(STREAM)
    assert (ask("GET")[1]["response"], start(ask)[0]) == ([], 404)
    assert "Could not find the stream" in start(ask)[1]["message"]
    emulator.clock.advance(0.41)
    assert ask("GET")[1]["response"] == ["camera1"]
    assert ask("GET", "/camera1")[1]["response"]["outputs"] == []
    assert "Could not find output stream" in start(ask)[1]["message"]
    emulator.clock.advance(0.47)
    assert start(ask)[0] == 404
    emulator.clock.advance(0.01)
    assert start(ask)[0] == 200
    assert len(ask("GET", "/camera1")[1]["response"]["outputs"]) == 2
    emulator.clock.advance(6)
    assert emulator.dumps["d1"].files


def test_ready_turns_the_clock_until_the_stream_can_be_dumped(emulator: Emulator, ask: AskOfStreams) -> None:
    before_ns = emulator.clock.now_ns()
    assert emulator.connect(STREAM, ready=True) == STREAM
    assert (emulator.clock.now_ns() - before_ns, start(ask)[0]) == (890_000_000, 200)


def test_encoder_that_goes_before_it_is_listed_was_never_there(emulator: Emulator, ask: AskOfStreams) -> None:
    emulator.connect(STREAM)
    emulator.disconnect(STREAM)
    emulator.clock.advance(5)
    assert ask("GET")[1]["response"] == []
    with pytest.raises(ConfigurationError, match="is not connected"):
        emulator.disconnect(STREAM)


def test_name_of_an_encoder_that_is_not_listed_yet_is_taken(emulator: Emulator) -> None:
    emulator.connect(STREAM)
    with pytest.raises(ConfigurationError, match="connected already"):
        emulator.connect(STREAM)


def test_ready_over_the_control_api(emulator: Emulator, ask: AskOfStreams) -> None:
    answer: Answer = emulator.app.test_client().put(
        f"/_mock/streams/{STREAM}", json={"ready": True}, headers={"Authorization": emulator.authorization}
    )
    assert answer.json["streams"][0]["outputs"] == ["camera1", "camera12"]


def test_ready_waits_on_a_real_clock(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path, clock=RealClock(100), streams=[]) as ome:
        ome.connect(STREAM, ready=True)
        assert len(ome.engine.input_stream("default", "app", "camera1").outputs) == 2
