"""Recorded stories of events, cues and subtitles, told again at the same moments of equal streams.

What can't be equal is named here: keys of streams, sessions, bit rates and how pictures were coded.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, Self

from ome_mock import AudioInput, VideoInput
from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator
from ome_mock.engine.stream import OutputStream
from ome_mock.hls.delivery_directives import DeliveryDirectives
from ome_mock.hls.file_names import parse_file_name
from ome_mock.live.live_streams import LiveStreams, Viewing
from ome_mock.media.emsg import EventMessage, decode_emsg
from ome_mock.recordings.comparing import KEY, without_coding
from ome_mock.ts.ts_file import parse_ts_file
from ome_mock.ts.ts_streams import TsStreams

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
STORIES: dict[str, dict[str, Any]] = {
    each["story"]: each for each in map(json.loads, (RECORDINGS / "events.jsonl").read_text().splitlines())
}
MS = 1_000_000
SENT_TOGETHER = {("id3-many-at-once", 8295): 8294, ("id3-many-at-once", 8296): 8294}
"""The times of events that one request sent, some milliseconds apart; here no time goes by within a request."""
LATE_MS = {"lists": 24, "ts": 45}
"""The time that the engine took to list what was complete."""
A_FRAME_S = 0.035
"""Requests took some milliseconds, and cues end segments with the next frame."""
EARLIER_MS = {"id3-txxx-audio": 4}
"""A stream whose packets came a little sooner than those of another that had been published 3 ms before."""


class Box(NamedTuple):
    """An event as it lies in a part of a stream, which the name of the part tells."""

    part: str
    time_ms: int
    number: int
    tag: bytes


class Told:
    """One or several stories in one emulator; each has its stream, published at the recorded instant."""

    def __init__(self, root: Path, stories: list[str]) -> None:
        self.stories = [STORIES[name] for name in stories]
        self.out = root / "out"
        config = root / "Server.xml"
        config.write_text((RECORDINGS / "events.Server.xml").read_text().replace("{CONF}", str(RECORDINGS)))
        begins = sorted((published_ns(story), number) for number, story in enumerate(self.stories))
        self.clock = ManualClock(begins[0][0])
        dialect = f"engine-{self.stories[0]['version'].removesuffix('.0')}"
        self.ome = Emulator(dialect=dialect, config=config, streams=[], clock=self.clock, allow_paths=[root])
        self._live = LiveStreams(self.ome.engine, self.clock.zone, lambda _: None)
        self._begins = begins
        self.boxes: dict[str, list[Box]] = {}
        """The events in the parts and segments that the recording has events in, by story."""
        self.vtt: dict[str, dict[str, str]] = {}
        """The files of subtitles that the recording has, by story."""
        self.steps: list[tuple[dict[str, Any], dict[str, Any]]] = []
        """Each step beside what was seen in its place."""

    def tell(self) -> Self:
        """Tell the stories."""
        due: list[tuple[int, int, dict[str, Any] | None]] = [(ns, number, None) for ns, number in self._begins]
        for number, story in enumerate(self.stories):
            due += [(self._instant_ns(story, step), number, step) for step in story["steps"]]
        for ns, number, step in sorted(due, key=lambda each: (each[0], each[1], (each[2] or {}).get("t", -1))):
            story = self.stories[number]
            due_ns = ns if step is None else self._instant_ns(story, step)
            self.clock.advance_to(max(due_ns, self.clock.now_ns()))
            if step is None:
                self._connect(story)
            else:
                self.steps.append((step, self._do(story, step)))
                if step is story["steps"][-1]:
                    self.boxes[story["story"]] = self._find_boxes(story)
                    self.vtt[story["story"]] = {name: self.fetch(story, name).decode() for name in story.get("vtt", ())}
        return self

    def _instant_ns(self, story: dict[str, Any], step: dict[str, Any]) -> int:
        """The instant of a step, after the beginning of its stream's media; one that left an event was sent at the event's time."""
        late_ms = next((late_ms for what, late_ms in LATE_MS.items() if what in step), 0)
        ms: int = step.get("at_ms", round(step["t"] * 1000) + story["ahead_ms"] - late_ms)
        listed = self.ome.engine.input_streams("default", story["app"])
        begun_ns = next((stream.published_ns for stream in listed if stream.path.stream == story["stream"]), published_ns(story))
        return begun_ns + ms * MS

    def _connect(self, story: dict[str, Any]) -> None:
        has = {kind: kind in story["tracks"] for kind in ("video", "audio")}
        video, audio = has["video"] and VideoInput(320, 180), has["audio"] and AudioInput(48_000, 1)
        self.ome.connect(f"default/{story['app']}/{story['stream']}", video=video, audio=audio)

    def _do(self, story: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
        if "post" in step:
            return self._post(story, step)
        if "master" in step:
            name = step["master"]
            return {"text": self.get(story, f"ts:{name}" if name == "playlist.m3u8" else name)}
        if "lists" in step:
            return {"lists": {name: self.get(story, name) for name in step["lists"]}}
        if "ts" in step:
            return {"ts": self._look_at_ts(story, step["ts"])}
        return {"dump": self._look_at_dump(story)} if "dump" in step else {}

    def _look_at_ts(self, story: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
        """The lists, and of segments the texts or the packets of each identifier."""
        lists = {name: self.get(story, name) for name in wanted if name != "segments"}
        segments = {name: self.fetch(story, name) for name in wanted.get("segments", ())}
        return lists | {"segments": {name: shape_of(name, data) for name, data in segments.items()}}

    def _look_at_dump(self, story: dict[str, Any]) -> dict[str, Any]:
        """The texts of a dump's lists and of its info file, and the names of other files."""
        place = self.out / story["story"]
        files = sorted(path for path in place.rglob("*") if path.is_file())
        names = [str(path.relative_to(place)) for path in files]
        texts = {str(path.relative_to(place)): path.read_text() for path in files if path.suffix in {".m3u8", ".info"}}
        return {name: texts.get(name, "").replace(str(self.out), "{OUT}") or 0 for name in names}

    def _post(self, story: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
        path = f"/v1/vhosts/default/apps/{story['app']}/streams/{story['stream']}:{step['post']}"
        body = json.dumps(step["body"]).replace("{OUT}", str(self.out))
        answer = self.ome.app.test_client().post(path, data=body, headers={"Authorization": self.ome.authorization})
        return {"status": answer.status_code, "response": json.loads(answer.get_data(as_text=True).replace(str(self.out), "{OUT}"))}

    def fetch(self, story: dict[str, Any], name: str) -> bytes:
        """A file of a story's stream as players get it; its name has KEY in the place of the stream's key."""
        stream, now_ns = self._stream(story), self.clock.now_ns()
        ts_file = parse_ts_file(name, None)
        if ts_file is not None:
            return TsStreams(self.clock.zone).serve(stream, ts_file, lambda _: None, now_ns).body
        file = parse_file_name(name.replace("KEY", stream.tracks[0].key))
        assert file is not None, name
        return self._live.serve(Viewing(stream, file, DeliveryDirectives(), ""), now_ns).body

    def get(self, story: dict[str, Any], name: str) -> str:
        return KEY.sub("KEY", self.fetch(story, name).decode())

    def _stream(self, story: dict[str, Any]) -> OutputStream:
        return self.ome.engine.input_stream("default", story["app"], story["stream"]).outputs[0]

    def _find_boxes(self, story: dict[str, Any]) -> list[Box]:
        return [
            Box(part, message.time, message.id, message.data)
            for part in story.get("boxes", ())
            for message in messages(self.fetch(story, part))
        ]


def published_ns(story: dict[str, Any]) -> int:
    """The instant at which the media of a story's stream began."""
    published_ms = round(datetime.fromisoformat(story["published"]).timestamp() * 1000)
    return (published_ms - EARLIER_MS.get(story["story"], 0)) * MS


def shape_of(name: str, data: bytes) -> dict[str, Any]:
    """A segment as it is compared: its text, or how many packets the data track has, and how many tags."""
    if name.endswith(".vtt"):
        return {"text": data.decode()}
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    pids = Counter(str(int.from_bytes(packet[1:3], "big") & 0x1FFF) for packet in packets)
    return {"pids": dict(pids), "id3": data.count(b"ID3")}


def shape_of_text(text: str | int) -> str:
    """A text without what can't be equal; of a file that is none, nothing."""
    return re.sub(r"<Time>[^<]*", "<Time>", KEY.sub("KEY", text)) if isinstance(text, str) else ""


def comparable(seen: Any) -> Any:
    """What was seen or recorded, without keys, instants, bit rates, sizes of files, and the codec and the packets of media."""
    if isinstance(seen, dict):
        media = {"257", "258"}
        return {KEY.sub("KEY", key): comparable(value) for key, value in seen.items() if key not in media}
    return without_coding(shape_of_text(seen)) if isinstance(seen, str) else 0


def wrong_answers(told: Told) -> list[str]:
    """The answers to requests that are not the recorded ones."""
    posts = [(step, seen) for step, seen in told.steps if "post" in step]
    return [f"{step['post']} {step['body']}: {seen}" for step, seen in posts if any(seen[name] != step[name] for name in seen)]


def in_ts(story: dict[str, Any], segments: dict[str, Any]) -> dict[str, tuple[int, int]]:
    """Of each segment of MPEG-TS the packets of its data track, which is the last one, and the number of times that it says ID3."""
    data_pid = str(257 + len(story["tracks"]))
    return {name: (shape["pids"].get(data_pid, 0), shape["id3"]) for name, shape in segments.items() if "pids" in shape}


def lengths(chunklist: str) -> dict[int, float]:
    """The lengths of the segments in a list, by their numbers, in seconds; older engines list the last one a little later."""
    numbers = count(int(chunklist.partition("#EXT-X-MEDIA-SEQUENCE:")[2].partition("\n")[0]))
    return dict(zip(numbers, map(float, re.findall(r"#EXTINF:([\d.]+)", chunklist)), strict=False))


def differing_lengths(told: Told) -> list[str]:
    """The segments in lists whose lengths differ by more than a frame from the recorded ones."""
    found = []
    for step, seen in told.steps:
        for name, text in step.get("lists", {}).items():
            one, other = lengths(seen["lists"][name]), lengths(text)
            if abs(len(one) - len(other)) > 1:
                found.append(f"{name}: {len(one)} segments, not {len(other)}")
            found += [
                f"{name}, {msn}: {one[msn]} s, not {other[msn]}" for msn in one.keys() & other if abs(one[msn] - other[msn]) > A_FRAME_S
            ]
    return found


def messages(data: bytes) -> list[EventMessage]:
    """The events in a file, which lie before moof boxes."""
    found, offset = [], 0
    while offset < len(data):
        size, kind = int.from_bytes(data[offset : offset + 4], "big"), data[offset + 4 : offset + 8]
        if kind == b"emsg":
            found.append(decode_emsg(data[offset + 8 : offset + size]))
        offset += size
    return found


def recorded_boxes(story: dict[str, Any]) -> list[Box]:
    return [
        Box(part, SENT_TOGETHER.get((story["story"], time), time), number, bytes.fromhex(tag))
        for part, boxes in story["boxes"].items()
        for time, number, tag in boxes
    ]
