"""What the recorded LL-HLS publisher answered, asked again at the same moments of an equal stream.

What can't be equal is named here: keys and sessions, the second of an answer, what depends on how pictures and sounds were coded.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from socket import SHUT_RDWR
from threading import Thread
from typing import Any

from ome_mock import AudioInput, OmeMock, VideoInput
from ome_mock.clock import ManualClock

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
EXCHANGES = json.loads((RECORDINGS / "live-delivery.json").read_text())
PUBLISHED_NS = round(datetime.fromisoformat("2026-11-23T00:05:52.950+00:00").timestamp() * 1000) * 1_000_000
"""The first sound's date in the recorded chunklists."""
LIVE_FOR_S = 22.75
"""How long the stream had been live when the recording began: part 5 of segment 2 came 0.275 s after it was asked for."""
HELD_S = 0.1
"""What took longer was held."""
UNANSWERED_S = 9
TIMEOUT_S = 10

RECORDED_SESSION, OWN_SESSION = "session=14_", "session=99_"
"""The recorded requests name a session whose connection is closed; the replay's must be nobody's, too."""

UNEQUAL = {
    "the session that a master playlist begins": (re.compile(r"session=\d+_[0-9A-Za-z]{8}"), "session=NEW"),
    "the stream key": (re.compile(r"(?<=_)[0-9A-Za-z]{8}(?=_llhls\.)"), "KEY"),
    "the bit rate, which was measured": (re.compile(r"BANDWIDTH=\d+"), "BANDWIDTH"),
    "the profile and level that the pictures were coded with": (re.compile(r"avc1\.[0-9a-f]{6}"), "avc1"),
}


@dataclass(frozen=True)
class Response:
    """One answer; the body of media is not text."""

    status: int
    reason: str
    headers: list[list[str]]
    body: bytes


def exchange_names() -> list[str]:
    return [f"{number} {exchange['method']} {exchange['path']}" for number, exchange in enumerate(EXCHANGES)]


class Replay:
    """The recorded exchanges in their order, each on a connection of its own; `pairs` gives what was seen and what was recorded."""

    def __init__(self, dialect: str) -> None:
        self._ome = OmeMock(dialect=dialect, config=RECORDINGS / "stories" / "Server.xml", streams=[], clock=ManualClock(PUBLISHED_NS))

    def pairs(self) -> Iterator[tuple[object, object]]:
        with self._ome as ome:
            ome.connect("default/clip/av", video=VideoInput(320, 180), audio=AudioInput(48_000, 1))
            ome.clock.advance(LIVE_FOR_S)
            for recorded in EXCHANGES:
                response = self._ask(recorded)
                if recorded["status"] is None:
                    yield response, None
                else:
                    yield response and _seen(response, recorded), _wanted(recorded)

    def _ask(self, recorded: dict[str, Any]) -> Response | None:
        connection = HTTPConnection("127.0.0.1", self._ome.llhls_port, timeout=TIMEOUT_S)
        try:
            self._ome.wait_for_held_requests(0)
            path = self._own_key(recorded["path"]).replace(RECORDED_SESSION, OWN_SESSION)
            connection.putrequest(recorded["method"], path, skip_accept_encoding=True)
            for name, value in recorded["request_headers"].items():
                connection.putheader(name, value)
            connection.endheaders()
            seconds = recorded.get("seconds", UNANSWERED_S)
            return self._wait(connection, seconds if seconds > HELD_S else None)
        finally:
            connection.close()

    def _wait(self, connection: HTTPConnection, held_s: float | None) -> Response | None:
        """Read an answer; that of a held request is not there before the clock is turned, nor always then."""
        if held_s is None:
            return _read(connection)
        answers: list[Response] = []

        def read() -> None:
            with suppress(RemoteDisconnected):
                answers.append(_read(connection))

        reader = Thread(target=read)
        reader.start()
        self._ome.wait_for_held_requests(1)
        self._ome.clock.advance(held_s)
        if self._ome.held_requests:
            connection.sock.shutdown(SHUT_RDWR)
        reader.join(TIMEOUT_S)
        return answers[0] if answers else None

    def _own_key(self, path: str) -> str:
        (stream,) = self._ome.engine.input_streams("default", "clip")
        return path.replace("2nZME4WA", stream.outputs[0].tracks[0].key)


def _read(connection: HTTPConnection) -> Response:
    response = connection.getresponse()
    return Response(response.status, response.reason, [list(header) for header in response.getheaders()], response.read())


def _seen(response: Response, recorded: dict[str, Any]) -> object:
    headers = dict(response.headers)
    body = gzip.decompress(response.body) if headers.get("Content-Encoding") == "gzip" else response.body
    text = _normalised(body.decode()) if recorded.get("body") else None
    return response.status, response.reason, _described(response.headers, recorded), text


def _wanted(recorded: dict[str, Any]) -> object:
    """Of media and of what is compressed no text was recorded."""
    text = _normalised(recorded["body"]) if recorded.get("body") else None
    return recorded["status"], recorded["reason"], _described(recorded["headers"], recorded), text


def _described(headers: list[list[str]], recorded: dict[str, Any]) -> list[tuple[str, str]]:
    """Headers in their order. The length of a chunklist and of nothing is equal; other lengths depend on pictures and bit rates."""
    is_equal_length = "/chunklist_" in recorded["path"] or recorded["status"] != 200
    unequal = {"Date"} if is_equal_length else {"Date", "Content-Length"}
    return [(name, "" if name in unequal else value) for name, value in headers]


def _normalised(text: str) -> str:
    text = text.replace(OWN_SESSION, RECORDED_SESSION)
    for pattern, word in UNEQUAL.values():
        text = pattern.sub(word, text)
    return text
