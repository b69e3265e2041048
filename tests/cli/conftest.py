from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from ome_mock.cli import main

TIMEOUT_S = 20
AUTHORIZATION = "Basic b21lLWFjY2Vzcy10b2tlbg=="


@dataclass(frozen=True)
class Outcome:
    """What a run of the command line left."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Outcome]]:
    """Run the command line in this process; while it serves, `look_around` is called, and then it ends."""
    logger = logging.getLogger("ome_mock")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    for variable in [variable for variable in os.environ if variable.startswith("OME_MOCK_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setattr("ome_mock.cli.signal.pthread_sigmask", lambda *_: None)

    def forget_log() -> None:
        for handler in set(logger.handlers) - set(handlers):
            handler.close()
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)

    def run(*arguments: object, look_around: Callable[[], None] = lambda: None, **environment: object) -> Outcome:
        monkeypatch.setattr("ome_mock.cli.signal.sigwait", lambda _: look_around())
        monkeypatch.setattr(sys, "argv", ["ome-mock", *map(str, arguments)])
        with monkeypatch.context() as context:
            context.setenv("OME_MOCK_LLHLS_PORT", "0")  # tests run beside each other
            for name, value in environment.items():
                context.setenv(f"OME_MOCK_{name}", str(value))
            with pytest.raises(SystemExit) as exited:
                main()
        forget_log()
        captured = capsys.readouterr()
        return Outcome(exited.value.code, captured.out, captured.err)

    yield run
    forget_log()


@dataclass(frozen=True)
class Served:
    """A process that serves."""

    process: subprocess.Popen[str]
    ports: dict[str, Any]

    def post(self, action: str, body: dict[str, Any]) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.ports["port"], timeout=TIMEOUT_S)
        path = action if action.startswith("/") else f"/v1/vhosts/default/apps/app/streams/stream:{action}"
        connection.request("POST", path, json.dumps(body), {"Authorization": AUTHORIZATION})
        answer = connection.getresponse()
        try:
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def end(self, signal: int) -> Outcome:
        """Send a signal and wait for the end."""
        self.process.send_signal(signal)
        out, err = self.process.communicate(timeout=TIMEOUT_S)
        return Outcome(self.process.returncode, out, err)


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Serve in a process of its own, on a free port; it answers from the moment when its port file is there."""
    processes: list[subprocess.Popen[str]] = []

    def spawn(*arguments: object) -> Served:
        port_file = tmp_path / "ports.json"
        command = [
            sys.executable,
            "-m",
            "ome_mock",
            "serve",
            "--port",
            "0",
            "--llhls-port",
            "0",
            "--port-file",
            str(port_file),
            *map(str, arguments),
        ]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OME_MOCK_")}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        processes.append(process)
        wait_until(lambda: port_file.exists() or process.poll() is not None)
        assert port_file.exists(), process.communicate()[1]
        ports = json.loads(port_file.read_text())
        connection = HTTPConnection("127.0.0.1", ports["port"], timeout=TIMEOUT_S)
        connection.request("GET", "/_mock/health")
        assert connection.getresponse().status == 200
        connection.close()
        return Served(process, ports)

    yield spawn
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.communicate()


def wait_until(condition: Callable[[], object], within_s: float = TIMEOUT_S) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        threading.Event().wait(0.01)


@pytest.fixture(name="wait_until")
def wait_until_fixture() -> Callable[..., None]:
    return wait_until
