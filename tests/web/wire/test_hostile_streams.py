"""Five hundred hostile clients; `tests/slow` has ten thousand."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator

import pytest
from raw_http import AUTHORIZATION, exchange, request
from served import LATE_S
from web.wire.hostile_streams import meet

from ome_mock import OmeMock


@pytest.fixture(scope="module", params=["docs", "engine-0.21"])
def ome(request: pytest.FixtureRequest) -> Iterator[OmeMock]:
    with OmeMock(dialect=request.param, tls_port=0, llhls_tls_port=0) as ome:
        yield ome


@pytest.mark.parametrize("fifty", range(5))
def test_ordinary_request_is_answered_after_hostile_clients(ome: OmeMock, fifty: int) -> None:
    before = Left(ome)
    for number in range(fifty * 50, (fifty + 1) * 50):
        meet(ome, number)
    began = time.monotonic()
    assert exchange(ome.port, request("GET", "/v1/vhosts", AUTHORIZATION)).status == 200
    assert time.monotonic() - began < LATE_S
    assert before.is_all_that_is_left()


class Left:
    """The connections, threads and descriptors of an emulator."""

    def __init__(self, ome: OmeMock) -> None:
        self._ome = ome
        self._before = self._now()

    def _now(self) -> tuple[int, int, int]:
        return len(self._ome._server.connections), threading.active_count(), len(os.listdir("/dev/fd"))

    def is_all_that_is_left(self) -> bool:
        """Whether nothing is left in a second that was not there before."""
        deadline = time.monotonic() + 10
        while any(now > before for now, before in zip(self._now(), self._before, strict=True)):
            if time.monotonic() > deadline:
                return False
            threading.Event().wait(0.01)
        return True
