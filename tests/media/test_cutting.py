from fractions import Fraction
from itertools import islice, pairwise

import pytest

from ome_mock.media.cutting import Cut, CutRule, SampleTimes, cut, part_target_ms

KEY_EVERY_TEN = (True,) + (False,) * 9


def cuts(count: int, duration_ms: int, is_key: tuple[bool, ...], rule: CutRule) -> list[Cut]:
    return list(islice(cut(SampleTimes(Fraction(0), Fraction(duration_ms)), is_key, rule), count))


@pytest.mark.parametrize(
    ("chunk_duration_ms", "sample_duration_ms", "target_ms"),
    [
        pytest.param(500, Fraction(1000, 30), 500, id="30 fps: 15 samples"),
        pytest.param(500, Fraction(1024_000, 48_000), 491, id="48 kHz AAC: 23 samples of 1024"),
        pytest.param(500, Fraction(1024_000, 44_100), 511, id="44.1 kHz AAC: 22 samples of 1024"),
        pytest.param(500, Fraction(1000, 15), 467, id="15 fps: 7 samples, as the half of 7.5 is rounded down"),
        pytest.param(500, Fraction(1000, 25), 480, id="25 fps: 12 samples, as the half of 12.5 is rounded down"),
        pytest.param(10, Fraction(1000, 30), 33, id="shorter than a sample: one sample"),
        pytest.param(1000, Fraction(1001, 30), 1001, id="29.97 fps: 30 samples"),
    ],
)
def test_part_target_is_the_chunk_duration_in_whole_samples(chunk_duration_ms: int, sample_duration_ms: Fraction, target_ms: int) -> None:
    assert part_target_ms(chunk_duration_ms, sample_duration_ms) == target_ms


@pytest.mark.parametrize(
    ("offset_ms", "duration_ms", "dts_ms"),
    [
        pytest.param(Fraction(0), Fraction(1000, 30), [0, 33, 66, 100, 133], id="30 fps: thirds are cut off"),
        pytest.param(Fraction(64, 3), Fraction(1000, 30), [21, 54, 88, 121, 154], id="30 fps after an encoder's priming"),
        pytest.param(Fraction(0), Fraction(64, 3), [0, 21, 42, 64, 85], id="48 kHz AAC"),
        pytest.param(Fraction(1, 2), Fraction(1000, 15), [0, 67, 133, 200, 267], id="15 fps, rounded: half a millisecond ahead"),
    ],
)
def test_sample_times_are_whole_milliseconds(offset_ms: Fraction, duration_ms: Fraction, dts_ms: list[int]) -> None:
    times = SampleTimes(offset_ms, duration_ms)

    assert [times.dts_ms(sample) for sample in range(5)] == dts_ms


def test_sample_times_do_not_drift_in_a_year() -> None:
    a_year_of_frames = 365 * 86_400 * 30

    assert SampleTimes(Fraction(64, 3), Fraction(1000, 30)).dts_ms(a_year_of_frames) == 365 * 86_400_000 + 21


def test_segment_ends_at_the_key_frame_that_reaches_its_target() -> None:
    rule = CutRule(segment_duration_ms=1000, part_target_ms=500)

    assert cuts(2, 100, KEY_EVERY_TEN, rule) == [Cut(0, (5, 5), 1000), Cut(10, (5, 5), 1000)]


def test_segment_may_be_one_part_shorter_than_its_target() -> None:
    rule = CutRule(segment_duration_ms=300, part_target_ms=500)

    assert cuts(2, 100, (True,), rule) == [Cut(0, (3,), 300), Cut(3, (3,), 300)]


def test_segment_waits_for_a_key_frame_and_the_next_one_makes_up_for_it() -> None:
    rule = CutRule(segment_duration_ms=1500, part_target_ms=500)

    assert cuts(3, 100, KEY_EVERY_TEN, rule) == [Cut(0, (5, 5, 5, 5), 1000), Cut(20, (5, 5), 1500), Cut(30, (5, 5, 5, 5), 1000)]


def test_segment_without_a_key_frame_ends_beyond_twice_its_duration() -> None:
    rule = CutRule(segment_duration_ms=1000, part_target_ms=500)
    only_the_first = (True,) + (False,) * 99

    assert cuts(2, 100, only_the_first, rule) == [Cut(0, (5, 5, 5, 5, 5), -500), Cut(25, (5, 5, 5, 5, 5), -2000)]


def test_segment_of_exactly_twice_its_duration_goes_on() -> None:
    rule = CutRule(segment_duration_ms=1000, part_target_ms=400)
    only_the_first = (True,) + (False,) * 99

    assert cuts(1, 100, only_the_first, rule) == [Cut(0, (4, 4, 4, 4, 4, 4), -400)]


def test_last_part_of_a_segment_is_as_short_as_its_key_frame_makes_it() -> None:
    rule = CutRule(segment_duration_ms=1000, part_target_ms=300)

    assert cuts(1, 100, KEY_EVERY_TEN, rule) == [Cut(0, (3, 3, 3, 1), 1000)]


@pytest.mark.parametrize(
    ("sample_ms", "samples"),
    [
        pytest.param(250, 4, id="four quarters fill it"),
        pytest.param(300, 3, id="at 90 % a sample that would overfill it is left to the next part"),
        pytest.param(425, 2, id="85 % are enough for that"),
        pytest.param(424, 3, id="less than 85 % take one sample more"),
        pytest.param(1200, 1, id="a sample longer than the target is a part"),
    ],
)
def test_part_of_a_second_holds_whole_samples(sample_ms: int, samples: int) -> None:
    rule = CutRule(segment_duration_ms=60_000, part_target_ms=1000)

    (segment,) = cuts(1, sample_ms, (True,), rule)

    assert segment.part_sizes[0] == samples


def test_audio_segments_alternate_around_their_duration() -> None:
    """The engine's 6 s audio segments last 6.016, 5.994 and 5.995 s (playlists.md#worked-example)."""
    times = SampleTimes(Fraction(0), Fraction(64, 3))
    segments = list(islice(cut(times, (True,), CutRule(6000, 491)), 4))

    starts = [times.dts_ms(segment.first_sample) for segment in segments]

    assert [end - start for start, end in pairwise(starts)] == [6016, 5994, 5995]
    assert {segment.part_sizes[:12] for segment in segments} == {(23,) * 12}
    assert [segment.part_sizes[12:] for segment in segments] == [(6,), (5,), (5,), (5,)]
