"""Recorded stories, told again: the same requests and accidents at the same moments, and what lay on the disk at each look.

A story's world is the recorded Server.xml; its encoder sends the tracks that the recorded one sent. What lies on the disk is looked at and
compared by `ome_mock.recordings`. Stories are read by this code because they tell of accidents too: encoders that come and go, trees that
are removed, files that others write; and of the second in which the engine set a new stream up and refused its dumps, asked every 10 ms.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from ome_mock import AudioInput, VideoInput
from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator
from ome_mock.recordings.case import Look, RecordedFile
from ome_mock.recordings.comparing import Chance, compare_looks
from ome_mock.recordings.dump_looks import DumpLooks

STORIES = Path(__file__).parents[2] / "fixtures" / "recordings" / "stories"
MS = 1_000_000

SETTING_UP = "startHlsDump (asked every 10 ms)"
"""How the recordings put a start that was asked for again and again while the engine set the stream up."""

AHEAD_S = 0.233
"""How far ahead of the clock an encoder of one kind of media is meanwhile that the engine holds back."""

PLACEHOLDER = re.compile(r"(\d+) characters")
"""How the recordings put the text of a file that stood in the way."""


def read_story(name: str) -> dict[str, Any]:
    story: dict[str, Any] = json.loads((STORIES / f"{name}.json").read_text())
    return story


def story_names() -> list[str]:
    return sorted(path.stem for path in STORIES.glob("*.json"))


class Replay:
    """One story in an emulator of its own; `differences` tells it to the end."""

    def __init__(self, story: dict[str, Any], root: Path, dialect: str, config: Path = STORIES / "Server.xml") -> None:
        self._story = story
        self._world = self._story["world"]
        self._root = root
        kinds = {track["type"] for track in self._world["input_tracks"]} & {"Video", "Audio"}
        ahead_s = AHEAD_S if len(kinds) == 1 else 0.0
        self._t = self._published = ahead_s - self._world["media_time_at_t0_s"]
        start = round((datetime.fromisoformat(self._world["t0"]).timestamp() + self._published) * 1000) * MS
        self._emulator = Emulator(dialect=dialect, config=config, streams=[], root=root, clock=ManualClock(start))
        self._client = self._emulator.app.test_client()
        self._connect(f"{self._world['vhost']}/{self._world['app']}/{self._world['stream']}")
        self._looks = DumpLooks(root, named=["/"])
        self._chance = Chance(), Chance()

    def differences(self) -> Iterator[str]:
        for step in self._story["steps"]:
            self._turn_to(step["t"])
            if step.get("post") == SETTING_UP:
                if step["response"]["status"] == 200:
                    yield from self._request({**step, "post": self._action("startHlsDump"), "body": self._body_of_the_start()})
            elif "post" in step:
                yield from self._request(step)
            elif "do" in step:
                self._act(step)
            else:
                yield from self._look(step)

    def _turn_to(self, t: float) -> None:
        self._emulator.clock.advance(max(0.0, t - self._t))
        self._t = max(t, self._t)

    def _connect(self, stream: str) -> None:
        tracks = {track["type"]: track for track in self._world["input_tracks"]}
        video, audio = tracks.get("Video"), tracks.get("Audio")
        self._emulator.connect(
            stream,
            video=VideoInput(video["width"], video["height"], video["framerate"]) if video else False,
            audio=AudioInput(audio["samplerate"], audio["channel"]) if audio else False,
        )

    def _action(self, name: str) -> str:
        world = self._world
        return f"/v1/vhosts/{world['vhost']}/apps/{world['app']}/streams/{world['stream']}:{name}"

    def _body_of_the_start(self) -> dict[str, Any]:
        """What the start had asked for, from the first list of dumps behind it: the recording left it out."""
        lists = (json.loads(step["response"]["body"]) for step in self._story["steps"] if step.get("post") == self._action("hlsDumps"))
        dump: dict[str, Any] = next(iter(lists))["response"][0]
        return dump

    def _request(self, step: dict[str, Any]) -> Iterator[str]:
        answer = self._client.post(step["post"], data=json.dumps(step["body"]), headers={"Authorization": self._emulator.authorization})
        wanted = step["response"]
        if (answer.status_code, answer.text) != (wanted["status"], wanted["body"]):
            yield f"{step['t']} s, POST {step['post']}: {answer.status_code} {answer.text}, not {wanted['status']} {wanted['body']}"

    def _act(self, step: dict[str, Any]) -> None:
        match step["do"]:
            case "remove tree":
                shutil.rmtree(self._on_disk(step["path"]))
            case "write file":
                self._on_disk(step["path"]).parent.mkdir(parents=True, exist_ok=True)
                self._on_disk(step["path"]).write_text(_text(step["text"]))
            case "connect":
                if step["t"] > self._published:
                    self._connect(step["stream"])
            case "disconnect":
                self._emulator.disconnect(step["stream"])
            case other:
                raise ValueError(other)

    def _look(self, step: dict[str, Any]) -> Iterator[str]:
        recorded = Look({path: RecordedFile(file["size"], file.get("text")) for path, file in step["files"].items()})
        for difference in compare_looks(recorded, self._looks.look(), *self._chance):
            yield f"{step['snapshot']}, {difference}"

    def _on_disk(self, path: str) -> Path:
        return self._root / path.lstrip("/")


def _text(recorded: str) -> str:
    placeholder = PLACEHOLDER.fullmatch(recorded)
    return ("someone else's file\n" * int(placeholder[1]))[: int(placeholder[1])] if placeholder else recorded
