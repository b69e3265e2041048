"""The hostile clients of `tests/ingest`, twenty thousand of them."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
from ingest.hostile_clients import meet

THOUSAND = 1000


@pytest.mark.parametrize("thousand", range(20))
def test_hostile_clients_are_survived(thousand: int) -> None:
    for number in range(thousand * THOUSAND, (thousand + 1) * THOUSAND):
        meet(number)


def test_nothing_is_left_of_hostile_clients() -> None:
    for number in range(50):
        meet(number)
    tracemalloc.start()
    for number in range(50, 350):
        meet(number)
    gc.collect()
    left, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert left < 200_000
