"""Timelines that are cut short: no sample is lost or doubled, and time goes on."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ome_mock.media.cutting import CutRule, SampleTimes
from ome_mock.media.interrupted import InterruptedTimeline
from ome_mock.media.timeline import Timeline

RULE = CutRule(6_000, 500)
TIMES = SampleTimes(Fraction(43, 2), Fraction(100, 3))
PLAIN = Timeline(TIMES, (True, *[False] * 29), RULE)
NS_PER_MS = 1_000_000


def test_segment_that_is_open_ends_with_the_change_and_the_next_one_has_its_full_length() -> None:
    """Recorded: scheduled/playlists of a channel of files of two sizes, where each segment ends with the file."""
    changed = InterruptedTimeline(PLAIN, [300])
    assert [(each.first_sample, each.duration_ms) for each in map(changed.segment, range(4))] == [
        (0, 6_000),
        (180, 4_000),
        (300, 6_000),
        (480, 6_000),
    ]
    assert changed.segment(1).part_sizes == (15,) * 8
    assert [changed.changes_before(msn) for msn in range(4)] == [0, 0, 1, 1]
    assert (changed.completed(10_021 * NS_PER_MS - 1), changed.completed(10_021 * NS_PER_MS)) == (1, 2)
    assert changed.part_complete_ns(1, 8) == changed.part_complete_ns(2, 0)


def test_change_at_the_end_of_a_segment_cuts_nothing() -> None:
    changed = InterruptedTimeline(PLAIN, [180])
    assert [changed.segment(msn).first_sample for msn in range(3)] == [PLAIN.segment(msn).first_sample for msn in range(3)]
    assert [changed.changes_before(msn) for msn in range(3)] == [0, 1, 1]


@given(st.lists(st.integers(0, 900), max_size=4).map(sorted), st.integers(0, 60_000))
def test_samples_and_parts_follow_each_other(changes: list[int], now_ms: int) -> None:
    changed = InterruptedTimeline(PLAIN, changes)
    segments = [changed.segment(msn) for msn in range(12)]
    for before, after in pairwise(segments):
        assert before.part_sizes
        assert after.first_sample == before.first_sample + sum(before.part_sizes)
        assert after.first_sequence_number == before.first_sequence_number + len(before.part_sizes)
        assert after.dts_ms == before.dts_ms + before.duration_ms
        assert after.complete_ns > before.complete_ns
    assert {0, *changes} <= {segment.first_sample for segment in segments} | set(range(segments[-1].first_sample, 10_000))
    now_ns = now_ms * NS_PER_MS
    completed = changed.completed(now_ns)
    assert changed.segment(completed).complete_ns > now_ns
    assert completed == 0 or changed.segment(completed - 1).complete_ns <= now_ns
    part_sizes = changed.open_segment(now_ns).part_sizes
    assert part_sizes == changed.segment(completed).part_sizes[: len(part_sizes)]
