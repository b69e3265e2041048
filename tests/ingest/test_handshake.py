"""The handshake: what answers it, and what closes it."""

from __future__ import annotations

from typing import Any

import pytest
from ingest.publishers import reason
from ingest.rtmp_client import HANDSHAKE, Sender

from ome_mock.ingest.connection import RtmpConnection

C0_C1 = HANDSHAKE[:1537]
OPTIONS: dict[str, Any] = {"epoch_seconds": 1795859699, "filler": b"\7" * 1528}


def test_handshake_is_answered_in_one_piece_when_c1_is_complete() -> None:
    connection = RtmpConnection(**OPTIONS)
    for byte in C0_C1[:-1]:
        assert connection.receive(bytes([byte])) == []
    assert connection.bytes_to_send() == b""
    connection.receive(C0_C1[-1:])
    assert connection.bytes_to_send() == bytes.fromhex("03 6b0aa4f3 00010001") + b"\7" * 1528 + C0_C1[1:]
    assert connection.bytes_to_send() == b""


@pytest.mark.parametrize("c2", [bytes(1536), b"\xff" * 1536])
def test_c2_is_not_looked_at_and_may_come_with_connect(c2: bytes) -> None:
    connection = RtmpConnection(**OPTIONS)
    connection.receive(C0_C1)
    connection.bytes_to_send()
    connection.receive(c2 + Sender().connect())
    assert len(connection.bytes_to_send()) == 16 + 17 + 18 + 16 + 12 + 259 + 2


@pytest.mark.parametrize("version", [0, 2, 4, 6, 31, 32, 255])
def test_another_version_closes_once_c1_is_complete(version: int) -> None:
    connection = RtmpConnection()
    assert connection.receive(bytes([version]) + bytes(1535)) == []
    assert not connection.closed
    assert reason(connection.receive(b"\0")) == f"a handshake of version {version}"
    assert (connection.closed, connection.bytes_to_send()) == (True, b"")


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\3\1\2\0", b"\0"])
def test_other_protocols_hang_without_the_module_and_are_closed_with_it(sent: bytes) -> None:
    hanging, closing = RtmpConnection(), RtmpConnection(ertmp=True)
    assert hanging.receive(sent) == []
    assert not hanging.closed
    assert reason(closing.receive(sent)) == f"a handshake of version {sent[0]}"


@pytest.mark.parametrize("ertmp", [False, True])
def test_half_a_handshake_waits(ertmp: bool) -> None:
    connection = RtmpConnection(ertmp=ertmp)
    assert connection.receive(b"") == connection.receive(HANDSHAKE[:701]) == []
    assert (connection.closed, connection.bytes_to_send()) == (False, b"")
