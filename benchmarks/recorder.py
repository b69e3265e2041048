"""What `ome-mock record` adds to a request that it passes on."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from .client import LIST_DUMPS, Refused
from .conditions import ROOT
from .figures import Figure, at_most
from .processes import python
from .servers import serving_ome_mock
from .setting import Setting
from .summaries import median, percentile

REQUESTS = 1000


def recorder(setting: Setting) -> Iterator[Figure | str]:
    """`:hlsDumps` through `ome-mock record` and straight to the emulator, in turn, each over a connection that stays open."""
    with ExitStack() as stack:
        place = stack.enter_context(setting.place())
        server = stack.enter_context(serving_ome_mock(place))
        urls = (server.url, stack.enter_context(_recording(server.url, place / "session.ome.jsonl")))
        connections = [HTTPConnection(urlsplit(url).netloc, timeout=30) for url in urls]
        taken_ms = [(_timed_ms(connections[0]), _timed_ms(connections[1])) for _ in range(REQUESTS)]
        for connection in connections:
            connection.close()
    straight_ms, recorded_ms = zip(*taken_ms, strict=True)
    for share in (0.1, 0.5):  # the quickest tenth says least of what else the machine does
        added_ms = percentile(recorded_ms, share) - percentile(straight_ms, share)
        yield Figure("recorder", f"added to a request, p{share * 100:.0f}", added_ms, "ms", at_most(1) if share == 0.1 else None)
    yield Figure("recorder", "a request straight to the emulator, median", median(straight_ms), "ms")


@contextmanager
def _recording(url: str, out: Path) -> Iterator[str]:
    """Record until the block ends; the URL that is asked instead."""
    command = python("ome_mock", "record", "--to", url, "--out", str(out))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", said)
            if found is None:
                raise RuntimeError(f"the recorder said {said!r}, which names no URL")
            yield found.group()
        finally:
            process.kill()


def _timed_ms(connection: HTTPConnection) -> float:
    began = time.perf_counter()
    connection.request(LIST_DUMPS.method, LIST_DUMPS.path, LIST_DUMPS.body, dict(LIST_DUMPS.headers))
    answer = connection.getresponse()
    text = answer.read()
    taken_ms = (time.perf_counter() - began) * 1000
    if answer.status != 200:
        raise Refused(f"{answer.status} {text!r}")
    return taken_ms
