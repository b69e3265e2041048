"""Processes that serve, for tests that look at them from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Protocol

import pytest

TIMEOUT_S = 20
LATE_S = 5
"""The seconds by which something may be later than promised, because the machine is busy."""
AUTHORIZATION = "Basic b21lLWFjY2Vzcy10b2tlbg=="


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line left."""

    status: int
    out: str
    err: str


class Run(Protocol):
    """Runs the command line; `environment` is set as `OME_MOCK_...`."""

    def __call__(self, *arguments: object, look_around: Callable[[], object] = ..., **environment: object) -> Outcome: ...


class Spawn(Protocol):
    """Serves in a process of its own."""

    def __call__(self, *arguments: object, host: str = ..., port_file: Path = ..., **variables: str) -> Served: ...


class WaitUntil(Protocol):
    """Waits for a condition to be true; gives its value."""

    def __call__(self, condition: Callable[[], Any], within_s: float = ...) -> Any: ...


def post(port: int, action: str, body: dict[str, Any]) -> tuple[int, Any]:
    """Post to an action of the usual stream, or to a path; returns the status of the answer and its JSON."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    path = action if action.startswith("/") else f"/v1/vhosts/default/apps/app/streams/stream:{action}"
    connection.request("POST", path, json.dumps(body), {"Authorization": AUTHORIZATION})
    answer = connection.getresponse()
    try:
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@dataclass(frozen=True)
class Served:
    """A process that serves."""

    process: subprocess.Popen[str]
    ports: dict[str, Any]

    def post(self, action: str, body: dict[str, Any]) -> tuple[int, Any]:
        return post(self.ports["port"], action, body)

    def end(self, signal: int) -> Outcome:
        """Send a signal and wait for the end."""
        self.process.send_signal(signal)
        out, err = self.process.communicate(timeout=TIMEOUT_S)
        return Outcome(self.process.returncode, out, err)


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Spawn]:
    """Serve in a process of its own, on free ports; it answers from the moment when its port file is there."""
    processes: list[subprocess.Popen[str]] = []

    def spawn(*arguments: object, host: str = "127.0.0.1", port_file: Path = tmp_path / "ports.json", **variables: str) -> Served:
        command = [
            sys.executable,
            "-m",
            "ome_mock",
            "serve",
            "--host",
            host,
            "--port",
            "0",
            "--llhls-port",
            "0",
            "--port-file",
            str(port_file),
        ]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OME_MOCK_")} | variables
        if "--config" in arguments:
            environment.setdefault("OME_MOCK_RTMP_PORT", "0")
        process = subprocess.Popen(
            [*command, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        processes.append(process)
        ports: dict[str, Any] = wait_until(lambda: _told_in(port_file) or process.poll())
        assert isinstance(ports, dict), process.communicate()[1]
        connection = HTTPConnection(host, ports["port"], timeout=TIMEOUT_S)
        connection.request("GET", "/_mock/health")
        assert connection.getresponse().status == 200
        connection.close()
        return Served(process, ports)

    yield spawn
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _told_in(port_file: Path) -> dict[str, Any] | None:
    """What a port file says, or None while it says nothing; of a FIFO, once it is written."""
    try:
        told: dict[str, Any] = json.loads(port_file.read_text())
    except (OSError, ValueError):
        return None
    return told


def wait_until(condition: Callable[[], Any], within_s: float = TIMEOUT_S) -> Any:
    """Wait for a condition to be true; returns what it was then."""
    deadline = time.monotonic() + within_s
    while not (result := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.01)
    return result


@pytest.fixture(name="wait_until")
def wait_until_fixture() -> WaitUntil:
    return wait_until
