"""Info files against the directory that they tell of."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from .files import DumpFiles
from .finding import Finding, finding
from .info_files import InfoFile

STATUSES = {"Running", "Completed", "Error"}
SAME_INSTANT_S = 5.0
"""The most by which the time of the last item and that of the file differ where both are read off one clock."""
LONGEST_PAUSE = 5
"""After how many target durations without a write a dump isn't running."""
SHORTEST_PAUSE_S = 30.0


def check_info_file(info: InfoFile, files: DumpFiles, target_s: int, *, is_running: bool | None) -> Iterator[Finding]:
    """`is_running`: whether the dump is known to be written at this moment; None is not known."""
    if not info.size:
        yield finding(info.path, "", "info-empty", "it is empty")
        return
    for line, rule, problem in info.troubles:
        yield finding(info.path, f"line {line}", rule, problem)
    yield from _check_status(info, target_s, is_running=is_running)
    for name, line in info.lines.items():
        if name not in files:
            yield finding(info.path, f"line {line}", "info-names-missing", f"{name} is not there")


def check_what_is_listed(infos: Sequence[InfoFile], files: DumpFiles) -> Iterator[Finding]:
    """Files that no info file of the directory lists; of other streams there may be dumps without one."""
    keys = {name.key for name in (files.named.get(each) for info in infos for each in info.lines) if name is not None}
    if not keys:
        return
    candidates = [name for name, read in files.named.items() if read.key in keys and not read.is_ts]
    for name in [*candidates, *(path.name for path in files.masters)]:
        if not any(name in info.lines for info in infos):
            yield finding(files.directory / name, "", "info-lacks-file", f"{infos[0].path.name} does not list it")


def _check_status(info: InfoFile, target_s: int, *, is_running: bool | None) -> Iterator[Finding]:
    if info.status == "Error":
        yield finding(info.path, "", "dump-failed", "its status is Error: a write failed, and nothing was written after it")
    elif info.status not in STATUSES:
        yield finding(info.path, "", "info-status", f"its status is {info.status!r}" if info.status else "it has no status")
    elif info.status == "Running":
        if is_running is False:
            yield finding(info.path, "", "info-stale", "its status is Running, and the dump has ended")
        elif is_running is None and (pause_s := _pause_s(info)) > max(SHORTEST_PAUSE_S, LONGEST_PAUSE * target_s):
            yield finding(info.path, "", "info-stale", f"its status is Running, and nothing was written for {pause_s:.0f} s")


def _pause_s(info: InfoFile) -> float:
    """The time for which nothing was written; 0 where the file was copied, or its dump went by another clock than the file system."""
    if info.last_time is None or abs(info.last_time.timestamp() - info.modified_s) > SAME_INSTANT_S:
        return 0.0
    return time.time() - info.modified_s
