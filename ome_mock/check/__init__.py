"""Checks dumps, an emulator's or a real engine's: playlists, segments and info files against each other, against OME's rules and the RFC's.

    for finding in check_dump("/dumps/d1"):
        print(finding.file, finding.place, finding.rule.name, finding.problem, finding.rule.effect)

A dump may be running: what is half-written at one look is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from .checking import check_place
from .files import count_segments
from .finding import Finding
from .locating import DumpPlace, NoDump, find_dumps
from .quirks import quirks_of
from .rules import RULES, Rule

__all__ = ["RULES", "Finding", "NoDump", "Rule", "check_directory", "check_dump", "quirks_of"]

Progress = Callable[[int, int], None]


def check_dump(path: str | PathLike[str], on_progress: Progress | None = None) -> list[Finding]:
    """Check a dump, named by its directory, its info file or one of its playlists, or with every dump below a directory.

    Info files are found in the directory and beside it. `on_progress` is told how many segments have been looked at, and of how many.
    Raises NoDump where there is none, OSError where it can't be read.
    """
    places = find_dumps(Path(path))
    count = sum(count_segments(place.directory) for place in places if place.directory) if on_progress else 0
    looked_at = 0

    def note_segment() -> None:
        nonlocal looked_at
        looked_at += 1
        if on_progress is not None:
            on_progress(min(looked_at, count), count)

    return [found for place in places for found in check_place(place, note_segment)]


def check_directory(directory: Path | None, info_file: Path | None, *, is_running: bool) -> list[Finding]:
    """Check a dump whose files and state are known; one that wrote nothing has no findings."""
    infos = () if info_file is None or not info_file.exists() else (info_file,)
    if not infos and (directory is None or not directory.is_dir()):
        return []
    return check_place(DumpPlace(directory, infos), is_running=is_running)
