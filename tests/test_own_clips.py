"""Clips of one's own, served and dumped."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
from fixture_types import Answer

from ome_mock import AudioInput, OmeMock, VideoInput
from ome_mock.cli.loop import Plan, plan_loop
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

CLIPS = Path(__file__).parents[1] / "fixtures" / "clips"
H265, FULL_HD, MONO, SILENT = (CLIPS / f"{name}.mp4" for name in ("h265", "1080p60", "mono-44100", "silent"))


def document(emulator: Emulator, stream: str) -> dict[str, Any]:
    headers = {"Authorization": emulator.authorization}
    answer: Answer = emulator.app.test_client().get(f"/v1/vhosts/default/apps/app/streams/{stream}", headers=headers)
    shown: dict[str, Any] = answer.json["response"]
    return shown


def dumped(emulator: Emulator, path: str, output: str, seconds: int = 20) -> dict[str, Path]:
    emulator.start_dump("d", stream=path, output_stream_name=output, output_path="/d")
    emulator.clock.advance(seconds)
    return {file.name: file for file in emulator.dumps["d"].files}


@pytest.mark.parametrize(
    ("clip", "codec", "size", "sound"),
    [
        pytest.param(H265, "hevc", (320, 180), (48_000, 2), id="H.265"),
        pytest.param(FULL_HD, "h264", (1920, 1080), (48_000, 2), id="1080p60"),
        pytest.param(MONO, "h264", (320, 180), (44_100, 1), id="mono of 44.1 kHz"),
        pytest.param(SILENT, "h264", (160, 90), None, id="without sound"),
    ],
)
def test_dump_of_a_clip_holds_its_pictures_and_its_sound(
    clip: Path, codec: str, size: tuple[int, int], sound: tuple[int, int] | None, tmp_path: Path
) -> None:
    """Four segments of two turns of the loop at least, as a demuxer and a decoder see them."""
    emulator = Emulator(root=tmp_path, media=clip)
    dumped(emulator, "default/app/stream", "stream2")
    with av.open(str(tmp_path / "d" / "llhls.m3u8")) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.width, video.height) == (codec, *size)
        heard = [(audio.rate, audio.channels) for audio in container.streams.audio]
        assert heard == ([sound] if sound else [])
        packets: list[Any] = [packet for packet in container.demux(video) if packet.size]
    times = [packet.dts * packet.time_base for packet in packets]
    steps = {round(after - before, 3) for before, after in pairwise(times)}
    shown = emulator.engine.input_streams("default", "app")[0].input_tracks.video
    assert shown
    frame = 1 / shown.framerate
    assert all(abs(step - frame) < Fraction(2, 1000) for step in steps)


def test_documents_and_playlists_describe_the_clip(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    emulator.connect("default/app/s", media=FULL_HD, ready=True)
    emulator.clock.advance(10)
    video = document(emulator, "s")["input"]["tracks"][0]["video"]
    assert (video["width"], video["height"], video["framerate"], video["keyFrameInterval"]) == (1920, 1080, 60.0, 60.0)
    master = dumped(emulator, "default/app/s", "s2")["llhls.m3u8"].read_text()
    assert 'RESOLUTION=1920x1080,FRAME-RATE=60.000,CODECS="avc1.42c02a,mp4a.40.2"' in master


def test_h265_comes_by_enhanced_rtmp_whose_tracks_have_other_ids(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, media=H265)
    tracks = document(emulator, "stream")["input"]["tracks"]
    assert [(track["id"], track["name"]) for track in tracks] == [(100, "Video"), (200, "Audio"), (300, "Data")]
    assert tracks[0]["video"]["codec"] == "H265"
    assert 'NAME="Audio_200"' in dumped(emulator, "default/app/stream", "stream2")["llhls.m3u8"].read_text()


def test_transcoded_track_of_another_codec_shows_the_loop(tmp_path: Path) -> None:
    """The default world's low video is H.264."""
    emulator = Emulator(root=tmp_path, media=H265)
    outputs = {track["name"]: track for track in document(emulator, "stream")["outputs"][0]["tracks"]}
    assert (outputs["bypass_video"]["video"]["codec"], outputs["video_low"]["video"]["codec"]) == ("H265", "H264")
    master = dumped(emulator, "default/app/stream", "stream")["llhls.m3u8"].read_text()
    assert 'CODECS="hvc1.1.6.L60.90,mp4a.40.2"' in master


def test_streams_show_each_their_own(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, media=MONO)
    emulator.connect("default/app/other", media=SILENT, ready=True)
    emulator.clock.advance(7)
    kinds = [[track["type"] for track in document(emulator, name)["input"]["tracks"]] for name in ("stream", "other")]
    assert kinds == [["Video", "Audio", "Data"], ["Video", "Data"]]


def test_encoder_comes_again_with_its_clip(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    emulator.connect("default/app/s", media=H265, ready=True)
    emulator.disconnect("default/app/s")
    emulator.reconnect("default/app/s", ready=True)
    assert document(emulator, "s")["input"]["tracks"][0]["video"]["codec"] == "H265"


def test_encoder_that_comes_back_with_other_sizes_leaves_the_old_files_and_replaces_the_master(tmp_path: Path) -> None:
    """Its stream has a new key and counts from 0 again (dump-output.md#stopping-and-ending)."""
    emulator = Emulator(root=tmp_path)
    for clip, size in ((MONO, "320x180"), (SILENT, "160x90")):
        emulator.connect("default/app/s", media=clip, ready=True)
        emulator.clock.advance(5)
        before = set((tmp_path / "d").glob("*"))
        files = dumped(emulator, "default/app/s", "s2")
        assert f"RESOLUTION={size}" in files["llhls.m3u8"].read_text()
        assert any(re.match(r"seg_\d_0_video", name) for name in files)
        assert before <= set((tmp_path / "d").glob("*"))
        emulator.disconnect("default/app/s")
    assert len({path.name.split("_")[3] for path in (tmp_path / "d").glob("init_*")}) == 2


def test_part_of_a_clip_can_be_sent(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    emulator.connect("default/app/s", media=MONO, video=False, ready=True)
    assert [track["type"] for track in document(emulator, "s")["input"]["tracks"]] == ["Audio", "Data"]


def test_clip_can_weigh_more_than_it_does(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, real_sizes=True)
    emulator.connect("default/app/s", media=H265, video=VideoInput(bitrate=700_000), ready=True)
    emulator.connect("default/app/plain", media=H265, ready=True)
    emulator.clock.advance(9)
    rates = [document(emulator, name)["input"]["tracks"][0]["video"]["bitrate"] for name in ("s", "plain")]
    assert rates[0] == 700_000
    assert rates[1] < 20_000


def test_heavier_h265_decodes_to_the_same_pictures(tmp_path: Path) -> None:
    pictures = []
    for name, tracks in (("plain", VideoInput()), ("heavy", VideoInput(bitrate=700_000))):
        emulator = Emulator(root=tmp_path / name, real_sizes=True)
        emulator.connect("default/app/s", media=H265, video=tracks, ready=True)
        dumped(emulator, "default/app/s", "s2", 9)
        with av.open(str(tmp_path / name / "d" / "llhls.m3u8")) as container:
            pictures.append([bytes(frame.planes[0]) for frame in container.decode(video=0)])
    assert len(pictures[0]) > 100
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("name", ["a.ts", "a.mp4"])
def test_record_of_h265_decodes(name: str, tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, media=H265)
    client, headers = emulator.app.test_client(), {"Authorization": emulator.authorization}
    path = "/v1/vhosts/default/apps/app"
    body = {"id": "r", "stream": {"name": "stream2"}, "filePath": f"/{name}", "infoPath": "/a.xml"}
    client.post(f"{path}:startRecord", data=json.dumps(body), headers=headers)
    emulator.clock.advance(12)
    client.post(f"{path}:stopRecord", data=json.dumps({"id": "r"}), headers=headers)
    (file,) = tmp_path.rglob(name)
    with av.open(str(file)) as container:
        assert container.streams.video[0].codec_context.name == "hevc"
        assert sum(1 for _ in container.decode(video=0)) > 300


def test_clip_is_named_over_http(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    headers = {"Authorization": emulator.authorization}
    path = "/_mock/streams/default/app/s"
    refused = emulator.app.test_client().put(path, json={"media": str(tmp_path / "none.mp4")}, headers=headers)
    assert (refused.status_code, "none.mp4: No such file or directory" in refused.text) == (400, True)
    assert emulator.app.test_client().put(path, json={"media": str(FULL_HD), "ready": True}, headers=headers).status_code == 200
    assert document(emulator, "s")["input"]["tracks"][0]["video"]["height"] == 1080


@pytest.mark.parametrize(
    ("tracks", "reason"),
    [
        ({"video": VideoInput(640, 480)}, "height 480 is not the clip's, which is 180"),
        ({"video": VideoInput(framerate=Fraction(25))}, "framerate 25 is not the clip's, which is 30"),
        ({"audio": AudioInput(channels=1)}, "channels 1 is not the clip's, which is 2"),
    ],
)
def test_track_that_is_not_the_clips_is_refused(tracks: dict[str, Any], reason: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(reason)):
        Emulator(root=tmp_path).connect("default/app/s", media=H265, **tracks, ready=True)


def test_sound_of_a_silent_clip_alone_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="none of the tracks"):
        Emulator(root=tmp_path).connect("default/app/s", media=SILENT, video=False, ready=True)


def test_loop_of_the_package_has_one_codec(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="codec 'h265' of a video is not that of the package's loop, h264"):
        Emulator(root=tmp_path).connect("default/app/s", video=VideoInput(codec="h265"), ready=True)


@pytest.mark.parametrize("media", [__file__, CLIPS, "/nope.mp4", "a\0b"])
def test_what_is_no_clip_is_named(media: str | Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="media "):
        OmeMock(root=tmp_path, media=media)


@pytest.mark.parametrize(
    ("given", "planned", "gop"),
    [
        pytest.param((8, Fraction(30), 48_000, 2), Plan(240, Fraction(30), 375, 48_000, 2), 30, id="30 fps and 48 kHz close after 8 s"),
        pytest.param((4, Fraction(60), 48_000, 2), Plan(256, Fraction(60), 200, 48_000, 2), 64, id="60 fps and 48 kHz after 4.27 s"),
        pytest.param((8, Fraction(25), 44_100, 1), Plan(256, Fraction(25), 441, 44_100, 1), 32, id="25 fps and 44.1 kHz after 10.24 s"),
        pytest.param(
            (8, Fraction(30_000, 1001), 44_100, 2),
            Plan(640, Fraction(30_000, 1001), 1001, 48_000, 2),
            32,
            id="29.97 fps and 44.1 kHz after most of an hour: 48 kHz then",
        ),
        pytest.param((8, Fraction(1499, 50), 44_100, 2), Plan(240, Fraction(30), 375, 48_000, 2), 30, id="odd rates become usual ones"),
        pytest.param((8, Fraction(30), 0, 0), Plan(240, Fraction(30)), 30, id="no sound"),
    ],
)
def test_loop_is_as_long_as_its_tracks_need_to_end_together(given: tuple[int, Fraction, int, int], planned: Plan, gop: int) -> None:
    plan = plan_loop(*given)
    assert (plan, plan.gop) == (planned, gop)
    if plan.frames:
        assert plan.pictures / plan.frame_rate == Fraction(1024 * plan.frames, plan.sample_rate)
