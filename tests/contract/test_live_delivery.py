"""What the recorded LL-HLS publisher served, and what the emulator serves."""

from __future__ import annotations

import pytest
from contract.live_delivery import Replay, exchange_names


@pytest.fixture(scope="module")
def differences() -> list[list[str]]:
    return list(Replay("engine-0.21").differences())


@pytest.mark.parametrize("number", [pytest.param(number, id=name) for number, name in enumerate(exchange_names())])
def test_answer_is_the_recorded_one(number: int, differences: list[list[str]]) -> None:
    assert differences[number] == []
