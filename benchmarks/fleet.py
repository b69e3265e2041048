"""Emulators behind HAProxy: what a request costs, what dumps cost, and who meets whom, the more emulators there are."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Event
from urllib.parse import urlsplit

from . import processes
from .client import AUTHORIZATION, Question, ask
from .crew import BYTES_PER_S, SETTLING_S
from .figures import Figure, at_least, at_most
from .fleet_metrics import Told
from .fleets import Fleet, balanced, missing
from .setting import NotMeasured, Setting
from .wrk import CONNECTIONS, load

SIZES = (1, 2, 4)
APPLICATIONS = tuple(f"app{number}" for number in range(48))
ROUNDS = 5
ROUND_S = 4.0
DUMPS = 250
SECONDS = 30.0
CLIENTS = 8
PLANNED = 100_000


def fleet(setting: Setting) -> Iterator[Figure | str]:
    """1, 2 and 4 emulators behind HAProxy (Linux): processor time of a request, of dumps, their memory, and who meets whom in a restart."""
    if lack := missing():
        raise NotMeasured(lack)
    yield from _requests(setting)
    yield from _restart(setting)
    for size in SIZES:
        yield from _dumps(setting, size)


# Requests


@dataclass
class Cost:
    """What requests have cost so far."""

    requests: float = 0
    seconds: float = 0
    emulators_s: float = 0
    balancer_s: float = 0

    def us(self, processor_s: float) -> float:
        return processor_s / self.requests * 1e6


def _requests(setting: Setting) -> Iterator[Figure | str]:
    """Load the fleets in turn, several rounds each: what else the machine does then costs all of them."""
    costs = {size: Cost() for size in SIZES}
    with ExitStack() as stack:
        fleets = {}
        for size in SIZES:
            place = stack.enter_context(setting.place())
            fleets[size] = stack.enter_context(balanced(Fleet(place, size)))
            _connect(fleets[size])
        for _ in range(ROUNDS):
            for size, each in fleets.items():
                _add_round(costs[size], each, setting.seconds or ROUND_S)
    for size, cost in costs.items():
        yield Figure("fleet", f"fleet of {size}: the emulators' processor time, a request", cost.us(cost.emulators_s), "us")
        yield Figure("fleet", f"fleet of {size}: the balancer's, a request", cost.us(cost.balancer_s), "us")
        yield Figure("fleet", f"fleet of {size}: requests, all on this machine", cost.requests / cost.seconds, "a second")
    one = costs[SIZES[0]]
    for size in SIZES[1:]:
        ratio = costs[size].us(costs[size].emulators_s) / one.us(one.emulators_s)
        yield Figure("fleet", f"fleet of {size}: processor time of a request, in that of a fleet of 1", ratio, "x", at_most(1.1))


def _add_round(cost: Cost, fleet: Fleet, seconds: float) -> None:
    """Load a fleet with as many connections for each emulator as a single one has: what is ready at once is answered in one turn."""
    questions = [_of_stream(app, "hlsDumps", {"outputStreamName": "stream"}) for app in APPLICATIONS]
    emulators_s, balancer_s = processes.cpu_s(*fleet.pids), processes.cpu_s(fleet.balancer_pid)
    loaded = load(fleet.url, questions[0], seconds, *questions[1:], connections=CONNECTIONS * fleet.count)
    cost.requests += loaded.requests
    cost.seconds += loaded.requests / loaded.requests_per_s
    cost.emulators_s += processes.cpu_s(*fleet.pids) - emulators_s
    cost.balancer_s += processes.cpu_s(fleet.balancer_pid) - balancer_s


# Who meets whom


def _restart(setting: Setting) -> Iterator[Figure | str]:
    """Ask about every application without a pause while one of two emulators is stopped and started again."""
    met: dict[str, set[str]] = defaultdict(set)
    statuses: dict[str, set[int]] = defaultdict(set)
    is_over = Event()
    with setting.place() as place, balanced(Fleet(place, 2)) as pair, ThreadPoolExecutor(CLIENTS) as pool:
        _connect(pair)
        asking = [pool.submit(_ask_until, is_over, pair.url, APPLICATIONS[number::CLIENTS], met, statuses) for number in range(CLIENTS)]
        try:
            pair.stop(1)
            time.sleep(1)
            pair.start(1)
            time.sleep(1)
        finally:
            is_over.set()
        asked = sum(each.result() for each in asking)
    wandering = sum(len(emulators) != 1 for emulators in met.values())
    what = f"applications of {len(met)} that met more than one emulator in {asked:,} requests, while one of 2 was restarted"
    yield Figure("fleet", what, wandering, "", at_most(0))
    yield f"answers meanwhile: {', '.join(f'{name} {sorted(found)}' for name, found in sorted(statuses.items()))}"


def _ask_until(is_over: Event, url: str, apps: Sequence[str], met: dict[str, set[str]], statuses: dict[str, set[int]]) -> int:
    """Ask about applications in turn over one connection; returns how often."""
    connection, asked = HTTPConnection(urlsplit(url).netloc, timeout=30), 0
    while not is_over.is_set():
        app = apps[asked % len(apps)]
        asked += 1
        try:
            connection.request("GET", f"/v1/vhosts/default/apps/{app}", headers=dict((AUTHORIZATION,)))
            answer = connection.getresponse()
            answer.read()
        except ConnectionError:  # its emulator ended before it answered
            connection.close()
            continue
        emulator = answer.getheader("X-Emulator", "")
        met[app].add(emulator)
        statuses[emulator].add(answer.status)
    connection.close()
    return asked


# Dumps


def _dumps(setting: Setting, size: int) -> Iterator[Figure | str]:
    """So many dumps for each emulator, of streams whose segments end at different moments, on the real clock."""
    dumps, seconds = (setting.dumps or DUMPS) * size, setting.seconds or SECONDS
    space = int(dumps * (seconds + SETTLING_S) * BYTES_PER_S)
    with setting.place(space) as place, balanced(Fleet(place, size)) as fleet:
        _connect(fleet)
        idle_mb = processes.memory_mb(*fleet.pids)
        _start_dumps(fleet, dumps)
        before, before_s, began = Told.by(fleet.urls), processes.cpu_s(*fleet.pids), time.perf_counter()
        time.sleep(seconds)
        told = Told.by(fleet.urls).since(before)
        lasted_s = time.perf_counter() - began
        cores = (processes.cpu_s(*fleet.pids) - before_s) / lasted_s
        running_mb = processes.memory_mb(*fleet.pids)
    those = f"fleet of {size}, {dumps:,} dumps"
    yield Figure("fleet", f"{those}: work done within 100 ms of its due time", told.share_within(0.1) * 100, "%", at_least(99))
    yield Figure("fleet", f"{those}: p99 of lateness, at most", told.lateness_s(0.99) * 1000, "ms")
    yield Figure("fleet", f"{those}: cores of {PLANNED:,} such dumps", cores / dumps * PLANNED, "cores")
    yield Figure("fleet", f"{those}: memory of each emulator without a dump", idle_mb / size, "MB")
    yield Figure("fleet", f"{those}: memory of {PLANNED:,} such dumps", (running_mb - idle_mb) / dumps * PLANNED / 1000, "GB")
    yield Figure("fleet", f"{those}: written by {PLANNED:,} such dumps", told.written_bytes / lasted_s / dumps * PLANNED / 1e6, "MB/s")


def _start_dumps(fleet: Fleet, dumps: int) -> None:
    """Start dumps, the same number of each application; returns once they have settled."""

    def start(number: int) -> str:
        app = APPLICATIONS[number % len(APPLICATIONS)]
        path = f"/{app}/d{number}"
        body = {"outputStreamName": "stream", "id": f"d{number}", "outputPath": path, "infoFile": f"{path}.info"}
        return ask(fleet.url, _of_stream(app, "startHlsDump", body))

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(start, range(dumps)))
    time.sleep(SETTLING_S)


def _connect(fleet: Fleet) -> None:
    """Have an encoder publish to each application, and return once all can be dumped; they come over some seconds."""

    def connect(app: str) -> str:
        return ask(fleet.url, Question(f"/_mock/streams/default/{app}/stream", "PUT", json.dumps({"ready": True}), (AUTHORIZATION,)))

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(connect, APPLICATIONS))


def _of_stream(app: str, action: str, body: dict[str, str]) -> Question:
    return Question(f"/v1/vhosts/default/apps/{app}/streams/stream:{action}", "POST", json.dumps(body), (AUTHORIZATION,))
