"""Emulators behind HAProxy, each in a process of its own, as `deploy/` runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import processes
from .client import Question
from .servers import free_port, wait_for_answer
from .setting import NotMeasured

DEPLOY = Path(__file__).parent.parent / "deploy"
BALANCER = "127.0.0.1"
HEALTH = Question("/_mock/health")
SERVER = "    server ome-mock-"


def missing() -> str:
    """What a fleet lacks here, nothing where it can be run."""
    if not sys.platform.startswith("linux"):
        return "needs Linux, where every address of 127.0.0.0/8 is this machine"
    return "" if shutil.which("haproxy") else "needs haproxy, which was not found"


@dataclass
class Fleet:
    """Emulators at addresses of their own, all with the same two ports, and HAProxy at 127.0.0.1 with these ports."""

    directory: Path
    count: int
    port: int = field(default_factory=free_port)
    llhls_port: int = field(default_factory=free_port)
    virtual_hosts: str = field(default_factory=(DEPLOY / "virtual-hosts.map").read_text)
    """The balancer's map of Host headers."""
    emulators: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    balancer: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{BALANCER}:{self.port}"

    def url_of(self, number: int) -> str:
        """The URL of an emulator, past the balancer."""
        return f"http://{address(number)}:{self.port}"

    @property
    def urls(self) -> list[str]:
        return [self.url_of(number) for number in self.emulators]

    @property
    def pids(self) -> list[int]:
        """The processes of the emulators."""
        return [process.pid for process in self.emulators.values()]

    @property
    def balancer_pid(self) -> int:
        if self.balancer is None:
            raise RuntimeError("the balancer was not started")
        return self.balancer.pid

    def start(self, number: int) -> None:
        """Start an emulator, and return once it answers; its files are below the fleet's directory."""
        options = ("--host", address(number), "--port", self.port, "--llhls-port", self.llhls_port, "--rtmp-port", 0, "--seed", number)
        options += ("--config", DEPLOY / "Server.xml", "--root", self.directory / f"ome-mock-{number}")
        self.emulators[number] = process = processes.start(processes.python("ome_mock", "serve", *map(str, options)))
        wait_for_answer(process, self.url_of(number), HEALTH)

    def stop(self, number: int) -> None:
        processes.stop(self.emulators.pop(number))

    def start_balancer(self) -> None:
        """Start HAProxy, and return once it answers."""
        self._configure()
        command = ["haproxy", "-db", "-f", str(self.directory / "haproxy.cfg")]
        self.balancer = processes.start(command, self.environment)
        wait_for_answer(self.balancer, self.url, HEALTH)

    @property
    def environment(self) -> dict[str, str]:
        """What the configuration of the balancer reads."""
        ports = {"OME_MOCK_PORT": str(self.port), "OME_MOCK_LLHLS_PORT": str(self.llhls_port), "BALANCER_ADDRESS": BALANCER}
        return dict(os.environ) | ports | {f"OME_MOCK_{number}": address(number) for number in range(self.count)}

    def _configure(self) -> None:
        """The configuration of `deploy/` with as many servers as there are emulators."""
        lines = (DEPLOY / "haproxy.cfg").read_text().splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith(SERVER) or int(line.removeprefix(SERVER).split()[0]) < self.count]
        (self.directory / "haproxy.cfg").write_text("".join(kept))
        (self.directory / "virtual-hosts.map").write_text(self.virtual_hosts)

    def close(self) -> None:
        for process in (*self.emulators.values(), *([self.balancer] if self.balancer else [])):
            processes.stop(process)


def address(number: int) -> str:
    """The address of an emulator on this machine."""
    return f"127.0.0.{11 + number}"


@contextmanager
def balanced(fleet: Fleet) -> Iterator[Fleet]:
    """Run emulators behind HAProxy until the block ends. Raises NotMeasured where that can't be."""
    if lack := missing():
        raise NotMeasured(lack)
    try:
        for number in range(fleet.count):
            fleet.start(number)
        fleet.start_balancer()
        yield fleet
    finally:
        fleet.close()
