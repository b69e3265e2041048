"""Encoders that send nothing for a while."""

from __future__ import annotations

import pytest
from engine.scenes import MS, PUBLISHED_NS, SECOND, TWO_TRACKS_TWO_SECONDS, Scene, at
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.engine.pace import Pace

seconds = st.integers(0, 1000).map(lambda s: s * SECOND)
stalls = st.lists(st.tuples(seconds, seconds), max_size=4)


def paced(rows: list[tuple[int, int]]) -> Pace:
    pace = Pace(PUBLISHED_NS)
    for at_ns, duration_ns in sorted(rows):
        pace.stall(PUBLISHED_NS + at_ns, duration_ns)
    return pace


@given(stalls, seconds)
def test_what_is_sent_at_an_instant_was_sent_by_then(rows: list[tuple[int, int]], media_ns: int) -> None:
    pace = paced(rows)
    assert pace.media_ns(pace.instant_ns(media_ns)) == media_ns


@given(stalls, seconds, seconds)
def test_stream_time_never_runs_back_nor_faster_than_the_clock(rows: list[tuple[int, int]], elapsed_ns: int, later_ns: int) -> None:
    pace = paced(rows)
    before, after = pace.media_ns(PUBLISHED_NS + elapsed_ns), pace.media_ns(PUBLISHED_NS + elapsed_ns + later_ns)
    assert 0 <= after - before <= later_ns


@pytest.mark.parametrize(("at_s", "media_s"), [(0, 0), (10, 10), (12, 10), (15, 10), (16, 11), (25, 20)])
def test_stream_time_stands_still(at_s: int, media_s: int) -> None:
    assert paced([(10 * SECOND, 5 * SECOND)]).media_ns(PUBLISHED_NS + at_s * SECOND) == media_s * SECOND


def test_what_is_sent_when_a_stall_begins_is_not_delayed() -> None:
    pace = paced([(10 * SECOND, 5 * SECOND)])
    assert [pace.instant_ns(10 * SECOND + later_ns) - PUBLISHED_NS for later_ns in (0, 1)] == [10 * SECOND, 15 * SECOND + 1]


def test_stall_within_a_stall_makes_it_longer() -> None:
    assert paced([(10 * SECOND, 5 * SECOND), (12 * SECOND, 5 * SECOND)]).media_ns(PUBLISHED_NS + 21 * SECOND) == 11 * SECOND


def test_dump_writes_nothing_meanwhile_and_goes_on_afterwards() -> None:
    scene = Scene(TWO_TRACKS_TWO_SECONDS)
    scene.start("d1", 5_000)
    scene.advance(7_000)
    before = len(scene.writers["d1"].writes)
    scene.engine.sending.stall(scene.stream, at(7_000), 20 * SECOND)
    scene.advance(26_900)
    assert len(scene.writers["d1"].writes) == before
    scene.advance(29_000)
    new = scene.writers["d1"].writes[before:]
    assert [(write.due_ns - PUBLISHED_NS) // MS for write in new] == [28_000, 28_000, 28_021, 28_021]


def test_dump_goes_on_after_a_pause_whose_end_was_not_known() -> None:
    scene = Scene(TWO_TRACKS_TWO_SECONDS)
    scene.start("d1", 5_000)
    scene.advance(7_000)
    before = len(scene.writers["d1"].writes)
    scene.engine.sending.hold(scene.stream, at(7_000))
    scene.advance(27_000)
    assert len(scene.writers["d1"].writes) == before
    scene.engine.sending.go_on(scene.stream, at(27_000))
    scene.advance(29_000)
    new = scene.writers["d1"].writes[before:]
    assert [(write.due_ns - PUBLISHED_NS) // MS for write in new] == [28_000, 28_000, 28_021, 28_021]


def test_bytes_that_were_written_are_those_of_a_stream_that_did_not_stall() -> None:
    names = []
    for stall_s in (0, 20):
        scene = Scene(TWO_TRACKS_TWO_SECONDS)
        scene.start("d1", 5_000)
        if stall_s:
            scene.engine.sending.stall(scene.stream, at(7_000), stall_s * SECOND)
        scene.advance(15_000 + stall_s * 1000)
        names.append(scene.writers["d1"].names)
    assert names[0] == names[1]
