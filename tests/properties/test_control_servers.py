"""A few encoders come and go while a control server calls the API back: nothing hangs, and nothing is lost. Many do in `tests/slow`."""

from __future__ import annotations

from callbacks.coming_and_going import assert_nothing_is_lost
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**32), refused=st.sets(st.integers(0, 5), max_size=3))
def test_nothing_hangs_and_nothing_is_lost(seed: int, refused: set[int]) -> None:
    assert_nothing_is_lost(seed, refused, encoders=6, control_threads=3)
