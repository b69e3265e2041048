"""The short campaigns themselves, by a build with a defect of one line: each of five must be found by the campaign for it, every time."""

from __future__ import annotations

import sys
from typing import NamedTuple

from .mutants import change, copy_of_the_tree, run_in
from .setting import Outcome, Setting

FOUND = 1


class Defect(NamedTuple):
    """A line, what stands there instead, and the campaign that finds it."""

    name: str
    module: str
    before: str
    after: str
    campaign: str


def attack(setting: Setting) -> Outcome:
    outcome = Outcome({"defects put in": 0, "found": 0})
    tree = copy_of_the_tree(setting.directory / "tree")
    for number, _ in setting.attempts():
        if number >= len(DEFECTS):
            break
        defect = DEFECTS[number]
        outcome.count("defects put in")
        change(tree, defect.module, defect.before, defect.after)
        command = [sys.executable, "-m", "tests.campaign", defect.campaign, "--short", "--seed", str(setting.seed)]
        done = run_in(tree, [*command, "--directory", str(setting.directory)])
        change(tree, defect.module, defect.after, defect.before)
        is_found = done.returncode == FOUND and "DEFECT" in done.stdout
        outcome.count("found", int(is_found))
        outcome.expect(is_found, f"{defect.name} is not found by {defect.campaign}: {done.stdout[-300:]}{done.stderr[-300:]}")
    return outcome


DEFECTS = (
    Defect(
        "a lock left out",
        "ome_mock/dumps/dump.py",
        "        with self.lock:\n            self._advance(now_ns)\n\n    def reconsider",
        "        if self.lock:\n            self._advance(now_ns)\n\n    def reconsider",
        "threads",
    ),
    Defect(
        "a rename dropped",
        "ome_mock/disk/files.py",
        "        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)\n",
        "        pass  # the rename\n",
        "kills",
    ),
    Defect(
        "a bound removed", "ome_mock/callbacks/courier.py", "LONGEST_ANSWER = 8 * 1024 * 1024\n", "LONGEST_ANSWER = 1 << 40\n", "outsiders"
    ),
    Defect(
        "an escape allowed",
        "ome_mock/disk/storage.py",
        "_OPEN_DIRECTORY = _OPEN_ALLOWED | os.O_NOFOLLOW\n",
        "_OPEN_DIRECTORY = _OPEN_ALLOWED\n",
        "paths",
    ),
    Defect(
        "a leak",
        "ome_mock/disk/storage.py",
        "            os.close(self._descriptors.popitem()[1])\n",
        "            self._descriptors.popitem()\n",
        "days",
    ),
)
