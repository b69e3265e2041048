"""Laws of live chunklists at any instant, in worlds of many kinds; the lists are read by the library m3u8, an independent reader."""

import re
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

import m3u8
import pytest
from engine.scenes import BYPASS_VIDEO, LOW_VIDEO, MS, PUBLISHED_NS, Scene, profile, world_of
from hypothesis import given, settings
from hypothesis import strategies as st
from m3u8.model import M3U8, Segment

from ome_mock.dialect import DOCS, ENGINE_0_21, Dialect
from ome_mock.engine.input_tracks import AudioInput, InputTracks, VideoInput
from ome_mock.hls.delivery_directives import DeliveryDirectives
from ome_mock.hls.file_names import parse_file_name
from ome_mock.live.live_streams import LiveStreams, Viewing
from ome_mock.settings import LlhlsPublisher

PUBLISHER_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "segment_duration_ms": st.sampled_from([1000, 1400, 2000, 2500, 4000, 6000, 10_000]),
    "chunk_duration_ms": st.sampled_from([50, 100, 200, 333, 500, 1000]),
    "segment_count": st.integers(1, 10),
    "part_hold_back_ms": st.sampled_from([0, 1500, 4000]),
}
publishers = st.fixed_dictionaries(PUBLISHER_FIELDS).map(lambda chosen: LlhlsPublisher(**chosen))
inputs = st.builds(
    InputTracks,
    video=st.builds(VideoInput, framerate=st.sampled_from([Fraction(30), Fraction(25), Fraction(30_000, 1001)])),
    audio=st.builds(AudioInput, samplerate=st.sampled_from([48_000, 44_100])),
)
instants_ms = st.one_of(st.integers(40_000, 100_000), st.integers(40_000, 10_000_000))


class Player:
    """Asks a stream for its files at given instants, milliseconds of stream time."""

    def __init__(self, publisher: LlhlsPublisher, input_tracks: InputTracks | None = None, dialect: Dialect = DOCS) -> None:
        self.scene = Scene(world_of(profile(BYPASS_VIDEO, LOW_VIDEO), publisher), dialect=dialect, input_tracks=input_tracks)
        self.stream = self.scene.stream.outputs[0]
        self.live = LiveStreams(self.scene.engine, UTC, self.scene.dumps.first_dumped)

    def fetch(self, name: str, now_ms: int, **directives: Any) -> bytes:
        file = parse_file_name(name)
        assert file
        viewing = Viewing(self.stream, file, DeliveryDirectives(**directives), "")
        return self.live.serve(viewing, PUBLISHED_NS + now_ms * MS).body

    def lists(self, now_ms: int, **directives: Any) -> list[M3U8]:
        return [m3u8.loads(self.fetch(track.chunklist_name, now_ms, **directives).decode()) for track in self.stream.tracks]


def numbers(name: str) -> tuple[int, ...]:
    """The segment and the part that a name names."""
    return tuple(map(int, re.findall(r"_(\d+)(?=_)", name)[1:]))


def ms(seconds: float) -> int:
    return round(seconds * 1000)


def described(segment: Segment) -> tuple[str, float, datetime, list[tuple[Any, ...]]]:
    return segment.uri, segment.duration, segment.program_date_time, [(part.uri, part.duration, part.independent) for part in segment.parts]


def complete(playlist: M3U8) -> list[Segment]:
    return [segment for segment in playlist.segments if segment.uri]


@settings(deadline=None, max_examples=15)
@given(publishers, inputs, instants_ms)
def test_list_satisfies_the_numeric_rules_of_the_rfc(publisher: LlhlsPublisher, input_tracks: InputTracks, now_ms: int) -> None:
    for playlist in Player(publisher, input_tracks).lists(now_ms):
        part_target_ms = ms(playlist.part_inf.part_target)
        assert all(ms(segment.duration) + 500 < (playlist.target_duration + 1) * 1000 for segment in complete(playlist))  # 4.4.3.1
        for segment in playlist.segments:
            durations_ms = [ms(part.duration) for part in segment.parts]
            assert all(duration_ms <= part_target_ms for duration_ms in durations_ms)  # 4.4.3.7
            assert all(duration_ms >= 0.85 * part_target_ms for duration_ms in durations_ms[:-1])  # 4.4.4.9
        assert ms(playlist.server_control.part_hold_back) >= 3 * part_target_ms  # 4.4.3.8
        length_ms = sum(ms(segment.duration) for segment in complete(playlist))
        assert length_ms >= 3000 * playlist.target_duration or playlist.media_sequence == 0  # 6.2.2: what is listed once stays so long
        assert (playlist.version, playlist.is_endlist, playlist.server_control.can_block_reload) == (6, False, "YES")


@settings(deadline=None, max_examples=15)
@given(publishers, inputs, instants_ms)
def test_numbers_dates_and_the_hint_follow_each_other(publisher: LlhlsPublisher, input_tracks: InputTracks, now_ms: int) -> None:
    for playlist in Player(publisher, input_tracks).lists(now_ms):
        msns = [numbers(segment.uri)[0] for segment in complete(playlist)]
        assert msns == list(range(playlist.media_sequence, playlist.media_sequence + len(msns)))
        for before, after in pairwise(playlist.segments):
            if after.program_date_time:
                assert ms((after.program_date_time - before.program_date_time).total_seconds()) == ms(before.duration)
        for segment in complete(playlist):
            assert sum(ms(part.duration) for part in segment.parts) in {0, ms(segment.duration)}
        parts = [numbers(part.uri) for segment in playlist.segments for part in segment.parts]
        last_msn, last_part = parts[-1]
        following = (last_msn + 1, 0) if last_msn == msns[-1] else (last_msn, last_part + 1)
        assert numbers(playlist.preload_hint.uri) == following


@settings(deadline=None, max_examples=10)
@given(publishers, instants_ms)
def test_reports_name_the_last_part_of_every_other_track(publisher: LlhlsPublisher, now_ms: int) -> None:
    lists = Player(publisher).lists(now_ms)
    last = [numbers([part.uri for segment in playlist.segments for part in segment.parts][-1]) for playlist in lists]
    for index, playlist in enumerate(lists):
        reported = [(report.last_msn, report.last_part) for report in playlist.rendition_reports]
        assert reported == last[:index] + last[index + 1 :]


@settings(deadline=None, max_examples=10)
@given(publishers, inputs, instants_ms, st.integers(1, 3000))
def test_two_reloads_agree_where_they_overlap(publisher: LlhlsPublisher, input_tracks: InputTracks, now_ms: int, later_ms: int) -> None:
    player = Player(publisher, input_tracks)
    for before, after in zip(player.lists(now_ms), player.lists(now_ms + later_ms), strict=True):
        assert after.media_sequence >= before.media_sequence
        old = {segment.uri: described(segment)[:3] for segment in complete(before)}
        new = {segment.uri: described(segment)[:3] for segment in complete(after)}
        assert all(new[uri] == old[uri] for uri in old.keys() & new.keys())
        old_parts = {part.uri: part.duration for segment in before.segments for part in segment.parts}
        new_parts = {part.uri: part.duration for segment in after.segments for part in segment.parts}
        assert all(new_parts[uri] == old_parts[uri] for uri in old_parts.keys() & new_parts.keys())
        assert (before.target_duration, before.part_inf.part_target) == (after.target_duration, after.part_inf.part_target)


@settings(deadline=None, max_examples=4)
@given(publishers, instants_ms)
def test_everything_that_is_named_can_be_fetched_and_parts_joined_are_the_segment_of_a_dump(publisher: LlhlsPublisher, now_ms: int) -> None:
    player = Player(publisher)
    for track, playlist in zip(player.stream.tracks, player.lists(now_ms), strict=True):
        assert player.fetch(track.files.init(), now_ms) == track.packager.init_section()
        for segment in playlist.segments:
            parts = b"".join(player.fetch(part.uri, now_ms) for part in segment.parts)
            if segment.uri:
                (msn,) = numbers(segment.uri)
                dumped = track.packager.segment(track.timeline.segment(msn))
                assert player.fetch(segment.uri, now_ms) == dumped
                assert parts in {b"", dumped}
            else:
                assert player.fetch(track.segment_name(numbers(segment.parts[0].uri)[0]), now_ms) == parts


@settings(deadline=None, max_examples=10)
@given(publishers, inputs, instants_ms, st.integers(0, 1))
def test_a_legacy_list_is_what_is_complete_of_the_other_one(
    publisher: LlhlsPublisher, input_tracks: InputTracks, now_ms: int, dialect: int
) -> None:
    player = Player(publisher, input_tracks, [DOCS, ENGINE_0_21][dialect])
    for playlist, legacy in zip(player.lists(now_ms), player.lists(now_ms, legacy=True), strict=True):
        assert [described(segment)[:3] for segment in legacy.segments] == [described(segment)[:3] for segment in complete(playlist)]
        assert not any(segment.parts for segment in legacy.segments)
        assert not legacy.is_endlist
    for track in player.stream.tracks:
        text = player.fetch(track.chunklist_name, now_ms, legacy=True)
        assert not re.search(b"PART|SERVER-CONTROL|PRELOAD-HINT|RENDITION-REPORT", text)


@pytest.mark.parametrize(("dialect", "target_duration_s"), [(DOCS, 2), (ENGINE_0_21, 1)], ids=["docs", "engine"])
def test_target_duration_of_segments_longer_than_configured(dialect: Dialect, target_duration_s: int) -> None:
    """Key frames every second: segments that aim at 1.4 s last one second or two."""
    lists = Player(LlhlsPublisher(segment_duration_ms=1400), dialect=dialect).lists(30_000)
    assert {playlist.target_duration for playlist in lists} == {target_duration_s}


@pytest.mark.parametrize(("dialect", "part_target_s"), [(DOCS, 0.034), (ENGINE_0_21, 0.033)], ids=["docs", "engine"])
def test_part_target_of_parts_of_a_frame(dialect: Dialect, part_target_s: float) -> None:
    video = Player(LlhlsPublisher(chunk_duration_ms=20), dialect=dialect).lists(30_000)[0]
    assert video.part_inf.part_target == part_target_s


@pytest.mark.parametrize(("dialect", "segments"), [(DOCS, 3), (ENGINE_0_21, 2)], ids=["docs", "engine"])
def test_shortest_window(dialect: Dialect, segments: int) -> None:
    video = Player(LlhlsPublisher(segment_duration_ms=2000, segment_count=3), dialect=dialect).lists(30_100)[0]
    assert len(complete(video)) == segments
