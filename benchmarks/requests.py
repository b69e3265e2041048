"""How many API requests a second the emulator answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from .client import LIST_DUMPS
from .figures import Figure, at_least, at_most
from .servers import MOTO_SERVER, PYTEST_HTTPSERVER, WIREMOCK, find, serving, serving_ome_mock
from .setting import Setting
from .wrk import load_in_turn

SECONDS = 5.0
OURS = "ome-mock"


def requests(setting: Setting) -> Iterator[Figure | str]:
    """`:hlsDumps` of `ome-mock serve` over 8 kept-alive connections, alternately with moto_server and static stubs. Needs wrk."""
    others, lacking = find(MOTO_SERVER, PYTEST_HTTPSERVER, WIREMOCK)
    yield from lacking
    with ExitStack() as stack:
        asked = {OURS: (stack.enter_context(serving_ome_mock(stack.enter_context(setting.place()))).url, LIST_DUMPS)}
        for kind in others:
            server = stack.enter_context(serving(kind, stack.enter_context(setting.place())))
            asked[kind.name] = server.url, kind.question
        loads = load_in_turn(asked, setting.seconds or SECONDS)
    rates = {name: load.requests_per_s for name, load in loads.items()}
    p99s = {name: load.p99_ms for name, load in loads.items()}
    ours, our_p99 = rates.pop(OURS), p99s.pop(OURS)
    yield Figure("requests", "answered with 8 kept-alive connections", ours, "a second", None, rates)
    if MOTO_SERVER.name in rates:
        yield Figure("requests", "the same, measured in moto_server", ours / rates[MOTO_SERVER.name], "x", at_least(2.5))
    yield Figure("requests", "p99 meanwhile", our_p99, "ms", at_most(20), p99s)
