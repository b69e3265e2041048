"""What the recorded engine answered, and what the emulator answers in the engine's dialect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.recordings import CONNECTED, RECORDINGS, Replay, read_cases
from flask import Flask

import ome_mock
from ome_mock.web.catch_all_flask import CatchAllFlask

GROUPS = (
    "auth",
    "routing",
    "body",
    "fields",
    "not-found",
    "dump",
    "cors",
    "records",
    "pushes",
    "events",
    "channels",
    "streams",
    "documents",
)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application whose working directory is one of its own: a recorded output path is relative."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("working"))
        return ome_mock.create_app(dialect="engine-0.21", config=RECORDINGS / "Server.xml", streams=CONNECTED)


@pytest.mark.parametrize("case", read_cases("exchanges"), ids=lambda case: case["case"])
def test_exchange_is_the_recorded_one(case: dict[str, Any], application: CatchAllFlask, tmp_path: Path) -> None:
    assert list(Replay(application, tmp_path).differences(case)) == []


@pytest.mark.parametrize("case", [*read_cases("json"), *read_cases("json-numbers")], ids=lambda case: case["case"])
def test_body_is_read_as_the_engine_read_it(case: dict[str, Any], application: CatchAllFlask, tmp_path: Path) -> None:
    assert list(Replay(application, tmp_path).differences(case)) == []


@pytest.mark.parametrize("case", read_cases("walks"), ids=lambda case: case["case"])
def test_walk_is_the_recorded_one(case: dict[str, Any], application: CatchAllFlask, tmp_path: Path) -> None:
    assert list(Replay(application, tmp_path).differences(case)) == []
