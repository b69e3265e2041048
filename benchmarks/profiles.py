"""Where the time goes on the three hottest paths: `python -m benchmarks profile request|batch|day`.

Only what users have is used, so that older trees can be profiled too: run it there, with this one in PYTHONPATH.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ome_mock import create_app

REQUESTS = 5_000
DUMPS = 500
BATCHES_S = 30
DAY_S = 86_400
STEP_S = 0.1
"""Shorter than the time between the segments of two tracks, so that each is a batch of its own."""
SHOWN = 25
BODY = b'{"outputStreamName":"stream"}'
ENVIRON = {
    "REQUEST_METHOD": "POST",
    "SCRIPT_NAME": "",
    "PATH_INFO": "/v1/vhosts/default/apps/app/streams/stream:hlsDumps",
    "QUERY_STRING": "",
    "REQUEST_URI": "/v1/vhosts/default/apps/app/streams/stream:hlsDumps",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8081",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "HTTP_HOST": "127.0.0.1:8081",
    "HTTP_AUTHORIZATION": "Basic b21lLWFjY2Vzcy10b2tlbg==",
    "CONTENT_LENGTH": str(len(BODY)),
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
"""As the server gives it for a `:hlsDumps`."""


Run = Callable[[], int]
"""Does the work, and says how many times."""


def request(root: Path) -> Run:
    """`:hlsDumps`, from the WSGI call to the last byte of the answer."""
    app = create_app(root=root)
    statuses = set()

    def run() -> int:
        for _ in range(REQUESTS):
            answer = app(ENVIRON | {"wsgi.input": io.BytesIO(BODY)}, lambda status, headers, error=None: statuses.add(status))  # noqa: ARG005
            b"".join(answer)
            answer.close()
        if statuses != {"200 OK"}:
            raise RuntimeError(f"answered {statuses}")
        return REQUESTS

    return run


def batch(root: Path) -> Run:
    """The files of one segment of a track, for one of 500 dumps of a stream."""
    ome = create_app(root=root).extensions["ome_mock"]
    ome.connect("default/app/s")
    ome.clock.advance(20)
    for number in range(DUMPS):
        path = f"/d{number}"
        ome.start_dump(f"d{number}", stream="default/app/s", output_stream_name="s2", output_path=path, info_file=f"{path}.info")
    there = _segments(root)

    def run() -> int:
        for _ in range(round(BATCHES_S / STEP_S)):
            ome.clock.advance(STEP_S)
        return _segments(root) - there

    return run


def day(root: Path) -> Run:
    """A segment of a dump of two tracks, when a day passes at once."""
    ome = create_app(root=root).extensions["ome_mock"]
    ome.start_dump("d", output_stream_name="stream2", output_path="/d", info_file="/d.info")
    there = _segments(root)

    def run() -> int:
        ome.clock.advance(DAY_S)
        return _segments(root) - there

    return run


PATHS = {"request": request, "batch": batch, "day": day}


def profile(name: str, directory: Path) -> None:
    """Print what one of them takes without a profiler, then the functions that take most, each without what it calls."""
    with _run(name, directory) as run:
        began = time.perf_counter()
        count = run()
        taken_s = time.perf_counter() - began
    print(f"{name}: {taken_s / count * 1e6:.1f} us, the mean of {count:,}")
    profiler = cProfile.Profile()
    with _run(name, directory) as run:
        profiler.runcall(run)
    pstats.Stats(profiler).strip_dirs().sort_stats(pstats.SortKey.TIME).print_stats(SHOWN)


@contextmanager
def _run(name: str, directory: Path) -> Iterator[Run]:
    with tempfile.TemporaryDirectory(dir=directory, prefix="ome-mock-profile-") as root:
        yield PATHS[name](Path(root))


def _segments(root: Path) -> int:
    """How many segments the chunklists name."""
    return sum(chunklist.read_text().count("#EXTINF") for chunklist in root.glob("*/chunklist_*"))


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("python -m benchmarks profile", description=__doc__.splitlines()[0])
    parser.add_argument("path", choices=PATHS)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()), help="where files are written")
    options = parser.parse_args(arguments)
    profile(options.path, options.directory)
