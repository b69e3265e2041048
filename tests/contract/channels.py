"""Recorded cases of channels, played on a manual clock, and how what is asked meanwhile differs from what was recorded.

The engine looked at its directories once a second, at moments of its own: the emulator's clock is set so that it looks at the same ones. A
question that was asked every 50 or 100 ms is asked at the ends of each stretch of equal answers, a moment inside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from contract.recordings import RECORDINGS, shape

from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator, VideoInput
from ome_mock.engine.input_tracks import input_tracks
from ome_mock.engine.stream import StreamPath
from ome_mock.errors import ConfigurationError
from ome_mock.timestamps import NS_PER_MS, NS_PER_SECOND

SMALL, LARGE = VideoInput(160, 90, Fraction(15)), VideoInput(320, 180, Fraction(15))
PLAIN = "/v1/vhosts/default/apps/"
FIRST_ANSWER_S = 0.04
"""How long after it has happened something is seen by a question that is asked every 50 ms."""
MARGIN_S = 0.4
"""How far from a change a question is asked that must be answered as recorded."""
USUAL_START_NS = int(datetime.fromisoformat("2026-11-28T09:56:00+00:00").timestamp()) * NS_PER_SECOND
MEASURED = {"currentPosition", "samplerate", "lastConfigChanged"}


ROOT = "/recorded"
"""Stands for `{ROOT}` of the recording, where the engine had its directories."""


def server_xml() -> str:
    """The world of the recording: that of the stories, and one more application with channels."""
    xml = (RECORDINGS / "stories" / "Server.xml").read_text()
    applications = xml.split("<Application>")
    plain = next(each for each in applications if "<Name>plain</Name>" in each).partition("</Application>")[0]
    providers = (
        f"<Providers><RTMP/><Schedule><MediaRootDir>{RECORDINGS}/channel-media</MediaRootDir>"
        f"<ScheduleFilesDir>{ROOT}/schedules</ScheduleFilesDir></Schedule>"
        f"<Multiplex><MuxFilesDir>{ROOT}/mux</MuxFilesDir></Multiplex></Providers>"
    )
    before, _, rest = plain.partition("<Providers>")
    chan = before.replace("<Name>plain</Name>", "<Name>chan</Name>") + providers + rest.partition("</Providers>")[2]
    return xml.replace("<Application>", f"<Application>{chan}</Application><Application>", 1)


class Story:
    """Plays one case: what was done at its seconds, and what was asked meanwhile."""

    def __init__(self, case: dict[str, Any], config: Path, margin_s: float = MARGIN_S) -> None:
        self._case = case
        self._margin_s = margin_s
        began_s, created_ns = _first_look_s(case), _start_ns(case)
        wait_s = began_s % 1 if began_s is not None else 0.0
        self._start_ns = created_ns
        clock = ManualClock(created_ns - round((1 - wait_s) * NS_PER_SECOND))
        self._emulator = Emulator(dialect="engine-0.21", config=config, root=config.parent, clock=clock)
        for name, video in (("live", SMALL), ("live2", LARGE)):
            self._emulator.connect(f"default/plain/{name}", video=video)
        self._clients = {8081: self._emulator.app.test_client(), 3333: self._emulator.llhls_app.test_client()}

    def differences(self) -> Iterator[str]:
        for at_s, event in sorted([*self._steps(), *self._questions()], key=lambda each: each[0]):
            self._emulator.clock.advance_to(max(self._start_ns + round(at_s * 1000) * NS_PER_MS, self._emulator.clock.now_ns()))
            if "note" in event:
                yield from self._do(event["note"])
                continue
            seen, wanted = self._ask(event), self._recorded(event)
            if seen != wanted:
                yield f"{at_s:.2f} s: {event['method']} {event['path']}: {seen} instead of {wanted}"

    def _steps(self) -> Iterator[tuple[float, dict[str, Any]]]:
        for step in self._case["steps"]:
            if "/chunklist_" not in step.get("path", ""):  # by keys and sessions that were drawn
                yield step["t"] + step.get("took", 0.0) / 2, step

    def _questions(self) -> Iterator[tuple[float, dict[str, Any]]]:
        for polled in self._case["polled"].values():
            for row in polled["rows"]:
                if row["last"] - row["first"] >= 2 * self._margin_s and row["status"] is not None:
                    question = {**{name: value for name, value in polled.items() if name != "rows"}, **row}
                    yield row["first"] + self._margin_s, question
                    yield row["last"] - self._margin_s, question

    def _do(self, note: str) -> Iterator[str]:
        words = note.split()
        if words[:2] != ["RTMP", "publisher"]:
            return
        try:
            if words[3] == "begins":
                self._begin(f"default/{words[2]}")
            else:
                self._emulator.disconnect(f"default/{words[2]}")
        except ConfigurationError as error:
            yield str(error)

    def _begin(self, stream: str) -> None:
        """Publish as a bare client does, whose stream is there in a moment; an encoder's takes its first second."""
        self._emulator.engine.connect(StreamPath.parse(stream), input_tracks(SMALL, audio=True), self._emulator.clock.now_ns())

    def _ask(self, event: dict[str, Any]) -> Any:
        body = event.get("body") if "t" in event else None
        text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
        answer = self._clients[event.get("port", 8081)].open(
            base_url="http://127.0.0.1:8081",
            method=event["method"],
            data=text.encode(),
            headers={"Authorization": self._emulator.authorization},
            environ_overrides={"REQUEST_URI": event["path"]},
        )
        return self._compared(answer.status_code, answer.text.replace(ROOT, "{ROOT}"))

    def _recorded(self, event: dict[str, Any]) -> Any:
        if "names" in event:
            return self._compared(event["status"], json.dumps({"message": "OK", "response": event["names"], "statusCode": 200}))
        return self._compared(event["status"], event.get("answer", event.get("body", "")))

    def _compared(self, status: int, text: str) -> Any:
        """What must be equal: names of this case alone, ids by their order, and of what was measured the type."""
        try:
            answer = json.loads(text)
        except ValueError:
            return status, text.partition("\n")[0]
        response = answer.get("response")
        if isinstance(response, list):
            answer["response"] = sorted(name for name in response if self._case["only_names_with"] in name)
        return status, shape(_with_ids_in_order(answer))


def _with_ids_in_order(answer: dict[str, Any]) -> dict[str, Any]:
    """Ids of a multiplex channel's tracks are drawn from one row by all channels."""
    response = answer.get("response")
    if not isinstance(response, dict):
        return answer
    if "currentProgram" in response and "currentItem" in response["currentProgram"]:
        response["currentProgram"]["currentItem"]["currentPosition"] = "number"
    if response.get("input", {}).get("sourceType") == "Multiplex":
        for each in (response["input"], *response["outputs"]):
            for number, track in enumerate(each["tracks"]):
                track["id"] = number
    for each in (response.get("input", {}), *response.get("outputs", [])):
        for track in each.get("tracks", []):
            for described in (track.get("video"), track.get("audio")):
                if described and "samplerate" in described:
                    described["samplerate"] = min(described["samplerate"], 1)
    return answer


def _first_look_s(case: dict[str, Any]) -> float | None:
    """When the channel was first listed, in the seconds of the case."""
    for row in case["polled"]["channels"]["rows"]:
        if row.get("names"):
            return float(row["first"]) - FIRST_ANSWER_S
    return None


def _start_ns(case: dict[str, Any]) -> int:
    """The instant of second 0, told from when the stream says that it was created."""
    for name, polled in case["polled"].items():
        for row in polled["rows"] if name.startswith("stream ") else ():
            if row["status"] == 200:
                created = datetime.fromisoformat(json.loads(row["body"])["response"]["input"]["createdTime"])
                first_s = next((each["first"] for each in case["polled"]["streams"]["rows"] if each.get("names")), row["first"])
                start_ns: int = round((created.timestamp() - first_s + FIRST_ANSWER_S) * 1000) * NS_PER_MS
                return start_ns
    return USUAL_START_NS
