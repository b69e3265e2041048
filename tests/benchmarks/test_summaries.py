from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.summaries import percentile


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        pytest.param([7], 0.99, 7, id="one value is every percentile"),
        pytest.param([3, 1, 2], 0.5, 2, id="the order doesn't matter"),
        pytest.param([1, 2, 3, 4], 0.5, 2, id="half of them don't exceed it"),
        pytest.param(list(range(1, 101)), 0.99, 99, id="one of a hundred is above"),
        pytest.param(list(range(1, 51)), 0.99, 50, id="of fifty it is the largest"),
        pytest.param([1, 2, 3], 1, 3, id="all of them"),
        pytest.param([1, 2, 3], 0, 1, id="none of them"),
    ],
)
def test_percentile(values: list[int], share: float, expected: int) -> None:
    assert percentile(values, share) == expected


def test_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.99)


@given(st.lists(st.integers(), min_size=1), st.floats(0, 1))
def test_percentile_is_one_of_the_values_and_not_exceeded_by_its_share(values: list[int], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * share - 1e-6
