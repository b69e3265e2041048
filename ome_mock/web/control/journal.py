"""`/_mock/journal`: what clients asked, what was asked of them, and which files were written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from ...callback_journal import CallbackExchange
from ...errors import ConfigurationError
from ...journal import Exchange, FileWrite
from ...timestamps import iso_time
from ..routing import Route
from . import Control


def read_journal(control: Control, query: Mapping[str, str]) -> dict[str, Any]:
    """The requests whose route ends in `route` and whose status is `status`, where these are given, every callback and every file write."""
    status = query.get("status")
    if status is not None and not status.isdecimal():
        raise ConfigurationError(f"status {status!r} is not a number")
    found = control.journal.find(query.get("route", "*"), status=None if status is None else int(status))
    zone = control.clock.zone
    return {
        "requests": [_describe_exchange(exchange, zone) for exchange in found],
        "callbacks": [_describe_callback(callback, zone) for callback in control.journal.callbacks],
        "writes": [_describe_write(write, zone) for write in control.journal.writes],
    }


def clear_journal(control: Control) -> dict[str, Any]:
    control.journal.clear()
    return read_journal(control, {})


def _describe_exchange(exchange: Exchange, zone: tzinfo | None) -> dict[str, Any]:
    return {
        "number": exchange.number,
        "at": iso_time(exchange.at_ns, zone),
        "method": exchange.method,
        "target": exchange.target,
        "headers": [list(header) for header in exchange.headers],
        "body": exchange.body.decode("utf-8", "replace"),
        "status": exchange.status,
        "answer": exchange.answer.decode("utf-8", "replace"),
        "diagnosis": list(exchange.diagnosis),
    }


def _describe_callback(callback: CallbackExchange, zone: tzinfo | None) -> dict[str, Any]:
    return {
        "number": callback.number,
        "at": iso_time(callback.at_ns, zone),
        "what": callback.what,
        "stream": callback.stream,
        "url": callback.url,
        "headers": [list(header) for header in callback.headers],
        "body": callback.body.decode("utf-8", "replace"),
        "status": callback.status,
        "answer": callback.answer.decode("utf-8", "replace"),
        "outcome": callback.outcome,
    }


def _describe_write(write: FileWrite, zone: tzinfo | None) -> dict[str, Any]:
    return {
        "number": write.number,
        "at": iso_time(write.at_ns, zone),
        "stream": write.stream,
        "dump": write.dump,
        "path": write.path,
        "size": write.size,
    }


ROUTES = (Route("GET", "/_mock/journal", read_journal, reads_query=True), Route("DELETE", "/_mock/journal", clear_journal))
