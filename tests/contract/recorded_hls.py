"""Recorded stories of HLS over MPEG-TS, DVR and configured dumps, told again at the same moments of equal streams.

What can't be equal is named here: keys and sessions, measured bit rates, how pictures and sounds were coded, the order of headers, which
differs between builds of the engine, and LL-HLS streams that another part of the recording had begun before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from difflib import unified_diff
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from ome_mock import AudioInput, OmeMock, VideoInput
from ome_mock.clock import ManualClock
from ome_mock.recordings.comparing import KEY, without_coding

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
STORIES = {each["story"]: each["steps"] for each in map(json.loads, (RECORDINGS / "hls.jsonl").read_text().splitlines())}
MS = 1_000_000
TIMEOUT_S = 5

VARYING = {"Date", "Content-Length"}
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
UNEQUAL = {
    r"session=\d+_[0-9A-Za-z]*": "session=SESSION",
    r"<Time>[^<]*": "<Time>",
    r'"id":"[0-9A-Za-z]{8}"': '"id":"DRAWN"',
}
"""What can't be equal in texts, and what stands for it."""


ORIGIN = re.compile(r"^\{OUT\}/origin")
"""The dump of another stream, which had ended before."""
PLACES = {
    "dvr files": {"dvr", "ev", "hlsdvr", "hlsev"},
    "dump": {"dvrdump", "dvrdump.info"},
    "": {"ll", "ts"},
}
"""The directories that were looked at, by the beginning of what the look is called."""
TAKEN_SLOWLY = {"after 2 s", "after 4 s", "after 6 s", "after 10 s", "one stopped", "all stopped"}
"""The looks that took so long that segments came in the meantime: lists in them name files that they don't have, or the opposite."""


ASKED_OF_LLHLS = {0.212}
"""The request of the thumbnails' story that went to the other port."""
AHEAD_S = {14.1: 0.1}
"""A stop that took effect before the segment which had been due 80 ms earlier; the engine was busy."""


class Began(NamedTuple):
    """A stream of a story: the date of its publishing, and what it sends."""

    stream: str
    published: str
    video: bool = True
    audio: bool = True


class Setting(NamedTuple):
    """The streams of a story, and the date at which it begins. An encoder of one kind of media comes 0.233 s after that was published."""

    begins: str
    streams: tuple[Began, ...] = ()
    has_own_dates: bool = False
    """True where media came before the engine published the stream, so that dates can't be equal."""
    unsaid: tuple[tuple[float, str], ...] = ()
    """What the encoder of the first stream did, and when, where the recording doesn't say it."""
    asks_for_pictures: bool = False
    taken_up_s: float = 0
    """The time that the engine took for a stream; the emulator takes less, and writes nothing before the first segment."""


SETTINGS = {
    "ts playlists as served": Setting("06:11:17.800", (Began("list/s", "06:11:01.281"),)),
    "ll-hls playlists of the options": Setting("06:11:17.940", (Began("list/s", "06:11:01.281"),)),
    "tracks missing": Setting(
        "06:11:27.960",
        (Began("bare/v", "06:11:10.233", audio=False), Began("bare/a", "06:11:10.903", video=False)),
        has_own_dates=True,
    ),
    "cache control and default query": Setting("06:11:19.050", (Began("cache/s", "06:11:01.013"),)),
    "ts odd requests": Setting("06:11:24.600", (Began("bare/s", "06:11:01.252"),)),
    "thumbnails": Setting(
        "06:11:24.600",
        (Began("list/s", "06:11:01.281"), Began("bare/s", "06:11:01.252")),
        unsaid=((0.5, "disconnect"), (0.8, "connect")),
        asks_for_pictures=True,
    ),
    "concludeHlsLive answers": Setting("06:13:00.000", (Began("bare/e", "06:13:00.010"),)),
    "configured dumps, ll-hls and ts": Setting("06:11:37.020", (Began("dump/s", "06:11:37.045"),), has_own_dates=True, taken_up_s=2),
    "dvr and rewind": Setting("06:12:50.360", (Began("dvr/s", "06:12:49.837"), Began("event/s", "06:12:49.864"))),
}
"""The dates are from the recorded lists and answers."""


def instant_ns(time: str) -> int:
    return round(datetime.fromisoformat(f"2026-11-28T{time}+00:00").timestamp() * 1000) * MS


class Replay:
    """One story in an emulator of its own."""

    def __init__(self, story: str, root: Path) -> None:
        self._steps, self._setting, self._root = STORIES[story], SETTINGS[story], root
        self._out = root / "out"
        config = root / "Server.xml"
        config.write_text((RECORDINGS / "hls.Server.xml").read_text().replace("{OUT}", str(self._out)))
        first_ns = min(instant_ns(time) for time in (self._setting.begins, *(began.published for began in self._setting.streams)))
        self._clock = ManualClock(first_ns)
        self._ome = OmeMock(dialect="engine-0.21", config=config, streams=[], clock=self._clock, allow_paths=[root])
        self._key = ""
        self._is_connected = True
        self._unsaid = list(self._setting.unsaid)

    def differences(self) -> Iterator[str]:
        with self._ome:
            for began in sorted(self._setting.streams, key=lambda each: each.published):
                self._clock.advance_to(instant_ns(began.published))
                self._connect(began)
            for step in self._steps:
                self._turn_to(step["t"])
                yield from self._tell(step)

    def _turn_to(self, t: float) -> None:
        while self._unsaid and self._unsaid[0][0] < t:
            at, what = self._unsaid.pop(0)
            self._turn_to(at)
            self._act(what)
        due_ns = instant_ns(self._setting.begins) + round((t - AHEAD_S.get(t, 0)) * 1000) * MS
        self._clock.advance_to(max(due_ns, self._clock.now_ns()))

    def _connect(self, began: Began) -> None:
        video, audio = began.video and VideoInput(320, 180), began.audio and AudioInput(48_000, 1)
        self._ome.connect(f"default/{began.stream}", video=video, audio=audio)

    def _tell(self, step: dict[str, Any]) -> Iterator[str]:
        if "do" in step:
            self._act(step["do"])
        elif "files" in step:
            yield from self._look(step)
        elif "method" in step:
            yield from self._ask(step)
        elif "post" in step and step["t"] > self._setting.taken_up_s:
            yield from self._post(step)

    def _act(self, what: str) -> None:
        """Have the encoder of the first stream do something; the one that is there already does not come twice."""
        began = self._setting.streams[0]
        if what == "disconnect":
            self._ome.disconnect(f"default/{began.stream}")
        elif not self._is_connected:
            self._connect(began)
        self._is_connected = what == "connect"

    def _post(self, step: dict[str, Any]) -> Iterator[str]:
        connection = HTTPConnection("127.0.0.1", self._ome.port)
        body = json.dumps(step["body"]).replace("{OUT}", str(self._out)) if "body" in step else None
        connection.request("POST", step["post"], body, {"Authorization": self._ome.authorization})
        response = connection.getresponse()
        seen = response.status, self._shape(response.read().decode())
        connection.close()
        wanted = step["response"]["status"], self._shape(step["response"]["body"])
        yield from _compared(f"{step['t']} s, POST {step['post']}", seen, wanted)

    def _ask(self, step: dict[str, Any]) -> Iterator[str]:
        asks_for_picture = self._setting.asks_for_pictures and step["t"] not in ASKED_OF_LLHLS
        port = self._ome.thumbnail_port if asks_for_picture else self._ome.llhls_port
        connection = HTTPConnection("127.0.0.1", port or 0, timeout=TIMEOUT_S)
        path = KEY.sub(self._key, step["path"])
        connection.putrequest(step["method"], path, skip_accept_encoding=True)
        for name, value in step["request_headers"].items():
            connection.putheader(name, value)
        connection.endheaders()
        if step["status"] is None:
            yield from self._wait_in_vain(connection, step)
            return
        response = connection.getresponse()
        body = response.read()
        connection.close()
        is_text = step["size"] < 10_000 and "body" in step
        text = body.decode() if is_text else ""
        found = re.search(r"_([0-9A-Za-z]{8})_llhls\.m3u8", text)
        self._key = found[1] if found else self._key
        seen = response.status, response.reason, _named(response.getheaders()), self._shape(text)
        wanted = step["status"], step["reason"], _named(step["headers"]), self._shape(step["body"] if is_text else "")
        yield from _compared(f"{step['t']} s, {step['method']} {path}", seen, wanted)

    def _wait_in_vain(self, connection: HTTPConnection, step: dict[str, Any]) -> Iterator[str]:
        """Hold a request as long as the recorded client did, and hang up."""
        self._ome.wait_for_held_requests(1)
        self._clock.advance(step["seconds"])
        if self._ome.held_requests != 1:
            yield f"{step['t']} s, {step['path']}: answered"
        connection.close()
        self._ome.wait_for_held_requests(0)

    def _look(self, step: dict[str, Any]) -> Iterator[str]:
        if step["snapshot"] in TAKEN_SLOWLY:
            return
        if not step["files"]:
            self._end()
        looked_at = next(place for what, place in PLACES.items() if step["snapshot"].startswith(what))
        wanted = {self._shape(path): self._shape(file.get("text", "")) for path, file in step["files"].items() if not ORIGIN.search(path)}
        seen = {
            self._shape(str(path)): self._shape(path.read_text()) if path.suffix in {".m3u8", ".info"} else ""
            for path in self._out.rglob("*")
            if path.is_file() and path.relative_to(self._out).parts[0] in looked_at
        }
        for path in sorted(wanted.keys() | seen.keys()):
            yield from _compared(f"{step['snapshot']}, {path}", (seen.get(path),), (wanted.get(path),))

    def _end(self) -> None:
        for began in self._setting.streams:
            self._ome.disconnect(f"default/{began.stream}")

    def _shape(self, text: str) -> str:
        """A text without what can't be equal."""
        text = text.replace(str(self._out), "{OUT}")
        for pattern, word in UNEQUAL.items():
            text = re.sub(pattern, word, text)
        text = without_coding(text)
        return DATE.sub("DATE", text) if self._setting.has_own_dates else text


def _compared(what: str, seen: tuple[object, ...], wanted: tuple[object, ...]) -> Iterator[str]:
    """The difference, of texts line by line."""
    for one, other in zip(seen, wanted, strict=True):
        if isinstance(one, str) and isinstance(other, str) and one != other:
            yield "\n".join([what, *unified_diff(other.splitlines(), one.splitlines(), "recorded", "seen", lineterm="", n=1)])
        elif one != other:
            yield f"{what}: {one!r}, not {other!r}"


def _named(headers: Any) -> list[tuple[str, str]]:
    return sorted((name, "" if name in VARYING else value) for name, value in headers)
