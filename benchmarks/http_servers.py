"""The HTTP servers that could carry the emulator, side by side; what they said is in `benchmarks/http-server.md`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, astuple, dataclass
from importlib.metadata import version
from importlib.util import find_spec

from . import bare_servers, processes
from .client import Question, ask
from .figures import Figure
from .servers import free_port, wait_for_answer
from .setting import Setting
from .summaries import median, percentile
from .waiting import WAITING, asking, plain_beside_waiting
from .wrk import Load, load_in_turn

NAMES = ("werkzeug", "cheroot", "gunicorn", "granian", "waitress", "ome-mock")
STARTS = 5
SECONDS = 3.0
RAW_TARGET = "/raw/a%2Fb"
COLUMNS = (
    "server",
    "requests/s",
    "p99",
    "start",
    "memory",
    "processes",
    "stop",
    f"p99 beside {WAITING} that wait",
    "those done after",
    "raw target",
)


@dataclass(frozen=True)
class Measured:
    """What was measured of one server."""

    requests_per_s: float
    p99_ms: float
    start_ms: float
    memory_mb: float
    processes: int
    stop_ms: float
    p99_beside_waiting_ms: float
    waiting_done_s: float
    has_raw_target: bool

    def row(self, name: str) -> str:
        """A row of the table in Markdown."""
        rate, p99, start, memory, number, stop, beside, done, raw = astuple(self)
        told = [name, f"{rate:,.0f}", f"{p99:.1f} ms", f"{start:.0f} ms", f"{memory:.0f} MB", str(number), f"{stop:,.1f} ms"]
        return f"| {' | '.join([*told, f'{beside:,.0f} ms', f'{done:.1f} s', 'yes' if raw else 'no'])} |"


WORDS = {
    "requests_per_s": ("answered over 8 kept-alive connections", "a second"),
    "p99_ms": ("p99 meanwhile", "ms"),
    "start_ms": ("start of the process to the first answer", "ms"),
    "memory_mb": (f"{processes.MEMORY} after that, children included", "MB"),
    "processes": ("processes", ""),
    "stop_ms": ("SIGTERM to the end of the process", "ms"),
    "p99_beside_waiting_ms": (f"p99 of plain requests while {WAITING} wait in their handler", "ms"),
    "waiting_done_s": ("the last of those that wait was answered after", "s"),
    "has_raw_target": ("gives the raw request target (1) or not (0)", ""),
}


def http_servers(setting: Setting) -> Iterator[Figure | str]:
    """Six HTTP servers with the same bare application: speed, start, stop, memory, and who stalls while requests wait. Needs wrk."""
    rows = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    names, lacking = _find_names()
    yield from lacking
    with ExitStack() as stack:
        served = {name: stack.enter_context(_serving(name)) for name in names}
        loads = load_in_turn({name: (url, Question()) for name, (url, _) in served.items()}, setting.seconds or SECONDS)
        for name, (url, pid) in served.items():
            measured = _measure(name, url, pid, loads[name])
            yield from _figures(name, measured)
            rows.append(measured.row("waitress as subclassed here" if name == "ome-mock" else f"{name} {version(name)}"))
    yield "in Markdown:\n" + "\n".join(rows)


def _find_names() -> tuple[list[str], list[str]]:
    """The servers that are installed, and of the others what to install; the emulator's own always is."""
    names = [name for name in NAMES if name == "ome-mock" or find_spec(name)]
    return names, [f"{name}: not installed (pip install {name})" for name in NAMES if name not in names]


@contextmanager
def _serving(name: str) -> Iterator[tuple[str, int]]:
    """Run a server until the block ends: its URL and its process."""
    port = free_port()
    url, process = f"http://127.0.0.1:{port}", processes.start(bare_servers.command(name, port))
    try:
        wait_for_answer(process, url, Question())
        yield url, process.pid
    finally:
        processes.stop(process)


def _measure(name: str, url: str, pid: int, load: Load) -> Measured:
    pids = processes.family(pid)
    memory_mb = processes.memory_mb(*pids)
    latencies_ms, waiting_done_s = plain_beside_waiting(url)
    starts_ms, stops_ms = zip(*(_start_and_stop_ms(name) for _ in range(STARTS)), strict=True)
    return Measured(
        requests_per_s=load.requests_per_s,
        p99_ms=load.p99_ms,
        start_ms=median(starts_ms),
        memory_mb=memory_mb,
        processes=len(pids),
        stop_ms=median(stops_ms),
        p99_beside_waiting_ms=percentile(latencies_ms, 0.99),
        waiting_done_s=waiting_done_s,
        has_raw_target=ask(url, Question(RAW_TARGET)) == RAW_TARGET,
    )


def _start_and_stop_ms(name: str) -> tuple[float, float]:
    """From the start of the process to its first answer, and from SIGTERM to its end, while a client keeps a connection."""
    port = free_port()
    url, began = f"http://127.0.0.1:{port}", time.perf_counter()
    process = processes.start(bare_servers.command(name, port))
    try:
        wait_for_answer(process, url, Question())
        started_ms = (time.perf_counter() - began) * 1000
        client = asking(url, "/")
        client.recv(1 << 16)
    finally:
        stopped_ms = processes.stop(process) * 1000
    client.close()
    return started_ms, stopped_ms


def _figures(name: str, measured: Measured) -> Iterator[Figure]:
    for each, value in asdict(measured).items():
        yield Figure("http_servers", f"{name}: {WORDS[each][0]}", float(value), WORDS[each][1])
