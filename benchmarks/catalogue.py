"""The benchmarks, by their names."""

from __future__ import annotations

from .clocked import clocked, limit
from .crowd import crowd
from .day import day
from .example import example
from .fixture import fixture
from .fleet_dumps import fleet_dumps
from .fleet_requests import fleet_requests
from .fleet_restart import fleet_restart
from .footprint import footprint
from .held import held
from .hour import hour
from .http_servers import http_servers
from .memory import memory
from .publishers import publishers
from .recorder import recorder
from .requests import requests
from .rewriting import rewriting
from .setting import Benchmark
from .start import start
from .week import week

BUDGETED = {each.__name__: each for each in (start, memory, fixture, requests, held, crowd, clocked, day)}
"""Those of the budgets, which are run when none is named; what removes most files comes last, for some disks are slow after it."""

GROWTH = (week, footprint, rewriting, hour)
FLEET = (fleet_requests, fleet_restart, fleet_dumps)
OTHERS = (limit, *GROWTH, http_servers, *FLEET, publishers, recorder, example)

BENCHMARKS: dict[str, Benchmark] = BUDGETED | {each.__name__: each for each in OTHERS}

GROUPS = {
    "budgets": tuple(BUDGETED),
    "growth": tuple(each.__name__ for each in GROWTH),
    "fleet": tuple(each.__name__ for each in FLEET),
}
"""Names for several."""


def find_names(asked: list[str]) -> list[str]:
    """The names of the benchmarks that were asked for, each once, in order; those of the budgets where none was. Raises KeyError."""
    names = [name for each in asked or ["budgets"] for name in GROUPS.get(each, (each,))]
    for name in names:
        if name not in BENCHMARKS:
            raise KeyError(name)
    return list(dict.fromkeys(names))
