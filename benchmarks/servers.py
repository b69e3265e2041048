"""Servers in processes of their own: the emulator, and those that it is compared with."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path

from . import processes, wiremock
from .client import LIST_DUMPS, Question, Refused, ask

START_TIMEOUT_S = 60
POLL_S = 0.0005
ROOT_PATH = Question("/")
OPTIONS = ("--host", "127.0.0.1", "--port", "0", "--llhls-port", "0")


@dataclass(frozen=True)
class Server:
    """A server that has answered."""

    url: str
    pid: int
    first_answer_s: float
    """How long after the start of its process."""
    llhls_url: str = ""
    rtmp_url: str = ""


@dataclass(frozen=True)
class Kind:
    """A program that serves.

    `command(port, directory)` runs it, with a directory for its files; `question` is answered once it is ready; `missing()` says
    what it lacks here, nothing where it can be run.
    """

    name: str
    command: Callable[[int, Path], list[str]]
    missing: Callable[[], str]
    question: Question = ROOT_PATH


def _needs(*modules: str, package: str) -> Callable[[], str]:
    return lambda: "" if all(find_spec(module) for module in modules) else f"not installed (pip install '{package}')"


MOTO_SERVER = Kind(
    "moto_server",
    lambda port, _: processes.python("moto.server", "-H", "127.0.0.1", "-p", str(port)),
    _needs("moto", "flask_cors", package="moto[server]"),
    Question("/moto-api/"),
)
PYTEST_HTTPSERVER = Kind(
    "pytest-httpserver",
    lambda port, _: processes.python("benchmarks.stub", str(port)),
    _needs("pytest_httpserver", package="pytest-httpserver"),
)
WIREMOCK = Kind("WireMock", wiremock.command, wiremock.missing)


def find(*kinds: Kind) -> tuple[list[Kind], list[str]]:
    """Those of the servers that can be run here, and of the others what each lacks."""
    found = [(kind, kind.missing()) for kind in kinds]
    return [kind for kind, lack in found if not lack], [f"{kind.name}: {lack}" for kind, lack in found if lack]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def serving(kind: Kind, directory: Path) -> Iterator[Server]:
    """Run a server until the block ends."""
    port = free_port()
    url, began = f"http://127.0.0.1:{port}", time.perf_counter()
    process = processes.start(kind.command(port, directory))
    try:
        wait_for_answer(process, url, kind.question)
        yield Server(url, process.pid, time.perf_counter() - began)
    finally:
        processes.stop(process)


@contextmanager
def serving_ome_mock(directory: Path, question: Question = LIST_DUMPS, options: Sequence[str] = ()) -> Iterator[Server]:
    """Run `ome-mock serve` until the block ends, with dumps below `directory`; `question` is the first that it is asked."""
    port_file = directory / "ports.json"
    command = processes.python("ome_mock", "serve", *OPTIONS, "--root", str(directory / "dumps"), "--port-file", str(port_file), *options)
    began = time.perf_counter()
    process = processes.start(command)
    try:
        _wait(process, port_file.exists)
        ports = json.loads(port_file.read_text())
        url, llhls_url = (f"http://127.0.0.1:{ports[name]}" for name in ("port", "llhls_port"))
        ask(url, question)
        rtmp_url = f"rtmp://127.0.0.1:{ports['rtmp_port']}" if ports["rtmp_port"] else ""
        yield Server(url, process.pid, time.perf_counter() - began, llhls_url, rtmp_url)
    finally:
        processes.stop(process)
        port_file.unlink(missing_ok=True)


def wait_for_answer(process: subprocess.Popen[bytes], url: str, question: Question) -> None:
    """Ask until the answer is 200. Raises RuntimeError where the process ends, or takes too long."""

    def is_answered() -> bool:
        try:
            ask(url, question)
        except (OSError, HTTPException, Refused):
            return False
        return True

    _wait(process, is_answered)


def _wait(process: subprocess.Popen[bytes], is_ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not is_ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} serves nothing, exit code {process.returncode}")
        time.sleep(POLL_S)
