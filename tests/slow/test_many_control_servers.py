"""Fifty encoders come and go in eight threads, and a control server of sixteen calls the API back: nothing hangs or is lost."""

from __future__ import annotations

from callbacks.coming_and_going import assert_nothing_is_lost
from hypothesis import given, settings
from hypothesis import strategies as st

ENCODERS = 50


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), refused=st.sets(st.integers(0, ENCODERS - 1), max_size=10))
def test_nothing_hangs_and_nothing_is_lost(seed: int, refused: set[int]) -> None:
    assert_nothing_is_lost(seed, refused, encoders=ENCODERS, control_threads=16)
