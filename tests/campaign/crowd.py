"""A thousand dumps of one process by the real clock, whose old segments are deleted: all go on in time, and memory stays."""

from __future__ import annotations

import os
import time
from pathlib import Path
from statistics import linear_regression

from ome_mock.clock import RealClock
from ome_mock.emulator import Emulator

from .days import consume, resident_mb
from .setting import Outcome, Setting

STREAMS = 10
LOOK_EACH_S = 5.0
SEGMENT_S = 6.0
LATEST_S = 6.0
"""How much later than its end a segment may be listed on a machine that does other things too."""
MOST_GROWTH_MB_PER_HOUR = 300.0
"""A thousand dumps list two million segments in an hour, which they keep compressed."""


def attack(setting: Setting) -> Outcome:
    outcome, root = Outcome(), setting.directory
    emulator = Emulator(root=root, clock=RealClock(), streams=[f"default/app/s{number}" for number in range(STREAMS)])
    for number in range(setting.count):
        emulator.start_dump(
            f"d{number}", stream=f"default/app/s{number % STREAMS}", output_path=f"/d{number}", info_file=f"/d{number}.info"
        )
    looks: list[tuple[float, float]] = []
    latest_s = 0.0
    while not setting.is_over:
        time.sleep(LOOK_EACH_S)
        looks.append((time.monotonic() / 3600, resident_mb()))
        latest_s = max(latest_s, _age_s(root, setting.count))
        consume(root)
    later = looks[len(looks) // 4 :]
    slope = linear_regression(*zip(*later, strict=True)).slope if len(later) > 2 else 0.0
    outcome.figures |= {
        "dumps": setting.count,
        "real minutes": round(setting.seconds / 60, 1),
        "memory at the end, MB": round(looks[-1][1], 1),
    }
    outcome.figures |= {"growth, MB an hour": round(slope, 1), "longest time without a write of any dump, s": round(latest_s, 1)}
    outcome.expect(latest_s < SEGMENT_S + LATEST_S, f"a dump wrote nothing for {latest_s:.1f} s")
    outcome.expect(len(later) < 100 or slope < MOST_GROWTH_MB_PER_HOUR, f"memory grows by {slope:.0f} MB an hour")
    emulator.close()
    ended = sum("<Status>Completed</Status>" in path.read_text() for path in root.glob("*.info"))
    outcome.expect(ended == setting.count, f"{setting.count - ended} dumps are not completed")
    return outcome


def _age_s(root: Path, dumps: int) -> float:
    """The time since the last write of the dump that wrote longest ago; each writes its info file with every segment."""
    return time.time() - min(os.stat(root / f"d{number}.info").st_mtime for number in range(dumps))
