from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Answer, Ask, Get, Post, Start, UseWorld
from flask import Flask
from flask.testing import FlaskClient
from server_xml import server_xml
from web.rest.rest_client import Rest

from ome_mock.emulator import Emulator, create_app
from ome_mock.worlds.server_xml import read_server_xml

STREAM = "/v1/vhosts/default/apps/app/streams/stream"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(root=tmp_path)


@pytest.fixture
def emulator(app: Flask) -> Emulator:
    emulator: Emulator = app.extensions["ome_mock"]
    return emulator


@pytest.fixture
def get(client: FlaskClient, emulator: Emulator) -> Get:
    """GET a path with the access token."""
    return lambda path: client.get(path, headers={"Authorization": emulator.authorization})


@pytest.fixture
def post(client: FlaskClient, emulator: Emulator) -> Post:
    """POST to an action of the input stream, or to a path; bytes and text are sent as they are, anything else as JSON."""

    def post(action: str, body: Any) -> Answer:
        path = action if action.startswith("/") else f"{STREAM}:{action}"
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return client.post(path, data=data, headers={"Authorization": emulator.authorization})

    return post


@pytest.fixture
def rest(tmp_path: Path) -> Rest:
    """Ask an emulator of the recorded engine."""
    return Rest(Emulator(dialect="engine-0.21", root=tmp_path))


@pytest.fixture
def start(post: Post) -> Start:
    """Start a dump that is complete but for what the test says of it."""

    def start(**fields: Any) -> Answer:
        return post("startHlsDump", {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"} | fields)

    return start


@pytest.fixture
def use_world(monkeypatch: pytest.MonkeyPatch) -> UseWorld:
    """Have emulators begin with the virtual hosts and defaults of this XML."""

    def use_world(xml: str) -> None:
        world = read_server_xml(server_xml(xml).encode(), "test")
        monkeypatch.setattr("ome_mock.emulator.default_world", lambda: world)

    return use_world


@pytest.fixture
def ask(client: FlaskClient, emulator: Emulator) -> Ask:
    """Send any method to a path of the application `app`, or to a path, with a JSON body if there is one."""

    def ask(method: str, path: str, body: Any = None) -> Answer:
        path = path if path.startswith("/v1") else f"/v1/vhosts/default/apps/app{path}"
        data = None if body is None else json.dumps(body)
        return client.open(path, method=method, data=data, headers={"Authorization": emulator.authorization})

    return ask
