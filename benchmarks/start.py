"""How soon after its process starts the emulator has started a dump."""

from __future__ import annotations

import compileall
import subprocess
import sys
import time
from collections.abc import Iterator

from .client import api_call
from .conditions import ROOT
from .figures import Figure, at_most
from .servers import MOTO_SERVER, WIREMOCK, Kind, find, serving, serving_ome_mock
from .setting import Setting
from .summaries import median

ROUNDS = 15
ROUNDS_OF_OTHERS = 3
START_DUMP = api_call("startHlsDump", {"outputStreamName": "stream", "id": "d", "outputPath": "/d"})


def start(setting: Setting) -> Iterator[Figure | str]:
    """Start of `ome-mock serve` until the first dump is started, against `import flask`; moto_server and WireMock to their first answer."""
    others, lacking = find(MOTO_SERVER, WIREMOCK)
    yield from lacking
    compileall.compile_dir(ROOT / "ome_mock", quiet=1)  # as installing does: Flask was installed, so it has been compiled
    flask_ms, ready_ms = [], []
    for _ in range(ROUNDS):
        flask_ms.append(_import_flask_ms())
        with setting.place() as place, serving_ome_mock(place, START_DUMP) as server:
            ready_ms.append(server.first_answer_s * 1000)
    beside = {f"{kind.name} to its first answer": _first_answer_ms(kind, setting) for kind in others}
    ours, flask = median(ready_ms), median(flask_ms)
    yield Figure("start", "start of the process to the first dump started", ours, "ms", at_most(200), {"import flask": flask, **beside})
    yield Figure("start", "the same, measured in `import flask`", ours / flask, "x", at_most(1.6))


def _import_flask_ms() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import flask, os; os._exit(0)"], cwd=ROOT, check=True)
    return (time.perf_counter() - began) * 1000


def _first_answer_ms(kind: Kind, setting: Setting) -> float:
    taken_ms = []
    for _ in range(ROUNDS_OF_OTHERS):
        with setting.place() as place, serving(kind, place) as server:
            taken_ms.append(server.first_answer_s * 1000)
    return median(taken_ms)
