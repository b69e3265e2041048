from __future__ import annotations

import pytest
from callbacks.control_server import ControlServer
from callbacks.recorded_callbacks import PATIENT_MS, server_xml

from ome_mock import OmeMock
from ome_mock.emulator import Emulator


@pytest.fixture
def emulate(tmp_path):
    """Makes emulators of a recorded world, whose control server listens on a given port; with `kind=OmeMock` they serve."""
    made = []

    def make(port, world="admission-webhooks", kind=Emulator, timeout_ms=PATIENT_MS, **options):
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
def control():
    """A control server that allows everything until it is told otherwise."""
    with ControlServer() as server:
        yield server
