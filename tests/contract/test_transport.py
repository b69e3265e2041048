"""Connections to the API and LL-HLS ports of a recorded engine: what they got for the bytes they sent, and how they ended.

The pauses between what was sent are left out. Where the recording has no more than a number of bytes, they are made anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from contract.recordings import CONNECTED, RECORDINGS, read_cases
from raw_http import AUTHORIZATION, Connection, exchange, request

from ome_mock import OmeMock
from ome_mock.recordings.case import API, LLHLS, Case, RawExchange
from ome_mock.recordings.comparing import Comparison, Difference
from ome_mock.recordings.http_bytes import cut_answer
from ome_mock.recordings.jsonl import parse_case
from ome_mock.recordings.replay import Replay
from ome_mock.recordings.targets import ServerTarget
from ome_mock.replaying import surroundings_of

PORTS = {8081: API, 3333: LLHLS}
ENDS = {None, "(closed)", "(open, silent)"}
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


class WithoutMedia(Comparison):
    """Compares bytes, but of answers that were shortened, and of playlists, heads without lengths and the beginnings of bodies."""

    def raw(self, recorded: RawExchange, seen: RawExchange) -> Iterator[Difference]:
        if b" bytes)" in recorded.received or recorded.port != API:
            wanted, got = (_beginning(each.received) for each in (recorded, seen))
            if wanted != got:
                yield Difference("answer", str(wanted), str(got))
            recorded, seen = (RawExchange(b"", b"", each.is_closed) for each in (recorded, seen))
        yield from super().raw(recorded, seen)


def _beginning(received: bytes) -> Any:
    cut = cut_answer(received, "GET", is_closed=True)
    if cut is None:
        return received
    headers = [(name, value) for name, value in cut.answer.headers if name not in {"Date", "Content-Length"}]
    return cut.answer.status, cut.answer.reason, headers, cut.answer.body[:50]


def in_order(text: str) -> str:
    """A recorded text with the virtual hosts in the emulator's order; the engine keeps them in none."""
    return text.replace('["empty","default"]', '["default","empty"]')


def connection_case(row: dict[str, Any]) -> Case:
    """A recorded connection as a case of the documented format."""
    texts = [text for _, text in row["received"] if text not in ENDS]
    sent = [COUNTED[row["case"]] if piece.startswith("(") else piece for piece in row["sent"] if isinstance(piece, str)]
    is_closed = row["received"][-1][1] != "(open, silent)"
    step = {"sent": sent, "received": list(map(in_order, texts)), "closed": is_closed, "port": PORTS[row["port"]]}
    return parse_case({"case": row["case"], "group": row["group"], "steps": [step]})


@pytest.fixture(scope="module")
def replay(ome: OmeMock, tmp_path_factory: pytest.TempPathFactory) -> Replay:
    targets = {port: ServerTarget(url, ome.authorization) for port, url in ome.recorded_urls.items()}
    return Replay(targets, tmp_path_factory.mktemp("out"), surroundings_of(ome), WithoutMedia())


@pytest.mark.parametrize("row", [pytest.param(row, id=name) for name, row in CASES.items() if "sent" in row])
def test_connection_gets_what_was_recorded(row: dict[str, Any], replay: Replay) -> None:
    assert list(map(str, replay.differences(connection_case(row)))) == []


def test_client_that_shuts_its_side_down_is_answered_and_then_closed(replay: Replay) -> None:
    row = CASES["client shuts its side down after the request"]
    step = {"sent": [GET.format("/v1/vhosts", ""), None], "received": [in_order(row["received"])], "closed": row["end"] == "closed"}
    assert list(map(str, replay.differences(parse_case({"case": row["case"], "steps": [step]})))) == []


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
