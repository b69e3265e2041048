"""How far apart many dumps of one stream write the same segment."""

from __future__ import annotations

from collections.abc import Iterator

from ome_mock import OmeMock
from ome_mock.clock import RealClock

from .crew import BYTES_PER_S, SETTLING_S, Crew, observe
from .figures import Figure, at_most
from .setting import Setting
from .summaries import median, percentile

DUMPS = 500
SECONDS = 30.0


def crowd(setting: Setting) -> Iterator[Figure | str]:
    """500 dumps of one stream on the real clock: how long after the first file of a segment the last is complete, and API calls."""
    dumps, seconds = setting.dumps or DUMPS, setting.seconds or SECONDS
    with (
        setting.place(int(dumps * (seconds + SETTLING_S) * BYTES_PER_S)) as place,
        OmeMock(root=place, clock=RealClock(), streams=["default/app/s0"]) as ome,
    ):
        Crew(ome, streams=1).grow_to(dumps)
        seen = observe(ome, seconds)
    spreads_ms = seen.completions.spreads_ms(dumps)
    those = f"{dumps:,} dumps of one stream"
    yield Figure("crowd", f"{those}: last file of a segment after the first, median", median(spreads_ms), "ms", at_most(250))
    yield Figure("crowd", f"{those}: the same, the most of {len(spreads_ms)}", max(spreads_ms), "ms")
    yield Figure("crowd", f"{those}: API p99 meanwhile", percentile(seen.latencies_ms, 0.99), "ms", at_most(20))
    yield Figure("crowd", f"{those}: share of one core", seen.cores * 100, "%")
