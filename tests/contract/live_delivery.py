"""What recorded LL-HLS publishers answered, asked again at the same moments of an equal stream.

The recorded requests went one after the other to the port of LL-HLS, and some were held; they are put into the documented format. What
can't be equal is named here: keys and sessions, the second of an answer, what depends on how pictures and sounds were coded, and the length
of what is compared itself.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from contract.recordings import RECORDINGS

from ome_mock import AudioInput, OmeMock, VideoInput
from ome_mock.clock import ManualClock
from ome_mock.recordings.case import API, LLHLS, Answer, Request
from ome_mock.recordings.comparing import Comparison, Difference, without_coding
from ome_mock.recordings.jsonl import parse_case
from ome_mock.recordings.replay import Replay as ReplayOfCases
from ome_mock.recordings.replay import Surroundings
from ome_mock.recordings.targets import ServerTarget
from ome_mock.recordings.wording import text_of

PART_S = 0.5
VIDEO_LATER_S = 0.021
"""Pictures begin one frame of sound after the stream was published."""
HELD_S = 0.1
"""What took longer was held."""
UNANSWERED_S = 9
NOBODYS_SESSION = "session=99_"
"""The recorded requests name a session whose connection is closed; the replay's must be nobody's, too."""

UNEQUAL = {
    "the session that a master playlist begins": (re.compile(r"session=\d+_[0-9A-Za-z]{8}"), "session=NEW"),
    "the frame rate, which 0.15.10 has measured": (re.compile(r"FRAME-RATE=[\d.]+"), "FRAME-RATE"),
}
Exchanges = list[dict[str, Any]]


class Recorded:
    """The exchanges with one publisher, and what they tell about its stream."""

    def __init__(self, exchanges: Exchanges) -> None:
        self.exchanges = exchanges
        chunklist = next(each for each in exchanges if "/chunklist_0_" in each["path"])
        self.key: str = re.findall(r"chunklist_0_video_(\w{8})_", chunklist["path"])[0]
        self.session: str = re.findall(r"session=\w+", chunklist["path"])[0]
        self._text: str = chunklist["body"]
        self.session_goes_on = self.session in self._text
        """True if it outlived the connection that began it."""

    @property
    def session_id(self) -> str:
        return self.session.partition("_")[0] + "_"

    @property
    def published_ns(self) -> int:
        """The instant that the dates of segments count from."""
        date = re.findall(r"PROGRAM-DATE-TIME:(\S+)", self._text)[0]
        number = int(re.findall(r"MEDIA-SEQUENCE:(\d+)", self._text)[0])
        published = datetime.fromisoformat(date) - timedelta(seconds=number * self._segment_s + VIDEO_LATER_S)
        return round(published.timestamp() * 1000) * 1_000_000

    @property
    def live_for_s(self) -> float:
        """The time for which the stream had been live: from when the first held request was answered, which was for a part."""
        held = next(number for number, each in enumerate(self.exchanges) if each["seconds"] > HELD_S)
        msn, part = map(int, re.findall(r"/part_0_(\d+)_(\d+)_", self.exchanges[held]["path"])[0])
        answered_s = msn * self._segment_s + (part + 1) * PART_S + VIDEO_LATER_S
        asked_s: float = sum(each["seconds"] for each in self.exchanges[: held + 1])
        return answered_s - asked_s

    @property
    def _segment_s(self) -> float:
        return float(re.findall(r"EXTINF:([\d.]+)", self._text)[0])


def read_exchanges(path: Path) -> Exchanges:
    read: Exchanges = json.loads(path.read_text())
    return read


RECORDED = read_exchanges(RECORDINGS / "live-delivery.json")


def exchange_names(exchanges: Exchanges = RECORDED) -> list[str]:
    return [f"{number} {exchange['method']} {exchange['path']}" for number, exchange in enumerate(exchanges)]


class Replay:
    """The recorded exchanges in their order, each on a connection of its own; `differences` has those of each exchange."""

    def __init__(self, dialect: str, exchanges: Exchanges = RECORDED, config: Path = RECORDINGS / "stories" / "Server.xml") -> None:
        self._recorded = Recorded(exchanges)
        self._ome = OmeMock(dialect=dialect, config=config, streams=[], clock=ManualClock(self._recorded.published_ns))

    def differences(self) -> Iterator[list[str]]:
        with self._ome as ome:
            ome.connect("default/clip/av", video=VideoInput(320, 180), audio=AudioInput(48_000, 1))
            ome.clock.advance(self._recorded.live_for_s)
            api, llhls = (ServerTarget(ome.recorded_urls[port], ome.authorization) for port in (API, LLHLS))
            around, comparison = Surroundings(ome.clock.advance, held=ome), WithoutCoding(self._recorded)
            with tempfile.TemporaryDirectory() as out:
                replay = ReplayOfCases({API: api, LLHLS: llhls}, Path(out), around, comparison)
                for number, exchange in enumerate(self._recorded.exchanges):
                    yield list(map(str, replay.differences(parse_case({"case": number, "steps": self._told(exchange)}))))

    def _told(self, exchange: dict[str, Any]) -> list[dict[str, Any]]:
        """An exchange in the documented format, with the pause behind it."""
        headers = [["Host", "127.0.0.1"], *exchange["request_headers"].items()]
        path = exchange["path"] if self._recorded.session_goes_on else exchange["path"].replace(self._recorded.session_id, NOBODYS_SESSION)
        request = {"method": exchange["method"], "path": path, "headers": headers, "auth": "none", "port": LLHLS}
        seconds = exchange.get("seconds", UNANSWERED_S)
        response = {name: exchange.get(name) for name in ("status", "reason", "headers", "body")}
        response = {name: value for name, value in response.items() if value is not None or name == "status"}
        if seconds > HELD_S:
            return [{"request": request, "response": {**response, "took": seconds}}]
        return [{"request": request, "response": response}, {"sleep": seconds}]


class WithoutCoding(Comparison):
    """Compares answers without what can't be equal; of media and of what is compressed no text was recorded."""

    def __init__(self, recorded: Recorded) -> None:
        super().__init__()
        self._session_id = recorded.session_id

    def answers(self, request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str]) -> Iterator[Difference]:
        del request, names
        if recorded.status is None:
            yield from [Difference("status", "no answer", str(seen.status))] if seen.status is not None else []
            return
        if (recorded.status, recorded.reason) != (seen.status, seen.reason):
            yield Difference("status", f"{recorded.status} {recorded.reason}", f"{seen.status} {seen.reason}")
        if _described(recorded) != _described(seen):
            yield Difference("headers", str(_described(recorded)), str(_described(seen)))
        if recorded.body:
            is_gzip = ("Content-Encoding", "gzip") in seen.headers
            text = text_of(gzip.decompress(seen.body) if is_gzip else seen.body).replace(NOBODYS_SESSION, self._session_id)
            wanted, got = _normalised(text_of(recorded.body)), _normalised(text)
            if wanted != got:
                yield Difference("body", wanted, got)


def _described(answer: Answer) -> list[tuple[str, str]]:
    """Headers in their order, without the lengths of what there is: texts are compared, and media depend on pictures and sounds."""
    unequal = {"Date", "Content-Length"} if answer.status == 200 else {"Date"}
    return [(name, "" if name in unequal else value) for name, value in answer.headers]


def _normalised(text: str) -> str:
    for pattern, word in UNEQUAL.values():
        text = pattern.sub(word, text)
    return without_coding(text)
