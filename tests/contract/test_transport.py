"""Connections to the API and LL-HLS ports of a recorded engine: what they got for the bytes they sent, and how they ended.

The pauses between what was sent are left out. Where the recording has no more than a number of bytes, they are made anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from contract.recordings import CONNECTED, RECORDINGS, read_cases
from raw_http import AUTHORIZATION, Connection, exchange, request

from ome_mock import OmeMock

API_PORT = 8081
GET = "GET {} HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n" + AUTHORIZATION + "\r\n{}\r\n"
POST = GET.replace("GET", "POST").format("/v1/vhosts/default/apps/app/streams/stream:hlsDumps", "Content-Length: {}\r\n")
NOPE = '{"outputStreamName":"nope"}'
COUNTED = {
    "target of 70000 characters": GET.format("/v1/vhosts/" + "a" * 70_000, ""),
    "header of 8 KiB": GET.format("/v1/vhosts", f"X-A: {'a' * 8192}\r\n"),
    "200 headers": GET.format("/v1/vhosts", "".join(f"X-{number}: x\r\n" for number in range(200))),
    "5000 headers": GET.format("/v1/vhosts", "".join(f"X-{number}: x\r\n" for number in range(5000))),
    "pipelined, 20 gets": GET.format("/v1/version", "") * 20,
    "body 1 MiB of spaces": POST.format(len(NOPE) + (1 << 20)) + " " * (1 << 20) + NOPE,
    "body 8 MiB of spaces": POST.format(len(NOPE) + (8 << 20)) + " " * (8 << 20) + NOPE,
}
OTHER_CLIENTS = 3
"""The number of answers to others after which the server has surely done what it does with a connection."""

CASES = {case["case"]: case for name in ("transport", "transport-more") for case in read_cases(name)}


@pytest.fixture(scope="module")
def ome() -> Iterator[OmeMock]:
    with OmeMock(dialect="engine-0.21", config=RECORDINGS / "Server.xml", streams=CONNECTED) as ome:
        yield ome


@pytest.mark.parametrize("case", [pytest.param(case, id=name) for name, case in CASES.items() if "sent" in case])
def test_connection_gets_what_was_recorded(case: dict[str, Any], ome: OmeMock) -> None:
    recorded = "".join(text for _, text in case["received"] if text is not None and text not in {"(open, silent)", "(closed)"})
    sent = [COUNTED[case["case"]] if piece.startswith("(") else piece for piece in case["sent"] if isinstance(piece, str)]
    with Connection(ome.port if case["port"] == API_PORT else ome.llhls_port) as connection:
        connection.send("".join(sent).encode("latin-1"))
        if " bytes)" in recorded or case["port"] != API_PORT:
            assert not recorded or _has_head(connection, recorded)
        else:
            assert _timeless(connection.take(len(recorded)).decode("latin-1")) == _timeless(recorded)
        if case["received"][-1][1] == "(open, silent)":
            for _ in range(OTHER_CLIENTS):
                exchange(ome.port, request("GET", "/v1/version", AUTHORIZATION))
            assert connection.is_silent()
        else:
            assert connection.ends_without_a_byte()


def _has_head(connection: Connection, recorded: str) -> bool:
    """Whether an answer has the recorded head, but for its length, in which encoders have a part, and the beginning of its body."""
    answer = connection.answer()
    head, _, body = recorded.partition("\r\n\r\n")
    headers = [(name, value) for name, value in answer.headers if name not in {"Date", "Content-Length"}]
    wanted = [tuple(line.split(": ", 1)) for line in head.split("\r\n")[1:] if not line.startswith(("Date:", "Content-Length:"))]
    return (answer.status_line, headers, answer.body.decode()[:50]) == (head.partition("\r\n")[0], wanted, body[:50])


def _timeless(text: str) -> str:
    return re.sub(r"Date: [^\r]*", "Date: now", text).replace('["empty","default"]', '["default","empty"]')  # in no order


def test_client_that_shuts_its_side_down_is_answered_and_then_closed(ome: OmeMock) -> None:
    recorded = CASES["client shuts its side down after the request"]
    with Connection(ome.port) as connection:
        connection.send(GET.format("/v1/vhosts", "").encode())
        connection.shut_down()
        assert _timeless(connection.rest().decode()) == _timeless(recorded["received"])
    assert recorded["end"] == "closed"


def test_last_of_300_connections_is_answered(ome: OmeMock) -> None:
    with ExitStack() as stack:
        connections = [stack.enter_context(Connection(ome.port)) for _ in range(CASES["300 connections open, the last one asks"]["opened"])]
        connections[-1].send(GET.format("/v1/vhosts", "").encode())
        assert connections[-1].answer().status == 200


@pytest.mark.parametrize("sent", ["", "GET /v1/ver", POST.format(60) + NOPE], ids=["nothing", "half a head", "half a body"])
@pytest.mark.parametrize("dialect", ["docs", "engine-0.21"])
def test_idle_connection_is_closed_by_real_time_alone(dialect: str, sent: str) -> None:
    """Recorded after 62 s: `llhls, nothing sent`, `api, half a head`, `api, half a body`."""
    with OmeMock(dialect=dialect, idle_timeout=0.05) as ome, Connection(ome.llhls_port if not sent else ome.port) as connection:
        connection.send(sent.encode())
        assert connection.rest() == b""
    with OmeMock(dialect=dialect) as ome, Connection(ome.port) as connection:
        connection.send(sent.encode())
        ome.clock.advance(3600)
        for _ in range(OTHER_CLIENTS):
            exchange(ome.port, request("GET", "/v1/version", AUTHORIZATION))
        assert connection.is_silent()
