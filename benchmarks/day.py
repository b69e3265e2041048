"""How fast a day passes on the manual clock."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ome_mock import OmeMock

from .figures import Figure, at_least
from .setting import Setting
from .summaries import median

PAIRS = 5
DAY_S = 86_400
BYTES_A_DAY = 800_000_000
"""What a dump of two tracks writes within a day."""
COPY = ["cp", "-r", "--reflink=never"] if sys.platform == "linux" else ["cp", "-R"]
"""Copies the bytes: a clone would copy none."""


def day(setting: Setting) -> Iterator[Figure | str]:
    """`advance(86400)` of a dump with two tracks, against `cp -r` of the tree that it made; pairs, and the median of their ratios."""
    taken_s, copied_s = [], []
    for _ in range(PAIRS):
        with setting.place(2 * BYTES_A_DAY) as place:
            taken_s.append(_advance(place))
            copied_s.append(_copy(place))
    ratios = sorted(copy_s / day_s for day_s, copy_s in zip(taken_s, copied_s, strict=True))
    spread = {"slowest pair": ratios[0], "fastest pair": ratios[-1]}
    yield Figure("day", "advance(86400) of a dump with two tracks", median(taken_s), "s", None, {"cp -r": median(copied_s)})
    yield Figure("day", "speed of it, measured in that of cp -r of its tree", median(ratios), "x", at_least(0.5), spread)


def _advance(place: Path) -> float:
    with OmeMock(root=place) as ome:
        ome.start_dump("d", output_stream_name="stream2", output_path="/d", info_file="/d.info")
        return _timed(lambda: ome.clock.advance(DAY_S))


def _copy(place: Path) -> float:
    return _timed(lambda: subprocess.run([*COPY, str(place / "d"), str(place / "copy")], check=True))


def _timed(action: Callable[[], object]) -> float:
    os.sync()  # what was written before is on the disk then: neither of the two waits for the other's write-back
    began = time.perf_counter()
    action()
    return time.perf_counter() - began
