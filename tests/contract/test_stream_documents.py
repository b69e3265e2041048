"""What the recorded engine said of each story's stream, and what the emulator says of one with the same tracks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from contract.recordings import shape
from contract.stories import STORIES, read_story, story_names
from fixture_types import Answer

from ome_mock import AudioInput, VideoInput
from ome_mock.emulator import Emulator


def sent(world: dict[str, Any]) -> dict[str, Any]:
    by_type = {track["type"]: track for track in world["input_tracks"]}
    video, audio = by_type.get("Video"), by_type.get("Audio")
    return {
        "video": VideoInput(video["width"], video["height"], video["framerate"]) if video else False,
        "audio": AudioInput(audio["samplerate"], audio["channel"]) if audio else False,
    }


@pytest.mark.parametrize("name", [name for name in story_names() if read_story(name)["world"].get("details")])
def test_document_is_the_recorded_one(name: str, tmp_path: Path) -> None:
    world = read_story(name)["world"]
    emulator = Emulator(dialect="engine-0.21", config=STORIES / "Server.xml", streams=[], root=tmp_path)
    emulator.connect(f"{world['vhost']}/{world['app']}/{world['stream']}", **sent(world), ready=True)
    is_new = datetime.fromisoformat(world["published"]) > datetime.fromisoformat(world["t0"])
    emulator.clock.advance(0 if is_new else 20)
    path = f"/v1/vhosts/{world['vhost']}/apps/{world['app']}/streams/{world['stream']}"
    answer: Answer = emulator.app.test_client().get(path, headers={"Authorization": emulator.authorization})
    shown = answer.json["response"]
    assert shape(shown) == shape(world["details"])
