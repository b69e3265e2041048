"""What dumps cost, the more emulators there are, and how many two cores keep in time.

Costs are measured in fleets of all sizes at the same moments, so that what else the machine does costs all of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from . import processes
from .client import ask
from .crew import BYTES_PER_S, SETTLING_S
from .figures import Figure, at_most
from .fleet_applications import APPLICATIONS, CLIENTS, SIZES, connect, fleets_of_all_sizes, of_stream
from .fleet_metrics import Told
from .fleets import Fleet, balanced
from .setting import Setting
from .summaries import median

NAME = "fleet_dumps"
DUMPS = 240
"""Of each fleet, while their costs are compared."""
WINDOWS, WINDOW_S = 6, 10.0
STEPS = (500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000)
"""Dumps of all emulators together, until they are late."""
SECONDS = 30.0
LATEST_S = 0.1
SHARE_IN_TIME = 0.99


@dataclass(frozen=True)
class Spent:
    """What a fleet has spent at a moment."""

    at_s: float
    cpu_s: float
    told: Told

    @classmethod
    def by(cls, fleet: Fleet) -> Self:
        return cls(time.perf_counter(), processes.cpu_s(*fleet.pids), Told.by(fleet.urls))


@dataclass(frozen=True)
class Taken:
    """What a fleet took between two moments."""

    cores: float
    written_mb_per_s: float

    @classmethod
    def between(cls, before: Spent, after: Spent) -> Self:
        lasted_s = after.at_s - before.at_s
        return cls((after.cpu_s - before.cpu_s) / lasted_s, after.told.since(before.told).written_bytes / lasted_s / 1e6)


def fleet_dumps(setting: Setting) -> Iterator[Figure | str]:
    """Dumps in fleets of 1, 2 and 4 emulators (Linux): cores and bytes of a thousand, then more and more until files are late."""
    yield from _costs(setting, setting.dumps or DUMPS)
    for size in SIZES:
        most = 0
        for dumps in (setting.dumps,) if setting.dumps else STEPS:
            seen = _seen_of(setting, size, dumps)
            share = seen.share_within(LATEST_S)
            those = f"fleet of {size}, {dumps:,} dumps"
            yield Figure(NAME, f"{those}: work done within {LATEST_S * 1000:.0f} ms of its due time", share * 100, "%")
            yield Figure(NAME, f"{those}: p99 of lateness, at most", seen.lateness_s(SHARE_IN_TIME) * 1000, "ms")
            if share < SHARE_IN_TIME:
                break
            most = dumps
        yield Figure(NAME, f"fleet of {size}: most dumps tried of which {SHARE_IN_TIME:.0%} of the work was in time", most, "dumps")


def _costs(setting: Setting, dumps: int) -> Iterator[Figure]:
    setting.require_space(int(dumps * len(SIZES) * (SETTLING_S * len(SIZES) + WINDOWS * WINDOW_S) * BYTES_PER_S))
    with fleets_of_all_sizes(setting) as fleets:
        for each in fleets.values():
            _start_dumps(each, dumps)
        taken: dict[int, list[Taken]] = {size: [] for size in fleets}
        for _ in range(WINDOWS):
            before = {size: Spent.by(each) for size, each in fleets.items()}
            time.sleep(WINDOW_S)
            for size, each in fleets.items():
                taken[size].append(Taken.between(before[size], Spent.by(each)))
    yield from _figures(taken, dumps)


def _figures(taken: dict[int, list[Taken]], dumps: int) -> Iterator[Figure]:
    def a_thousand(size: int, what: Callable[[Taken], float]) -> float:
        return median([what(each) for each in taken[size]]) / dumps * 1000

    for size in taken:
        those = f"fleet of {size}, a thousand dumps in their first minutes"
        yield Figure(NAME, f"{those}: cores", a_thousand(size, lambda each: each.cores), "")
        yield Figure(NAME, f"{those}: written", a_thousand(size, lambda each: each.written_mb_per_s), "MB/s")
    for size in SIZES[1:]:
        what = f"fleet of {size}: processor time of dumps, in that of a fleet of 1"
        yield Figure(NAME, what, _ratio(taken[size], taken[1]), "x", at_most(1.1))


def _ratio(taken: Sequence[Taken], by_one: Sequence[Taken]) -> float:
    return median([several.cores / one.cores for several, one in zip(taken, by_one, strict=True)])


def _seen_of(setting: Setting, size: int, dumps: int) -> Told:
    """Run dumps of streams whose segments end at different moments, on the real clock, in emulators that ran no other."""
    seconds = setting.seconds or SECONDS
    with setting.place(int(dumps * (seconds + SETTLING_S) * BYTES_PER_S)) as place, balanced(Fleet(place, size)) as fleet:
        connect(fleet)
        _start_dumps(fleet, dumps)
        before = Told.by(fleet.urls)
        time.sleep(seconds)
        return Told.by(fleet.urls).since(before)


def _start_dumps(fleet: Fleet, dumps: int) -> None:
    """Start dumps, the same number of each application; returns once they have settled."""

    def start(number: int) -> str:
        app = APPLICATIONS[number % len(APPLICATIONS)]
        path = f"/{app}/d{number}"
        body = {"outputStreamName": "stream", "id": f"d{number}", "outputPath": path, "infoFile": f"{path}.info"}
        return ask(fleet.url, of_stream(app, "startHlsDump", body))

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(start, range(dumps)))
    time.sleep(SETTLING_S)
