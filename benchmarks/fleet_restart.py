"""Who meets whom behind HAProxy while an emulator is restarted."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Event
from urllib.parse import urlsplit

from .client import AUTHORIZATION
from .figures import Figure, at_most
from .fleet_applications import APPLICATIONS, CLIENTS, connect
from .fleets import Fleet, balanced
from .setting import Setting


def fleet_restart(setting: Setting) -> Iterator[Figure | str]:
    """Requests about 48 applications without a pause, while one of two emulators behind HAProxy is restarted (Linux): who meets whom."""
    met: dict[str, set[str]] = defaultdict(set)
    statuses: dict[str, set[int]] = defaultdict(set)
    with setting.place() as place, balanced(Fleet(place, 2)) as pair:
        connect(pair)
        asked = _asked_while_restarted(pair, met, statuses)
    wandering = sum(len(emulators) != 1 for emulators in met.values())
    what = f"applications of {len(met)} that met more than one emulator in {asked:,} requests, while one of 2 was restarted"
    yield Figure("fleet_restart", what, wandering, "", at_most(0))
    yield f"answers meanwhile: {', '.join(f'{name} {sorted(found)}' for name, found in sorted(statuses.items()))}"


def _asked_while_restarted(pair: Fleet, met: dict[str, set[str]], statuses: dict[str, set[int]]) -> int:
    """Note who answers and how while an emulator is stopped for a second; returns the number of requests."""
    is_over = Event()
    with ThreadPoolExecutor(CLIENTS) as pool:
        asking = [pool.submit(_ask_until, is_over, pair.url, APPLICATIONS[number::CLIENTS], met, statuses) for number in range(CLIENTS)]
        try:
            pair.stop(1)
            time.sleep(1)
            pair.start(1)
            time.sleep(1)
        finally:
            is_over.set()
    return sum(each.result() for each in asking)


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
