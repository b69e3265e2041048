"""What older engines were recorded to answer: the recordings of 0.21.0, and what differs from them, put together again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from app_target import AppTarget
from contract.first_seconds import FirstSeconds
from contract.live_delivery import Exchanges
from contract.live_delivery import Replay as LiveReplay
from contract.recordings import CONNECTED, RECORDINGS, Replay, read_cases
from contract.stories import Replay as StoryReplay

import ome_mock
from ome_mock.dialect import ENGINES
from ome_mock.recordings.case import Answer, Request
from ome_mock.recordings.targets import Target

VERSIONS = RECORDINGS / "versions"
FRAME_RATE = re.compile(r"FRAME-RATE=[\d.]+")
MEASURES_FRAME_RATES = "0.15.10"
"""The version whose master playlists have frame rates as they were measured."""
OLDER = [engine.version for engine in ENGINES[1:]]
OF_0_16_8 = "startRecord answered with what was recorded by then"
RACES = {("0.16.8", "records/start and stop", 0): OF_0_16_8}
"""Steps that one engine answered in a state that the others were not in yet."""

ENCODER = "how far the encoder of the low rendition had come"
LIVE_RACES = {
    ("0.18.0", 19): ENCODER,
    ("0.16.4", 21): ENCODER,
    ("0.15.10", 14): "how far the sound had come, which encoders send in pairs of frames",
    ("0.15.10", 25): "the order of headers of its one compressed answer, a preflight",
}
"""Numbers of exchanges in which something else than the version decided."""
FIRST_SECONDS_RACES = {
    ("0.16.8", "short v 2"): "the dump was started in the very moment in which all pictures came, and took them all",
    ("0.16.8", "short a 3"): "the dump was started while the sound of five seconds came, and began with a segment of its middle",
    ("0.16.5", "clip av 4"): "the master playlist was asked for before one of three tracks had a part, and held until a segment ended",
}
Headers = list[list[str | None]]


@cache
def differences_of(version: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((VERSIONS / f"{version}.json").read_text())
    return read


def cases_of(version: str, *, walks: bool) -> Iterator[dict[str, Any]]:
    """The cases that a version was asked: every exchange, and the walks that it was asked too."""
    recorded = differences_of(version)
    headers = {json.dumps(newest): older for newest, older in recorded["headers"]}
    for case in [*read_cases("exchanges"), *(read_cases("walks")[: recorded["walks"]] if walks else [])]:
        answers = recorded["answers"].get(case["case"], {})
        yield {**case, "steps": [_older(step, answers.get(str(number)), headers) for number, step in enumerate(case["steps"])]}


def _older(step: dict[str, Any], answer: dict[str, Any] | None, headers: dict[str, Headers]) -> dict[str, Any]:
    if "sleep" in step:
        return step
    found = answer or {**step["response"], "headers": headers[json.dumps(_template(step["response"]["headers"]))]}
    return {**step, "response": {**found, "headers": [_filled(name, value, found["body"]) for name, value in found["headers"]]}}


def _filled(name: str, value: str | None, body: str) -> list[str]:
    """A header whose value was left out: the length, or a date, of which only the presence is compared."""
    if value is not None:
        return [name, value]
    return ["X-Dated", ""] if name == "Date" else [name, str(len(body.encode()))]


def _template(headers: list[list[str]]) -> Headers:
    left_out, variable = {"Connection", "Keep-Alive"}, {"Content-Length", "Date"}
    return [[name, None if name in variable else value] for name, value in headers if name not in left_out]


def world_of(version: str, xml: str) -> str:
    """A Server.xml of 0.21.0 without what a version refuses; the rules of all origins stand at the API where there are no defaults."""
    number = tuple(map(int, version.split(".")))
    if number < (0, 20):
        xml = re.sub(r"<Defaults>.*?</Defaults>", "", xml, flags=re.DOTALL)
        xml = xml.replace("</AccessToken>", "</AccessToken><CrossDomains><Url>*</Url></CrossDomains>")
    if number < (0, 17):
        xml = re.sub(r"<CreateDefaultPlaylist>.*?</CreateDefaultPlaylist>|<Modules>x264</Modules>", "", xml)
    return re.sub(r"<EnableTsPackaging>.*?</EnableTsPackaging>", "", xml) if number < (0, 16, 8) else xml


class DatedTarget(AppTarget):
    """Answers with a date that says whether there was one, so that it is compared."""

    def send(self, request: Request, connection: int | None = None) -> Answer:
        answer = super().send(request, connection)
        return answer._replace(headers=tuple(("X-Dated", "") if name == "Date" else (name, value) for name, value in answer.headers))


class VersionReplay(Replay):
    """A replay that looks at who sends a date, too."""

    def _target(self) -> Target:
        return DatedTarget(self._emulator.app, self._emulator.authorization)


def differences(version: str, root: Path, *, walks: bool = True) -> Iterator[str]:
    """How an emulator of a version answers the requests that the engine was sent."""
    config = root / "Server.xml"
    config.write_text(world_of(version, (RECORDINGS / "Server.xml").read_text()))
    app = ome_mock.create_app(dialect=f"engine-{version}", config=config, streams=CONNECTED)
    for number, case in enumerate(cases_of(version, walks=walks)):
        for difference in VersionReplay(app, root / str(number)).differences(_without_races(version, case)):
            yield f"{case['case']}: {difference}"


def _without_races(version: str, case: dict[str, Any]) -> dict[str, Any]:
    races = {step for each, name, step in RACES if (each, name) == (version, case["case"])}
    if not races:
        return case
    newest = next(each for each in read_cases("exchanges") if each["case"] == case["case"])
    steps = [
        {**step, "response": {**step["response"], "body": newest["steps"][number]["response"]["body"]}} if number in races else step
        for number, step in enumerate(case["steps"])
    ]
    return {**case, "steps": steps}


def stories_of(version: str) -> list[str]:
    return sorted(path.stem for path in (VERSIONS / "stories" / version).glob("*.json"))


def story_differences(version: str, name: str, root: Path) -> Iterator[str]:
    """How an emulator of a version tells a recorded story of dumps."""
    config = _world_of_stories(version, root)
    text = (VERSIONS / "stories" / version / f"{name}.json").read_text()
    if version == MEASURES_FRAME_RATES:
        text = FRAME_RATE.sub("FRAME-RATE=30.000", text)
    (root / "written").mkdir()
    yield from StoryReplay(json.loads(text), root / "written", f"engine-{version}", config).differences()


def live_exchanges_of(version: str) -> Exchanges:
    read = json.loads((VERSIONS / "live-delivery" / f"{version}.json").read_text())
    return [{**each, "body": None if each["body"] is None else read["texts"][each["body"]]} for each in read["exchanges"]]


def live_differences(version: str, root: Path) -> Iterator[str]:
    """How the live publisher of a version answers, where more than a race made another answer."""
    replay = LiveReplay(f"engine-{version}", live_exchanges_of(version), _world_of_stories(version, root))
    for number, found in enumerate(replay.differences()):
        if (version, number) not in LIVE_RACES:
            yield from (f"{number}: {difference}" for difference in found)


def first_seconds_of(version: str) -> list[dict[str, Any]]:
    cases = map(json.loads, (VERSIONS / "first-seconds" / f"{version}.jsonl").read_text().splitlines())
    return [case for case in cases if (version, case["case"]) not in FIRST_SECONDS_RACES]


def first_seconds_differences(version: str, case: dict[str, Any], root: Path) -> Iterator[str]:
    """How an emulator of a version answers from the coming of an encoder on."""
    (root / "written").mkdir()
    yield from FirstSeconds(case, root / "written", f"engine-{version}", _world_of_stories(version, root)).differences()


def _world_of_stories(version: str, root: Path) -> Path:
    config = root / "Server.xml"
    config.write_text(world_of(version, (RECORDINGS / "stories" / "Server.xml").read_text()))
    return config
