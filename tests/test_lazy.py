"""Values that are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from ome_mock.lazy import Lazy


def test_value_is_made_when_it_is_asked_for_and_once() -> None:
    made: list[str] = []

    def make() -> list[str]:
        made.append("value")
        return made

    once = Lazy(make)
    assert made == []
    assert once() is once() is made
    assert made == ["value"]


def test_threads_that_ask_at_once_get_the_same() -> None:
    once, barrier = Lazy(object), Barrier(8)

    def ask(_: object) -> object:
        barrier.wait(5)
        return once()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_what_could_not_be_made_is_tried_again() -> None:
    outcomes: Iterator[Exception | str] = iter([ValueError("not yet"), "value"])

    def make() -> str:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    once = Lazy(make)
    with pytest.raises(ValueError, match="not yet"):
        once()
    assert once() == "value"
