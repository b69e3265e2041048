"""Questions that were asked again and again, put into the documented format and replayed on a manual clock.

A converter says at which second of its story a step is due: of a question that was asked every 50 or 100 ms those away from changes. Each
is a case of its own, with its moment for a name. Of some answers a few values alone were written down; `Reduced` compares them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from app_target import AppTarget
from contract.recordings import post_step

from ome_mock.emulator import Emulator
from ome_mock.recordings.case import API, LLHLS, Answer, Request
from ome_mock.recordings.comparing import Comparison, Difference
from ome_mock.recordings.jsonl import parse_case
from ome_mock.recordings.replay import Replay, Surroundings
from ome_mock.recordings.wording import renamed, text_of
from ome_mock.replaying import surroundings_of
from ome_mock.timestamps import NS_PER_MS, NS_PER_SECOND

Row = dict[str, Any]
Timed = tuple[float, dict[str, Any]]
"""A step of the documented format, and the second of the story at which it is due."""

GOT = "got"
"""The key of values that were taken out of an answer, a list for each thing listed."""
NAMED = 3
"""The number of values in such a list that name a thing and its state: state, id, sequence."""

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
_MEASURED = ("recordBytes", "totalRecordBytes", "recordTime", "totalRecordTime")


def replayed(
    timed: Iterable[Timed], emulator: Emulator, start_ns: int, comparison: Comparison, around: Surroundings | None = None
) -> Iterator[str]:
    """The differences of steps in their order, each with its second; second 0 is at `start_ns`."""
    began_s = (start_ns - emulator.clock.now_ns()) / NS_PER_SECOND
    targets = {port: AppTarget(app, emulator.authorization) for port, app in ((API, emulator.app), (LLHLS, emulator.llhls_app))}
    replay = Replay(targets, Path(), around or surroundings_of(emulator), comparison)
    for at_s, step in timed:
        case = parse_case({"case": f"{at_s:.2f} s", "at": round(began_s + at_s, 3), "steps": [step]})
        yield from (f"{case.name}: {found}" for found in replay.differences(case))


def away_from_changes(rows: list[Row], state: Callable[[Row], Any], margin_s: float) -> Iterator[Row]:
    """The rows that are no nearer than `margin_s` to one in which the state had changed."""
    changes = [row["t"] for before, row in pairwise(rows) if state(before) != state(row)]
    return (row for row in rows if all(abs(row["t"] - change_s) >= margin_s for change_s in changes))


def polled_step(polled: Row, row: Row, body: Any) -> dict[str, Any]:
    """One of the questions that were asked every 100 ms."""
    return post_step(polled["polled"], body, {"status": 200, "body": json.dumps({GOT: row["got"]})})


def encoder_step(what: str, stream: str) -> dict[str, Any]:
    """An encoder of small pictures comes or goes: `connect` or `disconnect`."""
    return {"do": what, "stream": stream} | ({"video": {"width": 320, "height": 180}} if what == "connect" else {})


class Reduced(Comparison):
    """Compares answers but for instants and what was measured, and of those that were reduced to a few fields these, to a tolerance."""

    fields: ClassVar[tuple[str, ...]]
    """The names of the values; the first ones, `NAMED`, must be equal."""

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.words = words or {}
        """Texts of the recording, by those that stand in their place in what the replay sees."""

    def answers(self, request: Request, recorded: Answer, seen: Answer, names: Mapping[str, str]) -> Iterator[Difference]:
        del request, names
        if seen.status != recorded.status:
            yield Difference("status", str(recorded.status), str(seen.status))
        elif recorded.body:
            yield from self._bodies(recorded, seen)

    def _bodies(self, recorded: Answer, seen: Answer) -> Iterator[Difference]:
        wanted, got = json.loads(text_of(recorded.body)), json.loads(renamed(text_of(seen.body), self.words))
        if GOT in wanted:
            rows = [[each.get(name) for name in self.fields] for each in got["response"]]
            is_same = [row[:NAMED] for row in rows] == [row[:NAMED] for row in wanted[GOT]]
            if not is_same or not all(map(self.is_near, rows, wanted[GOT])):
                yield Difference("body", str(wanted[GOT]), str(rows))
        elif not self.is_as_good(got, wanted):
            yield Difference("body", str(wanted), str(got))

    def is_near(self, row: list[Any], recorded: list[Any]) -> bool:
        """True if what was measured of a thing is as near to what was recorded as can be told."""
        raise NotImplementedError

    def is_as_good(self, answer: Any, recorded: Any) -> bool:
        """True if an answer says what was recorded."""
        return bool(masked(answer) == masked(recorded))


def masked(answer: Any) -> Any:
    """An answer with what was measured replaced by its type, and instants by a word."""
    if isinstance(answer, dict):
        return {name: "number" if name in _MEASURED else masked(each) for name, each in answer.items()}
    if isinstance(answer, list):
        return [masked(each) for each in answer]
    if isinstance(answer, str):
        return "instant" if INSTANT.fullmatch(answer) else re.sub(r"^\w{16}_", "transaction_", answer)
    return answer


def start_ns(case: dict[str, Any]) -> int:
    """The instant of second 0, which the first thing that was made tells."""
    for step in case["steps"]:
        if "createdTime" in step.get("response", {}).get("body", ""):
            created = json.loads(step["response"]["body"])["response"]["createdTime"]
            return instant_ns(created) - round(float(step["t"]) * 1000) * NS_PER_MS
    raise AssertionError("nothing is made")


def instant_ns(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000) * NS_PER_MS
