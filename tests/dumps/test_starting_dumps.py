import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import pytest
from engine.scenes import (
    PUBLISHED_NS,
    THREE_TRACKS_TEN_SECONDS,
    TWO_TRACKS_TWO_SECONDS,
    WITHOUT_LLHLS,
    Scene,
    at,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ome_mock.dialect import DOCS
from ome_mock.dumps.dump import ChunklistWrite, DumpState, SegmentWrite, Write
from ome_mock.engine.input_tracks import InputTracks, VideoInput
from ome_mock.engine.stream import TrackOnAir
from ome_mock.errors import StartFailure, WriteFailed
from ome_mock.media.loop import MediaKind
from ome_mock.refusals import DumpNotStarted, LlhlsStreamNotFound, OutputStreamNotFound

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"


def recorded_names(story: str) -> list[str]:
    """The items of a recorded info file in their order, without the stream key."""
    text = (DUMPS / story / "d1.info").read_text()
    names = [path.rsplit("/", 1)[1] for path in re.findall("<File>(.*)</File>", text)]
    return [re.sub(r"_[0-9A-Za-z]{8}_llhls\.\w+$", "", name) for name in names]


def refuse(error: WriteFailed) -> Callable[[Write], NoReturn]:
    """A `before_write` that fails the first write."""

    def before_write(write: Write) -> NoReturn:
        raise error

    return before_write


def not_written(failure: StartFailure) -> WriteFailed:
    error = WriteFailed("the disk says no")
    error.failure = failure
    return error


# The order of writes


def test_ready_start_writes_in_the_recorded_order() -> None:
    scene = Scene(THREE_TRACKS_TEN_SECONDS)

    scene.start("d1", 22_737, playlists=["llhls.m3u8", "abr.m3u8"])
    scene.advance(40_346)

    assert scene.writers["d1"].names == recorded_names("abr-two-playlists")


def test_ready_start_of_audio_alone_writes_in_the_recorded_order() -> None:
    scene = Scene(TWO_TRACKS_TWO_SECONDS, input_tracks=InputTracks(video=None))

    scene.start("d1", 8500, playlists=["llhls.m3u8"])
    scene.advance(12_100)

    assert scene.writers["d1"].names == recorded_names("audio-only")


@pytest.mark.parametrize(
    "instants_ms",
    [
        pytest.param([8050], id="all at once"),
        pytest.param([2010, 2025, 4000, 8050], id="step by step"),
        pytest.param(range(600, 8051, 10), id="every ten milliseconds"),
    ],
)
def test_queued_start_writes_in_the_recorded_order(instants_ms: list[int] | range) -> None:
    scene = Scene(TWO_TRACKS_TWO_SECONDS)

    scene.start("d1", 500, playlists=["llhls.m3u8"])
    for now_ms in instants_ms:
        scene.advance(now_ms)

    assert scene.writers["d1"].names == recorded_names("started-before-the-playlist-is-ready")


def test_recorded_orders_are_whole() -> None:
    stories = ("abr-two-playlists", "audio-only", "started-before-the-playlist-is-ready")

    assert [len(recorded_names(story)) for story in stories] == [23, 8, 19]
    assert recorded_names("audio-only")[:4] == ["init_0_audio", "seg_0_4_audio", "chunklist_0_audio", "llhls.m3u8"]


def test_ready_start_writes_at_once() -> None:
    scene = Scene()

    scene.start("d1", 63_200, output="stream2", playlists=["llhls.m3u8", "abr.m3u8"])

    writer = scene.writers["d1"]
    assert writer.names == [
        "init_4_video", "seg_4_10_video", "chunklist_4_video",
        "init_5_audio", "seg_5_10_audio", "chunklist_5_audio",
        "llhls.m3u8", "abr.m3u8",
    ]  # fmt: skip
    assert {write.due_ns for write in writer.writes} == {at(63_200)}
    assert [write.is_complete for write in writer.writes if isinstance(write, SegmentWrite)] == [False, False]


def test_track_that_is_a_segment_ahead_contributes_two() -> None:
    """Audio completes its second segment at 12.010 s, video at 12.021 s: both begin with the one that video is still in."""
    scene = Scene()

    scene.start("d1", 12_015, output="stream2")

    writer = scene.writers["d1"]
    assert writer.names == [
        "init_4_video", "seg_4_1_video", "chunklist_4_video",
        "init_5_audio", "seg_5_1_audio", "chunklist_5_audio", "seg_5_2_audio", "chunklist_5_audio",
    ]  # fmt: skip
    assert [write.is_complete for write in writer.writes if isinstance(write, SegmentWrite)] == [False, True, False]


def test_queued_start_writes_nothing_before_a_segment_is_complete() -> None:
    scene = Scene()

    scene.start("d1", 100)
    scene.advance(6015)

    assert scene.writers["d1"].writes == []
    assert scene.dump("d1").enabled


def test_start_between_the_first_and_the_last_tracks_first_segment_waits_for_the_last() -> None:
    """Audio is complete at 6.016 s, bypassed video at 6.021 s, and both are dumped when the transcoded video is: at 6.333 s."""
    scene = Scene()

    scene.start("d1", 6100, playlists=["llhls.m3u8"])
    scene.advance(6332)
    assert scene.writers["d1"].writes == []

    scene.advance(6333)
    assert scene.writers["d1"].names == [
        "init_0_video", "init_1_video", "init_2_audio", "llhls.m3u8",
        "seg_0_0_video", "chunklist_0_video", "seg_1_0_video", "chunklist_1_video", "seg_2_0_audio", "chunklist_2_audio",
    ]  # fmt: skip
    assert {write.due_ns for write in scene.writers["d1"].writes} == {at(6333)}


def test_of_a_start_in_between_what_completes_later_is_dumped_at_once() -> None:
    """Only audio was complete before the start, so that it waits; bypassed video is dumped when it is complete, at 6.021 s."""
    scene = Scene()

    scene.start("d1", 6018)
    scene.advance(6100)
    assert scene.writers["d1"].names == ["seg_0_0_video", "chunklist_0_video"]

    scene.advance(6400)
    assert scene.writers["d1"].names[2:] == [
        "init_0_video", "init_1_video", "init_2_audio",
        "seg_1_0_video", "chunklist_1_video", "seg_2_0_audio", "chunklist_2_audio",
    ]  # fmt: skip


def test_start_at_the_instant_when_the_stream_is_ready_is_a_ready_start() -> None:
    scene = Scene()

    scene.start("d1", 6333)

    assert scene.writers["d1"].names[:3] == ["init_0_video", "seg_0_1_video", "chunklist_0_video"]


def test_writes_fall_due_when_their_segment_is_complete() -> None:
    scene = Scene()

    scene.start("d1", 500, output="stream2")
    scene.advance(12_500)

    assert [write.due_ns for write in scene.writers["d1"].writes if isinstance(write, SegmentWrite)] == [
        at(6016), at(6021), at(12_010), at(12_021),
    ]  # fmt: skip


def test_chunklist_follows_each_segment() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    scene.advance(120_000)

    writes = scene.writers["d1"].writes
    pairs = [(write, following) for write, following in pairwise(writes) if isinstance(write, SegmentWrite)]

    assert len(pairs) > 20
    assert all(isinstance(following, ChunklistWrite) and following.track is write.track for write, following in pairs)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 60_000), st.lists(st.integers(0, 60_000), max_size=8))
@example(6018, [82, 382])
def test_every_segment_is_written_once_whenever_the_dump_begins(start_ms: int, later_ms: list[int]) -> None:
    scene = Scene()
    instants = sorted(start_ms + later for later in later_ms)
    scene.start("d1", start_ms)
    for now_ms in instants:
        scene.advance(now_ms)
    end_ms = (instants or [start_ms])[-1]

    output = scene.stream.outputs[0]
    is_ready = at(start_ms) >= output.ready_ns
    first_msn = min(each.completed(at(start_ms)) for each in output.on_air) if is_ready else 0
    for track in output.tracks:
        written = [write for write in scene.writers["d1"].writes if isinstance(write, SegmentWrite) and write.track is track]
        completed = TrackOnAir(output, track).completed(at(end_ms))
        if not is_ready and at(start_ms) >= PUBLISHED_NS + track.timeline.segment(0).complete_ns and at(end_ms) < output.ready_ns:
            completed = 0  # what was complete before a queued start waits for the stream
        assert [write.segment.msn for write in written if write.is_complete] == list(range(first_msn, completed))
        assert len(written) - max(0, completed - first_msn) == (1 if is_ready else 0)
        assert all(write.due_ns <= at(end_ms) for write in written)


def test_track_keeps_its_order_where_two_segments_wait_for_the_slowest_track() -> None:
    """Audio is complete at 6.016 and 12.010 s, the video with a key frame every 20 s at 12.521 s."""
    scene = Scene(input_tracks=InputTracks(video=VideoInput(key_frame_interval=600)))
    scene.start("d1", 8000)
    scene.advance(12_520)
    assert scene.writers["d1"].writes == []
    scene.advance(13_000)

    audio = [write for write in scene.writers["d1"].writes if isinstance(write, SegmentWrite) and write.track.kind is MediaKind.AUDIO]
    assert [write.segment.msn for write in audio] == [0, 1]
    assert {write.due_ns for write in scene.writers["d1"].writes} == {scene.stream.outputs[0].ready_ns}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 20_000), st.lists(st.integers(0, 30_000), max_size=8))
def test_steps_do_not_change_what_is_written(start_ms: int, steps_ms: list[int]) -> None:
    at_once, in_steps = Scene(), Scene()
    for scene in (at_once, in_steps):
        scene.start("d1", start_ms, playlists=["llhls.m3u8"])
    for step_ms in sorted(steps_ms):
        in_steps.advance(start_ms + step_ms)
    for scene in (at_once, in_steps):
        scene.advance(start_ms + 30_000)

    once, stepwise = at_once.writers["d1"], in_steps.writers["d1"]
    assert stepwise.names == once.names
    assert [write.due_ns for write in stepwise.writes] == [write.due_ns for write in once.writes]


@pytest.mark.parametrize("started", [pytest.param("abc", id="in order"), pytest.param("cab", id="out of order")])
def test_dumps_write_in_the_order_of_their_ids(started: str) -> None:
    """So where several share a directory, the last one has the last word (dump-output.md#disk-writes)."""
    scene = Scene()
    written: list[str] = []

    def note(dump_id: str) -> Callable[[Write], None]:
        return lambda _: written.append(dump_id)

    for dump_id in started:
        scene.start(dump_id, 63_200)
        scene.writers[dump_id].before_write = note(dump_id)

    scene.advance(70_000)

    assert written == ["a"] * 6 + ["b"] * 6 + ["c"] * 6


# What falls due next


def test_nothing_falls_due_without_a_dump() -> None:
    assert Scene().engine.next_due_ns() is None


def test_next_due_is_the_next_segment_of_any_track() -> None:
    scene = Scene()
    scene.start("d1", 63_200)

    assert scene.engine.next_due_ns() == at(66_005)


@pytest.mark.parametrize(
    "start_ms", [pytest.param(100, id="queued"), pytest.param(6100, id="half queued"), pytest.param(63_200, id="ready")]
)
def test_something_is_written_whenever_it_falls_due_and_never_in_between(start_ms: int) -> None:
    scene = Scene()
    scene.start("d1", start_ms)

    for _ in range(12):
        due_ns = scene.engine.next_due_ns()
        assert due_ns is not None
        before = len(scene.writers["d1"].writes)
        scene.engine.advance(due_ns - 1)
        assert len(scene.writers["d1"].writes) == before
        scene.engine.advance(due_ns)
        assert len(scene.writers["d1"].writes) > before


def test_start_stop_and_disconnect_say_that_something_changed() -> None:
    scene = Scene()
    scene.start("d1", 1000)
    after_start = scene.changes
    scene.stop("d1", 2000)
    after_stop = scene.changes
    scene.disconnect(3000)

    assert 0 < after_start < after_stop < scene.changes


# Answers


def test_start_returns_the_output_streams_of_the_input() -> None:
    assert Scene().start("d1", 1000) == ["stream", "stream2"]


def test_started_dump_is_listed_and_running() -> None:
    scene = Scene()

    scene.start("d1", 63_200, info_file="/dumps/d1.info")

    dump = scene.dump("d1")
    assert (dump.id, dump.enabled, dump.state) == ("d1", True, DumpState.RUNNING)
    assert dump.info_file == Path("/dumps/d1.info")
    assert len(dump.files) == 9


def test_dump_of_an_application_without_llhls_is_refused() -> None:
    scene = Scene(WITHOUT_LLHLS)

    with pytest.raises(LlhlsStreamNotFound) as refusal:
        scene.start("d1", 63_200)
    assert refusal.value == LlhlsStreamNotFound("default", "app", "stream")


def test_dumps_of_an_application_without_llhls_can_be_neither_stopped_nor_listed() -> None:
    scene = Scene(WITHOUT_LLHLS)

    with pytest.raises(LlhlsStreamNotFound):
        scene.stop(None, 1000)
    with pytest.raises(LlhlsStreamNotFound):
        scene.ids()


def test_dump_of_an_unknown_output_stream_is_refused() -> None:
    with pytest.raises(OutputStreamNotFound) as refusal:
        Scene().start("d1", 63_200, output="nope")
    assert refusal.value == OutputStreamNotFound("default", "app", "nope")


def test_start_on_a_stream_that_has_gone_meanwhile_is_refused() -> None:
    scene = Scene()
    scene.disconnect(1000)

    with pytest.raises(LlhlsStreamNotFound):
        scene.start("d1", 2000)


# Starts that fail


@pytest.mark.parametrize("failure", [StartFailure.INIT_SEGMENT, StartFailure.SEGMENT, StartFailure.MASTER_PLAYLIST])
def test_failed_start_says_why(failure: StartFailure) -> None:
    scene = Scene()
    scene.writers.before_write = refuse(not_written(failure))

    with pytest.raises(DumpNotStarted) as refusal:
        scene.start("d1", 63_200)
    assert refusal.value == DumpNotStarted("default", "app", "stream", failure)


def test_failed_start_is_withdrawn_and_leaves_its_id_and_info_file_free() -> None:
    scene = Scene()
    scene.writers.before_write = refuse(not_written(StartFailure.SEGMENT))
    with pytest.raises(DumpNotStarted):
        scene.start("d1", 63_200, info_file="/dumps/d1.info")
    assert scene.writers["d1"].withdrawals == 1
    assert scene.ids() == []

    scene.writers.before_write = lambda _: None
    scene.start("d1", 63_300, info_file="/dumps/d1.info")

    assert scene.ids() == ["d1"]


def test_failed_start_writes_nothing_later() -> None:
    scene = Scene()
    scene.writers.before_write = refuse(not_written(StartFailure.SEGMENT))
    with pytest.raises(DumpNotStarted):
        scene.start("d1", 63_200)
    scene.writers["d1"].before_write = lambda _: None

    scene.advance(120_000)

    assert scene.writers["d1"].writes == []
    assert list(scene.dumps.all()) == []


def test_queued_start_with_an_unknown_playlist_ends_when_the_stream_is_ready() -> None:
    """The writer is told to write it, and says that there is none."""
    scene = Scene()

    scene.start("d1", 100, output="stream2", playlists=["llhls.m3u8", "nope.m3u8", "abr.m3u8"])
    scene.advance(7000)

    assert scene.writers["d1"].names[2:7] == ["init_4_video", "init_5_audio", "llhls.m3u8", "nope.m3u8", "abr.m3u8"]


def test_queued_start_with_an_unknown_playlist_goes_on_without_it_where_the_engine_is_the_witness() -> None:
    scene = Scene(dialect=replace(DOCS, disables_dump_without_master=False))

    scene.start("d1", 100, output="stream2", playlists=["llhls.m3u8", "nope.m3u8", "abr.m3u8"])
    scene.advance(7000)

    assert scene.writers["d1"].names == [
        "seg_5_0_audio", "chunklist_5_audio", "init_4_video", "init_5_audio", "llhls.m3u8", "seg_4_0_video", "chunklist_4_video",
    ]  # fmt: skip
    assert scene.dump("d1", "stream2").enabled
