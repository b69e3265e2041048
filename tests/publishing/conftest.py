"""Emulators that encoders can publish to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from served import wait_until_fixture

from ome_mock import OmeMock

__all__ = ["wait_until_fixture"]

Ask = Callable[..., tuple[int, Any]]
STREAMS = "/v1/vhosts/default/apps/app/streams"


@pytest.fixture
def ome(tmp_path: Path) -> Iterator[OmeMock]:
    """An emulator without streams, on a manual clock."""
    with OmeMock(root=tmp_path, streams=[], rtmp_port=0) as ome:
        yield ome


@pytest.fixture
def ask(ome: OmeMock) -> Ask:
    """Ask the REST API about streams of `default/app`."""

    def ask(path: str = "", method: str = "GET", body: Any = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", ome.port, timeout=10)
        text = None if body is None else json.dumps(body)
        connection.request(method, STREAMS + path, text, {"Authorization": ome.authorization})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        return answer.status, found

    return ask
