"""The changes that one page has not been told yet, as server-sent events.

Each part compares what is there with what it told last, so that nothing is noted anywhere while no page is open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import tzinfo
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
"""The number of older rows of the journal in one event."""
MOST_FIRINGS = 200
Row = Exchange | CallbackExchange


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
    """The rows of the journal that were not told yet: the newest come first, older ones a thousand at a time."""

    def __init__(self) -> None:
        self._last = {"request": 0, "callback": 0}
        self._oldest: dict[str, int] = {}
        self._older: list[Row] | None = None

    def take(self, control: Control) -> dict[str, Any] | None:
        journal, zone = control.journal, control.clock.zone
        kept: dict[str, list[Any]] = {"request": journal.exchanges, "callback": journal.callbacks}
        newer = sorted((row for kind in kept for row in self._new(kind, kept[kind])), key=lambda row: row.at_ns)
        oldest = {kind: rows[0].number if rows else self._last[kind] + 1 for kind, rows in kept.items()}
        is_first, self._older = self._older is None, self._older or []
        if is_first:
            self._older, newer = newer, []
        older = [self._older.pop() for _ in range(min(MOST_ROWS, len(self._older)))]
        if not (newer or older or is_first or oldest != self._oldest):
            return None
        self._oldest = oldest
        return {"newer": [_row(row, zone) for row in newer], "older": [_row(row, zone) for row in older], "oldest": oldest}

    def _new(self, kind: str, kept: list[Any]) -> list[Any]:
        """The rows that came since the last call; their numbers are consecutive."""
        if not kept or kept[-1].number <= self._last[kind]:
            return []
        rows = kept[max(0, self._last[kind] + 1 - kept[0].number) :]
        self._last[kind] = kept[-1].number
        return rows


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
    return {"stream": str(dump.stream), "id": dump.id, "status": dump.status, "enabled": dump.enabled, "items": dump.item_count}


def _faults(control: Control) -> dict[str, Any]:
    plan, zone = control.faults, control.clock.zone
    if plan.is_empty and not plan.firings:
        return {"armed": [], "fired": [], "firedCount": 0}
    firings = plan.firings
    return {
        "armed": [describe_numbered(each) for each in plan.numbered],
        "fired": [describe_firing(each, zone) for each in reversed(firings[-MOST_FIRINGS:])],
        "firedCount": len(firings),
    }


def _row(row: Row, zone: tzinfo | None) -> dict[str, Any]:
    """A row without bodies and headers, which the page asks for when somebody looks at it."""
    at, number = iso_time(row.at_ns, zone), row.number
    if isinstance(row, Exchange):
        told = {"method": row.method, "target": row.target, "status": row.status, "diagnosis": list(row.diagnosis)}
        return {"kind": "request", "number": number, "at": at, **told}
    told = {"what": row.what, "stream": row.stream, "url": row.url, "status": row.status, "outcome": row.outcome}
    return {"kind": "callback", "number": number, "at": at, **told}
