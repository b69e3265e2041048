"""Recorded stories, told again: the same requests and accidents at the same moments, and what lay on the disk at each look.

A story's world is the recorded Server.xml; its encoder sends the tracks that the recorded one sent. It is put into the documented format,
and replayed by `ome_mock.recordings`. Left out is the second in which the engine set a new stream up and refused its dumps, which was asked
every 10 ms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from app_target import AppTarget
from contract.recordings import Exact, pause_until, post_step

from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator
from ome_mock.recordings.case import API
from ome_mock.recordings.dump_looks import DumpLooks
from ome_mock.recordings.jsonl import parse_case
from ome_mock.recordings.replay import Replay as ReplayOfCases
from ome_mock.recordings.targets import Target
from ome_mock.replaying import surroundings_of

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
        self._world = story["world"]
        kinds = {track["type"] for track in self._world["input_tracks"]} & {"Video", "Audio"}
        self._published = (AHEAD_S if len(kinds) == 1 else 0.0) - self._world["media_time_at_t0_s"]
        start = round((datetime.fromisoformat(self._world["t0"]).timestamp() + self._published) * 1000) * MS
        emulator = Emulator(dialect=dialect, config=config, streams=[], root=root, clock=ManualClock(start))
        self._replay = ReplayOfCases({API: self._target(emulator)}, root, surroundings_of(emulator, DumpLooks(root, named=["/"])), Exact())

    def _target(self, emulator: Emulator) -> Target:
        return AppTarget(emulator.app, emulator.authorization)

    def differences(self) -> Iterator[str]:
        yield from map(str, self._replay.differences(parse_case({"case": "story", "steps": list(self._steps())})))

    def _steps(self) -> Iterator[dict[str, Any]]:
        """The story in the documented format, from the coming of its encoder on."""
        yield self._connect(f"{self._world['vhost']}/{self._world['app']}/{self._world['stream']}")
        now = self._published
        for step in self._story["steps"]:
            yield from pause_until(step["t"], now)
            now = max(now, step["t"])
            if step.get("post") == SETTING_UP:
                if step["response"]["status"] == 200:
                    yield post_step(self._action("startHlsDump"), self._body_of_the_start(), step["response"])
            elif "post" in step:
                yield post_step(step["post"], step["body"], step["response"])
            elif step.get("do") == "connect":
                yield from [self._connect(step["stream"])] if step["t"] > self._published else []
            else:
                yield {**step, "text": _text(step["text"])} if "text" in step else step

    def _connect(self, stream: str) -> dict[str, Any]:
        tracks = {track["type"]: track for track in self._world["input_tracks"]}
        video, audio = tracks.get("Video"), tracks.get("Audio")
        return {
            "do": "connect",
            "stream": stream,
            "video": {key: video[key] for key in ("width", "height", "framerate")} if video else False,
            "audio": {"samplerate": audio["samplerate"], "channels": audio["channel"]} if audio else False,
        }

    def _action(self, name: str) -> str:
        world = self._world
        return f"/v1/vhosts/{world['vhost']}/apps/{world['app']}/streams/{world['stream']}:{name}"

    def _body_of_the_start(self) -> dict[str, Any]:
        """What the start had asked for, from the first list of dumps behind it: the recording left it out."""
        lists = (json.loads(step["response"]["body"]) for step in self._story["steps"] if step.get("post") == self._action("hlsDumps"))
        dump: dict[str, Any] = next(iter(lists))["response"][0]
        return dump


def _text(recorded: str) -> str:
    placeholder = PLACEHOLDER.fullmatch(recorded)
    return ("someone else's file\n" * int(placeholder[1]))[: int(placeholder[1])] if placeholder else recorded
