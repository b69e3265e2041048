"""Recorded stories of records, put into the documented format, and how states, counters and files may differ from what was recorded.

The key frame that a record begins with comes when the recorded one came. What was asked every 100 ms is asked then too, but for what lies
within `MARGIN_S` of a change. Bytes are those of other media: they are there or not, and grow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from contract.polled import INSTANT, Reduced, Row, Timed, away_from_changes, encoder_step, polled_step, replayed, start_ns
from contract.recordings import RECORDINGS, post_step

from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator, VideoInput
from ome_mock.engine.input_tracks import input_tracks
from ome_mock.engine.stream import StreamPath
from ome_mock.recordings.case import Look
from ome_mock.recordings.comparing import Difference
from ome_mock.recordings.dump_looks import DumpLooks
from ome_mock.recordings.wording import renamed
from ome_mock.replaying import surroundings_of
from ome_mock.timestamps import NS_PER_MS, NS_PER_SECOND

VIDEO = VideoInput(320, 180)
FIRST_PICTURE_NS = 21 * NS_PER_MS
"""How much later than sound pictures come."""
LAST_PACKET_S = 0.015
"""How long before a key frame another packet came."""
ONE_PACKET = 120
"""The bytes of a packet of sound, which may be there a moment sooner or later."""
MARGIN_S = 0.15
"""How far from a change a question is asked that must be answered as recorded."""
TOLERANCE_MS = 150
"""How far times may differ: packets came late by a load that is not here, in bursts, and stops took their time."""
STATE, ID, SEQUENCE, BYTES, TIME, TOTAL_BYTES, TOTAL_TIME = range(7)
_TEMPORARY = re.compile(r"tmp_[A-Za-z0-9]{32}$")


def server_xml() -> str:
    """The world of the recording; `{ROOT}` stands for a directory."""
    return (RECORDINGS / "records.Server.xml").read_text()


class RecordStory:
    """Puts one story to an emulator of its own, below a directory."""

    def __init__(self, case: dict[str, Any], config: Path, root: Path) -> None:
        self._steps = case["steps"]
        self._out = root / "out"
        self._words = {str(self._out): "{OUT}", str(root): "{ROOT}"}
        self._start_ns = start_ns(case)
        key_ns = self._start_ns + round(_first_key_s(case) * 1000) * NS_PER_MS
        clock = ManualClock(key_ns - 10 * NS_PER_SECOND - FIRST_PICTURE_NS)
        self._emulator = Emulator(dialect="engine-0.21", config=config, allow_paths=[root], streams=[], clock=clock)
        self._ids = {step["body"].get("id") for step in self._steps if "post" in step}
        self._streams = sorted({stream for step in self._steps if (stream := _stream_of(step))})
        for stream in sorted(
            {stream for step in self._steps if (stream := _stream_of(step)) and '"ready"' not in step["response"]["body"]}
        ):
            self._emulator.engine.connect(StreamPath.parse(stream), input_tracks(VIDEO, audio=True), clock.now_ns())

    def differences(self) -> Iterator[str]:
        around = surroundings_of(self._emulator, DumpLooks(self._out, named=["/"]))
        return replayed(self._timed(), self._emulator, self._start_ns, Records(self._words), around)

    def _timed(self) -> Iterator[Timed]:
        for step in self._steps:
            if "rows" in step:
                yield from self._polled(step)
            elif "post" in step:
                yield step["t"], post_step(step["post"], self._body(step), self._answer(step))
            elif "snapshot" in step:
                yield step["t"], _look_step(step["files"])
            else:
                yield from ((step["t"], encoder_step(step["do"], stream)) for stream in self._streams)

    def _polled(self, step: Row) -> Iterator[Timed]:
        """The rows of a question; of a long list of nothing the last one alone."""
        nothing = {row["t"] for row, after in pairwise(step["rows"]) if not row["got"] and not after["got"] and "files" not in row}
        for row in away_from_changes(step["rows"], _state, MARGIN_S):
            if row["t"] in nothing:
                continue
            yield row["t"], polled_step(step, row, self._body(step))
            if "files" in row:
                yield row["t"], _look_step(row["files"])

    def _body(self, step: Row) -> str:
        return renamed(json.dumps(step["body"]), {word: place for place, word in self._words.items()})

    def _answer(self, step: Row) -> dict[str, Any]:
        """The recorded answer, without records of other stories."""
        answer = json.loads(step["response"]["body"])
        if isinstance(answer.get("response"), list):
            answer["response"] = [each for each in answer["response"] if each["id"] in self._ids]
        return {"status": step["response"]["status"], "body": json.dumps(answer)}


class Records(Reduced):
    """Compares records and their files.

    States, ids and names of files are compared, if there are bytes, times to within `TOLERANCE_MS`, and information files to the byte, but
    for what is measured.
    """

    fields = ("state", "id", "sequence", "recordBytes", "recordTime", "totalRecordBytes", "totalRecordTime")

    def is_near(self, row: list[Any], recorded: list[Any]) -> bool:
        has_as_much = (row[BYTES] is None) == (recorded[BYTES] is None) or max(row[BYTES] or 0, recorded[BYTES] or 0) <= ONE_PACKET
        return has_as_much and all(abs((row[which] or 0) - (recorded[which] or 0)) <= TOLERANCE_MS for which in (TIME, TOTAL_TIME))

    def is_as_good(self, answer: Any, recorded: Any) -> bool:
        mine, theirs = answer.get("response", {}), recorded.get("response", {})
        names = ("recordTime", "totalRecordTime") if isinstance(theirs, dict) and isinstance(mine, dict) else ()
        return super().is_as_good(answer, recorded) and all(abs(mine.get(name, 0) - theirs.get(name, 0)) <= TOLERANCE_MS for name in names)

    def looks(self, recorded: Look, seen: Look) -> Iterator[Difference]:
        wanted, got = ({_TEMPORARY.sub("tmp", name): file for name, file in look.files.items()} for look in (recorded, seen))
        if got.keys() != wanted.keys():
            yield Difference("names", str(sorted(wanted)), str(sorted(got)))
        for name in sorted(wanted.keys() & got.keys()):
            theirs, mine = wanted[name].text, renamed(got[name].text or "", self.words)
            if theirs is not None and _masked(mine) != _masked(theirs):
                yield Difference(name, _masked(theirs), _masked(mine))


def _look_step(files: dict[str, Any]) -> dict[str, Any]:
    """A look at the directory of the story; files that records of other stories left are elsewhere."""
    return {"files": {name.removeprefix("{OUT}"): file for name, file in files.items() if name.startswith("{OUT}/")}}


def _stream_of(step: dict[str, Any]) -> str | None:
    """The stream of a record that was made, as `vhost/app/stream`."""
    if not step.get("post", "").endswith(":startRecord") or step["response"]["status"] != 200:
        return None
    vhost, app = re.findall(r"vhosts/(\w+)/apps/(\w+)", step["post"])[0]
    return f"{vhost}/{app}/{step['body']['stream']['name']}"


def _first_key_s(case: dict[str, Any]) -> float:
    """When the first key frame came: a moment after the start that the API tells once it is there."""
    for step in case["steps"]:
        for row in step.get("rows", ()):
            for got in row["got"]:
                if got[BYTES] and got[BYTES] > 5000 and got[TIME]:
                    return float(row["t"]) - float(got[TIME]) / 1000 + LAST_PACKET_S
    return 0.5


def _state(row: dict[str, Any]) -> Any:
    return [(each[STATE], each[SEQUENCE], each[BYTES] is not None and each[BYTES] > 3000) for each in row["got"]]


def _masked(text: str) -> str:
    text = re.sub(r"<(recordBytes|recordTime|transactionId)>\w+</", r"<\1>#</", text)
    return INSTANT.sub("instant", text)
