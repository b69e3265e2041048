"""Recorded requests, sent again to an application in this process, and how its answers differ from the recorded ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from app_target import AppTarget
from flask import Flask

from ome_mock.emulator import Emulator
from ome_mock.recordings.case import API, Answer, Request
from ome_mock.recordings.comparing import Comparison, Difference, shape
from ome_mock.recordings.jsonl import parse_case
from ome_mock.recordings.replay import Replay as ReplayOfCases
from ome_mock.recordings.replay import Surroundings
from ome_mock.recordings.targets import Target
from ome_mock.recordings.wording import renamed, text_of

__all__ = ["CONNECTED", "RECORDINGS", "Replay", "read_cases", "shape"]

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
CONNECTED = ["default/app/stream", "default/nohls/stream"]


def read_cases(name: str, *groups: str) -> list[dict[str, Any]]:
    cases = [json.loads(line) for line in (RECORDINGS / f"{name}.jsonl").read_text().strip("\n").split("\n")]
    return [case for case in cases if not groups or case["group"] in groups]


class Exact(Comparison):
    """Compares status and body to the letter, also instants and what is measured; headers were not written down."""

    def answers(self, request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str]) -> Iterator[Difference]:
        del request
        wanted, got = (f"{each.status} {text_of(each.body)}" for each in (recorded, seen))
        if wanted != renamed(got, names):
            yield Difference("body", wanted, got)


def post_step(path: str, body: Any, response: Mapping[str, Any]) -> dict[str, Any]:
    """A recorded post of JSON, of which no headers were written down, as a step of the documented format."""
    request = {"method": "POST", "path": path, "body": body if isinstance(body, str) else json.dumps(body)}
    return {"request": request, "response": {"status": response["status"], "body": response["body"]}}


def pause_until(t: float, now: float) -> list[dict[str, Any]]:
    """The step from one second of a story to a later one, in whole milliseconds; none to one that has passed."""
    return [{"sleep": round((t - now) * 1000) / 1000}] if t > now else []


class Replay:
    """Puts a case to an application; `{OUT}` is `out`."""

    def __init__(self, app: Flask, out: Path) -> None:
        self._emulator: Emulator = app.extensions["ome_mock"]
        self._replay = ReplayOfCases({API: self._target()}, out, Surroundings(self._emulator.clock.advance))

    def _target(self) -> Target:
        return AppTarget(self._emulator.app, self._emulator.authorization)

    def differences(self, case: dict[str, Any]) -> Iterator[str]:
        for found in self._replay.differences(parse_case(case)):
            yield str(found)
