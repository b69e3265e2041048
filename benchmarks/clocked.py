"""How late files are when many dumps run on the real clock, and how many may run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ome_mock import OmeMock
from ome_mock.clock import RealClock

from .crew import BYTES_PER_S, CONNECTING_S, SETTLING_S, Crew, Observation, observe
from .figures import Figure, at_least, at_most
from .processes import MEMORY
from .setting import Setting
from .summaries import percentile

STREAMS = 100
DUMPS = 1_000
SECONDS = 60.0
LATEST_MS = 100
STEPS = (500, 1_000, 1_500, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000)
STEP_S = 30.0


def clocked(setting: Setting) -> Iterator[Figure | str]:
    """1,000 dumps on 100 streams that came at different moments, on the real clock: lateness, API calls, CPU, memory, bytes."""
    dumps, seconds = setting.dumps or DUMPS, setting.seconds or SECONDS
    space = int(dumps * (seconds + SETTLING_S + CONNECTING_S) * BYTES_PER_S)
    with setting.place(space) as place, _crew(place) as crew:
        crew.grow_to(dumps)
        seen = observe(crew.ome, seconds)
    yield from _figures(seen, dumps, seconds)


def limit(setting: Setting) -> Iterator[Figure | str]:
    """More and more dumps on 100 streams on the real clock, until their files are later than promised: the last number that held."""
    seconds, held = setting.seconds or STEP_S, 0
    with setting.place() as place, _crew(place) as crew:
        for dumps in STEPS:
            setting.require_space(int(dumps * (seconds + SETTLING_S) * BYTES_PER_S))
            crew.grow_to(dumps)
            seen = observe(crew.ome, seconds)
            late_ms = percentile(seen.completions.lateness_ms(), 0.99)
            yield Figure("limit", f"{dumps:,} dumps: files complete after they fell due, p99", late_ms, "ms")
            yield Figure("limit", f"{dumps:,} dumps: share of one core", seen.cores * 100, "%")
            if late_ms > LATEST_MS:
                break
            held = dumps
    yield Figure("limit", f"most dumps tried whose p99 was within {LATEST_MS} ms", held, "dumps", at_least(DUMPS))


@contextmanager
def _crew(place: Path) -> Iterator[Crew]:
    with OmeMock(root=place, clock=RealClock(), streams=["default/app/s0"]) as ome:
        yield Crew.connect(ome, STREAMS)


def _figures(seen: Observation, dumps: int, seconds: float) -> Iterator[Figure]:
    late_ms = seen.completions.lateness_ms()
    those = f"{dumps:,} dumps for {seconds:.0f} s"
    yield Figure("clocked", f"{those}: files complete after they fell due, median", percentile(late_ms, 0.5), "ms")
    yield Figure("clocked", f"{those}: the same, p99 of {len(late_ms):,}", percentile(late_ms, 0.99), "ms", at_most(LATEST_MS))
    yield Figure("clocked", f"{those}: the same, the latest", max(late_ms), "ms")
    yield Figure("clocked", f"{those}: API p99 meanwhile", percentile(seen.latencies_ms, 0.99), "ms")
    yield Figure("clocked", f"{those}: share of one core", seen.cores * 100, "%")
    for when, memory_mb in zip(("at the beginning", "at the end"), seen.memory_mb, strict=True):
        yield Figure("clocked", f"{those}: {MEMORY} {when}", memory_mb, "MB")
    if seen.written_bytes is not None:
        yield Figure("clocked", f"{those}: bytes written", seen.written_bytes / 1e6, "MB")
