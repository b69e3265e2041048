"""Segments that end at markers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.media.cutting import CutRule, SampleTimes
from ome_mock.media.marked import After, MarkedTimeline, Marker
from ome_mock.media.timeline import Timeline

PICTURES = Timeline(SampleTimes(Fraction(0), Fraction(100, 3)), [True, *[False] * 29], CutRule(2_000, 500))
SOUNDS = Timeline(SampleTimes(Fraction(0), Fraction(64, 3)), [True], CutRule(2_000, 491))


def lengths(timeline: MarkedTimeline, count: int) -> list[int]:
    return [timeline.segment(msn).duration_ms for msn in range(count)]


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        pytest.param(Marker(2_500, anywhere=True), [2_000, 500, 1_500, 2_000], id="with any picture, and on to the usual end"),
        pytest.param(Marker(2_500), [2_000, 1_000, 1_000, 2_000], id="with the next key frame"),
        pytest.param(Marker(3_500), [2_000, 2_000, 1_000, 1_000], id="with one that ends a segment anyway, which doesn't count"),
        pytest.param(Marker(2_500, after=After.ANEW), [2_000, 1_000, 2_000, 2_000], id="anew"),
        pytest.param(Marker(3_500, after=After.ANEW), [2_000, 2_000, 2_000, 2_000], id="anew, at a usual end"),
        pytest.param(Marker(2_500, after=After.ENDLESS), [2_000, 1_000, 4_500, 500, 1_000, 1_000], id="endless"),
    ],
)
def test_pictures_are_cut(marker: Marker, expected: list[int]) -> None:
    assert lengths(MarkedTimeline(PICTURES, [marker], is_video=True), len(expected)) == expected


def test_two_markers_at_one_instant_cut_sounds_twice() -> None:
    markers = [Marker(2_500, anywhere=True), Marker(2_500, after=After.COUNTED)]

    assert lengths(MarkedTimeline(SOUNDS, markers, is_video=False), 4) == [2_005, 512, 21, 3_478]


@given(st.lists(st.tuples(st.integers(1, 20_000), st.booleans(), st.sampled_from(After)), max_size=6), st.booleans())
def test_no_sample_is_lost_and_none_comes_twice(drawn: list[tuple[int, bool, After]], is_video: bool) -> None:
    timeline = MarkedTimeline(
        PICTURES if is_video else SOUNDS, [Marker(*each) for each in sorted(drawn, key=lambda one: one[0])], is_video=is_video
    )
    sample, part = 0, 1
    for msn in range(12):
        segment = timeline.segment(msn)
        assert (segment.msn, segment.first_sample, segment.first_sequence_number) == (msn, sample, part)
        assert segment.part_sizes
        assert timeline.completed(segment.complete_ns) == msn + 1
        assert timeline.completed(segment.complete_ns - 1) == msn
        sample, part = sample + sum(segment.part_sizes), part + len(segment.part_sizes)
