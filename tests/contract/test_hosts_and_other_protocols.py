"""Odd Host headers, and bytes of other protocols, as a recorded engine took them on its API and LL-HLS ports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from contract.recordings import CONNECTED, RECORDINGS, read_cases
from raw_http import Connection

from ome_mock import OmeMock

API_PORT = 8081


@pytest.fixture(scope="module")
def ome() -> Iterator[OmeMock]:
    with OmeMock(dialect="engine-0.21", config=RECORDINGS / "Server.xml", streams=CONNECTED) as ome:
        yield ome


@pytest.mark.parametrize("case", read_cases("transport-more"), ids=lambda case: case["case"])
def test_connection_gets_what_was_recorded(case: dict[str, Any], ome: OmeMock) -> None:
    recorded = "".join(text for _, text in case["received"] if not text.startswith("("))
    with Connection(ome.port if case["port"] == API_PORT else ome.llhls_port) as connection:
        connection.send(*(text.encode("latin-1") for text in case["sent"]))
        if not recorded:
            assert connection.ends_without_a_byte()
            return
        answer = connection.answer()
    head, _, body = recorded.partition("\r\n\r\n")
    status_line, *lines = head.split("\r\n")
    assert answer.status_line == status_line
    assert _compared(answer.headers) == _compared(tuple(line.partition(": ")[::2]) for line in lines)
    if case["port"] == API_PORT:
        assert answer.body.decode() in {body, body.replace('["empty","default"]', '["default","empty"]')}  # in no order
    else:
        assert answer.body.decode().splitlines()[:3] == body.splitlines()[:3]  # then bit rates and keys


def _compared(headers: tuple[tuple[str, str], ...] | Iterator[Any]) -> list[tuple[str, str]]:
    """All but the moment, and the length, in which the bit rate of the encoder's media has a part."""
    return [(name, value) for name, value in headers if name not in {"Date", "Content-Length"}]
