"""Recorded stories of pushes, put into the documented format, and how states and counters may differ from what was recorded.

The engine looks at its pushes once a second, at moments of its own; the emulator's clock is set so that it looks then too. What was asked
every 100 ms is asked at the same moments, but for what lies within `MARGIN_S` of a change, as the engine's looks get late by milliseconds.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract.polled import Reduced, Timed, away_from_changes, encoder_step, instant_ns, polled_step, replayed, start_ns
from contract.recordings import post_step

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
TARGETS = {
    "rtmp target down": PushTargetGone(times=None),
    "srt target down": PushTargetGone(times=None),
    "rtmp target accepts and says nothing": PushTargetSilent(times=None),
}
"""What is wrong with a target from the start."""
ALL_GONE = json.dumps({"fault": "pushTargetGone", "times": None})
DONE_TO_TARGETS = {
    "target gone": {"request": {"method": "POST", "path": "/_mock/faults", "body": ALL_GONE}, "response": {"status": 200}},
    "target back": {"request": {"method": "DELETE", "path": "/_mock/faults"}, "response": {"status": 200}},
}
"""The faults that are armed and cleared where a target went and came back."""


class PushStory:
    """Puts one story to an emulator of its own."""

    def __init__(self, case: dict[str, Any], config: Path) -> None:
        self._steps = case["steps"]
        self._start_ns = start_ns(case)
        clock = ManualClock(_first_look_ns(case) - 10 * NS_PER_SECOND)
        self._emulator = Emulator(dialect="engine-0.21", config=config, streams=[], clock=clock)
        names = {name for step in self._steps if (name := _stream_of(step))}
        self._streams = sorted(f"default/psh/{name}" for name in names)
        if "connect" not in {step.get("do") for step in self._steps} or case["case"].startswith("stream ends"):
            for stream in self._streams:
                self._emulator.engine.connect(StreamPath.parse(stream), input_tracks(VIDEO, audio=True), clock.now_ns())
        if case["case"] in TARGETS:
            self._emulator.faults.arm(TARGETS[case["case"]])

    def differences(self) -> Iterator[str]:
        return replayed(self._timed(), self._emulator, self._start_ns, Pushes())

    def _timed(self) -> Iterator[Timed]:
        from_s = 0.0
        for step in self._steps:
            if "rows" in step:
                rows = away_from_changes(step["rows"], lambda row: [(each[STATE], each[SEQUENCE]) for each in row["got"]], MARGIN_S)
                yield from ((row["t"], polled_step(step, row, step["body"])) for row in rows if row["t"] >= from_s)
            elif "post" in step:
                yield step["t"], post_step(step["post"], step["body"], step["response"])
            elif step["do"] in DONE_TO_TARGETS:
                yield step["t"], DONE_TO_TARGETS[step["do"]]
            else:
                yield from ((step["t"], encoder_step(step["do"], stream)) for stream in self._streams)
            from_s = step["t"] + AFTER_CHANGE_S if "do" in step else from_s


class Pushes(Reduced):
    """Compares pushes: states and ids, if bytes were sent, and times to within `TOLERANCE_MS`."""

    fields = ("state", "id", "sequence", "sentBytes", "sentTime", "totalsentBytes", "totalsentTime", "startTime")

    def is_near(self, row: list[Any], recorded: list[Any]) -> bool:
        is_sent = all((row[which] > 0) == (recorded[which] > 0) for which in (BYTES, TOTAL_BYTES))
        times = [(row[which], recorded[which]) for which in (TIME, TOTAL_TIME)]
        times.append((instant_ns(row[START]) / NS_PER_MS, instant_ns(recorded[START]) / NS_PER_MS))
        return is_sent and all(abs(seen_ms - recorded_ms) <= TOLERANCE_MS for seen_ms, recorded_ms in times)


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
