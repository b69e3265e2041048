"""Recorded cases of channels, put into the documented format, and how answers may differ from what was recorded.

The engine looked at its directories once a second, at moments of its own: the emulator's clock is set so that it looks at the same ones. A
question that was asked every 50 or 100 ms is asked at the ends of each stretch of equal answers, a moment inside them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from contract.polled import Timed, encoder_step, replayed
from contract.recordings import RECORDINGS, shape

from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator, VideoInput
from ome_mock.engine.input_tracks import input_tracks
from ome_mock.engine.stream import StreamPath
from ome_mock.errors import ConfigurationError
from ome_mock.recordings.case import API, DISCONNECT, LLHLS, Answer, Incident, Request
from ome_mock.recordings.comparing import Comparison, Difference
from ome_mock.recordings.replay import Surroundings
from ome_mock.recordings.wording import text_of
from ome_mock.timestamps import NS_PER_MS, NS_PER_SECOND

SMALL, LARGE = VideoInput(160, 90, Fraction(15)), VideoInput(320, 180, Fraction(15))
PLAIN = "/v1/vhosts/default/apps/"
FIRST_ANSWER_S = 0.04
"""How long after it has happened something is seen by a question that is asked every 50 ms."""
MARGIN_S = 0.4
"""How far from a change a question is asked that must be answered as recorded."""
USUAL_START_NS = int(datetime.fromisoformat("2026-11-28T09:56:00+00:00").timestamp()) * NS_PER_SECOND
PORTS = {8081: API, 3333: LLHLS}


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
    """Puts one case to an emulator of its own: what was done at its seconds, and what was asked meanwhile."""

    def __init__(self, case: dict[str, Any], config: Path, margin_s: float = MARGIN_S) -> None:
        self._case = case
        self._margin_s = margin_s
        self._refused: list[str] = []
        began_s, created_ns = _first_look_s(case), _start_ns(case)
        wait_s = began_s % 1 if began_s is not None else 0.0
        self._start_ns = created_ns
        clock = ManualClock(created_ns - round((1 - wait_s) * NS_PER_SECOND))
        self._emulator = Emulator(dialect="engine-0.21", config=config, root=config.parent, clock=clock)
        for name, video in (("live", SMALL), ("live2", LARGE)):
            self._emulator.connect(f"default/plain/{name}", video=video)

    def differences(self) -> Iterator[str]:
        timed = sorted([*self._done(), *self._questions()], key=lambda each: each[0])
        comparison, around = Channels(self._case["only_names_with"]), Surroundings(self._emulator.clock.advance, happen=self._happen)
        yield from replayed(timed, self._emulator, self._start_ns, comparison, around)
        yield from self._refused

    def _done(self) -> Iterator[Timed]:
        for step in self._case["steps"]:
            at_s, words = step["t"] + step.get("took", 0.0) / 2, step.get("note", "").split()
            if words[:2] == ["RTMP", "publisher"]:
                yield at_s, encoder_step("connect" if words[3] == "begins" else "disconnect", f"default/{words[2]}")
            elif "note" not in step and "/chunklist_" not in step["path"]:  # by keys and sessions that were drawn
                yield at_s, _asked(step, step["status"], step["answer"], step.get("body"))

    def _questions(self) -> Iterator[Timed]:
        for polled in self._case["polled"].values():
            for row in polled["rows"]:
                if row["last"] - row["first"] >= 2 * self._margin_s and row["status"] is not None:
                    names = {"message": "OK", "response": row.get("names"), "statusCode": 200}
                    question = _asked(polled, row["status"], row["body"] if "body" in row else json.dumps(names))
                    yield row["first"] + self._margin_s, question
                    yield row["last"] - self._margin_s, question

    def _happen(self, incident: Incident) -> None:
        """A publisher comes as a bare client does, whose stream is there in a moment; an encoder's takes its first second."""
        try:
            if incident.what == DISCONNECT:
                self._emulator.disconnect(incident.to)
            else:
                tracks = input_tracks(SMALL, audio=True)
                self._emulator.engine.connect(StreamPath.parse(incident.to), tracks, self._emulator.clock.now_ns())
        except ConfigurationError as error:
            self._refused.append(str(error))


def _asked(question: dict[str, Any], status: int, answer: str, body: str | None = None) -> dict[str, Any]:
    request = {"method": question["method"], "path": question["path"], "port": PORTS[question.get("port", 8081)], "body": body}
    return {"request": request, "response": {"status": status, "body": answer}}


class Channels(Comparison):
    """Compares names of one case alone, ids by their order, and of what was measured the type; of texts that are no JSON the first line."""

    def __init__(self, only_names_with: str) -> None:
        super().__init__()
        self._only_names_with = only_names_with

    def answers(self, request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str]) -> Iterator[Difference]:
        del request, names
        wanted, got = self._compared(recorded), self._compared(seen)
        if wanted != got:
            yield Difference("body", str(wanted), str(got))

    def _compared(self, compared: Answer) -> Any:
        text = text_of(compared.body).replace(ROOT, "{ROOT}")
        try:
            answer = json.loads(text)
        except ValueError:
            return compared.status, text.partition("\n")[0]
        response = answer.get("response")
        if isinstance(response, list):
            answer["response"] = sorted(name for name in response if self._only_names_with in name)
        return compared.status, shape(_with_ids_in_order(answer))


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
