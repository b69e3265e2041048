"""What the emulator takes while it has nothing to do."""

from __future__ import annotations

import time
from collections.abc import Iterator

from .figures import Figure, at_most
from .processes import MEMORY, TELLS_PSS, family, memory_mb
from .servers import MOTO_SERVER, WIREMOCK, Server, find, serving, serving_ome_mock
from .setting import NotMeasured, Setting

IDLE_S = 1.0


def memory(setting: Setting) -> Iterator[Figure | str]:
    """Memory of `ome-mock serve` with its children after one request; moto_server and WireMock beside it."""
    if not TELLS_PSS:
        raise NotMeasured("the proportional set size is told by Linux alone")
    others, lacking = find(MOTO_SERVER, WIREMOCK)
    yield from lacking
    beside = {}
    for kind in others:
        with setting.place() as place, serving(kind, place) as server:
            beside[kind.name] = _idle_mb(server)
    with setting.place() as place, serving_ome_mock(place) as server:
        yield Figure("memory", f"{MEMORY} when idle, children included", _idle_mb(server), "MB", at_most(30), beside)


def _idle_mb(server: Server) -> float:
    """What a server takes that has answered one request."""
    time.sleep(IDLE_S)
    return memory_mb(*family(server.pid))
