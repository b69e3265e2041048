"""What a test pays for an emulator of its own."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

from ome_mock import OmeMock

from .client import LIST_DUMPS, Question, ask
from .figures import Figure, at_most
from .servers import MOTO_SERVER, PYTEST_HTTPSERVER, find
from .setting import Setting
from .summaries import median

ROUNDS = 51
ROUNDS_OF_OTHERS = 9
Stop = Callable[[], None]
Start = Callable[[], tuple[str, Stop]]
"""Starts a server in this process; returns its URL and what stops it."""


def fixture(setting: Setting) -> Iterator[Figure | str]:  # noqa: ARG001
    """`OmeMock` started and stopped within a process; the fixtures of pytest-httpserver and moto beside it."""
    starts: dict[str, tuple[Start, Question]] = {
        PYTEST_HTTPSERVER.name: (_pytest_httpserver, Question()),
        "moto": (_moto, MOTO_SERVER.question),
    }
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the others run on it
    others, lacking = find(PYTEST_HTTPSERVER, MOTO_SERVER)
    yield from lacking
    ready, stopped = _measure(_ome_mock, LIST_DUMPS, ROUNDS)
    beside = {
        name: _measure(*starts[name], ROUNDS_OF_OTHERS) for name in starts if name in {kind.name.removesuffix("_server") for kind in others}
    }
    yield Figure("fixture", "made and ready", ready, "ms", at_most(5), {name: taken[0] for name, taken in beside.items()})
    yield Figure("fixture", "stopped", stopped, "ms", at_most(5), {name: taken[1] for name, taken in beside.items()})


def _measure(start: Start, question: Question, rounds: int) -> tuple[float, float]:
    """How many milliseconds a server takes until it can be asked, and to stop after it was: medians."""
    ready_ms, stopped_ms = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        url, stop = start()
        ready = time.perf_counter()
        ask(url, question)
        ending = time.perf_counter()
        stop()
        stopped_ms.append((time.perf_counter() - ending) * 1000)
        ready_ms.append((ready - began) * 1000)
    return median(ready_ms), median(stopped_ms)


def _ome_mock() -> tuple[str, Stop]:
    ome = OmeMock()
    ome.start()
    return ome.url, ome.stop


def _pytest_httpserver() -> tuple[str, Stop]:
    from pytest_httpserver import HTTPServer

    server = HTTPServer(host="127.0.0.1", port=0)
    server.expect_request("/").respond_with_json({})
    server.start()
    return server.url_for(""), server.stop


def _moto() -> tuple[str, Stop]:
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    return f"http://{host}:{port}", server.stop
