"""What `concludeHlsLive` leaves: a short last segment, lists that end, dumps that go on running (live-llhls.md#conclude)."""

import re
from datetime import UTC
from typing import Any

import pytest
from engine.scenes import MS, PUBLISHED_NS, TWO_TRACKS_TWO_SECONDS, Scene, at

from ome_mock.dialect import DOCS, ENGINE_0_21, Dialect
from ome_mock.dumps.dump import SegmentWrite
from ome_mock.hls.delivery_directives import DeliveryDirectives
from ome_mock.hls.file_names import MasterPlaylistFile, parse_file_name
from ome_mock.live.live_streams import LiveStreams, Viewing
from ome_mock.player_refusals import LiveFileNotFound

END_MS = 60_780
"""Twenty-three frames of the open segment of video have arrived by then."""


def concluded(dialect: Dialect = DOCS, *dump_starts_ms: int) -> Scene:
    """A scene of two tracks with segments of 2 s, five in the window, that is concluded, with dumps started before."""
    scene = Scene(TWO_TRACKS_TWO_SECONDS, dialect=dialect)
    for number, start_ms in enumerate(dump_starts_ms):
        scene.advance(start_ms)
        scene.start(f"d{number}", start_ms)
    scene.advance(END_MS)
    scene.engine.conclude_hls_live(scene.stream, at(END_MS))
    return scene


def fetch(scene: Scene, name: str, now_ms: int = END_MS, **directives: Any) -> bytes:
    file = parse_file_name(name)
    assert file
    viewing = Viewing(scene.stream.outputs[0], file, DeliveryDirectives(**directives), "")
    return LiveStreams(scene.engine, UTC, scene.dumps.first_dumped).serve(viewing, at(now_ms)).body


def chunklist(scene: Scene, index: int = 0, now_ms: int = END_MS) -> str:
    return fetch(scene, scene.stream.outputs[0].tracks[index].chunklist_name, now_ms).decode()


def test_what_was_buffered_becomes_a_short_last_segment() -> None:
    assert "#EXTINF:0.767000,\nseg_0_30_video_" in chunklist(concluded())


def test_list_ends_and_has_no_low_latency_any_more() -> None:
    text = chunklist(concluded())
    assert text.endswith("#EXT-X-ENDLIST\n")
    assert "PART" not in text
    assert "SERVER-CONTROL" not in text


def test_list_stays_the_same_however_much_later() -> None:
    scene = concluded()
    assert chunklist(scene, 0, END_MS + 86_400_000) == chunklist(scene)


@pytest.mark.parametrize(("dialect", "sequence"), [(DOCS, 27), (ENGINE_0_21, 0)], ids=["docs", "engine"])
def test_number_of_the_first_listed_segment(dialect: Dialect, sequence: int) -> None:
    text = chunklist(concluded(dialect))
    assert f"#EXT-X-MEDIA-SEQUENCE:{sequence}\n" in text
    assert text.index("seg_0_27_") < text.index("seg_0_28_") < text.index("seg_0_30_")


def test_engine_lists_what_a_running_dump_holds_and_does_not_serve_it() -> None:
    scene = concluded(ENGINE_0_21, 20_100)
    track = scene.stream.outputs[0].tracks[0]
    assert track.segment_name(10) in chunklist(scene)
    with pytest.raises(LiveFileNotFound):
        fetch(scene, track.segment_name(10))


def test_engine_forgets_what_only_a_stopped_dump_held() -> None:
    scene = Scene(TWO_TRACKS_TWO_SECONDS, dialect=ENGINE_0_21)
    scene.start("d0", 20_100)
    scene.stop("d0", 30_000)
    scene.engine.conclude_hls_live(scene.stream, at(END_MS))
    assert re.findall(r"^seg_0_(\d+)_", chunklist(scene), re.MULTILINE) == ["27", "28", "29", "30"]


def test_dump_gets_the_last_segment_of_each_track_and_goes_on_running() -> None:
    scene = concluded(DOCS, 50_100)
    dump = scene.dump("d0")
    assert dump.enabled
    names = scene.writers["d0"].names
    assert names[-4:] == ["seg_0_30_video", "chunklist_0_video", "seg_1_30_audio", "chunklist_1_audio"]
    assert {write.due_ns for write in scene.writers["d0"].writes[-4:]} == {PUBLISHED_NS + END_MS * MS}


def test_nothing_more_falls_due() -> None:
    scene = concluded(DOCS, 50_100)
    writes = len(scene.writers["d0"].writes)
    scene.advance(END_MS + 3_600_000)
    assert len(scene.writers["d0"].writes) == writes


def test_concluding_again_changes_nothing() -> None:
    scene = concluded(DOCS, 50_100)
    before = chunklist(scene)
    scene.engine.conclude_hls_live(scene.stream, at(END_MS + 5000))
    assert chunklist(scene, 0, END_MS + 6000) == before


def test_dump_started_later_has_an_empty_segment_of_each_track_and_lists_none() -> None:
    scene = concluded()
    scene.start("late", END_MS + 1000)
    names = ["init_0_video", "seg_0_31_video", "chunklist_0_video", "init_1_audio", "seg_1_31_audio", "chunklist_1_audio"]
    assert scene.writers["late"].names == names
    assert [write.segment.part_sizes for write in scene.writers["late"].writes if isinstance(write, SegmentWrite)] == [(), ()]


@pytest.mark.parametrize(("dialect", "due_ns"), [(DOCS, PUBLISHED_NS - 1), (ENGINE_0_21, None)], ids=["docs", "engine"])
def test_master_of_a_stream_that_never_had_media(dialect: Dialect, due_ns: int | None) -> None:
    """It was concluded while the stream was being set up; the engine holds its players for good."""
    scene = Scene(TWO_TRACKS_TWO_SECONDS, dialect=dialect)
    scene.stream.prepared_ns = None
    scene.engine.conclude_hls_live(scene.stream, at(400))
    scene.stream.prepared_ns = at(780)
    viewing = Viewing(scene.stream.made[0], MasterPlaylistFile("llhls.m3u8"), DeliveryDirectives(), "")

    assert LiveStreams(scene.engine, UTC, scene.dumps.first_dumped).due_ns(viewing, at(6000)) == due_ns


def test_dump_queued_when_the_stream_is_concluded_is_written_at_once() -> None:
    scene = Scene(TWO_TRACKS_TWO_SECONDS)
    scene.start("queued", 500)
    scene.engine.conclude_hls_live(scene.stream, at(1000))
    assert sorted(scene.writers["queued"].names) == sorted(
        ["init_0_video", "init_1_audio", "seg_0_0_video", "seg_1_0_audio", "chunklist_0_video", "chunklist_1_audio"]
    )


@pytest.mark.parametrize("dialect", [DOCS, ENGINE_0_21], ids=["docs", "engine"])
def test_last_segment_is_its_parts_joined_and_the_one_that_the_dump_wrote(dialect: Dialect) -> None:
    scene = concluded(dialect, 50_100)
    track = scene.stream.outputs[0].tracks[0]
    written = next(write for write in scene.writers["d0"].writes if isinstance(write, SegmentWrite) and write.segment.msn == 30)
    segment = track.packager.segment(written.segment)
    assert fetch(scene, track.segment_name(30)) == segment
    assert b"".join(fetch(scene, track.part_name(30, index)) for index in range(2)) == segment
