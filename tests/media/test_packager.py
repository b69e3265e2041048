from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media.boxes import read_chunks, read_init_section

from ome_mock.media.cutting import CutRule, SampleTimes
from ome_mock.media.loop import LoopTrack, load_loop
from ome_mock.media.packager import Packager, SegmentCache, _Template
from ome_mock.media.timeline import Segment, Timeline

MS = 1_000_000
DAY_NS = 86_400_000 * MS
TEN_BYTES = _Template((), b"0123456789")


def video(segment_duration_ms: int = 6000, cache: SegmentCache | None = None, timescale: int = 1_000) -> Packager:
    track = load_loop().videos[0]
    times = SampleTimes(Fraction(64, 3), track.sample_duration_ms)
    return make_packager(track, times, CutRule(segment_duration_ms, 500), cache, timescale)


def transcoded(segment_duration_ms: int = 6000, cache: SegmentCache | None = None, timescale: int = 90_000) -> Packager:
    track = load_loop().videos[1]
    times = SampleTimes(Fraction(1, 2), track.sample_duration_ms)
    return make_packager(track, times, CutRule(segment_duration_ms, 500), cache, timescale)


def audio(segment_duration_ms: int = 6000, cache: SegmentCache | None = None, timescale: int = 1_000) -> Packager:
    track = load_loop().audio()
    return make_packager(track, SampleTimes(Fraction(0), track.sample_duration_ms), CutRule(segment_duration_ms, 491), cache, timescale)


def make_packager(track: LoopTrack, times: SampleTimes, rule: CutRule, cache: SegmentCache | None, timescale: int) -> Packager:
    timeline = Timeline(times, track.is_key, rule)
    return Packager(track, timeline, timescale, track.bitrate, SegmentCache() if cache is None else cache)


def joined_parts(packager: Packager, segment: Segment) -> bytes:
    return b"".join(packager.part(part) for part in segment.parts)


Make = Callable[..., Packager]
kinds_of_track = pytest.mark.parametrize(
    "make",
    [pytest.param(video, id="bypassed video"), pytest.param(transcoded, id="transcoded video"), pytest.param(audio, id="audio")],
)


@kinds_of_track
@pytest.mark.parametrize("segment_duration_ms", [2500, 6000, 7000])
def test_segment_is_its_parts_joined(make: Make, segment_duration_ms: int) -> None:
    packager = make(segment_duration_ms)

    for msn in range(20):
        segment = packager.timeline.segment(msn)
        assert packager.segment(segment) == joined_parts(packager, segment)


@kinds_of_track
@pytest.mark.parametrize("segment_duration_ms", [2500, 6000, 7000])
def test_segment_of_a_late_turn_is_patched_to_what_its_parts_are(make: Make, segment_duration_ms: int) -> None:
    packager = make(segment_duration_ms)
    for msn in range(40):
        packager.segment(packager.timeline.segment(msn))
    late = packager.timeline.completed(DAY_NS)

    for msn in range(late, late + 40):
        segment = packager.timeline.segment(msn)
        assert segment.shape in range(40)
        assert packager.segment(segment) == joined_parts(make(segment_duration_ms), segment)


@kinds_of_track
def test_late_segments_show_their_own_numbers_and_times(make: Make) -> None:
    packager = make()
    segment = packager.timeline.segment(packager.timeline.completed(DAY_NS))

    chunks = read_chunks(packager.segment(segment))

    assert chunks[0].sequence_number == segment.first_sequence_number
    assert chunks[0].decode_time == segment.dts_ms * packager.timescale // 1000
    assert [chunk.sequence_number for chunk in chunks] == [part.sequence_number for part in segment.parts]
    assert sum(sum(chunk.durations) for chunk in chunks) == segment.duration_ms * packager.timescale // 1000


def test_a_day_of_90_khz_does_not_fit_into_32_bits_and_is_written_all_the_same() -> None:
    packager = transcoded()

    chunks = read_chunks(packager.segment(packager.timeline.segment(14_400)))

    assert chunks[0].decode_time == 86_400 * 90_000 == 7_776_000_000


@kinds_of_track
@pytest.mark.parametrize("began_ns", [pytest.param(0, id="in the beginning"), pytest.param(DAY_NS, id="after a day")])
def test_open_segment_is_a_prefix_of_the_complete_one(make: Make, began_ns: int) -> None:
    packager = make()

    lengths = set()
    for now_ms in range(0, 12_000, 250):
        segment = packager.timeline.open_segment(began_ns + now_ms * MS)
        written = packager.segment(segment)
        assert packager.segment(packager.timeline.segment(segment.msn)).startswith(written)
        assert written == joined_parts(packager, segment)
        lengths.add(len(written))
    assert len(lengths) > 20


def test_open_segment_without_a_part_is_an_empty_file() -> None:
    packager = video()

    assert packager.segment(packager.timeline.open_segment(100 * MS)) == b""


@kinds_of_track
def test_samples_follow_each_other_and_begin_again_after_eight_seconds(make: Make) -> None:
    packager = make()
    loop = packager.track.samples

    segments = b"".join(packager.segment(packager.timeline.segment(msn)) for msn in range(4))
    samples = [sample for chunk in read_chunks(segments) for sample in chunk.samples]

    assert len(samples) > 2.9 * len(loop)
    assert samples == [loop[number % len(loop)] for number in range(len(samples))]


@pytest.mark.parametrize(
    ("make", "timescale"),
    [
        pytest.param(video, 1000, id="bypassed video keeps the input's milliseconds"),
        pytest.param(transcoded, 90_000, id="transcoded video has 90 kHz"),
        pytest.param(audio, 1000, id="bypassed audio keeps the input's milliseconds"),
    ],
)
def test_init_section_declares_the_ticks_that_segments_are_written_in(make: Make, timescale: int) -> None:
    packager = make()

    section = read_init_section(packager.init_section())

    assert section.timescale == timescale
    assert section.track.decoder_config == packager.track.decoder_config
    assert (section.track.width, section.track.height) == (packager.track.width, packager.track.height)
    assert (section.track.channels, section.track.sample_rate) == (packager.track.channels, packager.track.sample_rate)


def test_audio_declares_its_bitrate() -> None:
    assert read_init_section(audio().init_section()).bitrate == load_loop().audio().bitrate


def test_packagers_of_other_ticks_share_a_cache_without_sharing_bytes() -> None:
    cache = SegmentCache()
    milliseconds = video(cache=cache)
    ninety = Packager(milliseconds.track, milliseconds.timeline, 90_000, milliseconds.bitrate, cache)
    segment = milliseconds.timeline.segment(1)

    in_milliseconds, in_ninety = milliseconds.segment(segment), ninety.segment(segment)

    assert read_chunks(in_milliseconds)[0].decode_time * 90 == read_chunks(in_ninety)[0].decode_time
    assert in_ninety == joined_parts(ninety, segment)


def test_segment_asked_for_twice_is_made_once() -> None:
    packager = video()

    assert packager.segment(packager.timeline.segment(3)) is packager.segment(packager.timeline.segment(3))


def test_cache_drops_the_least_recently_used() -> None:
    cache = SegmentCache(limit=30)
    for name in "abc":
        cache.store(name, TEN_BYTES)
    cache.find("a")

    cache.store("d", TEN_BYTES)

    assert [name for name in "abcd" if cache.find(name)] == ["a", "c", "d"]


def test_cache_counts_a_replaced_entry_once() -> None:
    cache = SegmentCache(limit=30)
    for _ in range(10):
        cache.store("a", TEN_BYTES)
    cache.store("b", _Template((), b"01234567890123456789"))

    assert cache.find("a") == TEN_BYTES
    assert cache.find("b") == _Template((), b"01234567890123456789")


def test_cache_keeps_one_entry_that_is_larger_than_its_limit() -> None:
    cache = SegmentCache(limit=5)

    cache.store("small", _Template((), b"0123"))
    cache.store("large", TEN_BYTES)

    assert cache.find("small") is None
    assert cache.find("large") == TEN_BYTES


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.binary(min_size=1, max_size=20))))
def test_cache_stays_within_its_limit(entries: list[tuple[int, bytes]]) -> None:
    cache = SegmentCache(limit=40)

    for key, data in entries:
        value = _Template((), data)
        cache.store(key, value)
        assert cache.find(key) == value
        kept = [cache.find(each) or () for each in range(10)]
        assert sum(map(len, kept)) <= 40


def test_segments_of_a_long_dump_stay_within_the_limit() -> None:
    cache = SegmentCache(limit=200_000)
    packager = video(cache=cache)

    for msn in range(100):
        segment = packager.timeline.segment(msn)
        assert packager.segment(segment) == joined_parts(packager, segment)

    assert sum(map(len, cache._entries.values())) <= 200_000
