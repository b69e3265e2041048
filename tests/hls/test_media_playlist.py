from datetime import UTC, datetime
from pathlib import Path

import m3u8
import pytest

from ome_mock.hls.media_playlist import MediaPlaylist, MediaSegment

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"
QUEUED = "started-before-the-playlist-is-ready"

RECORDED_CHUNKLISTS = {
    "abr-two-playlists/d1/chunklist_0_video_HSsuXpwa_llhls.m3u8": (
        MediaPlaylist(10, "init_0_video_HSsuXpwa_llhls.m4s"),
        [
            MediaSegment("seg_0_2_video_HSsuXpwa_llhls.m4s", 10_000, "2026-11-23T00:01:44.823+00:00"),
            MediaSegment("seg_0_3_video_HSsuXpwa_llhls.m4s", 10_000, "2026-11-23T00:01:54.823+00:00"),
        ],
    ),
    "abr-two-playlists/d1/chunklist_1_video_HSsuXpwa_llhls.m3u8": (
        MediaPlaylist(10, "init_1_video_HSsuXpwa_llhls.m4s"),
        [
            MediaSegment("seg_1_2_video_HSsuXpwa_llhls.m4s", 10_000, "2026-11-23T00:01:44.802+00:00"),
            MediaSegment("seg_1_3_video_HSsuXpwa_llhls.m4s", 10_000, "2026-11-23T00:01:54.802+00:00"),
        ],
    ),
    "abr-two-playlists/d1/chunklist_2_audio_HSsuXpwa_llhls.m3u8": (
        MediaPlaylist(10, "init_2_audio_HSsuXpwa_llhls.m4s"),
        [
            MediaSegment("seg_2_2_audio_HSsuXpwa_llhls.m4s", 10_006, "2026-11-23T00:01:44.812+00:00"),
            MediaSegment("seg_2_3_audio_HSsuXpwa_llhls.m4s", 9984, "2026-11-23T00:01:54.818+00:00"),
        ],
    ),
    "audio-only/d1/chunklist_0_audio_x2BL1khK_llhls.m3u8": (
        MediaPlaylist(2, "init_0_audio_x2BL1khK_llhls.m4s"),
        [
            MediaSegment("seg_0_4_audio_x2BL1khK_llhls.m4s", 2005, "2026-11-23T00:02:51.148+00:00"),
            MediaSegment("seg_0_5_audio_x2BL1khK_llhls.m4s", 2005, "2026-11-23T00:02:53.153+00:00"),
        ],
    ),
    f"{QUEUED}/d1/chunklist_0_video_i78BpcAv_llhls.m3u8": (
        MediaPlaylist(2, "init_0_video_i78BpcAv_llhls.m4s"),
        [
            MediaSegment("seg_0_0_video_i78BpcAv_llhls.m4s", 2000, "2026-11-23T00:05:34.999+00:00"),
            MediaSegment("seg_0_1_video_i78BpcAv_llhls.m4s", 2000, "2026-11-23T00:05:36.999+00:00"),
            MediaSegment("seg_0_2_video_i78BpcAv_llhls.m4s", 2000, "2026-11-23T00:05:38.999+00:00"),
            MediaSegment("seg_0_3_video_i78BpcAv_llhls.m4s", 2000, "2026-11-23T00:05:40.999+00:00"),
        ],
    ),
    f"{QUEUED}/d1/chunklist_1_audio_i78BpcAv_llhls.m3u8": (
        MediaPlaylist(2, "init_1_audio_i78BpcAv_llhls.m4s"),
        [
            MediaSegment("seg_1_0_audio_i78BpcAv_llhls.m4s", 2005, "2026-11-23T00:05:34.978+00:00"),
            MediaSegment("seg_1_1_audio_i78BpcAv_llhls.m4s", 2005, "2026-11-23T00:05:36.983+00:00"),
            MediaSegment("seg_1_2_audio_i78BpcAv_llhls.m4s", 2006, "2026-11-23T00:05:38.988+00:00"),
            MediaSegment("seg_1_3_audio_i78BpcAv_llhls.m4s", 1984, "2026-11-23T00:05:40.994+00:00"),
        ],
    ),
}
"""What each recorded chunklist says, as values."""

recorded_chunklists = pytest.mark.parametrize(
    ("path", "playlist", "segments"), [pytest.param(path, *values, id=path) for path, values in RECORDED_CHUNKLISTS.items()]
)


def render(playlist: MediaPlaylist, segments: list[MediaSegment]) -> str:
    return playlist.render("".join(segment.render() for segment in segments))


def test_every_recorded_chunklist_is_compared() -> None:
    assert sorted(RECORDED_CHUNKLISTS) == sorted(str(path.relative_to(DUMPS)) for path in DUMPS.glob("*/d1/chunklist_*.m3u8"))


@recorded_chunklists
def test_recorded_chunklist_is_rendered_byte_for_byte(path: str, playlist: MediaPlaylist, segments: list[MediaSegment]) -> None:
    assert render(playlist, segments).encode() == (DUMPS / path).read_bytes()


@recorded_chunklists
def test_m3u8_reads_back_what_was_rendered(path: str, playlist: MediaPlaylist, segments: list[MediaSegment]) -> None:
    parsed = m3u8.loads(render(playlist, segments))

    assert parsed.target_duration == playlist.target_duration_s
    assert [init.uri for init in parsed.segment_map] == [playlist.map_uri]
    assert [(each.uri, round(each.duration * 1000)) for each in parsed.segments] == [(each.uri, each.duration_ms) for each in segments]
    assert [each.program_date_time for each in parsed.segments] == [datetime.fromisoformat(each.program_date_time) for each in segments]


def test_chunklist_without_a_segment_is_a_finished_list() -> None:
    text = MediaPlaylist(6, "init_0_video_UbYPTANX_llhls.m4s").render("")

    assert text == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-TARGETDURATION:6\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        '#EXT-X-MAP:URI="init_0_video_UbYPTANX_llhls.m4s"\n'
        "#EXT-X-ENDLIST\n"
    )
    assert len(text) == 137


def test_chunklist_lists_segments_in_turn_and_ends() -> None:
    first = MediaSegment("seg_0_0_video_UbYPTANX_llhls.m4s", 6000, "2026-11-22T23:03:27.503+00:00")
    second = MediaSegment("seg_0_1_video_UbYPTANX_llhls.m4s", 6000, "2026-11-22T23:03:33.503+00:00")

    assert render(MediaPlaylist(6, "init_0_video_UbYPTANX_llhls.m4s"), [first, second]) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-TARGETDURATION:6\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        '#EXT-X-MAP:URI="init_0_video_UbYPTANX_llhls.m4s"\n'
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T23:03:27.503+00:00\n"
        "#EXTINF:6.000000,\n"
        "seg_0_0_video_UbYPTANX_llhls.m4s\n"
        "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T23:03:33.503+00:00\n"
        "#EXTINF:6.000000,\n"
        "seg_0_1_video_UbYPTANX_llhls.m4s\n"
        "#EXT-X-ENDLIST\n"
    )


@pytest.mark.parametrize(
    ("duration_ms", "extinf"),
    [
        pytest.param(6000, "#EXTINF:6.000000,", id="whole seconds"),
        pytest.param(5994, "#EXTINF:5.994000,", id="milliseconds"),
        pytest.param(6016, "#EXTINF:6.016000,", id="a leading zero"),
        pytest.param(6005, "#EXTINF:6.005000,", id="two leading zeros"),
        pytest.param(767, "#EXTINF:0.767000,", id="less than a second"),
        pytest.param(10_006, "#EXTINF:10.006000,", id="more than ten"),
        pytest.param(0, "#EXTINF:0.000000,", id="nothing"),
    ],
)
def test_durations_have_six_decimals(duration_ms: int, extinf: str) -> None:
    assert MediaSegment("seg", duration_ms, "").render().splitlines()[1] == extinf


def test_m3u8_finds_a_finished_list_that_counts_from_0() -> None:
    segment = MediaSegment("seg_0_11_video_3hbvpqG2_llhls.m4s", 6000, "2026-11-22T22:54:44.775+00:00")

    parsed = m3u8.loads(render(MediaPlaylist(6, "init_0_video_3hbvpqG2_llhls.m4s"), [segment]))

    assert (parsed.version, parsed.media_sequence, parsed.is_endlist, parsed.is_variant) == (6, 0, True, False)
    assert parsed.playlist_type is None
    assert parsed.segments[0].program_date_time == datetime(2026, 11, 22, 22, 54, 44, 775_000, UTC)
