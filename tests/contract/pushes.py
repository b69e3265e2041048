"""Recorded stories of pushes, played on a manual clock, and how states and counters differ from what was recorded.

The engine looks at its pushes once a second, at moments of its own; the emulator's clock is set so that it looks then too. What was asked
every 100 ms is asked at the same moments, but for what lies within `MARGIN_S` of a change, as the engine's looks get late by milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from contract.records import instant_ns, masked, start_ns

from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator, VideoInput
from ome_mock.engine.input_tracks import input_tracks
from ome_mock.engine.stream import StreamPath
from ome_mock.faults import PushTargetGone, PushTargetSilent
from ome_mock.timestamps import NS_PER_MS, NS_PER_SECOND

MARGIN_S = 0.35
"""How far from a change a question is asked that must be answered as recorded."""
AFTER_CHANGE_S = 1.1
"""How long after an encoder or a target came or went the next look may be."""
TOLERANCE_MS = 600
"""How far times may differ: looks and packets came late by a load that is not here, and a target had gone a moment before it was noted."""
STATE, ID, SEQUENCE, BYTES, TIME, TOTAL_BYTES, TOTAL_TIME, START = range(8)
VIDEO = VideoInput(320, 180)
FIELDS = ("state", "id", "sequence", "sentBytes", "sentTime", "totalsentBytes", "totalsentTime", "startTime")
TARGETS = {
    "rtmp target down": PushTargetGone(times=None),
    "srt target down": PushTargetGone(times=None),
    "rtmp target accepts and says nothing": PushTargetSilent(times=None),
}
"""What is wrong with a target from the start."""


class PushStory:
    """Plays one story."""

    def __init__(self, case: dict[str, Any], config: Path) -> None:
        self._steps = case["steps"]
        self._start_ns = start_ns(case)
        clock = ManualClock(_first_look_ns(case) - 10 * NS_PER_SECOND)
        self._emulator = Emulator(dialect="engine-0.21", config=config, streams=[], clock=clock)
        self._client = self._emulator.app.test_client()
        names = {name for step in self._steps if (name := _stream_of(step))}
        self._streams = sorted(f"default/psh/{name}" for name in names)
        if "connect" not in {step.get("do") for step in self._steps} or case["case"].startswith("stream ends"):
            for stream in self._streams:
                self._emulator.engine.connect(StreamPath.parse(stream), input_tracks(VIDEO, audio=True), clock.now_ns())
        if case["case"] in TARGETS:
            self._emulator.faults.arm(TARGETS[case["case"]])

    def differences(self) -> Iterator[str]:
        done_s = [-AFTER_CHANGE_S]
        for step in self._steps:
            if "rows" in step:
                yield from self._poll(step, done_s[-1] + AFTER_CHANGE_S)
                continue
            self._go_to(step["t"])
            if "post" in step:
                yield from self._post(step)
            else:
                done_s.append(step["t"])
                self._do(step["do"])

    def _do(self, what: str) -> None:
        if what == "target gone":
            self._emulator.faults.arm(PushTargetGone(times=None))
        elif what == "target back":
            self._emulator.faults.clear()
        for stream in self._streams:
            if what == "connect":
                self._emulator.connect(stream, video=VIDEO)
            elif what == "disconnect":
                self._emulator.disconnect(stream)

    def _go_to(self, at_s: float) -> None:
        self._emulator.clock.advance_to(max(self._start_ns + round(at_s * 1000) * NS_PER_MS, self._emulator.clock.now_ns()))

    def _ask(self, path: str, body: Any) -> tuple[int, Any]:
        answer = self._client.post(path, data=json.dumps(body), headers={"Authorization": self._emulator.authorization})
        return answer.status_code, answer.json

    def _post(self, step: dict[str, Any]) -> Iterator[str]:
        seen, recorded = self._ask(step["post"], step["body"]), (step["response"]["status"], json.loads(step["response"]["body"]))
        if masked(seen[1]) != masked(recorded[1]) or seen[0] != recorded[0]:
            yield f"{step['t']} s: {step['post']}: {seen} instead of {recorded}"

    def _poll(self, step: dict[str, Any], from_s: float) -> Iterator[str]:
        rows = step["rows"]
        changes = [row["t"] for before, row in pairwise(rows) if _state(before) != _state(row)]
        for row in rows:
            self._go_to(row["t"])
            if row["t"] < from_s or any(abs(row["t"] - change_s) < MARGIN_S for change_s in changes):
                continue
            _, answer = self._ask(step["polled"], step["body"])
            seen = [[each[name] for name in FIELDS] for each in answer["response"]]
            if _state({"got": seen}) != _state(row) or any(map(_is_far, seen, row["got"])):
                yield f"{row['t']} s: {seen} instead of {row['got']}"


def _first_look_ns(case: dict[str, Any]) -> int:
    """The start of the first try to connect, which is at a look."""
    for step in case["steps"]:
        for row in step.get("rows", ()):
            for got in row["got"]:
                if not got[START].startswith("1970"):
                    return instant_ns(got[START])
        if step.get("post", "").endswith(":pushes"):
            return instant_ns(next(each["startTime"] for each in json.loads(step["response"]["body"])["response"]))
    return start_ns(case)


def _stream_of(step: dict[str, Any]) -> str | None:
    if not step.get("post", "").endswith(":startPush") or step["response"]["status"] != 200:
        return None
    name: str = step["body"]["stream"]["name"]
    return name


def _state(row: dict[str, Any]) -> Any:
    return [(each[STATE], each[SEQUENCE]) for each in row["got"]]


def _is_far(mine: list[Any], recorded: list[Any]) -> bool:
    """Says if times are far from the recorded ones, or bytes there that were not."""
    if abs(instant_ns(mine[START]) - instant_ns(recorded[START])) > TOLERANCE_MS * NS_PER_MS:
        return True
    if any((mine[which] > 0) != (recorded[which] > 0) for which in (BYTES, TOTAL_BYTES)):
        return True
    return any(abs(mine[which] - recorded[which]) > TOLERANCE_MS for which in (TIME, TOTAL_TIME))
