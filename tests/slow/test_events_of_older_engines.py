"""What became of events and cues in older engines, each story in an emulator of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from contract.recorded_events import STORIES, Told, differing_lengths, recorded_boxes, wrong_answers

EVENTS = [name for name, story in STORIES.items() if "boxes" in story and story["version"] != "0.21.0"]
CUES = [name for name in STORIES if name.startswith(("cue", "scte35"))]


@pytest.mark.parametrize("name", EVENTS)
def test_events_lie_where_they_lay(name: str, tmp_path: Path) -> None:
    told = Told(tmp_path, [name]).tell()

    assert told.boxes[name] == recorded_boxes(STORIES[name])
    assert wrong_answers(told) == []


@pytest.mark.parametrize("name", CUES)
def test_cues_end_segments_where_they_did(name: str, tmp_path: Path) -> None:
    told = Told(tmp_path, [name]).tell()

    assert wrong_answers(told) == []
    assert differing_lengths(told) == []
