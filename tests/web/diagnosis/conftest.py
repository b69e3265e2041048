from __future__ import annotations

from pathlib import Path

import pytest
from fixture_types import AskDiagnosed, Emulate
from web.diagnosis.two_virtual_hosts import HOSTS, WORLD

from ome_mock.emulator import Emulator
from ome_mock.web.diagnosis import DiagnosedRequest, diagnose

HOST = "127.0.0.1:8081"
STREAMS = [
    "default/app/stream",
    "default/app/camera1",
    "default/plain/cam",
    "default/radio/stream",
    "second/show/concert",
    "second/voice/speaker",
]


@pytest.fixture
def emulate(tmp_path: Path) -> Emulate:
    """An emulator of two virtual hosts with six applications and six connected streams."""

    def emulate(dialect: str = "docs", token: str = "ome-access-token") -> Emulator:
        config = tmp_path / "Server.xml"
        config.write_text(WORLD.format(token=token, hosts=HOSTS))
        return Emulator(dialect=dialect, config=config, streams=STREAMS, root=tmp_path / "root")

    return emulate


@pytest.fixture
def ask() -> AskDiagnosed:
    """Send a request; its status and its diagnosis."""

    def ask(
        emulator: Emulator, method: str, target: str, body: bytes = b"", headers: tuple[tuple[str, str], ...] | None = None
    ) -> tuple[int, tuple[str, ...]]:
        sent = (("Authorization", emulator.authorization),) if headers is None else headers
        answer = emulator.app.test_client().open(
            base_url=f"http://{HOST}", method=method, data=body, headers=sent, environ_overrides={"REQUEST_URI": target}
        )
        asked = DiagnosedRequest(method, target, (("Host", HOST), *sent), body, answer.status_code)
        return answer.status_code, diagnose(asked, emulator._run.api)

    return ask
