"""API calls that are timed while something else goes on, in a process of their own: they don't share the emulator's interpreter.

`python -m benchmarks.probe URL QUESTION` asks until its standard input ends, then prints what it measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field

from .client import LIST_DUMPS, Question, ask
from .conditions import ROOT
from .processes import python

PAUSE_S = 0.005
END_TIMEOUT_S = 60


@dataclass
class Probe:
    """The calls, once they have ended: when each began, in seconds since the epoch, and how many milliseconds it took."""

    calls: list[tuple[float, float]] = field(default_factory=list)

    def latencies_ms(self, since: float = 0, until: float = float("inf")) -> list[float]:
        """How long the calls took that began within an interval."""
        return [taken_ms for began, taken_ms in self.calls if since <= began <= until]


@contextmanager
def probing(url: str, question: Question = LIST_DUMPS) -> Iterator[Probe]:
    """Ask the same again and again until the block ends; the first answer has come when it begins."""
    command = python("benchmarks.probe", url, json.dumps(asdict(question)))
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise RuntimeError(f"no answer from {url}")
            probe = Probe()
            yield probe
            said, _ = process.communicate(timeout=END_TIMEOUT_S)
            probe.calls += [(began, taken_ms) for began, taken_ms in json.loads(said)]
        finally:
            process.kill()


def main(url: str, asked: str) -> None:
    question = Question(**json.loads(asked))
    ask(url, question)
    print("ready", flush=True)
    is_over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
    calls = []
    while not is_over.is_set():
        calls.append(_timed(url, question))
        time.sleep(PAUSE_S)
    print(json.dumps(calls))


def _timed(url: str, question: Question) -> tuple[float, float]:
    began, started = time.time(), time.perf_counter()
    ask(url, question)
    return began, (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main(*sys.argv[1:])
