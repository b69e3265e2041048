"""What a week of a running dump costs, day after day."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

from ome_mock import OmeMock

from .day import BYTES_A_DAY, DAY_S
from .figures import Figure
from .processes import MEMORY, memory_mb
from .setting import Setting

DAYS = 7
SEGMENTS_A_DAY = 2 * DAY_S // 6
"""Of two tracks, six seconds each."""


@dataclass(frozen=True)
class Day:
    """How long it took, and what the process took after it."""

    seconds: float
    user_s: float
    """Of the processor, outside the system: the disk has no part in it."""
    memory_mb: float


def week(setting: Setting) -> Iterator[Figure | str]:
    """A week of one dump on the manual clock, day by day and at once: is time linear, and memory flat but for what a dump lists?"""
    days: list[Day] = []
    with setting.place(DAYS * BYTES_A_DAY) as place, OmeMock(root=place) as ome:
        _start(ome)
        for number in range(1, DAYS + 1):
            days.append(_advance(ome, DAY_S))
            yield from _figures(f"day {number}", days[-1], SEGMENTS_A_DAY)
    yield Figure("week", "time of the last day, measured in the first", days[-1].seconds / days[0].seconds, "x")
    yield Figure("week", "user CPU of the last day, measured in the first", days[-1].user_s / days[0].user_s, "x")
    grown_mb = days[-1].memory_mb - days[0].memory_mb
    kept_bytes = grown_mb * 1024 * 1024 / SEGMENTS_A_DAY / (DAYS - 1)
    yield Figure("week", "memory kept of each segment since the first day", kept_bytes, "bytes")
    with setting.place(DAYS * BYTES_A_DAY) as place, OmeMock(root=place) as ome:
        _start(ome)
        whole = _advance(ome, DAYS * DAY_S)
        yield from _figures("the week at once", whole, DAYS * SEGMENTS_A_DAY)
    yield Figure("week", "time of the week at once, measured in the seven days", whole.seconds / sum(day.seconds for day in days), "x")


def _start(ome: OmeMock) -> None:
    ome.start_dump("d", output_stream_name="stream2", output_path="/d", info_file="/d.info")


def _advance(ome: OmeMock, seconds: int) -> Day:
    os.sync()  # so that a day doesn't wait for the disk to take what the one before has written
    began, began_user_s = time.perf_counter(), os.times().user
    ome.clock.advance(seconds)
    taken_s, user_s = time.perf_counter() - began, os.times().user - began_user_s
    return Day(taken_s, user_s, settled_memory_mb(ome))


def settled_memory_mb(ome: OmeMock) -> float:
    """What this process takes without garbage and without the journal, which fills up to a bound whatever dumps do."""
    ome.journal.clear()
    gc.collect()
    return memory_mb(os.getpid())


def _figures(what: str, measured: Day, segments: int) -> Iterator[Figure]:
    yield Figure("week", what, measured.seconds, "s")
    yield Figure(
        "week", f"{what}: a segment", measured.seconds / segments * 1e6, "us", None, {"user CPU": measured.user_s / segments * 1e6}
    )
    yield Figure("week", f"{what}: {MEMORY} afterwards", measured.memory_mb, "MB")
