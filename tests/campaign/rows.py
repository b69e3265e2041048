"""The table of campaigns. Each is a module of its name with a function `attack(Setting) -> Outcome`."""

from __future__ import annotations

from typing import NamedTuple

from .setting import Bound

NOT_SHORT = Bound(0, 0)


class Row(NamedTuple):
    """One campaign: what it attacks, and how far it goes in full and in `.ci/campaign`."""

    attacks: str
    full: Bound
    short: Bound


HOUR_S = 3600
ROWS = {
    "requests": Row("requests by a grammar, over sockets", Bound(100_000, HOUR_S), Bound(2_000, 60)),
    "paths": Row("writes to names that lead out of the root", Bound(1_000_000, 2 * HOUR_S), Bound(20_000, 40)),
    "kills": Row("a server under load that is killed by SIGKILL", Bound(1_000, 2 * HOUR_S), Bound(12, 60)),
    "disks": Row("disks that are full, read-only, failing, and directories that go away", Bound(2_000, HOUR_S), Bound(60, 40)),
    "threads": Row("one emulator by sixteen threads, against a model", Bound(1_000_000, 2 * HOUR_S), Bound(4_000, 50)),
    "days": Row(
        "72 simulated hours of 20 dumps whose old segments are deleted, ten minutes an attempt", Bound(72 * 6, 2 * HOUR_S), Bound(3, 60)
    ),
    "crowd": Row("1,000 dumps by the real clock for half an hour", Bound(1_000, 1800), Bound(50, 15)),
    "readers": Row("the readers of files and bytes, by spoilt examples of a corpus", Bound(10_000_000, 8 * 300), Bound(4_000, 40)),
    "outsiders": Row("web pages, and control servers that mean harm", Bound(2_000, HOUR_S), Bound(60, 40)),
    "mutants": Row("the tests, by changes of one line that each must notice", Bound(1_000, 2 * HOUR_S), NOT_SHORT),
    "broken": Row("the short campaigns, by five defects that each must be found", Bound(1_000, HOUR_S), NOT_SHORT),
}
