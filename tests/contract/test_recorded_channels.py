"""Channels as a recorded engine made, listed, played and ended them, moment by moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.channels import Story, server_xml
from contract.recordings import read_cases

from ome_mock.settings import World
from ome_mock.worlds.server_xml import read_configuration

LATE_LOOK = "the engine's look came late, and a change that was just before ours was after its"
ONE_NAME = "here an application has one stream of a name: a publisher that takes a channel's is refused"
DIFFERENCES = {
    "scheduled/second POST after 0 s": LATE_LOOK,
    "multiplex/body: bitrateConf and framerateConf": LATE_LOOK,
    "multiplex/body: audioIndex 3": LATE_LOOK,
    "multiplex/body: no playlists": LATE_LOOK,
    "multiplex/body: source url without a stream": LATE_LOOK,
    "multiplex/source comes 4 s later": LATE_LOOK,
    "scheduled/body: no repeat": LATE_LOOK,
    "scheduled/item is a live stream": LATE_LOOK,
    "scheduled/item is a live stream, transcoded": LATE_LOOK,
    "scheduled/item is a live stream that leaves": LATE_LOOK,
    "scheduled/program begins in 4 s, ends after 4 s": LATE_LOOK,
    "multiplex/a publisher takes the name of the channel": ONE_NAME,
    "scheduled/a publisher takes the name of the channel": ONE_NAME,
    "scheduled/item is a stream that comes 4 s later, fallback file": "here sound never changes, so no change of it is counted",
}
"""The cases that are not as recorded to within a third of a second, and why."""


WORLDS: dict[Path, World] = {}
"""Every case has the same world, which is a frozen value."""


def read_once(config: Path, **options: Any) -> World:
    if config not in WORLDS:
        WORLDS[config] = read_configuration(config, **options)
    return WORLDS[config]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("channels") / "Server.xml"
    path.write_text(server_xml())
    return path


@pytest.fixture(autouse=True)
def _one_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.emulator.read_configuration", read_once)


@pytest.mark.parametrize("case", read_cases("channels"), ids=lambda case: case["case"])
def test_channel_is_the_recorded_one(case: dict[str, Any], config: Path) -> None:
    differences = list(Story(case, config).differences())
    assert bool(differences) == (case["case"] in DIFFERENCES), "\n".join(differences)


@pytest.mark.parametrize(
    "case", [case for case in read_cases("channels") if DIFFERENCES.get(case["case"]) == LATE_LOOK], ids=lambda case: case["case"]
)
def test_late_look_is_late_by_less_than_a_second(case: dict[str, Any], config: Path) -> None:
    assert list(Story(case, config, margin_s=1.0).differences()) == []
