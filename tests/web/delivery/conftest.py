from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fixture_types import AskFile
from flask.testing import FlaskClient
from raw_http import Connection, request

from ome_mock import OmeMock
from ome_mock.emulator import Emulator
from ome_mock.engine.track import OutputTrack

LIST = "/app/stream/llhls.m3u8"


@pytest.fixture
def player(emulator: Emulator) -> FlaskClient:
    """A test client of the LL-HLS publisher; it has no connection."""
    return emulator.llhls_app.test_client()


@pytest.fixture
def video(player: FlaskClient) -> str:
    """The path of the first video's chunklist, with a session."""
    path: str = re.findall(r"^/app\S+", player.get(LIST).text, re.MULTILINE)[0]
    return path


@pytest.fixture
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OmeMock]:
    """A running emulator, of the dialect that the test asks for."""
    with OmeMock(root=tmp_path, dialect=getattr(request, "param", "docs")) as ome:
        yield ome


@pytest.fixture
def ask(running: OmeMock) -> Iterator[AskFile]:
    """Send a request for a file of the first output stream, on a connection of its own; the caller closes it."""
    connections: list[Connection] = []

    def ask(file: str, method: str = "GET") -> Connection:
        connection = Connection(running.llhls_port)
        connections.append(connection)
        connection.send(request(method, f"/app/stream/{file}"))
        return connection

    yield ask
    for connection in connections:
        connection.close()


@pytest.fixture
def track(running: OmeMock) -> OutputTrack:
    """The first video of the first output stream, live for 63.2 s: segment 10 has 6 parts."""
    (stream,) = running.engine.input_streams("default", "app")
    return stream.outputs[0].tracks[0]
