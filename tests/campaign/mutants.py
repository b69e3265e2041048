"""The tests, by changes of one line: each must be noticed by the tests that are named beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from .setting import Outcome, Setting

ROOT = Path(__file__).parents[2]
LONGEST_S = 600


class Mutant(NamedTuple):
    """A line, or several, and what stands there instead; `tests` are arguments of pytest."""

    name: str
    module: str
    before: str
    after: str
    tests: str


def attack(setting: Setting) -> Outcome:
    outcome = Outcome({"mutants": 0, "noticed": 0})
    tree = copy_of_the_tree(setting.directory / "tree")
    for number, _ in setting.attempts():
        if number >= len(MUTANTS):
            break
        mutant = MUTANTS[number]
        outcome.count("mutants")
        change(tree, mutant.module, mutant.before, mutant.after)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *mutant.tests.split()]
        done = run_in(tree, command)
        change(tree, mutant.module, mutant.after, mutant.before)
        outcome.count("noticed", int(done.returncode == 1))
        outcome.expect(done.returncode == 1, f"{mutant.name} is not noticed: {done.stdout[-300:]}")
    return outcome


def copy_of_the_tree(tree: Path) -> Path:
    """The files of the repository, in a directory of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    return tree


def change(tree: Path, module: str, before: str, after: str) -> None:
    path = tree / module
    text = path.read_text()
    assert text.count(before) == 1, f"{module} has {text.count(before)} times {before!r}"
    path.write_text(text.replace(before, after))


def run_in(tree: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, -1, "it took too long", "")


MUTANTS = (
    Mutant(
        "the seed of faults' chances is ignored",
        "ome_mock/emulator.py",
        'options.get("seed", 0), self._on_change)',
        "0, self._on_change)",
        "tests/test_emulator.py -k seed",
    ),
    Mutant(
        "the seed of sessions is ignored",
        "ome_mock/engine_run.py",
        "PlayerSessions(self._seed,",
        "PlayerSessions(0,",
        "tests/web/delivery/test_delivery.py -k seed",
    ),
    Mutant(
        "reset keeps the journal",
        "ome_mock/emulator.py",
        "        self.journal.clear()\n",
        "        pass  # the journal\n",
        "tests/faults/test_stream_faults.py -k reset",
    ),
    Mutant(
        "bodies have no limit",
        "ome_mock/web/wire/request.py",
        "        if length > LONGEST_BODY:",
        "        if length < 0:",
        "tests/web/wire/test_request_reader.py",
    ),
    Mutant(
        "chunked bodies have no limit",
        "ome_mock/web/wire/request.py",
        "            if len(body) + size > LONGEST_BODY:",
        "            if size < 0:",
        "tests/web/wire/test_server.py -k chunked_body",
    ),
    Mutant(
        "the garbage collector is left off",
        "ome_mock/cli/serving.py",
        "        gc.enable()\n",
        "        pass  # garbage\n",
        "tests/cli/test_cli_options.py -k garbage",
    ),
    Mutant(
        "a concluded list holds what a stopped dump held",
        "ome_mock/dumps/dumps.py",
        "for dump in self._of(output) if dump.enabled), default",
        "for dump in self._of(output)), default",
        "tests/live/test_concluding.py",
    ),
    Mutant(
        "two ended dumps are kept",
        "ome_mock/dumps/dumps.py",
        "ENDED_DUMPS_KEPT = 2_000",
        "ENDED_DUMPS_KEPT = 2",
        "tests/dumps/test_ending_dumps.py -k gone",
    ),
    Mutant(
        "all ended dumps are kept",
        "ome_mock/dumps/dumps.py",
        "deque(maxlen=ENDED_DUMPS_KEPT)",
        "deque()",
        "tests/dumps/test_ending_dumps.py -k gone",
    ),
    Mutant(
        "records are split between key frames",
        "ome_mock/records/open_file.py",
        "        return taken.arrival_ns(0, key)\n",
        "        return end_ns\n",
        "tests/records/test_files.py -k key_frame",
    ),
    Mutant(
        "a stall delays what is sent at its own instant",
        "ome_mock/engine/pace.py",
        "if at_ns < media_ns)",
        "if at_ns <= media_ns)",
        "tests/engine/test_stalls.py tests/faults/test_stream_faults.py -k stall",
    ),
    Mutant(
        "idle connections are kept",
        "ome_mock/web/wire/connection.py",
        "        else:\n            self._transport.abort()\n",
        "        else:\n            pass  # idle\n",
        "tests/contract/test_transport.py -k idle",
    ),
    Mutant(
        "the engine is not advanced before a fault of a stream",
        "ome_mock/timetable.py",
        "                self._find_run().engine.advance(due_ns)\n",
        "                pass  # the engine\n",
        "tests/web/rest/test_channels.py -k befalls",
    ),
    Mutant(
        "answers of control servers have no limit",
        "ome_mock/callbacks/courier.py",
        "    if max(length, len(body)) > LONGEST_ANSWER:",
        "    if length < 0:",
        "tests/callbacks/test_webhooks.py -k too_long",
    ),
)
