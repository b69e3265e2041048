"""What recorded LL-HLS publishers answered, asked again at the same moments of an equal stream.

The recordings are read by this code rather than by `ome_mock.recordings`: their requests went to another port, one after the other, and
some were held. What can't be equal is named here: keys and sessions, the second of an answer, what depends on how pictures and sounds
were coded, and the length of what is compared itself.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from socket import SHUT_RDWR
from threading import Thread
from typing import Any

from ome_mock import AudioInput, OmeMock, VideoInput
from ome_mock.clock import ManualClock
from ome_mock.recordings.comparing import without_coding

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
PART_S = 0.5
VIDEO_LATER_S = 0.021
"""Pictures begin one frame of sound after the stream was published."""
HELD_S = 0.1
"""What took longer was held."""
LATE_S = 0.1
"""How much later a held request may be answered than it was: what passed between two requests is not recorded."""
STEP_S = 0.01
UNANSWERED_S = 9
TIMEOUT_S = 10
NOBODYS_SESSION = "session=99_"
"""The recorded requests name a session whose connection is closed; the replay's must be nobody's, too."""

UNEQUAL = {
    "the session that a master playlist begins": (re.compile(r"session=\d+_[0-9A-Za-z]{8}"), "session=NEW"),
    "the frame rate, which 0.15.10 has measured": (re.compile(r"FRAME-RATE=[\d.]+"), "FRAME-RATE"),
}
Exchanges = list[dict[str, Any]]


@dataclass(frozen=True)
class Response:
    """One answer; the body of media is not text."""

    status: int
    reason: str
    headers: list[list[str]]
    body: bytes


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
    """The recorded exchanges in their order, each on a connection of its own; `pairs` gives what was seen and what was recorded."""

    def __init__(self, dialect: str, exchanges: Exchanges = RECORDED, config: Path = RECORDINGS / "stories" / "Server.xml") -> None:
        self._recorded = Recorded(exchanges)
        self._begun = ""
        """The session that the first answer began."""
        self._ome = OmeMock(dialect=dialect, config=config, streams=[], clock=ManualClock(self._recorded.published_ns))

    def pairs(self) -> Iterator[tuple[object, object]]:
        with self._ome as ome:
            ome.connect("default/clip/av", video=VideoInput(320, 180), audio=AudioInput(48_000, 1))
            ome.clock.advance(self._recorded.live_for_s)
            for recorded in self._recorded.exchanges:
                response = self._ask(recorded)
                if recorded["status"] is None:
                    yield response, None
                else:
                    yield response and self._seen(response, recorded), self._wanted(recorded)

    def _ask(self, recorded: dict[str, Any]) -> Response | None:
        connection = HTTPConnection("127.0.0.1", self._ome.llhls_port, timeout=TIMEOUT_S)
        try:
            self._ome.wait_for_held_requests(0)
            path = self._own_session(self._own_key(recorded["path"]))
            connection.putrequest(recorded["method"], path, skip_accept_encoding=True)
            for name, value in recorded["request_headers"].items():
                connection.putheader(name, value)
            connection.endheaders()
            return self._wait(connection, recorded)
        finally:
            connection.close()

    def _wait(self, connection: HTTPConnection, recorded: dict[str, Any]) -> Response | None:
        """Read an answer; that of a held request is not there before the clock is turned, nor always then."""
        seconds = recorded.get("seconds", UNANSWERED_S)
        if seconds <= HELD_S:
            response = _read(connection)
            self._begun = self._begun or re.findall(r"session=\w+", response.body.decode())[0]
            self._ome.clock.advance(seconds)
            return response
        answers: list[Response] = []

        def read() -> None:
            with suppress(RemoteDisconnected):
                answers.append(_read(connection))

        reader = Thread(target=read)
        reader.start()
        self._ome.wait_for_held_requests(1)
        self._ome.clock.advance(seconds)
        late_s = 0.0
        while self._ome.held_requests and recorded["status"] is not None and late_s < LATE_S:
            self._ome.clock.advance(STEP_S)
            late_s += STEP_S
        if self._ome.held_requests:
            connection.sock.shutdown(SHUT_RDWR)
        reader.join(TIMEOUT_S)
        return answers[0] if answers else None

    def _own_session(self, path: str) -> str:
        if self._recorded.session_goes_on:
            return path.replace(self._recorded.session, self._begun)
        return path.replace(self._session_id, NOBODYS_SESSION)

    @property
    def _session_id(self) -> str:
        return self._recorded.session.partition("_")[0] + "_"

    def _own_key(self, path: str) -> str:
        (stream,) = self._ome.engine.input_streams("default", "clip")
        return path.replace(self._recorded.key, stream.outputs[0].tracks[0].key)

    def _seen(self, response: Response, recorded: dict[str, Any]) -> object:
        headers = dict(response.headers)
        body = gzip.decompress(response.body) if headers.get("Content-Encoding") == "gzip" else response.body
        text = _normalised(body.decode().replace(NOBODYS_SESSION, self._session_id)) if recorded.get("body") else None
        return response.status, response.reason, _described(response.headers, recorded), text

    def _wanted(self, recorded: dict[str, Any]) -> object:
        """Of media and of what is compressed no text was recorded."""
        text = _normalised(recorded["body"]) if recorded.get("body") else None
        return recorded["status"], recorded["reason"], _described(recorded["headers"], recorded), text


def _read(connection: HTTPConnection) -> Response:
    response = connection.getresponse()
    return Response(response.status, response.reason, [list(header) for header in response.getheaders()], response.read())


def _described(headers: list[list[str]], recorded: dict[str, Any]) -> list[tuple[str, str]]:
    """Headers in their order, without the lengths of what there is: texts are compared, and media depend on pictures and sounds."""
    unequal = {"Date", "Content-Length"} if recorded["status"] == 200 else {"Date"}
    return [(name, "" if name in unequal else value) for name, value in headers]


def _normalised(text: str) -> str:
    for pattern, word in UNEQUAL.values():
        text = pattern.sub(word, text)
    return without_coding(text)
