"""Clients of HTTP that break off, dawdle, flood and lie, made of numbers: the same number is the same client."""

from __future__ import annotations

import random
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import NamedTuple

from raw_http import AUTHORIZATION, request

from ome_mock import OmeMock

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
LIST_DUMPS = request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, body=b'{"outputStreamName":"stream"}')
REQUESTS = (
    request("GET", "/v1/vhosts", AUTHORIZATION),
    LIST_DUMPS,
    request("POST", f"{STREAM}:stopHlsDump", AUTHORIZATION, body=b'{"outputStreamName":"stream","id":"x"}'),
    request("HEAD", "/app/stream/llhls.m3u8"),
    request("OPTIONS", "/v1/vhosts", "Origin: http://a"),
    request("GET", "/app/stream/chunklist_0_video_x_llhls.m3u8?session=1_x&_HLS_msn=100000"),
)
CLIENT_HELLO = bytes.fromhex("16030100450100004103030102030405060708") + bytes(50)
CHUNKED = request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, "Transfer-Encoding: chunked")
TIMEOUT_S = 5


class Client(NamedTuple):
    """One client: which of the emulator's four ports it comes to, what it sends piece by piece, and how it leaves."""

    port: int
    is_secure: bool
    pieces: tuple[bytes, ...]
    leaves: str


def client(number: int) -> Client:
    draw = random.Random(f"hostile/{number}")
    make = draw.choice(KINDS)
    pieces = tuple(make(draw))
    port = draw.randrange(4)
    is_secure = port > 1 and draw.random() < 0.2  # a handshake takes far longer than all else
    return Client(port, is_secure, pieces, draw.choice(["closes", "shuts down", "resets", "reads"]))


def cut(draw: random.Random) -> Iterator[bytes]:
    whole = draw.choice(REQUESTS)
    yield whole[: draw.randrange(len(whole))]


def dawdling(draw: random.Random) -> Iterator[bytes]:
    whole = draw.choice(REQUESTS)
    position = 0
    while position < len(whole):
        step = draw.randrange(1, 40)
        yield whole[position : position + step]
        position += step


def huge_head(draw: random.Random) -> Iterator[bytes]:
    if draw.random() < 0.5:
        yield request("GET", "/v1/" + "x" * draw.randrange(200_000), AUTHORIZATION)
    else:
        yield request("GET", "/v1/vhosts", *(f"X-{number}: {number}" for number in range(draw.randrange(5000))))


def half_body(draw: random.Random) -> Iterator[bytes]:
    length = draw.choice([30, 1000, 1 << 20, 1 << 26, (1 << 26) + 1, 1 << 40])
    yield request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, f"Content-Length: {length}") + draw.randbytes(draw.randrange(1000))


def nonsense(draw: random.Random) -> Iterator[bytes]:
    for _ in range(draw.randrange(1, 8)):
        yield draw.choice([*REQUESTS, draw.randbytes(draw.randrange(60)), b"\r\n\r\n", b"GET\r\n\r\n", b"\0"])


def flipped(draw: random.Random) -> Iterator[bytes]:
    whole = bytearray(draw.choice(REQUESTS))
    for _ in range(draw.randrange(1, 6)):
        whole[draw.randrange(len(whole))] = draw.randrange(256)
    yield bytes(whole)


def odd_chunks(draw: random.Random) -> Iterator[bytes]:
    yield CHUNKED
    for _ in range(draw.randrange(6)):
        yield draw.choice([b"5\r\nhello\r\n", b"fffffffffffffff\r\n", b"-1\r\n", b"x\r\n", b"3;a=b\r\nabcd\r\n", b"0\r\n\r\n", b"0" * 5000])


def odd_lines(draw: random.Random) -> Iterator[bytes]:
    yield draw.choice(REQUESTS).replace(b"\r\n", draw.choice([b"\n", b"\r", b"\n\r", b"\r\n ", b"\r\n\r\n"]))


def odd_lengths(draw: random.Random) -> Iterator[bytes]:
    length = draw.choice(["-1", "", "1e3", "9" * 5000, "\xb2", "0x10", "5, 5", " 7 "])
    yield request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, f"Content-Length: {length}") + b'{"a":1}'


def other_protocol(draw: random.Random) -> Iterator[bytes]:
    yield draw.choice(
        [CLIENT_HELLO, CLIENT_HELLO[:9], b"\x03" + bytes(1536), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"SSH-2.0-x\r\n", b"\x80\x01"]
    )
    yield draw.choice(REQUESTS)


def garbage(draw: random.Random) -> Iterator[bytes]:
    yield draw.randbytes(draw.randrange(1, 5000))


Kind = Callable[[random.Random], Iterator[bytes]]
KINDS: tuple[Kind, ...] = (
    cut,
    dawdling,
    huge_head,
    half_body,
    nonsense,
    flipped,
    odd_chunks,
    odd_lines,
    odd_lengths,
    other_protocol,
    garbage,
)


def meet(ome: OmeMock, number: int) -> None:
    """Have a client come and go, whatever the server does."""
    port, is_secure, pieces, leaves = client(number)
    connection: socket.socket = socket.create_connection(("127.0.0.1", _ports(ome)[port]), timeout=TIMEOUT_S)
    try:
        if is_secure:
            connection = _trusting().wrap_socket(connection)
        for piece in pieces:
            connection.sendall(piece)
        if leaves == "shuts down":
            connection.shutdown(socket.SHUT_WR)
        elif leaves == "resets":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif leaves == "reads":
            connection.setblocking(False)
            connection.recv(65_536)
    except (OSError, ValueError):  # it was hung up on, or nothing has come
        pass
    finally:
        with suppress(OSError):
            connection.close()


def _ports(ome: OmeMock) -> tuple[int, ...]:
    return tuple(port or 0 for port in (ome.port, ome.llhls_port, ome.tls_port, ome.llhls_tls_port))


@cache
def _trusting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
