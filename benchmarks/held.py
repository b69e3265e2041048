"""How soon held reloads are answered once their part is there."""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from urllib.parse import urlsplit

from .client import Question, ask
from .figures import Figure, at_most
from .probe import probing
from .servers import Server, serving_ome_mock
from .setting import Setting
from .summaries import percentile

ROUNDS = 5
PART_S = 0.5
LAST_PART = 11
AHEAD = 4
"""How many parts ahead of the hinted one the clients ask: they all have to be connected before it comes."""
LEAD_S = 0.15
"""How long before the part API calls begin to count."""


def held(setting: Setting) -> Iterator[Figure | str]:
    """50 and 500 held reloads of a chunklist: how long after the part's publication they are answered, and API calls meanwhile."""
    for count, budget, api_budget in ((50, at_most(20), None), (500, at_most(250), at_most(150))):
        late_ms, latencies_ms = _rounds(setting, count)
        yield Figure("held", f"{count} reloads answered after the part's publication, median", percentile(late_ms, 0.5), "ms")
        yield Figure("held", f"{count} reloads: the same, p99", percentile(late_ms, 0.99), "ms", budget)
        yield Figure("held", f"{count} reloads: API p99 meanwhile", percentile(latencies_ms, 0.99), "ms", api_budget)


def _rounds(setting: Setting, count: int) -> tuple[list[float], list[float]]:
    """How late each reload was answered, and how long API calls took shortly before and until then."""
    late_ms, windows = [], []
    with setting.place() as place, serving_ome_mock(place) as server:
        with probing(server.url) as probe:
            for _ in range(ROUNDS):
                answered_ms, due = _round(server, count)
                late_ms += answered_ms
                windows.append((due - LEAD_S, due + max(answered_ms) / 1000))
        return late_ms, [each for since, until in windows for each in probe.latencies_ms(since, until)]


def _round(server: Server, count: int) -> tuple[list[float], float]:
    """How many milliseconds after the part's publication each reload was answered, and when that was, in seconds since the epoch."""
    chunklist = _find_chunklist(server)
    query, due = _next_part(server, chunklist)
    request = f"GET {chunklist}{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    address = urlsplit(server.llhls_url)
    late_ms: list[float] = []
    with ExitStack() as clients, selectors.DefaultSelector() as selector:
        for _ in range(count):
            client = clients.enter_context(socket.create_connection((address.hostname, address.port), timeout=10))
            client.sendall(request)
            selector.register(client, selectors.EVENT_READ)
        if time.time() > due - LEAD_S:
            raise RuntimeError(f"{count} clients were not connected in time")
        while len(late_ms) < count:
            ready = selector.select(timeout=10)
            if not ready:
                raise RuntimeError(f"{count - len(late_ms)} of {count} reloads were never answered")
            late_ms += [(time.time() - due) * 1000] * len(ready)
            for key, _ in ready:
                _finish(selector, key.fileobj)
    return late_ms, due


def _finish(selector: selectors.BaseSelector, client: socket.socket) -> None:
    """Look at an answer; the connection stays, for its end would be more work for the server while others wait."""
    answer = client.recv(1 << 16)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"a reload was answered {answer[:100]!r}")
    selector.unregister(client)


def _find_chunklist(server: Server) -> str:
    """The path and session of the first chunklist of a stream."""
    master = ask(server.llhls_url, Question("/app/stream/llhls.m3u8"))
    found = re.search(r"^/app/\S+", master, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"no chunklist in {master}")
    return found.group()


def _next_part(server: Server, chunklist: str) -> tuple[str, float]:
    """The query of a reload for a part that is to come, and when that is complete."""
    while True:
        text = ask(server.llhls_url, Question(chunklist))
        hint = re.search(r'HINT:TYPE=PART,URI="part_\d+_(\d+)_(\d+)_', text)
        if hint is None:
            raise RuntimeError(f"no hint of the next part in {text}")
        msn, part = map(int, hint.groups())
        if 0 < part <= LAST_PART - AHEAD:  # a segment without a part has no date yet
            began = datetime.fromisoformat(re.findall(r"DATE-TIME:(\S+)", text)[-1]).timestamp()
            return f"&_HLS_msn={msn}&_HLS_part={part + AHEAD}", began + PART_S * (part + AHEAD + 1)
        time.sleep(0.2)
