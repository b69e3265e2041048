from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from callbacks.control_server import ControlServer
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


@pytest.fixture
def control() -> Iterator[ControlServer]:
    """A control server that allows everything until it is told otherwise."""
    with ControlServer() as server:
        yield server
