from fractions import Fraction
from pathlib import Path

import m3u8
import pytest

from ome_mock.hls.multivariant_playlist import AudioRendition, MultivariantPlaylist, Variant

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"
ABR_AUDIO = AudioRendition("bypass_audio", "Audio_1", 1, "chunklist_2_audio_HSsuXpwa_llhls.m3u8")
ABR_BYPASS = Variant(
    154_376, ("avc1.64000d", "mp4a.40.2"), "chunklist_0_video_HSsuXpwa_llhls.m3u8", (320, 180), Fraction(30), audio_group="bypass_audio"
)
ABR_LOW = Variant(
    61_000, ("avc1.42c00a", "mp4a.40.2"), "chunklist_1_video_HSsuXpwa_llhls.m3u8", (160, 92), Fraction(15), audio_group="bypass_audio"
)

RECORDED_MASTERS = {
    "abr-two-playlists/d1/llhls.m3u8": MultivariantPlaylist((ABR_AUDIO,), (ABR_BYPASS,)),
    "abr-two-playlists/d1/abr.m3u8": MultivariantPlaylist((ABR_AUDIO,), (ABR_BYPASS, ABR_LOW)),
    "audio-only/d1/llhls.m3u8": MultivariantPlaylist((), (Variant(31_000, ("mp4a.40.2",), "chunklist_0_audio_x2BL1khK_llhls.m3u8"),)),
    "started-before-the-playlist-is-ready/d1/llhls.m3u8": MultivariantPlaylist(
        (AudioRendition("bypass_audio", "Audio_1", 1, "chunklist_1_audio_i78BpcAv_llhls.m3u8"),),
        (
            Variant(
                186_784,
                ("avc1.64000d", "mp4a.40.2"),
                "chunklist_0_video_i78BpcAv_llhls.m3u8",
                (320, 180),
                Fraction(30),
                audio_group="bypass_audio",
            ),
        ),
    ),
}
"""What each recorded master playlist says, as values."""


def test_every_recorded_master_playlist_is_compared() -> None:
    recorded = {str(path.relative_to(DUMPS)) for path in DUMPS.glob("*/d1/*.m3u8") if not path.name.startswith("chunklist_")}

    assert set(RECORDED_MASTERS) == recorded


@pytest.mark.parametrize(("path", "playlist"), [pytest.param(path, playlist, id=path) for path, playlist in RECORDED_MASTERS.items()])
def test_recorded_master_playlist_is_rendered_byte_for_byte(path: str, playlist: MultivariantPlaylist) -> None:
    assert playlist.render().encode() == (DUMPS / path).read_bytes()


def test_master_playlist_lists_audio_then_two_empty_lines_then_variants() -> None:
    audio = AudioRendition("bypass_audio", "Audio_1", 2, "chunklist_1_audio_UbYPTANX_llhls.m3u8")
    video = Variant(
        706_304,
        ("avc1.42c01e", "mp4a.40.2"),
        "chunklist_0_video_UbYPTANX_llhls.m3u8",
        resolution=(640, 360),
        frame_rate=Fraction(30),
        audio_group="bypass_audio",
    )

    text = MultivariantPlaylist((audio,), (video,)).render()

    assert text == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="bypass_audio",NAME="Audio_1",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",'
        'URI="chunklist_1_audio_UbYPTANX_llhls.m3u8"\n'
        "\n"
        "\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=706304,RESOLUTION=640x360,FRAME-RATE=30.000,CODECS="avc1.42c01e,mp4a.40.2",AUDIO="bypass_audio"\n'
        "chunklist_0_video_UbYPTANX_llhls.m3u8\n"
    )
    assert len(text) == 364


def test_master_playlist_of_audio_alone_has_neither_group_nor_picture() -> None:
    text = MultivariantPlaylist((), (Variant(31_000, ("mp4a.40.2",), "chunklist_0_audio_x2BL1khK_llhls.m3u8"),)).render()

    assert text == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:6\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        "\n"
        "\n"
        '#EXT-X-STREAM-INF:BANDWIDTH=31000,CODECS="mp4a.40.2"\n'
        "chunklist_0_audio_x2BL1khK_llhls.m3u8\n"
    )


def test_later_renditions_of_a_group_are_no_default() -> None:
    main = AudioRendition("audio", "Audio_1", 2, "main.m3u8")
    other = AudioRendition("audio", "Audio_2", 2, "other.m3u8", default=False)

    tags = MultivariantPlaylist((main, other), ()).render().splitlines()[3:5]

    assert tags == [
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio_1",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="main.m3u8"',
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="Audio_2",DEFAULT=NO,AUTOSELECT=YES,CHANNELS="2",URI="other.m3u8"',
    ]


@pytest.mark.parametrize(
    ("frame_rate", "attribute"),
    [
        pytest.param(Fraction(30), "FRAME-RATE=30.000", id="whole"),
        pytest.param(Fraction(30_000, 1001), "FRAME-RATE=29.970", id="NTSC"),
        pytest.param(Fraction(15, 2), "FRAME-RATE=7.500", id="a half"),
    ],
)
def test_frame_rates_have_three_decimals(frame_rate: Fraction, attribute: str) -> None:
    variant = Variant(1, ("avc1.42c01e",), "video.m3u8", (2, 2), frame_rate)

    assert attribute in MultivariantPlaylist((), (variant,)).render().splitlines()[5].split(",")


def test_m3u8_reads_back_variants_and_audio() -> None:
    parsed = m3u8.loads(RECORDED_MASTERS["abr-two-playlists/d1/abr.m3u8"].render())

    assert (parsed.version, parsed.is_variant, parsed.is_independent_segments) == (6, True, True)
    assert [each.uri for each in parsed.playlists] == ["chunklist_0_video_HSsuXpwa_llhls.m3u8", "chunklist_1_video_HSsuXpwa_llhls.m3u8"]
    assert [each.stream_info.bandwidth for each in parsed.playlists] == [154_376, 61_000]
    assert [each.stream_info.resolution for each in parsed.playlists] == [(320, 180), (160, 92)]
    assert [each.stream_info.frame_rate for each in parsed.playlists] == [30.0, 15.0]
    assert [each.stream_info.codecs for each in parsed.playlists] == ["avc1.64000d,mp4a.40.2", "avc1.42c00a,mp4a.40.2"]
    assert [each.stream_info.audio for each in parsed.playlists] == ["bypass_audio", "bypass_audio"]
    (audio,) = parsed.media
    assert (audio.type, audio.group_id, audio.name, audio.default, audio.autoselect) == ("AUDIO", "bypass_audio", "Audio_1", "YES", "YES")
    assert (audio.channels, audio.uri) == ("1", "chunklist_2_audio_HSsuXpwa_llhls.m3u8")


def test_m3u8_reads_back_audio_alone() -> None:
    parsed = m3u8.loads(RECORDED_MASTERS["audio-only/d1/llhls.m3u8"].render())

    assert parsed.media == []
    (variant,) = parsed.playlists
    assert (variant.stream_info.bandwidth, variant.stream_info.codecs, variant.stream_info.resolution) == (31_000, "mp4a.40.2", None)
