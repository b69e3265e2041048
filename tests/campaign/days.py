"""Simulated days of twenty dumps, whose old segments a consumer deletes: what is on disk and in memory stays small."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from statistics import linear_regression

from ome_mock.emulator import Emulator
from ome_mock.journal.request_journal import MOST_WRITES, RequestJournal

from .setting import Outcome, Setting

DUMPS = 20
KEPT_SEGMENTS = 20
MOST_DISK_BYTES = 5 * 10**9
MOST_GROWTH_BYTES_A_SEGMENT = 130
"""A dump keeps what it lists: for each segment two items of its info file, two rows of its files and three lines of a chunklist.

Compressed they take 57 bytes, and the gaps that the C library leaves between them took 30 in 72 hours. One more object of
Python's for each segment takes 56 at least.
"""
SEGMENTS_AN_HOUR = DUMPS * 3 * 600
"""Of three tracks, with segments of six seconds."""
STEP_S = 600
"""The simulated seconds of one attempt."""
STEPS_AN_HOUR = 6


def attack(setting: Setting) -> Outcome:
    emulator = Emulator(root=setting.directory)
    fill(emulator.journal)
    for number in range(DUMPS):
        emulator.start_dump(f"d{number}", output_path=f"/d{number}", info_file=f"/d{number}.info")
    descriptors = len(os.listdir("/proc/self/fd"))
    memory_mb: list[float] = []
    most_bytes = 0
    for _ in setting.attempts():
        emulator.clock.advance(STEP_S)
        most_bytes = max(most_bytes, _size(setting.directory))
        consume(setting.directory)
        gc.collect()
        memory_mb.append(resident_mb())
    after_the_first = memory_mb[STEPS_AN_HOUR:]
    steps = range(len(after_the_first))
    slope = STEPS_AN_HOUR * linear_regression(steps, after_the_first).slope if len(after_the_first) > STEPS_AN_HOUR else 0.0
    growth = slope * 2**20 / SEGMENTS_AN_HOUR
    running = sum(dump.enabled for dump in emulator.dumps.all)
    outcome = Outcome(
        {
            "simulated hours": round(len(memory_mb) / STEPS_AN_HOUR, 2),
            "dumps running at the end": running,
            "most on disk, MB": most_bytes // 10**6,
            "memory after the first hour, MB": round(memory_mb[:STEPS_AN_HOUR][-1], 1),
            "memory at the end, MB": round(memory_mb[-1], 1),
            "growth, MB an hour": round(slope, 3),
            "growth, bytes a segment": round(growth),
        }
    )
    left = len(os.listdir("/proc/self/fd")) - descriptors
    outcome.expect(left <= 0, f"{left} descriptors are left open")
    outcome.expect(running == DUMPS, f"{DUMPS - running} dumps have ended")
    outcome.expect(most_bytes <= MOST_DISK_BYTES, f"{most_bytes} bytes on disk")
    outcome.expect(growth <= MOST_GROWTH_BYTES_A_SEGMENT, f"memory grows by {growth:.0f} bytes a segment")
    emulator.close()
    return outcome


def fill(journal: RequestJournal) -> None:
    """Fill the journal of written files, whose length is bounded: it would take memory for the first three hours."""
    for number in range(MOST_WRITES):
        journal.note_write(10**18 + number, "default/app/stream", "d0", f"/d0/seg_0_{number}_video_hls.m4s", 100_000 + number)


def consume(root: Path) -> None:
    """Delete all but the newest segments of each track, as an uploader does."""
    for directory in root.glob("d*/"):
        tracks: dict[str, list[tuple[int, str]]] = {}
        for entry in os.scandir(directory):
            if entry.name.startswith("seg_"):
                _, track, number, _ = entry.name.split("_", 3)
                tracks.setdefault(track, []).append((int(number), entry.path))
        for segments in tracks.values():
            for _, path in sorted(segments)[:-KEPT_SEGMENTS]:
                os.unlink(path)


def _size(root: Path) -> int:
    return sum(entry.stat().st_size for directory in [root, *root.glob("d*/")] for entry in os.scandir(directory) if entry.is_file())


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
