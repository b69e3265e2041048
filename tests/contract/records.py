"""Recorded stories of records, played on a manual clock, and how states, counters and files differ from what was recorded.

The key frame that a record begins with comes when the recorded one came. What was asked every 100 ms is asked then too, but for what lies
within `MARGIN_S` of a change. Bytes are those of other media: they are there or not, and grow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from contract.recordings import RECORDINGS

from ome_mock.clock import ManualClock
from ome_mock.emulator import Emulator, VideoInput
from ome_mock.engine.input_tracks import input_tracks
from ome_mock.engine.stream import StreamPath
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
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
_TEMPORARY = re.compile(r"tmp_[A-Za-z0-9]{32}$")
_MEASURED = ("recordBytes", "totalRecordBytes", "recordTime", "totalRecordTime")


def server_xml() -> str:
    """The world of the recording; `{ROOT}` stands for a directory."""
    return (RECORDINGS / "records.Server.xml").read_text()


class RecordStory:
    """Plays one story below a directory."""

    def __init__(self, case: dict[str, Any], config: Path, root: Path) -> None:
        self._steps = case["steps"]
        self._root = str(root)
        self._out = root / "out"
        self._start_ns = start_ns(case)
        key_ns = self._start_ns + round(_first_key_s(case) * 1000) * NS_PER_MS
        clock = ManualClock(key_ns - 10 * NS_PER_SECOND - FIRST_PICTURE_NS)
        self._emulator = Emulator(dialect="engine-0.21", config=config, allow_paths=[root], streams=[], clock=clock)
        self._client = self._emulator.app.test_client()
        self._ids = {step["body"].get("id") for step in self._steps if "post" in step}
        self._streams = sorted({stream for step in self._steps if (stream := _stream_of(step))})
        for stream in sorted(
            {stream for step in self._steps if (stream := _stream_of(step)) and '"ready"' not in step["response"]["body"]}
        ):
            self._emulator.engine.connect(StreamPath.parse(stream), input_tracks(VIDEO, audio=True), clock.now_ns())

    def differences(self) -> Iterator[str]:
        for step in self._steps:
            if "rows" in step:
                yield from self._poll(step)
                continue
            self._go_to(step["t"])
            if "post" in step:
                yield from self._post(step)
            elif "snapshot" in step:
                yield from self._compare_files(step["t"], step["files"])
            elif step["do"] == "connect":
                for stream in self._streams:
                    self._emulator.connect(stream, video=VIDEO)
            else:
                for stream in self._streams:
                    self._emulator.disconnect(stream)

    def _go_to(self, at_s: float) -> None:
        self._emulator.clock.advance_to(max(self._start_ns + round(at_s * 1000) * NS_PER_MS, self._emulator.clock.now_ns()))

    def _ask(self, path: str, body: Any) -> tuple[int, Any]:
        text = json.dumps(body).replace("{OUT}", str(self._out)).replace("{ROOT}", self._root)
        answer = self._client.post(path, data=text, headers={"Authorization": self._emulator.authorization})
        return answer.status_code, json.loads(self._shown(answer.text))

    def _shown(self, text: str) -> str:
        return text.replace(str(self._out), "{OUT}").replace(self._root, "{ROOT}")

    def _post(self, step: dict[str, Any]) -> Iterator[str]:
        status, answer = self._ask(step["post"], step["body"])
        recorded = json.loads(step["response"]["body"])
        if isinstance(recorded.get("response"), list):  # that of records of other stories too
            recorded["response"] = [each for each in recorded["response"] if each["id"] in self._ids]
        if (status, masked(answer)) != (step["response"]["status"], masked(recorded)):
            yield f"{step['t']} s: {step['post']}: {masked(answer)} instead of {masked(recorded)}"
        yield from _late(step["t"], answer, recorded)

    def _poll(self, step: dict[str, Any]) -> Iterator[str]:
        rows = step["rows"]
        changes = [row["t"] for before, row in pairwise(rows) if _state(before) != _state(row)]
        for row, after in zip(rows, [*rows[1:], None], strict=True):
            self._go_to(row["t"])
            is_unchanged = after is not None and not row["got"] and after["got"] == row["got"] and "files" not in row
            if is_unchanged or any(abs(row["t"] - change_s) < MARGIN_S for change_s in changes):
                continue
            _, answer = self._ask(step["polled"], step["body"])
            yield from self._compare_row(row, [_got(each) for each in answer["response"]])
            if "files" in row:
                yield from self._compare_files(row["t"], row["files"])

    def _compare_row(self, row: dict[str, Any], seen: list[list[Any]]) -> Iterator[str]:
        if [each[: SEQUENCE + 1] for each in seen] != [each[: SEQUENCE + 1] for each in row["got"]]:
            yield f"{row['t']} s: {seen} instead of {row['got']}"
            return
        for mine, recorded in zip(seen, row["got"], strict=True):
            if (mine[BYTES] is None) != (recorded[BYTES] is None) and max(mine[BYTES] or 0, recorded[BYTES] or 0) > ONE_PACKET:
                yield f"{row['t']} s: {mine} instead of {recorded}"
            for which in (TIME, TOTAL_TIME):
                if abs((mine[which] or 0) - (recorded[which] or 0)) > TOLERANCE_MS:
                    yield f"{row['t']} s: {mine} instead of {recorded}"

    def _compare_files(self, at_s: float, files: dict[str, Any]) -> Iterator[str]:
        """The names of files, those that records of other stories left aside; information files to the byte, but for what is measured."""
        recorded = {_TEMPORARY.sub("tmp", name): each for name, each in files.items() if name.startswith("{OUT}/")}
        seen = {f"{{OUT}}/{path.relative_to(self._out)}": path for path in self._out.rglob("*") if path.is_file()}
        seen = {_TEMPORARY.sub("tmp", name): path for name, path in seen.items()}
        if seen.keys() != recorded.keys():
            yield f"{at_s} s: {sorted(seen)} instead of {sorted(recorded)}"
        for name, path in seen.items():
            if "text" in recorded.get(name, {}):
                mine, theirs = _masked(self._shown(path.read_text())), _masked(recorded[name]["text"])
                if mine != theirs:
                    yield f"{at_s} s: {name}: {mine} instead of {theirs}"


def start_ns(case: dict[str, Any]) -> int:
    """The instant of second 0, which the first record that was made tells."""
    for step in case["steps"]:
        if "createdTime" in step.get("response", {}).get("body", ""):
            created = json.loads(step["response"]["body"])["response"]["createdTime"]
            return instant_ns(created) - round(float(step["t"]) * 1000) * NS_PER_MS
    raise AssertionError("no record is made")


def instant_ns(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000) * NS_PER_MS


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


def _got(record: dict[str, Any]) -> list[Any]:
    return [record.get(name) for name in ("state", "id", "sequence", "recordBytes", "recordTime", "totalRecordBytes", "totalRecordTime")]


def _state(row: dict[str, Any]) -> Any:
    return [(each[STATE], each[SEQUENCE], each[BYTES] is not None and each[BYTES] > 3000) for each in row["got"]]


def masked(answer: Any) -> Any:
    """An answer with what was measured replaced by its type, and instants by a word."""
    if isinstance(answer, dict):
        return {name: "number" if name in _MEASURED else masked(each) for name, each in answer.items()}
    if isinstance(answer, list):
        return [masked(each) for each in answer]
    if isinstance(answer, str):
        return "instant" if _INSTANT.fullmatch(answer) else re.sub(r"^\w{16}_", "transaction_", answer)
    return answer


def _late(at_s: float, answer: Any, recorded: Any) -> Iterator[str]:
    """The times of records that are too far from the recorded ones."""
    mine, theirs = answer.get("response", {}), recorded.get("response", {})
    for name in ("recordTime", "totalRecordTime") if isinstance(theirs, dict) and isinstance(mine, dict) else ():
        if abs(mine.get(name, 0) - theirs.get(name, 0)) > TOLERANCE_MS:
            yield f"{at_s} s: {name} {mine.get(name)} instead of {theirs.get(name)}"


def _masked(text: str) -> str:
    text = re.sub(r"<(recordBytes|recordTime|transactionId)>\w+</", r"<\1>#</", text)
    return _INSTANT.sub("instant", text)
