"""What dumps cost, the more emulators there are, and how many two cores keep in time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import linear_regression

from . import processes
from .client import ask
from .crew import BYTES_PER_S, SETTLING_S
from .figures import Figure
from .fleet_applications import APPLICATIONS, CLIENTS, connect, of_stream
from .fleet_metrics import Told
from .fleet_requests import SIZES
from .fleets import Fleet, balanced
from .setting import Setting

NAME = "fleet_dumps"
STEPS = (500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000)
"""Dumps of all emulators together."""
SECONDS = 30.0
LATEST_S = 0.1
SHARE_IN_TIME = 0.99


@dataclass(frozen=True)
class Observation:
    """What so many dumps took, from their first seconds on."""

    dumps: int
    share_in_time: float
    lateness_s: float
    """The smallest bound of the histogram that 99 % kept to."""
    cores: float
    idle_mb: float
    added_mb: float
    written_mb_per_s: float


def fleet_dumps(setting: Setting) -> Iterator[Figure | str]:
    """More and more dumps in fleets of 1, 2 and 4 emulators (Linux), until files are late: cores, memory and bytes of a thousand."""
    for size in SIZES:
        in_time: list[Observation] = []
        for dumps in (setting.dumps,) if setting.dumps else STEPS:
            seen = _observe(setting, size, dumps)
            yield from _lateness(size, seen)
            if seen.share_in_time < SHARE_IN_TIME:
                break
            in_time.append(seen)
        most = max((each.dumps for each in in_time), default=0)
        yield Figure(NAME, f"fleet of {size}: most dumps tried of which {SHARE_IN_TIME:.0%} of the work was in time", most, "dumps")
        yield from _slopes(size, in_time or [seen])


def _lateness(size: int, seen: Observation) -> Iterator[Figure]:
    those = f"fleet of {size}, {seen.dumps:,} dumps"
    yield Figure(NAME, f"{those}: work done within {LATEST_S * 1000:.0f} ms of its due time", seen.share_in_time * 100, "%")
    yield Figure(NAME, f"{those}: p99 of lateness, at most", seen.lateness_s * 1000, "ms")
    yield Figure(NAME, f"{those}: cores", seen.cores, "")


def _slopes(size: int, seen: Sequence[Observation]) -> Iterator[Figure]:
    """Through nothing, as an idle emulator takes no processor time, and memory is what dumps add to it."""

    def a_thousand(taken: Callable[[Observation], float]) -> float:
        dumps = [each.dumps / 1000 for each in seen]
        return linear_regression([0, *dumps], [0, *map(taken, seen)], proportional=True).slope

    yield Figure(NAME, f"fleet of {size}: cores of a thousand dumps", a_thousand(lambda each: each.cores), "")
    yield Figure(NAME, f"fleet of {size}: memory of a thousand dumps", a_thousand(lambda each: each.added_mb), "MB")
    yield Figure(NAME, f"fleet of {size}: memory of each emulator without a dump", seen[0].idle_mb / size, "MB")
    yield Figure(NAME, f"fleet of {size}: written by a thousand dumps", a_thousand(lambda each: each.written_mb_per_s), "MB/s")


def _observe(setting: Setting, size: int, dumps: int) -> Observation:
    """Run dumps of streams whose segments end at different moments, on the real clock; each step has emulators of its own."""
    seconds = setting.seconds or SECONDS
    with setting.place(int(dumps * (seconds + SETTLING_S) * BYTES_PER_S)) as place, balanced(Fleet(place, size)) as fleet:
        connect(fleet)
        idle_mb = processes.memory_mb(*fleet.pids)
        _start_dumps(fleet, dumps)
        before, before_s, began = Told.by(fleet.urls), processes.cpu_s(*fleet.pids), time.perf_counter()
        time.sleep(seconds)
        told, after_s, lasted_s = Told.by(fleet.urls).since(before), processes.cpu_s(*fleet.pids), time.perf_counter() - began
        added_mb = processes.memory_mb(*fleet.pids) - idle_mb
    return Observation(
        dumps=dumps,
        share_in_time=told.share_within(LATEST_S),
        lateness_s=told.lateness_s(SHARE_IN_TIME),
        cores=(after_s - before_s) / lasted_s,
        idle_mb=idle_mb,
        added_mb=added_mb,
        written_mb_per_s=told.written_bytes / lasted_s / 1e6,
    )


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
