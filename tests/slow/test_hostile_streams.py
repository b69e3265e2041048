"""The hostile clients of `tests/web/wire`, ten thousand of them."""

from __future__ import annotations

import gc
import logging
import tracemalloc
from collections.abc import Iterator

import pytest
from raw_http import AUTHORIZATION, exchange, request
from web.wire.hostile_streams import meet
from web.wire.test_hostile_streams import Left

from ome_mock import OmeMock

MOST_BYTES_LEFT = 500_000
"""What pools, caches and the log of a test may keep; a connection with its buffers has 10 kB at least."""


@pytest.fixture(scope="module", params=["docs", "engine-0.21"])
def ome(request: pytest.FixtureRequest) -> Iterator[OmeMock]:
    with OmeMock(dialect=request.param, tls_port=0, llhls_tls_port=0) as ome:
        yield ome


@pytest.mark.parametrize("five_hundred", range(10))
def test_hostile_clients_leave_nothing(ome: OmeMock, five_hundred: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "ome_mock")
    before = Left(ome)
    for number in range(five_hundred * 500, (five_hundred + 1) * 500):
        meet(ome, number)
    assert exchange(ome.port, request("GET", "/v1/vhosts", AUTHORIZATION)).status == 200
    assert before.is_all_that_is_left()


def test_hostile_clients_leave_no_memory(ome: OmeMock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "ome_mock")
    before = Left(ome)
    for number in range(100):
        meet(ome, number)
    assert before.is_all_that_is_left()
    tracemalloc.start()
    for number in range(100, 400):
        meet(ome, number)
    assert before.is_all_that_is_left()
    ome.journal.clear()
    gc.collect()
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < MOST_BYTES_LEFT
