from __future__ import annotations

import pytest

from benchmarks.catalogue import BENCHMARKS, find_names

OF_THE_BUDGETS = ["start", "memory", "fixture", "requests", "held", "crowd", "clocked", "day"]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_benchmark_says_what_it_measures(name: str) -> None:
    assert BENCHMARKS[name].__doc__


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        pytest.param([], OF_THE_BUDGETS, id="none means those of the budgets"),
        pytest.param(["held", "day"], ["held", "day"], id="in the order in which they are named"),
        pytest.param(["growth"], ["week", "footprint", "rewriting", "hour"], id="a name for several"),
        pytest.param(["week", "growth"], ["week", "footprint", "rewriting", "hour"], id="each once"),
    ],
)
def test_benchmarks_are_found_by_name(asked: list[str], found: list[str]) -> None:
    assert find_names(asked) == found


def test_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        find_names(["day", "nowhere"])
