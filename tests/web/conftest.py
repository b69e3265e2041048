from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from server_xml import server_xml
from werkzeug.test import TestResponse

from ome_mock.emulator import Emulator, create_app
from ome_mock.worlds.server_xml import read_server_xml

STREAM = "/v1/vhosts/default/apps/app/streams/stream"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(root=tmp_path)


@pytest.fixture
def emulator(app: Flask) -> Emulator:
    return app.extensions["ome_mock"]


@pytest.fixture
def get(client: FlaskClient, emulator: Emulator) -> Callable[[str], TestResponse]:
    """GET a path with the access token."""
    return lambda path: client.get(path, headers={"Authorization": emulator.authorization})


@pytest.fixture
def post(client: FlaskClient, emulator: Emulator) -> Callable[[str, Any], TestResponse]:
    """POST to an action of the input stream, or to a path; bytes and text are sent as they are, anything else as JSON."""

    def post(action: str, body: Any) -> TestResponse:
        path = action if action.startswith("/") else f"{STREAM}:{action}"
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return client.post(path, data=data, headers={"Authorization": emulator.authorization})

    return post


@pytest.fixture
def rest(tmp_path: Path) -> Callable[..., tuple[int, Any]]:
    """Ask an emulator of the recorded engine: status and JSON value of a method, a path below `/v1` and, where there is one, a body."""
    emulator = Emulator(dialect="engine-0.21", root=tmp_path)

    def rest(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else body if isinstance(body, str) else json.dumps(body)
        answer = emulator.app.test_client().open(f"/v1{path}", method=method, data=data, headers={"Authorization": emulator.authorization})
        return answer.status_code, answer.json

    rest.emulator = emulator
    return rest


@pytest.fixture
def start(post: Callable[[str, Any], TestResponse]) -> Callable[..., TestResponse]:
    """Start a dump that is complete but for what the test says of it."""

    def start(**fields: Any) -> TestResponse:
        return post("startHlsDump", {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"} | fields)

    return start


@pytest.fixture
def use_world(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have emulators begin with the virtual hosts and defaults of this XML."""

    def use_world(xml: str) -> None:
        world = read_server_xml(server_xml(xml).encode(), "test")
        monkeypatch.setattr("ome_mock.emulator.default_world", lambda: world)

    return use_world


@pytest.fixture
def ask(client: FlaskClient, emulator: Emulator) -> Callable[..., TestResponse]:
    """Send any method to a path of the application `app`, or to a path, with a JSON body if there is one."""

    def ask(method: str, path: str, body: Any = None) -> TestResponse:
        path = path if path.startswith("/v1") else f"/v1/vhosts/default/apps/app{path}"
        data = None if body is None else json.dumps(body)
        return client.open(path, method=method, data=data, headers={"Authorization": emulator.authorization})

    return ask
