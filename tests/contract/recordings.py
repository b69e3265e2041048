"""Recorded requests, sent again to an application in this process, and how its answers differ from the recorded ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from ome_mock.emulator import Emulator
from ome_mock.recordings.comparing import shape
from ome_mock.recordings.jsonl import parse_case
from ome_mock.recordings.replay import Replay as ReplayOfCases
from ome_mock.recordings.targets import AppTarget, Target

__all__ = ["CONNECTED", "RECORDINGS", "Replay", "read_cases", "shape"]

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
CONNECTED = ["default/app/stream", "default/nohls/stream"]


def read_cases(name: str, *groups: str) -> list[dict[str, Any]]:
    cases = [json.loads(line) for line in (RECORDINGS / f"{name}.jsonl").read_text().strip("\n").split("\n")]
    return [case for case in cases if not groups or case["group"] in groups]


class Replay:
    """Puts a case to an application; `{OUT}` is `out`."""

    def __init__(self, app: Flask, out: Path) -> None:
        self._emulator: Emulator = app.extensions["ome_mock"]
        self._replay = ReplayOfCases(self._target(), out, self._emulator.clock.advance)

    def _target(self) -> Target:
        return AppTarget(self._emulator.app, self._emulator.authorization)

    def differences(self, case: dict[str, Any]) -> Iterator[str]:
        for found in self._replay.differences(parse_case(case)):
            yield str(found)
