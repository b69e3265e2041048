"""The examples are small, and their table names them all; `tests/slow` runs them."""

from __future__ import annotations

import os

from example_clients import EXAMPLES, FOLDER

HELD_LINES = 60


def test_every_folder_is_an_example_of_the_table() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == {example.name for example in EXAMPLES}


def test_files_have_sixty_lines_at_most() -> None:
    files = [path for example in EXAMPLES for path in (FOLDER / example.name).iterdir() if path.suffix and path.is_file()]
    long = {path.name: lines for path in files if (lines := len(path.read_text().splitlines())) > HELD_LINES}
    assert files
    assert {name: lines for name, lines in long.items() if name != "package-lock.json"} == {}


def test_script_that_starts_the_emulator_can_be_run() -> None:
    assert os.access(FOLDER / "with-ome-mock", os.X_OK)
