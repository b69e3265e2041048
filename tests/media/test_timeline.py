from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate, islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media.recorded import SEGMENTS, RecordedSegment

from ome_mock.media.cutting import CutRule, SampleTimes, cut
from ome_mock.media.timeline import Timeline

MS = 1_000_000
YEAR_NS = 365 * 86_400 * 1000 * MS

PRIMED, UNPRIMED, TRANSCODED = Fraction(64, 3), Fraction(0), Fraction(1, 2)
FRAME_AT_30_FPS, FRAME_AT_15_FPS, AAC_FRAME = Fraction(1000, 30), Fraction(1000, 15), Fraction(64, 3)
KEY_EVERY_30 = (True,) + (False,) * 29
KEY_EVERY_15 = (True,) + (False,) * 14
ALL_KEYS = (True,) * 375

RECORDED_TRACKS = {
    ("abr-two-playlists", 0): (SampleTimes(PRIMED, FRAME_AT_30_FPS), KEY_EVERY_30, CutRule(10_000, 500), 1),
    ("abr-two-playlists", 1): (SampleTimes(TRANSCODED, FRAME_AT_15_FPS), KEY_EVERY_15, CutRule(10_000, 467), 90),
    ("abr-two-playlists", 2): (SampleTimes(UNPRIMED, AAC_FRAME), ALL_KEYS, CutRule(10_000, 491), 1),
    ("audio-only", 0): (SampleTimes(UNPRIMED, AAC_FRAME), ALL_KEYS, CutRule(2000, 491), 1),
    ("started-before-the-playlist-is-ready", 0): (SampleTimes(PRIMED, FRAME_AT_30_FPS), KEY_EVERY_30, CutRule(2000, 500), 1),
    ("started-before-the-playlist-is-ready", 1): (SampleTimes(UNPRIMED, AAC_FRAME), ALL_KEYS, CutRule(2000, 491), 1),
}
"""Sample times, key frames, rule and ticks per millisecond of each recorded track."""


def video(segment_duration_ms: int = 6000, latency_ns: int = 0, offset_ms: Fraction = PRIMED) -> Timeline:
    is_key = KEY_EVERY_30 * 8
    return Timeline(SampleTimes(offset_ms, FRAME_AT_30_FPS), is_key, CutRule(segment_duration_ms, 500), latency_ns)


def transcoded(segment_duration_ms: int = 6000) -> Timeline:
    return video(segment_duration_ms, latency_ns=333 * MS, offset_ms=TRANSCODED)


def audio(segment_duration_ms: int = 6000) -> Timeline:
    return Timeline(SampleTimes(UNPRIMED, AAC_FRAME), ALL_KEYS, CutRule(segment_duration_ms, 491))


Make = Callable[..., Timeline]
kinds_of_track = pytest.mark.parametrize(
    "make",
    [pytest.param(video, id="bypassed video"), pytest.param(transcoded, id="transcoded video"), pytest.param(audio, id="audio")],
)
segment_durations = pytest.mark.parametrize(
    "segment_duration_ms",
    [
        pytest.param(2500, id="2.5 s"),
        pytest.param(4000, id="4 s"),
        pytest.param(6000, id="6 s"),
        pytest.param(7000, id="7 s"),
        pytest.param(10_000, id="10 s"),
    ],
)


def test_sixteen_segments_are_recorded() -> None:
    assert len(SEGMENTS) == 16


@pytest.mark.parametrize("recorded", SEGMENTS, ids=str)
def test_timeline_numbers_and_times_parts_as_the_engine_did(recorded: RecordedSegment) -> None:
    times, is_key, rule, ticks_per_ms = RECORDED_TRACKS[recorded.story, recorded.track_id]
    segment = Timeline(times, is_key, rule).segment(recorded.msn)

    cut_here = []
    for part in segment.parts:
        ticks = [times.dts_ms(part.first_sample + n) * ticks_per_ms for n in range(part.sample_count + 1)]
        durations = tuple(end - start for start, end in pairwise(ticks))
        keys = tuple(is_key[(part.first_sample + n) % len(is_key)] for n in range(part.sample_count))
        cut_here.append((part.sequence_number, ticks[0], durations, keys if recorded.kind == "video" else None))

    assert cut_here == [(chunk.sequence_number, chunk.decode_time, chunk.durations, chunk.keys) for chunk in recorded.chunks()]


@kinds_of_track
def test_first_segment_begins_with_sample_0_and_part_1(make: Make) -> None:
    first = make().segment(0)

    assert (first.msn, first.first_sample, first.first_sequence_number) == (0, 0, 1)


@pytest.mark.parametrize(
    ("make", "complete_ns"),
    [
        pytest.param(video, 6021 * MS, id="bypassed video: when the next key frame arrives"),
        pytest.param(transcoded, 6333 * MS, id="transcoded video: 333 ms later than its time"),
        pytest.param(audio, 6016 * MS, id="audio"),
    ],
)
def test_segment_is_complete_when_the_sample_after_it_arrives(make: Make, complete_ns: int) -> None:
    timeline = make()

    assert timeline.segment(0).complete_ns == complete_ns
    assert timeline.completed(complete_ns - 1) == 0
    assert timeline.completed(complete_ns) == 1


@pytest.mark.parametrize("now_ns", [pytest.param(0, id="at publishing"), pytest.param(-1, id="before it")])
def test_nothing_is_complete_in_the_beginning(now_ns: int) -> None:
    timeline = video()

    assert timeline.completed(now_ns) == 0
    assert timeline.open_segment(now_ns).part_sizes == ()


@kinds_of_track
@segment_durations
@pytest.mark.parametrize(
    "now_ns",
    [
        pytest.param(45_678 * MS + 1, id="after a minute"),
        pytest.param(86_400_000 * MS, id="after a day"),
        pytest.param(YEAR_NS + 123_456_789, id="after a year"),
        pytest.param(100 * YEAR_NS, id="after a century"),
    ],
)
def test_completed_and_segment_agree(make: Make, segment_duration_ms: int, now_ns: int) -> None:
    timeline = make(segment_duration_ms)

    completed = timeline.completed(now_ns)

    assert timeline.segment(completed - 1).complete_ns <= now_ns < timeline.segment(completed).complete_ns


@kinds_of_track
@segment_durations
def test_segment_is_completed_at_its_instant_and_not_before(make: Make, segment_duration_ms: int) -> None:
    timeline = make(segment_duration_ms)
    a_year_on = timeline.completed(YEAR_NS)

    for msn in [*range(40), *range(a_year_on, a_year_on + 40)]:
        complete_ns = timeline.segment(msn).complete_ns
        assert (timeline.completed(complete_ns - 1), timeline.completed(complete_ns)) == (msn, msn + 1)


def test_year_holds_as_many_segments_as_it_has_times_six_seconds() -> None:
    a_year_of_segments = 365 * 86_400 // 6

    assert video().completed(YEAR_NS + 21 * MS) == a_year_of_segments
    assert audio().segment(a_year_of_segments).dts_ms // 1000 == 365 * 86_400


@kinds_of_track
@segment_durations
def test_segments_follow_each_other_without_a_gap_for_ever(make: Make, segment_duration_ms: int) -> None:
    timeline = make(segment_duration_ms)
    a_year_on = timeline.completed(YEAR_NS)

    for msn in [*range(150), *range(a_year_on, a_year_on + 150)]:
        segment, following = timeline.segment(msn), timeline.segment(msn + 1)
        assert following.first_sample == segment.first_sample + sum(segment.part_sizes)
        assert following.first_sequence_number == segment.first_sequence_number + len(segment.part_sizes)
        assert following.dts_ms == segment.dts_ms + segment.duration_ms


@kinds_of_track
@segment_durations
def test_segments_never_drift_from_multiples_of_the_duration(make: Make, segment_duration_ms: int) -> None:
    """A segment starts at most one key frame interval after its multiple: drift is made up for (media.md#cutting)."""
    timeline = make(segment_duration_ms)
    a_year_on = timeline.completed(YEAR_NS)

    for msn in [*range(50), *range(a_year_on, a_year_on + 50)]:
        late_ms = timeline.segment(msn).dts_ms - timeline.times.dts_ms(0) - msn * segment_duration_ms
        assert 0 <= late_ms < 1000


@pytest.mark.parametrize(
    ("segment_duration_ms", "durations_ms"),
    [
        pytest.param(2500, [3000, 2000, 3000, 2000, 3000, 2000], id="2.5 s: three key frame intervals, then two"),
        pytest.param(4000, [4000, 4000, 4000, 4000, 4000, 4000], id="4 s"),
        pytest.param(6000, [6000, 6000, 6000, 6000, 6000, 6000], id="6 s, while the loop is 8 s"),
        pytest.param(7000, [7000, 7000, 7000, 7000, 7000, 7000], id="7 s, while the loop is 8 s"),
    ],
)
def test_video_segments_last_whole_key_frame_intervals(segment_duration_ms: int, durations_ms: list[int]) -> None:
    timeline = video(segment_duration_ms)

    assert [timeline.segment(msn).duration_ms for msn in range(6)] == durations_ms


@kinds_of_track
def test_parts_count_on_through_segments(make: Make) -> None:
    timeline = make()

    numbers = [part.sequence_number for msn in range(30) for part in timeline.segment(msn).parts]

    assert numbers == list(range(1, len(numbers) + 1))


@kinds_of_track
@segment_durations
def test_open_segment_grows_part_by_part(make: Make, segment_duration_ms: int) -> None:
    timeline = make(segment_duration_ms)
    before = timeline.open_segment(0)

    for now_ms in range(0, 40_000, 70):
        now = timeline.open_segment(now_ms * MS)
        whole = timeline.segment(now.msn)
        assert (now.msn, len(now.part_sizes)) >= (before.msn, len(before.part_sizes))
        assert now.msn == timeline.completed(now_ms * MS)
        assert list(now.parts) == list(whole.parts)[: len(now.part_sizes)]
        assert len(now.part_sizes) < len(whole.part_sizes)
        assert now.duration_ms <= whole.duration_ms
        before = now


@pytest.mark.parametrize(
    ("now_ms", "parts"),
    [
        pytest.param(6021, 0, id="just begun"),
        pytest.param(6520, 0, id="a moment before its first part is complete"),
        pytest.param(6521, 1, id="first part complete"),
        pytest.param(12_020, 11, id="a moment before it is complete"),
    ],
)
def test_open_segment_has_the_parts_that_are_complete(now_ms: int, parts: int) -> None:
    segment = video().open_segment(now_ms * MS)

    assert (segment.msn, segment.part_sizes) == (1, (15,) * parts)


@st.composite
def cut_tracks(draw: st.DrawFn) -> tuple[SampleTimes, tuple[bool, ...], CutRule, int]:
    """Tracks whose samples repeat after whole milliseconds, as those of every loop do."""
    duration_ms, samples = draw(
        st.sampled_from(
            [(Fraction(1000, 30), 3), (Fraction(64, 3), 3), (Fraction(1000, 15), 3), (Fraction(1001, 30), 30), (Fraction(20), 1)]
        )
    )
    period = samples * draw(st.integers(1, 40))
    key_interval = draw(st.integers(1, period))
    is_key = tuple(sample % key_interval == 0 for sample in range(period))
    offset_ms = draw(st.sampled_from([UNPRIMED, PRIMED, TRANSCODED]))
    part_ms = draw(st.integers(20, 1100))
    rule = CutRule(draw(st.integers(part_ms, 10_000)), part_ms)
    return SampleTimes(offset_ms, duration_ms), is_key, rule, draw(st.sampled_from([0, 333 * MS]))


@settings(max_examples=100, deadline=None)
@given(cut_tracks(), st.integers(0, 119))
def test_arithmetic_after_the_repetition_equals_plain_cutting(
    track: tuple[SampleTimes, tuple[bool, ...], CutRule, int], asked_first: int
) -> None:
    times, is_key, rule, latency_ns = track
    timeline = Timeline(*track)
    timeline.segment(asked_first)

    plain = list(islice(cut(times, is_key, rule), 120))

    numbers = accumulate((len(each.part_sizes) for each in plain), initial=1)
    for msn, (each, number) in enumerate(zip(plain, numbers, strict=False)):
        segment = timeline.segment(msn)
        end = each.first_sample + sum(each.part_sizes)
        assert (segment.first_sample, segment.part_sizes, segment.first_sequence_number) == (each.first_sample, each.part_sizes, number)
        assert (segment.dts_ms, segment.duration_ms) == (times.dts_ms(each.first_sample), times.dts_ms(end) - segment.dts_ms)
        assert segment.complete_ns == times.dts_ms(end) * MS + latency_ns
        assert timeline.completed(segment.complete_ns) == msn + 1


@settings(max_examples=100, deadline=None)
@given(cut_tracks(), st.lists(st.integers(0, 300_000 * MS), min_size=2, max_size=8))
def test_what_is_complete_does_not_depend_on_what_was_asked_before(
    track: tuple[SampleTimes, tuple[bool, ...], CutRule, int], instants_ns: list[int]
) -> None:
    asked = Timeline(*track)
    answers = [(asked.completed(now_ns), asked.open_segment(now_ns)) for now_ns in instants_ns]

    assert answers[-1] == (Timeline(*track).completed(instants_ns[-1]), Timeline(*track).open_segment(instants_ns[-1]))
    assert sorted(answer[0] for answer in answers) == [asked.completed(now_ns) for now_ns in sorted(instants_ns)]


@pytest.mark.parametrize(
    ("times", "is_key", "rule"),
    [
        pytest.param(SampleTimes(UNPRIMED, Fraction(10_240, 441)), ALL_KEYS, CutRule(2000, 511), id="durations that are no whole turn"),
        pytest.param(
            SampleTimes(UNPRIMED, FRAME_AT_30_FPS), KEY_EVERY_30 * 8, CutRule(700, 500), id="key frames farther apart than segments"
        ),
        pytest.param(SampleTimes(UNPRIMED, Fraction(1001, 30)), KEY_EVERY_30 * 8, CutRule(6000, 501), id="29.97 frames a second"),
    ],
)
def test_cuts_that_repeat_are_the_cuts_that_were_worked_out(times: SampleTimes, is_key: tuple[bool, ...], rule: CutRule) -> None:
    timeline = Timeline(times, is_key, rule)
    timeline.completed(30 * 86_400 * 1_000_000_000)  # a month later, all is arithmetic

    for msn, expected in enumerate(islice(cut(times, is_key, rule), 2500)):
        segment = timeline.segment(msn)
        assert (segment.first_sample, segment.part_sizes, segment.dts_ms) == (
            expected.first_sample,
            expected.part_sizes,
            times.dts_ms(expected.first_sample),
        )
