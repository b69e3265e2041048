"""What became of events and subtitles in a real engine's media, and what becomes of them here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.recorded_events import STORIES, Told, comparable, differing_lengths, in_ts, recorded_boxes, wrong_answers

NEWEST = [name for name, story in STORIES.items() if "boxes" in story and story["version"] == "0.21.0"]
CUES = ["cue-out-in-0.20.5", "cue-out-without-duration-0.20.5", "generated-cue"]
"""The others, and events in older engines, are told in `tests/slow`."""
SUBTITLES = [name for name in STORIES if name.startswith("subtitles")]


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """All stories of 0.21.0 in one emulator, because events are numbered over all streams."""
    return Told(tmp_path_factory.mktemp("told"), sorted({*NEWEST, *SUBTITLES})).tell()


@pytest.mark.parametrize("name", NEWEST)
def test_events_lie_where_they_lay(newest: Told, name: str) -> None:
    seen, wanted = newest.boxes[name], recorded_boxes(STORIES[name])

    assert [box._replace(number=0) for box in seen] == [box._replace(number=0) for box in wanted]


@pytest.mark.parametrize("name", NEWEST)
def test_events_lie_in_the_data_track_of_ts(newest: Told, name: str) -> None:
    for step, seen in _steps(newest, name, "ts"):
        story = STORIES[name]
        assert in_ts(story, seen["ts"]["segments"]) == in_ts(story, step["ts"]["segments"])


def test_events_are_numbered_over_all_streams(newest: Told) -> None:
    def order(boxes: list[tuple[int, str, str, int]]) -> list[tuple[str, str, int]]:
        return [(story, part, time) for _, story, part, time in sorted(boxes)]

    seen = [(box.number, name, box.part, box.time_ms) for name in NEWEST for box in newest.boxes[name]]
    wanted = [(box.number, name, box.part, box.time_ms) for name in NEWEST for box in recorded_boxes(STORIES[name])]

    assert order(seen) == order(wanted)


def test_answers_are_the_recorded_ones(newest: Told) -> None:
    assert wrong_answers(newest) == []


@pytest.mark.parametrize("name", SUBTITLES)
@pytest.mark.parametrize("what", ["lists", "text", "dump"])
def test_subtitles_are_listed_as_they_were(newest: Told, name: str, what: str) -> None:
    for step, seen in _steps(newest, name, what):
        assert comparable(seen[what]) == comparable(step[what])


@pytest.mark.parametrize("name", [name for name in SUBTITLES if "vtt" in STORIES[name]])
def test_files_of_subtitles_are_the_recorded_ones(newest: Told, name: str) -> None:
    assert newest.vtt[name] == STORIES[name]["vtt"]


@pytest.mark.parametrize("name", CUES)
def test_cues_end_segments_where_they_did(name: str, tmp_path: Path) -> None:
    told = Told(tmp_path, [name]).tell()

    assert wrong_answers(told) == []
    assert differing_lengths(told) == []


def _steps(told: Told, story: str, what: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    own = [id(step) for step in STORIES[story]["steps"]]
    return [(step, seen) for step, seen in told.steps if id(step) in own and what in step]
