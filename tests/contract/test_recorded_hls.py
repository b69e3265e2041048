"""What an engine served over MPEG-TS and kept with DVR, and what the emulator serves and keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract.recorded_hls import SETTINGS, Replay


@pytest.mark.parametrize("story", list(SETTINGS))
def test_story_is_told_as_it_was(story: str, tmp_path: Path) -> None:
    assert list(Replay(story, tmp_path).differences()) == []
