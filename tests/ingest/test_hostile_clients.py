"""Clients that mean harm: nothing is raised, nothing is held beyond the bounds. `tests/slow` meets 20,000 of them."""

from __future__ import annotations

import pytest
from ingest.hostile_clients import MOST_HELD, PIECE, held, meet
from ingest.publishers import publishing, send, shaken_hands
from ingest.rtmp_client import COMMAND, Sender, basic_header

from ome_mock.ingest.connection import RtmpConnection

HALF_A_MEGABYTE = 512 * 1024


@pytest.mark.parametrize("hundred", range(5))
def test_five_hundred_hostile_clients_are_survived(hundred: int) -> None:
    for number in range(100 * hundred, 100 * hundred + 100):
        meet(number)


def test_what_is_held_is_measured() -> None:
    connection = shaken_hands()
    before = held(connection)
    connection.receive(Sender(HALF_A_MEGABYTE).message(3, COMMAND, 0, bytes(HALF_A_MEGABYTE))[: 12 + 128])
    assert before < 20_000 < HALF_A_MEGABYTE
    connection.receive(basic_header(3, 3) + bytes(128))
    assert before + 256 <= held(connection) < before + 2000


def test_all_that_can_be_held_at_once_is_bounded() -> None:
    """Unfinished messages on as many chunk streams as there may be, a request that waits, and more behind it."""
    connection = shaken_hands()
    sender = Sender()
    connection.receive(sender.set_chunk_size(2000))
    header = bytes(3) + b"\xff\xff\xff" + bytes([COMMAND]) + bytes(4)
    for number in range(1000):
        connection.receive(basic_header(0, 64 + number) + header + bytes(2000))
    connection.receive(sender.connect())
    connection.receive(sender.command("FCPublish", 1, None, "x"))
    assert connection.is_waiting
    while not connection.closed and len(connection._chunks._buffer) < 1024 * 1024:
        connection.receive(bytes(PIECE))
    assert 3_000_000 < held(connection) < MOST_HELD


def test_hundred_seconds_of_media_hold_as_much_as_the_first() -> None:
    connection = publishing()
    sender = Sender()
    second = b"".join(sender.video(b"\x27\1\0\0\0" + bytes(900), 33 * number) for number in range(30))
    send(connection, sender.media(), second)
    before = held(connection)
    for _ in range(100):
        connection.receive(second)
        connection.bytes_to_send()
    assert held(connection) - before < 200


def test_closed_connection_holds_and_takes_nothing() -> None:
    connection = RtmpConnection(ertmp=True)
    connection.receive(b"G")
    before = held(connection)
    for _ in range(100):
        assert connection.receive(bytes(PIECE)) == []
    assert held(connection) == before
