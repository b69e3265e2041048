"""Pushes as a recorded engine connected, sent, lost and ended them, moment by moment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.pushes import PushStory
from contract.recordings import RECORDINGS, read_cases

LATE_LOOK = "the engine's looks came late, by up to 0.03 s a second, and something that was just before one was after it"
DIFFERENCES = {
    "stream ends and comes back": LATE_LOOK,
    "video only variant": LATE_LOOK,
}
"""The stories that are not as recorded, and why."""


@pytest.mark.parametrize("case", read_cases("pushes"), ids=lambda case: case["case"])
def test_push_is_the_recorded_one(case: dict[str, Any]) -> None:
    differences = list(PushStory(case, Path(RECORDINGS / "pushes.Server.xml")).differences())
    assert bool(differences) == (case["case"] in DIFFERENCES), "\n".join(differences)
