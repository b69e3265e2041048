"""What the recorded engine wrote over time, and what the emulator writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract.stories import Replay, read_story, story_names


@pytest.mark.parametrize("name", story_names())
def test_story_is_the_recorded_one(name: str, tmp_path: Path) -> None:
    assert list(Replay(read_story(name), tmp_path, "engine-0.21").differences()) == []
