"""Attempts at writing outside the allowed directories.

Names are drawn of a grammar of `..`, links, `/proc`, unicode, NULs and great lengths; in every second attempt somebody puts a link in the
place of a directory or a file between two system calls of the write. Nothing outside may be made, changed or removed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from unittest import mock

from disk_calls import MODULES, Calls
from dump_api import tree

from ome_mock.dialect import WriteMode
from ome_mock.disk.confinement import Confinement, confine
from ome_mock.disk.storage import Storage
from ome_mock.errors import OmeMockError

from .setting import Outcome, Setting

NAMES = (
    "..", "..", "..", ".", "", "a", "b", "kept", "file", "out", "up", "chain", "loop", "in", "dangling", "all", "proc", "self",
    "cwd", "root", "fd", "3",
    "outside", "marker", "tmp", "etc", "A", "KEPT", "\u0041\u030a", "\u00c5", "\ufb00", "\u2024\u2024", "\uff0e\uff0e",
    "%2e%2e", "..\0", "\0", "a\0b",
    "\\..\\", "n" * 255,
    "n" * 256, "\udcff", " ", "\n", "~", "-rf", "con", "...", ".ome-mock-1-1",
)  # fmt: skip
BEGINNINGS = (
    "",
    "/",
    "//",
    "/proc/self/cwd/",
    "/proc/self/root/",
    "/proc/self/fd/",
    "/dev/fd/",
    "{root}/",
    "{outside}/",
    "{root}/../",
    "./",
    "\0/",
)
LOOK_EACH = 500
MOST_MOMENTS = 12


def attack(setting: Setting) -> Outcome:
    outcome = Outcome({"attempts": 0, "written inside": 0, "refused": 0, "links swapped in": 0, "escapes": 0})
    place = Place(setting.directory)
    before, first = place.make_anew(), setting.first
    home = os.getcwd()
    os.chdir(place.outside)  # where /proc/self/cwd leads
    try:
        for number, chance in setting.attempts():
            _attempt(place, chance, outcome)
            if number % LOOK_EACH == LOOK_EACH - 1:
                before, first = _look(place, before, (first, number), outcome), number + 1
        _look(place, before, (first, number), outcome)
    finally:
        os.chdir(home)
    return outcome


class Place:
    """A root full of links out of it, and what lies around it, which nobody may touch."""

    def __init__(self, base: Path) -> None:
        self.base, self.root, self.outside = base, base / "root", base / "outside"

    def make_anew(self) -> dict[str, tuple[object, ...]]:
        """Returns what lies outside."""
        if not self.outside.exists():
            (self.outside / "deep").mkdir(parents=True)
            (self.outside / "marker").write_text("untouched")
            (self.base / "marker").write_text("untouched")
        shutil.rmtree(self.root, ignore_errors=True)
        (self.root / "kept").mkdir(parents=True)
        (self.root / "kept" / "marker").write_text("kept")
        (self.root / "file").write_text("a file")
        links = {
            "out": "../outside",
            "up": "..",
            "all": "/",
            "chain": "b",
            "b": "kept/../out",
            "loop": "loop",
            "in": "kept",
            "tmp": str(self.outside),
        }
        links |= {"dangling": "../outside/new", "kept/out": str(self.outside), "kept/marker-out": "../../outside/marker"}
        for link, target in links.items():
            (self.root / link).symlink_to(target)
        return self.look()

    def look(self) -> dict[str, tuple[object, ...]]:
        """Everything around the root."""
        found = tree(self.outside)
        return found | {str(path): (path.is_dir() or path.read_bytes(),) for path in sorted(self.base.iterdir())}

    def confinement(self, chance: Random) -> Confinement:
        """Below the root everything, or the root alone with paths as they are; in the latter the working directory is outside."""
        return confine(root=self.root) if chance.random() < 0.5 else Confinement((str(self.root),), str(self.outside))


def _look(place: Place, before: dict[str, tuple[object, ...]], numbers: tuple[int, int], outcome: Outcome) -> dict[str, tuple[object, ...]]:
    after = place.look()
    if after != before:
        changed = sorted(path for path in after.keys() | before.keys() if after.get(path) != before.get(path))
        outcome.count("escapes", len(changed))
        outcome.defects.append(f"attempts {numbers[0]} to {numbers[1]}: outside the root changed {changed[:5]}")
        return after
    return place.make_anew()


def _attempt(place: Place, chance: Random, outcome: Outcome) -> None:
    storage = Storage(place.confinement(chance), chance.choice(list(WriteMode)))
    meddling = Meddling(chance, place) if chance.random() < 0.5 else None
    path = _path(chance, place) if meddling is None or chance.random() < 0.2 else f"{place.root}/{meddling.path}"
    outcome.count("attempts")
    try:
        with storage.session() as session, _meddled_with(meddling):
            for _ in range(chance.choice((1, 1, 2))):
                put = chance.choice((session.write, session.update, session.create, session.append))
                put(path, b"escaped")
            if chance.random() < 0.1:
                chance.choice((session.remove, session.remove_directory))(path)
    except OmeMockError:
        outcome.count("refused")
    else:
        outcome.count("written inside")
    if meddling is not None and meddling.is_done:
        outcome.count("links swapped in")


def _path(chance: Random, place: Place) -> str:
    beginning = chance.choice(BEGINNINGS).format(root=place.root, outside=place.outside)
    return beginning + "/".join(chance.choice(NAMES) for _ in range(chance.choice((1, 2, 2, 3, 4, 8))))


class Meddling:
    """Puts a link out in the place of a directory or the file on the way to `path`, once, before one of the system calls of a write."""

    def __init__(self, chance: Random, place: Place) -> None:
        names = [chance.choice(("kept", "a", "in", "c", "marker")) for _ in range(chance.choice((1, 2, 2, 3)))]
        self.path = "/".join(names)
        self._left = chance.randrange(MOST_MOMENTS)
        self._at = "/".join(names[: chance.randint(1, len(names))])
        self._target = chance.choice((*[str(place.outside)] * 4, str(place.outside / "marker"), "/", "..", str(place.outside / "new")))
        self._root = place.root
        self.is_done = False

    def __call__(self) -> None:
        if self._left == 0:
            self.is_done = True
            with suppress(OSError):
                self._swap(self._root / self._at)
        self._left -= 1

    def _swap(self, path: Path) -> None:
        if not os.path.realpath(path.parent).startswith(str(self._root)):
            return  # a link that was put there before would lead this one out
        if os.path.lexists(path):
            os.rename(path, f"{self._root}/aside{len(os.listdir(self._root))}")
        os.symlink(self._target, path)


@contextmanager
def _meddled_with(meddling: Callable[[], None] | None) -> Iterator[None]:
    if meddling is None:
        yield
        return
    calls = Calls(before=meddling)
    patches = [mock.patch(module, calls) for module in MODULES]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()
