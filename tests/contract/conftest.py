from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Call, Tree
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ome_mock.emulator import Emulator, create_app

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
CREDENTIALS = "Basic b21lLWFjY2Vzcy10b2tlbg=="


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(root=tmp_path)


@pytest.fixture
def emulator(app: Flask) -> Emulator:
    emulator: Emulator = app.extensions["ome_mock"]
    return emulator


@pytest.fixture
def call(client: FlaskClient) -> Call:
    """Send a request as a client would; a path that does not begin with a slash is that of the input stream."""

    def call(method: str, path: str, body: Any = None, authorization: str | None = CREDENTIALS) -> TestResponse:
        data = body if isinstance(body, bytes | str) or body is None else json.dumps(body)
        headers = {"Content-Type": "application/json"} | ({} if authorization is None else {"Authorization": authorization})
        return client.open(path if path.startswith("/") else STREAM + path, method=method, data=data, headers=headers)

    return call


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Every file below the root."""
    return lambda: sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
