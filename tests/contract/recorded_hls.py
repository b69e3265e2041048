"""Recorded stories of HLS over MPEG-TS, DVR and configured dumps, told again at the same moments of equal streams.

What can't be equal is named here: keys and sessions, measured bit rates, how pictures and sounds were coded, the order of headers, which
differs between builds of the engine, and LL-HLS streams that another part of the recording had begun before.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any, NamedTuple

from contract.recordings import RECORDINGS, pause_until, post_step

from ome_mock import OmeMock
from ome_mock.clock import ManualClock
from ome_mock.recordings.case import LLHLS, THUMBNAIL, Answer, Headers, Look, Request
from ome_mock.recordings.comparing import Comparison, Difference, without_coding
from ome_mock.recordings.dump_looks import DumpLooks
from ome_mock.recordings.jsonl import parse_case
from ome_mock.recordings.replay import Replay as ReplayOfCases
from ome_mock.recordings.targets import ServerTarget
from ome_mock.recordings.wording import text_of
from ome_mock.replaying import surroundings_of
from ome_mock.timestamps import NS_PER_SECOND

STORIES = {each["story"]: each["steps"] for each in map(json.loads, (RECORDINGS / "hls.jsonl").read_text().splitlines())}
MS = 1_000_000
LARGE = 10_000
"""The size of bodies from which they are not compared."""
NOT_COMPARED = "(not compared)"
"""Stands for a body of media, or a large one."""

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
        self._first_ns = min(instant_ns(time) for time in (self._setting.begins, *(began.published for began in self._setting.streams)))
        clock = ManualClock(self._first_ns)
        self._ome = OmeMock(dialect="engine-0.21", config=config, streams=[], clock=clock, allow_paths=[root])

    def differences(self) -> Iterator[str]:
        comparison = WithoutCoding(self._out, has_own_dates=self._setting.has_own_dates)
        with self._ome as ome, ExitStack() as stack:
            targets = {port: ServerTarget(url, ome.authorization) for port, url in ome.recorded_urls.items()}
            for target in targets.values():
                stack.callback(target.close)
            around = surroundings_of(ome, DumpLooks(self._out))
            case = parse_case({"case": "story", "steps": list(self._told())})
            yield from map(str, ReplayOfCases(targets, self._root, around, comparison).differences(case))

    def _told(self) -> Iterator[dict[str, Any]]:
        """The story in the documented format, from the coming of its streams on."""
        now = (self._first_ns - instant_ns(self._setting.begins)) / NS_PER_SECOND
        for began in sorted(self._setting.streams, key=lambda each: each.published):
            t = (instant_ns(began.published) - instant_ns(self._setting.begins)) / NS_PER_SECOND
            yield from (*pause_until(t, now), _connected(began))
            now = t
        is_connected = True
        for step in self._with_what_is_unsaid():
            due = step["t"] - AHEAD_S.get(step["t"], 0)
            yield from pause_until(due, now)
            now = max(due, now)
            if "do" in step:
                yield from self._acted(step["do"], is_connected=is_connected)
                is_connected = step["do"] == "connect"
            elif "files" in step and step["snapshot"] not in TAKEN_SLOWLY:
                yield from self._looked(step)
            elif "method" in step:
                yield self._asked(step)
                now += step["seconds"] if step["status"] is None else 0
            elif "post" in step and step["t"] > self._setting.taken_up_s:
                yield post_step(step["post"], self._body(step), step["response"])

    def _with_what_is_unsaid(self) -> list[dict[str, Any]]:
        unsaid = [{"t": t, "do": what} for t, what in self._setting.unsaid]
        return sorted([*self._steps, *unsaid], key=lambda step: step["t"]) if unsaid else self._steps

    def _acted(self, what: str, *, is_connected: bool) -> Iterator[dict[str, Any]]:
        """The encoder of the first stream does something; the one that is there already does not come twice."""
        began = self._setting.streams[0]
        if what == "disconnect":
            yield _disconnected(began)
        elif not is_connected:
            yield _connected(began)

    def _body(self, step: dict[str, Any]) -> str:
        return json.dumps(step["body"]).replace("{OUT}", str(self._out)) if "body" in step else ""

    def _asked(self, step: dict[str, Any]) -> dict[str, Any]:
        asks_for_picture = self._setting.asks_for_pictures and step["t"] not in ASKED_OF_LLHLS
        headers = [["Host", "127.0.0.1"], *step["request_headers"].items()]
        port = THUMBNAIL if asks_for_picture else LLHLS
        request = {"method": step["method"], "path": step["path"], "headers": headers, "auth": "none", "port": port}
        if step["status"] is None:
            return {"request": request, "response": {"status": None, "took": step["seconds"]}}
        body = step["body"] if step["size"] < LARGE and "body" in step else NOT_COMPARED
        response = {"status": step["status"], "reason": step["reason"], "headers": step["headers"], "body": body}
        return {"request": request, "response": response}

    def _looked(self, step: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if not step["files"]:
            yield from map(_disconnected, self._setting.streams)
        looked_at = next(place for what, place in PLACES.items() if step["snapshot"].startswith(what))
        files = {path.removeprefix("{OUT}"): file for path, file in step["files"].items() if not ORIGIN.search(path)}
        yield {"files": files, "in": sorted(looked_at)}


def _connected(began: Began) -> dict[str, Any]:
    video, audio = began.video and {"width": 320, "height": 180}, began.audio and {"samplerate": 48_000, "channels": 1}
    return {"do": "connect", "stream": f"default/{began.stream}", "video": video, "audio": audio}


def _disconnected(began: Began) -> dict[str, Any]:
    return {"do": "disconnect", "stream": f"default/{began.stream}"}


class WithoutCoding(Comparison):
    """Compares answers and files without what can't be equal; of large bodies and of media it compares the heads."""

    def __init__(self, out: Path, *, has_own_dates: bool) -> None:
        super().__init__()
        self._out = str(out)
        self._has_own_dates = has_own_dates

    def answers(self, request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str]) -> Iterator[Difference]:
        del request, names
        if seen.status != recorded.status or (seen.reason != recorded.reason and recorded.has_headers):
            yield Difference("status", f"{recorded.status} {recorded.reason}", f"{seen.status} {seen.reason}")
        if recorded.has_headers and _named(seen.headers) != _named(recorded.headers):
            yield Difference("headers", str(_named(recorded.headers)), str(_named(seen.headers)))
        if recorded.body != NOT_COMPARED.encode():
            yield from self._compared("body", text_of(recorded.body), text_of(seen.body))

    def looks(self, recorded: Look, seen: Look) -> Iterator[Difference]:
        wanted, got = ({self._shape(path): file.text or "" for path, file in look.files.items()} for look in (recorded, seen))
        for path in sorted(wanted.keys() | got.keys()):
            yield from self._compared(path, wanted.get(path, "not there"), got.get(path, "not there"))

    def _compared(self, what: str, wanted: str, seen: str) -> Iterator[Difference]:
        """The difference, of texts line by line."""
        was, now = self._shape(wanted), self._shape(seen)
        if was != now:
            lines = unified_diff(was.splitlines(), now.splitlines(), "recorded", "seen", lineterm="", n=1)
            yield Difference(what, "recorded", "\n".join(lines))

    def _shape(self, text: str) -> str:
        """A text without what can't be equal."""
        text = text.replace(self._out, "{OUT}")
        for pattern, word in UNEQUAL.items():
            text = re.sub(pattern, word, text)
        text = without_coding(text)
        return DATE.sub("DATE", text) if self._has_own_dates else text


def _named(headers: Headers) -> list[tuple[str, str]]:
    return sorted((name, "" if name in VARYING else value) for name, value in headers)
