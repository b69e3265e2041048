"""A dump looked at as a whole; one that is being written, until nothing changed while it was looked at."""

from __future__ import annotations

import os
import time
from collections import ChainMap
from collections.abc import Callable, Iterable
from pathlib import Path

from .files import DumpFiles
from .finding import Finding, finding
from .info_files import InfoFile, read_info_file
from .listings import check_info_file, check_what_is_listed
from .lists import ListCheck, odd_names
from .locating import MOST_LOOKS, PAUSE_S, DumpPlace
from .masters import check_master
from .tracks import check_tracks, comes_with_ready

FRESH_NS = 2_000_000_000
"""The time after a write in which another may belong to it."""

OnSegment = Callable[[], object]
Stamps = dict[str, tuple[int, int]]


def check_place(place: DumpPlace, on_segment: OnSegment = lambda: None, *, is_running: bool | None = None) -> list[Finding]:
    """The findings of a dump; of one that changes all the while, those of every look, because one look may see a file half-written.

    `is_running` is known where nothing is written meanwhile; otherwise what was written just now is given a moment to be finished.
    """
    lasting: set[tuple[Path, str]] | None = None
    for _ in range(MOST_LOOKS):
        before = _stamps(place)
        found = _look(place, on_segment, is_running=is_running)
        seen = {(each.file, each.rule.name) for each in found}
        lasting = seen if lasting is None else lasting & seen
        if not lasting:
            break
        if is_running is None and _is_fresh(before):
            time.sleep(PAUSE_S)
        if _stamps(place) == before:
            break
    return [each for each in found if lasting and (each.file, each.rule.name) in lasting]


def _look(place: DumpPlace, on_segment: OnSegment, *, is_running: bool | None) -> list[Finding]:
    files = None if place.directory is None or not place.directory.is_dir() else DumpFiles(place.directory)
    infos = [read_info_file(path) for path in place.info_files]
    if files is None:
        return _without_directory(infos)
    in_info = ChainMap(*(info.lines for info in infos))
    found: list[Finding] = []
    lists = []
    for path, name in files.lists():
        check = ListCheck(files, path, name, in_info, on_segment)
        lists.append(check.run())
        found += check.findings
    by_name = {each.path.name: each for each in lists}
    for path in files.masters:
        if path not in place.info_files:
            found += check_master(files, path, by_name)
    found += [*odd_names(files), *check_tracks(files, lists)]
    target_s = max((each.target_s for each in lists), default=0)
    for info in infos:
        found += check_info_file(info, files, target_s, is_running=is_running)
    found += check_what_is_listed(infos, files)
    return [each for each in found if not comes_with_ready(each, files, lists)]


def _without_directory(infos: Iterable[InfoFile]) -> list[Finding]:
    return [
        finding(info.path, "", "info-names-missing", f"the directory of {info.first_file} is not there")
        if info.lines
        else finding(info.path, "", "info-empty", "it tells of no file, and of no directory that is there")
        for info in infos
    ]


def _stamps(place: DumpPlace) -> Stamps:
    """A value that changes with every write: of the info files, of the directory's files, and of their names."""
    stamps = {str(path): _stamp(path) for path in place.info_files}
    if place.directory is not None and place.directory.is_dir():
        stamps |= {entry.name: _stamp(entry) for entry in os.scandir(place.directory)}
    return stamps


def _is_fresh(stamps: Stamps) -> bool:
    return max((modified_ns for modified_ns, _ in stamps.values()), default=0) > time.time_ns() - FRESH_NS


def _stamp(file: Path | os.DirEntry[str]) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
