"""The changes that one page has not been told yet, as server-sent events.

Each part compares what is there with what it told last, so that nothing is noted anywhere while no page is open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import tzinfo
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import Any

from ...clock import RealClock
from ...dumps.dump import Dump
from ...engine.input_stream import InputStream
from ...engine.stream import OutputStream
from ...journal.callback_journal import CallbackExchange
from ...journal.request_journal import Exchange
from ...refusals import RequestRefused
from ...timestamps import iso_time
from ...versions import VERSION
from ..control import Control
from ..control.clock import read_clock
from ..control.faults import describe_firing, describe_numbered

MOST_ROWS = 1_000
"""The number of new rows of the journal in one event, and of older ones."""
MOST_FIRINGS = 200
LONGEST_TEXT = 2_000
"""The number of characters that are told of a request's target, and of each hint at its mistakes."""
Row = Exchange | CallbackExchange
INSTANT = attrgetter("at_ns")


class Feed:
    """The events for one page; the first `take` begins with everything."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._told: dict[str, Any] = {}
        self._dumps: dict[tuple[str, str], dict[str, Any]] = {}
        self._journal = JournalFeed()

    def take(self) -> bytes:
        """The events since the last call; nothing where nothing changed, or where an application went while it was looked at."""
        try:
            tree = _tree(self._control)
        except RequestRefused:
            return b""
        return b"".join(_event(name, value) for name, value in self._changes(tree))

    def _changes(self, tree: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
        control = self._control
        clock = _clock(control)
        yield from self._if_new("clock", clock, clock if clock["kind"] == "manual" else "a real clock's time goes by itself")
        for name, value in (("tree", tree), ("faults", _faults(control))):
            yield from self._if_new(name, value, value)
        if (dumps := self._changed_dumps()) is not None:
            yield "dumps", dumps
        if (rows := self._journal.take(control)) is not None:
            yield "journal", rows

    def _if_new(self, name: str, value: Any, known: Any) -> Iterator[tuple[str, Any]]:
        if self._told.get(name) != known:
            self._told[name] = known
            yield name, value

    def _changed_dumps(self) -> dict[str, Any] | None:
        is_first = "dumps" not in self._told
        self._told["dumps"] = True
        rows = map(_dump_row, self._control.api.dumps.all())
        now = {(row["stream"], row["id"]): row for row in rows}  # of several of one key the last is what the page shows
        changed = [row for key, row in now.items() if self._dumps.get(key) != row]
        gone = [{"stream": stream, "id": dump_id} for stream, dump_id in self._dumps.keys() - now.keys()]
        self._dumps = now
        return {"changed": changed, "gone": gone} if changed or gone or is_first else None


class JournalFeed:
    """The rows of the journal that were not told yet: a thousand new ones at a time, and a thousand older ones, the newest first.

    It keeps their numbers alone, so that no row outlives the journal because a page doesn't read.
    """

    def __init__(self) -> None:
        self._first: dict[str, int] = {}
        """The number of the first row that was told, of each kind."""
        self._next: dict[str, int] = {}
        self._oldest: dict[str, int] = {}

    def take(self, control: Control) -> dict[str, Any] | None:
        journal, zone = control.journal, control.clock.zone
        kept: dict[str, list[Any]] = {"request": journal.exchanges, "callback": journal.callbacks}
        if is_first := not self._next:
            self._first = {kind: rows[-1].number + 1 if rows else 1 for kind, rows in kept.items()}
            self._next = dict(self._first)
        newer, older = self._newer(kept), self._older(kept)
        oldest = {kind: rows[0].number if rows else self._next[kind] for kind, rows in kept.items()}
        if not (newer or older or is_first or oldest != self._oldest):
            return None
        self._oldest = oldest
        return {"newer": [_row(row, zone) for row in newer], "older": [_row(row, zone) for row in older], "oldest": oldest}

    def _newer(self, kept: dict[str, list[Any]]) -> list[Row]:
        came = (rows[_index(rows, self._next[kind]) :] for kind, rows in kept.items())
        newer = list(islice(merge(*came, key=INSTANT), MOST_ROWS))
        self._next |= {_kind(row): row.number + 1 for row in newer}
        return newer

    def _older(self, kept: dict[str, list[Any]]) -> list[Row]:
        were = (rows[: _index(rows, self._first[kind])][::-1] for kind, rows in reversed(kept.items()))
        older = list(islice(merge(*were, key=INSTANT, reverse=True), MOST_ROWS))
        self._first |= {_kind(row): row.number for row in older}
        return older


def _index(rows: list[Any], number: int) -> int:
    """The index of the first row with this number or a higher one; numbers are consecutive."""
    return max(0, number - rows[0].number) if rows else 0


def _kind(row: Row) -> str:
    return "request" if isinstance(row, Exchange) else "callback"


def _event(name: str, value: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(value, separators=(',', ':'))}\n\n".encode()


def _clock(control: Control) -> dict[str, Any]:
    clock = control.clock
    told = {"version": VERSION, "dialect": control.dialect.name, "engineVersion": control.dialect.version}
    return {**read_clock(control), "rate": clock.rate if isinstance(clock, RealClock) else 0, **told}


def _tree(control: Control) -> list[dict[str, Any]]:
    engine, zone = control.engine, control.clock.zone
    return [
        {
            "name": host.name,
            "applications": [
                {"name": app.name, "streams": [_stream(each, zone) for each in engine.input_streams(host.name, app.name)]}
                for app in host.applications
            ],
        }
        for host in engine.virtual_hosts()
    ]


def _stream(stream: InputStream, zone: tzinfo | None) -> dict[str, Any]:
    since = iso_time(stream.created_ns, zone)
    return {"name": stream.path.stream, "since": since, "outputs": [_output(output) for output in stream.outputs]}


def _output(output: OutputStream) -> dict[str, Any]:
    return {
        "name": output.name,
        "playlists": [f"{name}.m3u8" for name in output.playlists],
        "isPlayable": output.is_packaged,
        "tracks": [
            {
                "id": track.id,
                "kind": track.kind.value,
                "codec": track.codec,
                "bitrate": track.bitrate,
                "size": _size(track.width, track.height),
            }
            for track in output.tracks
        ],
    }


def _size(width: int, height: int) -> str:
    return f"{width}x{height}" if width else ""


def _dump_row(dump: Dump) -> dict[str, Any]:
    return {"stream": str(dump.stream), "id": dump.id, "status": dump.status, "enabled": dump.enabled, "items": len(dump.written)}


def _faults(control: Control) -> dict[str, Any]:
    plan, zone = control.faults, control.clock.zone
    firings = plan.firings
    return {
        "armed": [describe_numbered(each) for each in plan.numbered],
        "fired": [describe_firing(each, zone) for each in reversed(firings[-MOST_FIRINGS:])],
        "firedCount": len(firings),
    }


def _row(row: Row, zone: tzinfo | None) -> dict[str, Any]:
    """A row without bodies, headers and the rest of long texts, which the page asks for when somebody looks at it."""
    told_of_all = {"kind": _kind(row), "number": row.number, "at": iso_time(row.at_ns, zone)}
    if isinstance(row, Exchange):
        target, hints = row.target[:LONGEST_TEXT], [each[:LONGEST_TEXT] for each in row.diagnosis]
        return {**told_of_all, "method": row.method, "target": target, "status": row.status, "diagnosis": hints}
    return {**told_of_all, "what": row.what, "stream": row.stream, "url": row.url, "status": row.status, "outcome": row.outcome}
