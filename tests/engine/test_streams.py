from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from engine.scenes import (
    ABR,
    BYPASS_VIDEO,
    LOW_VIDEO,
    MS,
    PUBLISHED_NS,
    SECOND,
    STREAM,
    THREE_TRACKS_TEN_SECONDS,
    TWO_TRACKS_TWO_SECONDS,
    Scene,
    profile,
    world_of,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from ome_mock.dialect import ENGINE_0_21
from ome_mock.engine.engine import Engine
from ome_mock.engine.input_stream import InputStream
from ome_mock.engine.input_tracks import InputTracks
from ome_mock.engine.stream import OutputStream, StreamPath, TrackOnAir
from ome_mock.engine.track import OutputTrack
from ome_mock.errors import ConfigurationError
from ome_mock.hls.media_playlist import MediaPlaylist
from ome_mock.hls.multivariant_playlist import MultivariantPlaylist
from ome_mock.hls.stream_key import stream_key
from ome_mock.refusals import ApplicationNotFound, OutputProfileNotFound, RequestRefused, StreamNotFound, VirtualHostNotFound
from ome_mock.settings import AudioEncode, LlhlsPublisher, PlaylistSettings, RenditionSettings, World

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"
ALPHABET = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")


def key_of(output: OutputStream) -> str:
    (key,) = {track.key for track in output.tracks}
    return key


def dumped_master_playlist(output: OutputStream, name: str) -> MultivariantPlaylist:
    playlist = output.dumped_master_playlist(name, ENGINE_0_21)
    assert playlist
    return playlist


def keys_of(stream: InputStream) -> list[str]:
    return [key_of(output) for output in stream.outputs]


def render_chunklist(output: OutputStream, track: OutputTrack, first_msn: int, last_msn: int) -> str:
    segments = [
        TrackOnAir(output, track).media_segment(track.timeline.segment(msn), UTC).render() for msn in range(first_msn, last_msn + 1)
    ]
    return MediaPlaylist(output.target_duration_s(ENGINE_0_21), track.files.init()).render("".join(segments))


# What there is


def test_world_is_what_was_configured() -> None:
    engine = Scene().engine

    assert [vhost.name for vhost in engine.virtual_hosts()] == ["default"]
    assert [profile.name for profile in engine.application("default", "app").output_profiles] == ["one", "two"]
    assert engine.output_profile("default", "app", "two").output_name("stream") == "stream2"


# Connecting


def test_connected_stream_is_found() -> None:
    scene = Scene()

    assert scene.engine.input_stream("default", "app", "stream") is scene.stream
    assert scene.stream.published_ns == PUBLISHED_NS


def test_streams_are_listed_by_how_long_they_are_connected() -> None:
    scene = Scene()
    for name in ("b", "a"):
        scene.connect(StreamPath("default", "app", name))

    assert [stream.path.stream for stream in scene.engine.input_streams("default", "app")] == ["stream", "b", "a"]


def test_disconnected_stream_is_gone() -> None:
    scene = Scene()

    scene.disconnect(1000)

    assert scene.engine.input_streams("default", "app") == []
    with pytest.raises(StreamNotFound):
        scene.engine.input_stream("default", "app", "stream")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param(StreamPath("nope", "app", "s"), "stream nope/app/s: there is no application nope/app", id="no such virtual host"),
        pytest.param(StreamPath("default", "no", "s"), "stream default/no/s: there is no application default/no", id="no such application"),
        pytest.param(STREAM, "stream default/app/stream is connected already", id="connected already"),
    ],
)
def test_stream_that_can_not_be_connected_is_refused(path: StreamPath, message: str) -> None:
    scene = Scene()

    with pytest.raises(ConfigurationError) as refusal:
        scene.connect(path)
    assert str(refusal.value) == message


def test_stream_that_is_not_connected_can_not_be_disconnected() -> None:
    with pytest.raises(ConfigurationError, match=r"^stream default/app/nope is not connected$"):
        Scene().engine.disconnect(StreamPath("default", "app", "nope"), PUBLISHED_NS)


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        pytest.param(lambda engine: engine.virtual_host("nope"), VirtualHostNotFound("nope"), id="virtual host"),
        pytest.param(lambda engine: engine.application("nope", "app"), VirtualHostNotFound("nope"), id="virtual host of an application"),
        pytest.param(lambda engine: engine.application("default", "no"), ApplicationNotFound("default", "no"), id="application"),
        pytest.param(lambda engine: engine.input_streams("default", "no"), ApplicationNotFound("default", "no"), id="its streams"),
        pytest.param(lambda engine: engine.input_stream("default", "app", "no"), StreamNotFound("default", "app", "no"), id="stream"),
        pytest.param(
            lambda engine: engine.output_profile("default", "app", "no"), OutputProfileNotFound("default", "app", "no"), id="output profile"
        ),
    ],
)
def test_what_is_not_there_is_named(ask: Callable[[Engine], object], error: RequestRefused) -> None:
    with pytest.raises(type(error)) as raised:
        ask(Scene().engine)
    assert raised.value == error


# Stream keys


@settings(deadline=None)
@given(st.text())
def test_stream_key_has_eight_distinct_characters(seed: str) -> None:
    key = stream_key(seed)

    assert len(key) == len(set(key)) == 8
    assert set(key) <= ALPHABET


@pytest.mark.parametrize("key", ["HSsuXpwa", "x2BL1khK", "i78BpcAv", "UbYPTANX", "3hbvpqG2"])
def test_recorded_stream_keys_have_eight_distinct_characters(key: str) -> None:
    assert len(key) == len(set(key)) == 8
    assert set(key) <= ALPHABET


def test_stream_keys_use_the_whole_alphabet() -> None:
    assert set("".join(stream_key(str(seed)) for seed in range(200))) == ALPHABET


def test_output_streams_have_keys_of_their_own() -> None:
    assert len(set(keys_of(Scene().stream))) == 2


def test_same_seed_gives_the_same_keys() -> None:
    assert keys_of(Scene(seed=7).stream) == keys_of(Scene(seed=7).stream)


def test_other_seed_gives_other_keys() -> None:
    assert not set(keys_of(Scene(seed=7).stream)) & set(keys_of(Scene(seed=8).stream))


def test_reconnected_stream_has_new_keys() -> None:
    scene = Scene()
    before = keys_of(scene.stream)

    scene.disconnect(1000)
    scene.connect(now_ms=2000)

    assert not set(keys_of(scene.stream)) & set(before)


def test_keys_do_not_depend_on_other_streams() -> None:
    scene = Scene()
    scene.connect(StreamPath("default", "app", "other"))
    scene.engine.disconnect(STREAM, PUBLISHED_NS)
    again = Scene()
    again.disconnect(1000)

    assert keys_of(scene.connect()) == keys_of(again.connect())


# Output streams and tracks


def test_default_world_makes_two_output_streams_of_one_input() -> None:
    assert [output.name for output in Scene().stream.outputs] == ["stream", "stream2"]


def test_track_ids_count_on_through_output_streams_and_leave_one_out_for_data() -> None:
    first, second = Scene().stream.outputs

    assert [(track.id, track.kind.value, track.variant) for track in first.tracks] == [
        (0, "video", "bypass_video"),
        (1, "video", "video_low"),
        (2, "audio", "bypass_audio"),
    ]
    assert [(track.id, track.kind.value, track.variant) for track in second.tracks] == [
        (4, "video", "bypass_video"),
        (5, "audio", "bypass_audio"),
    ]


@pytest.mark.parametrize(
    ("input_tracks", "ids"),
    [
        pytest.param(InputTracks(audio=None), [[0, 1], [3]], id="video alone"),
        pytest.param(InputTracks(video=None), [[0], [2]], id="audio alone"),
    ],
)
def test_input_without_audio_or_video_makes_fewer_tracks(input_tracks: InputTracks, ids: list[list[int]]) -> None:
    stream = Scene(input_tracks=input_tracks).stream

    assert [[track.id for track in output.tracks] for output in stream.outputs] == ids


def test_files_are_named_by_track_number_kind_and_key() -> None:
    output = Scene().stream.outputs[0]
    video, _, audio = output.tracks
    key = key_of(output)

    assert video.files.init() == f"init_0_video_{key}_llhls.m4s"
    assert video.chunklist_name == f"chunklist_0_video_{key}_llhls.m3u8"
    assert video.segment_name(0) == f"seg_0_0_video_{key}_llhls.m4s"
    assert audio.segment_name(14_400) == f"seg_2_14400_audio_{key}_llhls.m4s"


def test_tracks_are_named_in_playlists_by_their_input_track() -> None:
    assert [track.public_name for track in Scene().stream.outputs[1].tracks] == ["Video_0", "Audio_1"]


@pytest.mark.parametrize(
    ("input_tracks", "first_dts_ms"),
    [
        pytest.param(InputTracks(), [21, 0, 0], id="bypassed video beside audio comes an encoder's priming late"),
        pytest.param(InputTracks(audio=None), [0, 0], id="video alone does not"),
    ],
)
def test_tracks_begin_where_the_recorded_ones_do(input_tracks: InputTracks, first_dts_ms: list[int]) -> None:
    tracks = Scene(input_tracks=input_tracks).stream.outputs[0].tracks

    assert [track.timeline.segment(0).dts_ms for track in tracks] == first_dts_ms


def test_times_of_transcoded_video_are_rounded_and_those_of_bypassed_video_cut_off() -> None:
    bypassed, transcoded, _ = Scene().stream.outputs[0].tracks

    assert [bypassed.timeline.times.dts_ms(sample) for sample in range(5)] == [21, 54, 88, 121, 154]
    assert [transcoded.timeline.times.dts_ms(sample) for sample in range(5)] == [0, 33, 67, 100, 133]


def test_transcoded_audio_is_written_in_ticks_of_its_sample_rate() -> None:
    world = world_of(profile(BYPASS_VIDEO, audios=(AudioEncode("aac", bypass=False, bitrate=128_000),)), LlhlsPublisher())
    audio = Scene(world).stream.outputs[0].tracks[1]

    assert (audio.packager.timescale, audio.bitrate) == (48_000, 128_000)


def test_transcoded_video_has_the_size_and_rates_of_the_profile() -> None:
    low = Scene(THREE_TRACKS_TEN_SECONDS).stream.outputs[0].tracks[1]

    assert (low.width, low.height, low.frame_rate, low.bitrate, low.packager.timescale) == (160, 92, Fraction(15), 30_000, 90_000)


def test_stream_is_ready_when_its_last_track_has_a_segment() -> None:
    first, second = Scene().stream.outputs

    assert first.ready_ns == PUBLISHED_NS + 6333 * MS
    assert second.ready_ns == PUBLISHED_NS + 6021 * MS


@pytest.mark.parametrize(
    ("segment_duration_ms", "target_duration_s"),
    [
        pytest.param(6000, 6, id="whole seconds"),
        pytest.param(2500, 3, id="a half is rounded up"),
        pytest.param(2499, 2, id="less than a half is not"),
    ],
)
def test_target_duration_is_the_rounded_segment_duration(segment_duration_ms: int, target_duration_s: int) -> None:
    world = world_of(profile(BYPASS_VIDEO), LlhlsPublisher(segment_duration_ms=segment_duration_ms))

    assert Scene(world).stream.outputs[0].target_duration_s(ENGINE_0_21) == target_duration_s


# Chunklists against the recorded ones: only the stream key is the emulator's own


@pytest.mark.parametrize(
    ("world", "input_tracks", "published", "track_number", "msns", "recorded"),
    [
        pytest.param(
            THREE_TRACKS_TEN_SECONDS, InputTracks(), "2026-11-23T00:01:24.802", 0, (2, 3),
            "abr-two-playlists/d1/chunklist_0_video_HSsuXpwa_llhls.m3u8", id="bypassed video of three tracks",
        ),
        pytest.param(
            THREE_TRACKS_TEN_SECONDS, InputTracks(), "2026-11-23T00:01:24.802", 1, (2, 3),
            "abr-two-playlists/d1/chunklist_1_video_HSsuXpwa_llhls.m3u8", id="transcoded video of three tracks",
        ),
        pytest.param(
            THREE_TRACKS_TEN_SECONDS, InputTracks(), "2026-11-23T00:01:24.802", 2, (2, 3),
            "abr-two-playlists/d1/chunklist_2_audio_HSsuXpwa_llhls.m3u8", id="audio of three tracks",
        ),
        pytest.param(
            TWO_TRACKS_TWO_SECONDS, InputTracks(), "2026-11-23T00:05:34.978", 0, (0, 3),
            "started-before-the-playlist-is-ready/d1/chunklist_0_video_i78BpcAv_llhls.m3u8", id="video from the first segment",
        ),
        pytest.param(
            TWO_TRACKS_TWO_SECONDS, InputTracks(), "2026-11-23T00:05:34.978", 1, (0, 3),
            "started-before-the-playlist-is-ready/d1/chunklist_1_audio_i78BpcAv_llhls.m3u8", id="audio from the first segment",
        ),
        pytest.param(
            TWO_TRACKS_TWO_SECONDS, InputTracks(video=None), "2026-11-23T00:02:43.148", 0, (4, 5),
            "audio-only/d1/chunklist_0_audio_x2BL1khK_llhls.m3u8", id="audio alone",
        ),
    ],
)  # fmt: skip
def test_segments_have_the_recorded_numbers_durations_and_dates(
    world: World, input_tracks: InputTracks, published: str, track_number: int, msns: tuple[int, int], recorded: str
) -> None:
    scene = Scene(world, input_tracks=input_tracks)
    scene.disconnect(0)
    published_ns = int(datetime.fromisoformat(published + "+00:00").timestamp() * 1000) * MS
    output = scene.connect(now_ms=(published_ns - PUBLISHED_NS) // MS, input_tracks=input_tracks).outputs[0]
    track = output.tracks[track_number]

    chunklist = render_chunklist(output, track, *msns)

    recorded_key = recorded.split("_")[3]
    assert chunklist.replace(track.key, recorded_key) == (DUMPS / recorded).read_text()


# Master playlists


def test_default_playlist_has_the_first_video_and_the_first_audio() -> None:
    output = Scene().stream.outputs[0]
    key = key_of(output)

    assert dumped_master_playlist(output, "llhls.m3u8").render() == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="bypass_audio",NAME="Audio_1",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",'
        f'URI="chunklist_2_audio_{key}_llhls.m3u8"\n'
        "\n"
        "\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=71285,RESOLUTION=640x360,FRAME-RATE=30.000,CODECS="avc1.42c01e,mp4a.40.2",AUDIO="bypass_audio"\n'
        f"chunklist_0_video_{key}_llhls.m3u8\n"
    )


def test_configured_playlist_has_a_variant_for_each_rendition() -> None:
    output = Scene().stream.outputs[0]
    key = key_of(output)

    lines = dumped_master_playlist(output, "abr.m3u8").render().splitlines()

    assert lines[3].startswith('#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="bypass_audio"')
    assert lines[6:] == [
        '#EXT-X-STREAM-INF:BANDWIDTH=71285,RESOLUTION=640x360,FRAME-RATE=30.000,CODECS="avc1.42c01e,mp4a.40.2",AUDIO="bypass_audio"',
        f"chunklist_0_video_{key}_llhls.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=56233,RESOLUTION=320x180,FRAME-RATE=30.000,CODECS="avc1.42c00d,mp4a.40.2",AUDIO="bypass_audio"',
        f"chunklist_1_video_{key}_llhls.m3u8",
    ]


def test_playlist_of_audio_alone_has_no_group() -> None:
    output = Scene(input_tracks=InputTracks(video=None)).stream.outputs[0]

    assert dumped_master_playlist(output, "llhls").render() == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        "\n"
        "\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=32233,CODECS="mp4a.40.2"\n'
        f"chunklist_0_audio_{key_of(output)}_llhls.m3u8\n"
    )


def test_playlist_of_video_alone_has_no_group() -> None:
    output = Scene(input_tracks=InputTracks(audio=None)).stream.outputs[0]

    assert dumped_master_playlist(output, "llhls").render().splitlines()[3:] == [
        "",
        "",
        '#EXT-X-STREAM-INF:BANDWIDTH=39052,RESOLUTION=640x360,FRAME-RATE=30.000,CODECS="avc1.42c01e"',
        f"chunklist_0_video_{key_of(output)}_llhls.m3u8",
    ]


def test_audio_alone_has_a_group_where_several_tracks_share_a_name() -> None:
    playlist = PlaylistSettings("radio", "radio", (RenditionSettings("Radio", audio="sound"),))
    audios = (AudioEncode("sound", bitrate=64_000), AudioEncode("sound", bitrate=32_000))
    output = Scene(world_of(profile(audios=audios, playlists=(playlist,)), LlhlsPublisher())).stream.outputs[0]
    key = key_of(output)
    media = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Audio_1"'

    assert dumped_master_playlist(output, "radio.m3u8").render().splitlines()[3:] == [
        f'{media},DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="chunklist_0_audio_{key}_llhls.m3u8"',
        f'{media},DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="chunklist_1_audio_{key}_llhls.m3u8"',
        "",
        "",
        '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2",AUDIO="sound"',
        f"chunklist_0_audio_{key}_llhls.m3u8",
    ]


def test_audio_groups_are_in_byte_order() -> None:
    renditions = (RenditionSettings("One", "bypass_video", "z"), RenditionSettings("Two", "bypass_video", "B"))
    audios = (AudioEncode("z"), AudioEncode("B"))
    world = world_of(profile(BYPASS_VIDEO, audios=audios, playlists=(PlaylistSettings("p", "p", renditions),)), LlhlsPublisher())

    playlist = dumped_master_playlist(Scene(world).stream.outputs[0], "p")

    assert [rendition.group_id for rendition in playlist.audio_renditions] == ["B", "z"]
    assert [variant.audio_group for variant in playlist.variants] == ["z", "B"]


@pytest.mark.parametrize(
    ("name", "variants"),
    [
        pytest.param("llhls.m3u8", 1, id="with its extension"),
        pytest.param("llhls", 1, id="without one"),
        pytest.param("llhls.txt", 1, id="with another"),
        pytest.param("abr.m3u8", 2, id="a configured one"),
    ],
)
def test_master_playlist_is_found_by_what_precedes_the_last_dot(name: str, variants: int) -> None:
    assert len(dumped_master_playlist(Scene().stream.outputs[0], name).variants) == variants


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("nope.m3u8", id="unknown"),
        pytest.param("LLHLS.m3u8", id="in capitals"),
        pytest.param("llhls.m3u8.m3u8", id="with two extensions"),
        pytest.param(".m3u8", id="nothing but an extension"),
        pytest.param("", id="empty"),
    ],
)
def test_master_playlist_of_another_name_is_not_found(name: str) -> None:
    assert Scene().stream.outputs[0].dumped_master_playlist(name, ENGINE_0_21) is None


def test_default_playlist_can_be_switched_off() -> None:
    world = world_of(profile(BYPASS_VIDEO, LOW_VIDEO, playlists=(ABR,)), LlhlsPublisher(create_default_playlist=False))
    output = Scene(world).stream.outputs[0]

    assert output.dumped_master_playlist("llhls.m3u8", ENGINE_0_21) is None
    assert output.dumped_master_playlist("abr.m3u8", ENGINE_0_21) is not None


def test_configured_playlist_may_take_the_name_of_the_default_one() -> None:
    own = PlaylistSettings("own", "llhls", (RenditionSettings("Low", "video_low", "bypass_audio"),))
    world = world_of(profile(BYPASS_VIDEO, LOW_VIDEO, playlists=(own,)), LlhlsPublisher())

    (variant,) = dumped_master_playlist(Scene(world).stream.outputs[0], "llhls.m3u8").variants

    assert variant.resolution == (160, 92)


def test_dates_follow_media_time_from_the_first_sample_of_any_track() -> None:
    output = Scene().stream.outputs[1]

    dates = [each.media_segment(each.track.timeline.segment(0), UTC).program_date_time for each in output.on_air]

    assert datetime.fromtimestamp(PUBLISHED_NS // SECOND, UTC).isoformat() == "2027-01-15T08:00:00+00:00"
    assert dates == ["2027-01-15T08:00:00.021+00:00", "2027-01-15T08:00:00.000+00:00"]


def test_first_date_is_the_publishing_time_where_no_audio_precedes_the_video() -> None:
    """The input has audio, so that video comes 21 ms late, but the profile leaves it out."""
    output = Scene(world_of(profile(BYPASS_VIDEO, audios=()), LlhlsPublisher())).stream.outputs[0]
    (video,) = output.tracks
    first = video.timeline.segment(0)

    assert first.dts_ms == 21
    assert TrackOnAir(output, video).media_segment(first, UTC).program_date_time == "2027-01-15T08:00:00.000+00:00"
