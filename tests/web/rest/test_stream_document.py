"""What is said of one stream (rest-api.md#stream-document; recorded documents are compared in tests/contract)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Answer, Ask, UseWorld

from ome_mock import AudioInput, VideoInput
from ome_mock.emulator import Emulator

Tracks = Callable[..., tuple[dict[str, Any], dict[str, Any]]]


@pytest.fixture
def tracks(ask: Ask) -> Tracks:
    """The tracks of an input stream and of its first output, each by its name."""

    def tracks(stream: str = "stream") -> tuple[dict[str, Any], dict[str, Any]]:
        shown = ask("GET", f"/streams/{stream}").json["response"]
        sent, made = shown["input"]["tracks"], shown["outputs"][0]["tracks"]
        return {track["name"]: track for track in sent}, {track["name"]: track for track in made}

    return tracks


def test_input_track_says_what_the_encoder_sends(emulator: Emulator, tracks: Tracks) -> None:
    emulator.connect("default/app/s", video=VideoInput(320, 180, Fraction(25)), audio=AudioInput(44_100, 1))
    emulator.clock.advance(4)
    sent, _ = tracks("s")
    video, audio = sent["Video"]["video"], sent["Audio"]["audio"]
    assert (video["width"], video["height"], video["framerate"], video["framerateConf"]) == (320, 180, 25.0, 25.0)
    assert (video["codec"], video["codecModule"], video["bypass"], video["bitrateConf"]) == ("H264", "none", False, 0)
    assert (audio["samplerate"], audio["channel"], audio["timebase"]) == (44_100, 1, {"num": 1, "den": 1000})
    assert sent["Data"] == {"id": 2, "name": "Data", "type": "Data", "data": {"codec": "None"}}


def test_output_tracks_have_ids_of_their_own(ask: Ask) -> None:
    outputs = ask("GET", "/streams/stream").json["response"]["outputs"]
    assert [[(track["id"], track["name"]) for track in output["tracks"]] for output in outputs] == [
        [(0, "bypass_video"), (1, "video_low"), (2, "bypass_audio"), (3, "Data")],
        [(4, "bypass_video"), (5, "bypass_audio"), (6, "Data")],
    ]


def test_bypassed_track_has_no_encoder(tracks: Tracks) -> None:
    _, made = tracks()
    video = made["bypass_video"]["video"]
    assert (video["bypass"], video["codecStatus"], "codecModule" in video, video["framerateConf"]) == (True, "Ready", False, 0.0)


def test_transcoded_track_is_what_the_profile_asks_for(tracks: Tracks) -> None:
    _, made = tracks()
    video = made["video_low"]["video"]
    assert {
        key: video[key] for key in ("bitrate", "bitrateConf", "codecModule", "width", "height", "timebase", "keyFrameIntervalConf")
    } == {
        "bitrate": 24_000,
        "bitrateConf": 24_000,
        "codecModule": "openh264",
        "width": 320,
        "height": 180,
        "timebase": {"num": 1, "den": 90_000},
        "keyFrameIntervalConf": 30.0,
    }


def test_frames_are_counted_from_key_frame_to_key_frame(emulator: Emulator, tracks: Tracks) -> None:
    emulator.connect("default/app/s", audio=False, protocol="srt", ready=True)
    emulator.clock.advance(0.11)
    counted = []
    for _ in range(4):
        emulator.clock.advance(0.5)
        counted.append(tracks("s")[0]["Video"]["video"]["deltaFramesSinceLastKeyFrame"])
    assert counted == [15, 0, 15, 0]


def test_bit_rates_are_those_of_the_media(emulator: Emulator, tracks: Tracks) -> None:
    emulator.clock.advance(8)
    video = tracks()[0]["Video"]["video"]
    seconds = []
    for _ in range(8):
        emulator.clock.advance(1)
        seconds.append(tracks()[0]["Video"]["video"]["bitrateLatest"])
    assert sum(seconds) / 8 == pytest.approx(video["bitrateAvg"], abs=10)


def test_track_that_has_sent_nothing_yet_has_no_bit_rate(emulator: Emulator, tracks: Tracks) -> None:
    emulator.connect("default/app/s")
    emulator.clock.advance(0.41)
    answer: Answer = emulator.app.test_client().get(
        "/v1/vhosts/default/apps/app/streams/s", headers={"Authorization": emulator.authorization}
    )
    video, *_ = answer.json["response"]["input"]["tracks"]
    assert (video["video"]["bitrateAvg"], video["video"]["bitrateLatest"], video["video"]["framerateAvg"]) == (0, 0, 0.0)


def test_playlists_are_those_of_the_publishers_and_of_the_profile(ask: Ask) -> None:
    default, abr = sorted(
        ask("GET", "/streams/stream").json["response"]["outputs"][0]["playlists"], key=lambda each: each["name"], reverse=True
    )
    assert default == {
        "name": "llhls_default",
        "fileName": "llhls",
        "options": {"enableTsPackaging": False, "hlsChunklistPathDepth": -1, "webrtcAutoAbr": False},
        "renditions": [{"name": "default", "videoVariantName": "bypass_video", "audioVariantName": "bypass_audio"}],
    }
    assert (abr["fileName"], abr["options"]["webrtcAutoAbr"], len(abr["renditions"])) == ("abr", True, 2)


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<LLHLS/><HLS/><WebRTC/>", ["llhls", "playlist", "webrtc_default"]),
        ("<LLHLS><CreateDefaultPlaylist>false</CreateDefaultPlaylist></LLHLS>", []),
        ("<HLS><CreateDefaultPlaylist>false</CreateDefaultPlaylist></HLS><LLHLS/>", ["llhls"]),
        ("<WebRTC/>", ["webrtc_default"]),
        ("<OVT/>", []),
    ],
)
def test_default_playlists_of_publishers(use_world: UseWorld, tmp_path: Path, xml: str, expected: list[str]) -> None:
    from ome_mock.emulator import Emulator

    encodes = (
        "<Video><Name>v</Name><Bypass>true</Bypass></Video><Audio><Name>a</Name><Bypass>true</Bypass></Audio>"
        "<Audio><Name>o</Name><Codec>opus</Codec><Bitrate>128000</Bitrate><Samplerate>48000</Samplerate><Channel>2</Channel></Audio>"
    )
    profile = f"<OutputProfile><Name>p</Name><OutputStreamName>s</OutputStreamName><Encodes>{encodes}</Encodes></OutputProfile>"
    application = f"<Name>app</Name><Type>live</Type><OutputProfiles>{profile}</OutputProfiles><Publishers>{xml}</Publishers>"
    use_world(f"<VirtualHosts><VirtualHost><Name>default</Name><Applications><Application>{application}</Application></Applications>"
              "</VirtualHost></VirtualHosts>")  # fmt: skip
    emulator = Emulator(root=tmp_path)
    path = "/v1/vhosts/default/apps/app/streams/stream"
    answer: Answer = emulator.app.test_client().get(path, headers={"Authorization": emulator.authorization})
    (output,) = answer.json["response"]["outputs"]
    assert [playlist["fileName"] for playlist in output["playlists"]] == expected
    opus = next(track for track in output["tracks"] if track["name"] == "o")["audio"]
    assert (opus["codec"], opus["codecModule"], opus["samplerate"], opus["bitrateAvg"]) == ("OPUS", "libopus", 48_000, 128_000)
