"""Publishers that have come as far as a test needs them."""

from __future__ import annotations

from typing import Any

from ingest.rtmp_client import HANDSHAKE, Sender

from ome_mock.ingest.connection import RtmpConnection
from ome_mock.ingest.events import Ended, Event, PublishRequested


def shaken_hands(**options: Any) -> RtmpConnection:
    """A connection behind its handshake, whose answer is taken."""
    connection = RtmpConnection(**options)
    assert connection.receive(HANDSHAKE) == []
    connection.bytes_to_send()
    return connection


def publishing(**options: Any) -> RtmpConnection:
    """A connection whose publisher was accepted and has sent no media; all answers are taken."""
    connection = shaken_hands(**options)
    send(connection, Sender().publish())
    connection.bytes_to_send()
    return connection


def send(connection: RtmpConnection, *pieces: bytes) -> list[Event]:
    """Send bytes, accept whoever asks, and give all that came of it but the asking."""
    events: list[Event] = []
    for piece in pieces:
        came = connection.receive(piece)
        while came and isinstance(came[-1], PublishRequested):
            came = [*came[:-1], *connection.accept()]
        events += came
    return events


def reason(events: list[Event]) -> str:
    """Why the connection ended, which must be the last event."""
    assert isinstance(events[-1], Ended)
    return events[-1].reason
