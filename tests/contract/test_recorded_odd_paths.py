"""Starts of dumps with odd paths, names and types, as a recorded engine answered them and left the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.odd_paths import OddStart
from contract.recordings import read_cases

CONFINED = "outside the allowed directories, which is refused before anything is written"
DIFFERENCES = {
    "infoFile slash only": CONFINED,
    "infoFile proc": CONFINED,
    "one info file, two outputs of a stream": "after both stops two threads of the engine wrote the shared file, and the older text won",
}
"""The cases that are not as recorded, and why."""


@pytest.mark.parametrize("case", read_cases("dump-odd-paths"), ids=lambda case: case["case"])
def test_odd_start_is_the_recorded_one(case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    differences = list(OddStart(case, tmp_path).differences())
    assert bool(differences) == (case["case"] in DIFFERENCES), "\n".join(differences)
