"""What a request costs, the more emulators there are: at a pace at which they sleep for the most part, and without one.

Only the former compares emulators that do the same. Without a pace a single emulator has a core of its own and hardly sleeps; four share
two cores with the balancer and the client, so each waits, sleeps and wakes up between requests, as a single one does at a pace.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import processes
from .figures import Budget, Figure, at_most
from .fleet_applications import APPLICATIONS, SIZES, fleets_of_all_sizes, of_stream
from .fleets import Fleet
from .setting import Setting
from .summaries import median
from .wrk import CONNECTIONS, load

NAME = "fleet_requests"
IDLE_S = 10.0
PAUSE_MS = 80
"""On average between an answer and the next request of its connection: a hundred requests a second for each emulator."""
PACED_ROUNDS, PACED_S = 11, 5.0
SATURATED_ROUNDS, SATURATED_S = 5, 4.0


@dataclass(frozen=True)
class Cost:
    """What the requests of a round have cost."""

    requests: float
    seconds: float
    emulators_s: float
    balancer_s: float
    sleeps: float

    @property
    def emulators_us(self) -> float:
        return self.emulators_s / self.requests * 1e6

    @property
    def balancer_us(self) -> float:
        return self.balancer_s / self.requests * 1e6


Rounds = dict[int, list[Cost]]
"""Of each size of fleet."""


def fleet_requests(setting: Setting) -> Iterator[Figure | str]:
    """Processor time of a request in fleets of 1, 2 and 4 emulators behind HAProxy (Linux), at a pace and saturated, in turn: medians."""
    with fleets_of_all_sizes(setting) as fleets:
        for size, fleet in fleets.items():
            yield Figure(NAME, f"fleet of {size}: of one core, without a request", _idle_cores(fleet) * 100, "%")
        yield from _figures("at a pace", _rounds(fleets, PACED_ROUNDS, setting.seconds or PACED_S, PAUSE_MS), at_most(1.1))
        yield from _figures("saturated", _rounds(fleets, SATURATED_ROUNDS, setting.seconds or SATURATED_S))


def _idle_cores(fleet: Fleet) -> float:
    before_s, began = processes.cpu_s(*fleet.pids), time.perf_counter()
    time.sleep(IDLE_S)
    return (processes.cpu_s(*fleet.pids) - before_s) / (time.perf_counter() - began)


def _rounds(fleets: dict[int, Fleet], count: int, seconds: float, pause_ms: int = 0) -> Rounds:
    rounds: Rounds = {size: [] for size in fleets}
    for _ in range(count):
        for size, each in fleets.items():
            rounds[size].append(_cost(each, seconds, pause_ms))
    return rounds


def _cost(fleet: Fleet, seconds: float, pause_ms: int) -> Cost:
    """Load a fleet over as many connections for each emulator as a single one has."""
    questions = [of_stream(app, "hlsDumps", {"outputStreamName": "stream"}) for app in APPLICATIONS]
    before = _spent(fleet)
    loaded = load(fleet.url, questions[0], seconds, *questions[1:], connections=CONNECTIONS * fleet.count, pause_ms=pause_ms)
    spent = (after - earlier for after, earlier in zip(_spent(fleet), before, strict=True))
    return Cost(loaded.requests, loaded.requests / loaded.requests_per_s, *spent)


def _spent(fleet: Fleet) -> tuple[float, float, float]:
    """The emulators' processor time so far, the balancer's, and how often an emulator slept."""
    return processes.cpu_s(*fleet.pids), processes.cpu_s(fleet.balancer_pid), processes.sleeps(*fleet.pids)


def _figures(how: str, rounds: Rounds, budget: Budget | None = None) -> Iterator[Figure]:
    for size, costs in rounds.items():
        those = f"fleet of {size}, {how}"
        yield Figure(NAME, f"{those}: requests", median([each.requests / each.seconds for each in costs]), "a second")
        yield Figure(NAME, f"{those}: the emulators' processor time, a request", median([each.emulators_us for each in costs]), "us")
        yield Figure(NAME, f"{those}: the balancer's, a request", median([each.balancer_us for each in costs]), "us")
        yield Figure(NAME, f"{those}: times that an emulator slept, a request", median([each.sleeps / each.requests for each in costs]), "")
    for size in SIZES[1:]:
        what = f"fleet of {size}, {how}: processor time of a request, in that of a fleet of 1"
        yield Figure(NAME, what, _ratio(rounds[size], rounds[1]), "x", budget)


def _ratio(costs: Sequence[Cost], of_one: Sequence[Cost]) -> float:
    """The median of the ratios of rounds that followed each other: a slow moment of the machine is in both."""
    return median([several.emulators_us / one.emulators_us for several, one in zip(costs, of_one, strict=True)])
