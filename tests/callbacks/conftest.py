from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from callbacks.control_server import ALLOWED, ControlServer
from callbacks.recorded_callbacks import PATIENT_MS, server_xml
from fixture_types import MakeEmulator

from ome_mock import OmeMock
from ome_mock.emulator import Emulator


@pytest.fixture
def emulate(tmp_path: Path) -> Iterator[MakeEmulator]:
    """Makes emulators of a recorded world, whose control server listens on a given port; with `kind=OmeMock` they serve."""
    made: list[Emulator | OmeMock] = []

    def make(port: int, world: str = "admission-webhooks", kind: type[Any] = Emulator, timeout_ms: int = PATIENT_MS, **options: Any) -> Any:
        config = tmp_path / f"{len(made)}.xml"
        config.write_bytes(server_xml(world, port, timeout_ms))
        emulator = kind(**{"dialect": "engine-0.21", "config": config, "root": tmp_path} | options)
        made.append(emulator)
        if isinstance(emulator, OmeMock):
            emulator.start()
        return emulator

    yield make
    for emulator in made:
        emulator.stop() if isinstance(emulator, OmeMock) else emulator.close()


class Standing(NamedTuple):
    """An emulator of the recorded world, and the control server that it asks."""

    ome: OmeMock
    control: ControlServer


@pytest.fixture(scope="session")
def standing_all_the_while(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """For every test that needs no other one: most of their time would go into reading the world."""
    directory = tmp_path_factory.mktemp("standing")
    config = directory / "Server.xml"
    with ControlServer() as control:
        config.write_bytes(server_xml("admission-webhooks", control.port, PATIENT_MS))
        with OmeMock(dialect="engine-0.21", config=config, root=directory) as ome:
            yield Standing(ome, control)


@pytest.fixture
def standing(standing_all_the_while: Standing) -> Standing:
    """An emulator as it starts, without streams, and a control server that was asked nothing yet, and allows everything."""
    ome, control = standing_all_the_while
    ome.reset(streams=[])
    control.asked.clear()
    control.answer(ALLOWED)
    return standing_all_the_while


@pytest.fixture
def control() -> Iterator[ControlServer]:
    """A control server that allows everything until it is told otherwise."""
    with ControlServer() as server:
        yield server
