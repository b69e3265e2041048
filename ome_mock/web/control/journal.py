"""`/_mock/journal`: what clients asked, what was asked of them, and which files were written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from ...errors import ConfigurationError
from ...journal.callback_journal import CallbackExchange
from ...journal.request_journal import Exchange, FileWrite
from ...timestamps import iso_time
from . import Control

QUERY = {"route", "status"}


def read_journal(control: Control, query: Mapping[str, str]) -> dict[str, Any]:
    """The requests whose route ends in `route` and whose status is `status`, where these are given, every callback and every file write."""
    unknown = sorted(query.keys() - QUERY)
    if unknown:
        raise ConfigurationError(f"there is no {', '.join(map(repr, unknown))}; the query has {', '.join(sorted(QUERY))}")
    status = query.get("status")
    if status is not None and not status.isdecimal():
        raise ConfigurationError(f"status {status!r} is not a number")
    found = control.journal.find(query.get("route", "*"), status=None if status is None else int(status))
    zone = control.clock.zone
    return {
        "requests": [_describe(exchange, zone) for exchange in found],
        "callbacks": [_describe(callback, zone) for callback in control.journal.callbacks],
        "writes": [_describe(write, zone) for write in control.journal.writes],
    }


def read_request(control: Control, number: int) -> dict[str, Any]:
    """One request of the journal, by its number."""
    return _read(control.journal.exchanges, "request", number, control.clock.zone)


def read_callback(control: Control, number: int) -> dict[str, Any]:
    """One callback of the journal, by its number."""
    return _read(control.journal.callbacks, "callback", number, control.clock.zone)


def clear_journal(control: Control) -> dict[str, Any]:
    control.journal.clear()
    return read_journal(control, {})


def _read(rows: Sequence[Exchange | CallbackExchange], kind: str, number: int, zone: tzinfo | None) -> dict[str, Any]:
    for row in rows:
        if row.number == number:
            return _describe(row, zone)
    raise ConfigurationError(f"the journal has no {kind} {number}, or no longer")


def _describe(row: Exchange | CallbackExchange | FileWrite, zone: tzinfo | None) -> dict[str, Any]:
    fields = row._asdict()
    at = iso_time(fields.pop("at_ns"), zone)
    return {"at": at} | {name: each.decode("utf-8", "replace") if isinstance(each, bytes) else each for name, each in fields.items()}
