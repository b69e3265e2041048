"""Encoders that publish by RTMP, over real sockets: their streams, dumps and ends."""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.request import urlopen

import pytest
from ingest.rtmp_client import AVC_HEADER_320
from publishing.conftest import Ask
from publishing.encoder import BareEncoder
from served import WaitUntil

from ome_mock import OmeMock
from ome_mock.clock import RealClock
from ome_mock.errors import ConfigurationError

PATH = "default/app/camera1"


def listed(ask: Ask) -> list[str]:
    names: list[str] = ask()[1]["response"]
    return names


def test_publisher_is_listed_with_what_it_sends(ome: OmeMock, ask: Ask, wait_until: WaitUntil) -> None:
    with BareEncoder(ome) as encoder:
        status = encoder.publish("camera1?token=a")
        assert isinstance(status[3], dict)
        assert status[3]["code"] == "NetStream.Publish.Start"
        assert listed(ask) == []
        encoder.send_media()
        wait_until(lambda: listed(ask) == ["camera1"])
        wait_until(lambda: len(ask("/camera1")[1]["response"]["outputs"]) == 2)
        source = ask("/camera1")[1]["response"]["input"]
        assert source["sourceType"] == "Rtmp"
        assert source["sourceUrl"] == f"TCP://127.0.0.1:{encoder.port}/tcp"
        video, audio, data = source["tracks"]
        assert (video["id"], audio["id"], data["id"]) == (0, 1, 2)
        sent = video["video"]
        assert (sent["codec"], sent["width"], sent["height"], sent["framerate"], sent["bitrate"]) == ("H264", 160, 90, 15.0, 58000)
        assert (audio["audio"]["samplerate"], audio["audio"]["channel"]) == (44100, 2)
    wait_until(lambda: listed(ask) == [])


def test_stream_of_a_publisher_is_dumped_and_played(ome: OmeMock, ask: Ask, wait_until: WaitUntil) -> None:
    with BareEncoder(ome) as encoder:
        encoder.publish()
        encoder.send_media()
        wait_until(lambda: ask("/camera1")[1].get("response", {}).get("outputs"))
        status, _ = ask("/camera1:startHlsDump", "POST", {"outputStreamName": "camera1", "id": "d1", "outputPath": "/d1"})
        assert status == 200
        ome.clock.advance(13)
        assert len([name for name in ome.dumps["d1"].files if "seg_0" in str(name)]) == 2
        assert 'CODECS="avc1' in urlopen(f"{ome.llhls_url}/app/camera1/llhls.m3u8", timeout=10).read().decode()
    wait_until(lambda: ome.dumps["d1"].status == "Completed")
    wait_until(lambda: listed(ask) == [])


def test_only_the_clock_of_the_emulator_moves_a_stream(ome: OmeMock, ask: Ask, wait_until: WaitUntil) -> None:
    with BareEncoder(ome) as encoder:
        encoder.publish()
        encoder.send_media(60_000)
        wait_until(lambda: ask("/camera1")[1].get("response", {}).get("outputs"))
        ask("/camera1:startHlsDump", "POST", {"outputStreamName": "camera1", "id": "d1", "outputPath": "/d1"})
        assert not ome.dumps["d1"].files
        ome.clock.advance(60)
        assert len(ome.dumps["d1"].files) > 10


def test_rates_are_measured(ome: OmeMock, ask: Ask, wait_until: WaitUntil) -> None:
    with BareEncoder(ome) as encoder:
        encoder.publish()
        encoder.send_media(3000)
        wait_until(lambda: ask("/camera1")[1].get("response", {}).get("outputs"))
        wait_until(lambda: ask("/camera1")[1]["response"]["input"]["tracks"][0]["video"]["keyFrameIntervalLatest"] == 25)
        sent = ask("/camera1")[1]["response"]["input"]["tracks"][0]["video"]
        frames = 24 * (100 + 6) + (500 + 6 + 36)
        assert (sent["framerateAvg"], sent["bitrateAvg"], sent["bitrateConf"]) == (25.0, frames * 8, 58000)


def test_another_size_in_mid_stream_shows_at_once(ome: OmeMock, ask: Ask, wait_until: WaitUntil) -> None:
    with BareEncoder(ome) as encoder:
        encoder.publish()
        encoder.send_media()
        wait_until(lambda: ask("/camera1")[1].get("response", {}).get("outputs"))
        encoder.send(encoder.sender.video(AVC_HEADER_320, 1000))
        wait_until(lambda: ask("/camera1")[1]["response"]["input"]["tracks"][0]["video"]["configChangeCount"] == 1)
        document = ask("/camera1")[1]["response"]
        sent, served = document["input"]["tracks"][0]["video"], document["outputs"][0]["tracks"][0]["video"]
        assert (sent["width"], sent["height"], served["width"], served["height"]) == (320, 180, 320, 180)


# Names and places


def test_name_that_is_taken_closes_the_second(ome: OmeMock, ask: Ask, wait_until: WaitUntil) -> None:
    with BareEncoder(ome) as first, BareEncoder(ome) as second:
        for encoder in (first, second):
            encoder.publish()
        second.send_media()
        wait_until(lambda: listed(ask) == ["camera1"])
        first.send_media()
        assert first.is_closed()
        assert listed(ask) == ["camera1"]


def test_encoder_comes_back_under_its_name(ome: OmeMock, ask: Ask, wait_until: WaitUntil) -> None:
    for _ in range(3):
        with BareEncoder(ome) as encoder:
            encoder.publish()
            encoder.send_media()
            wait_until(lambda: listed(ask) == ["camera1"])
        wait_until(lambda: listed(ask) == [])


@pytest.mark.parametrize("application", ["nope", ""])
def test_unknown_application_closes(ome: OmeMock, application: str) -> None:
    with BareEncoder(ome) as encoder:
        encoder.send(encoder.sender.connect(f"rtmp://127.0.0.1:1935/{application}") + encoder.sender.command("FCPublish", 3, None, "x"))
        encoder.wait_for("onFCPublish")
        assert encoder.is_closed()


def test_host_of_no_virtual_host_waits_for_ever(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path, rtmp_port=0, config=_one_host(tmp_path)) as ome, BareEncoder(ome) as encoder:
        encoder.socket.settimeout(0.2)
        encoder.send(encoder.sender.connect("rtmp://nowhere.example/app") + encoder.sender.command("FCPublish", 3, None, "x"))
        encoder.wait_for("onFCPublish")
        encoder.send(encoder.sender.command("publish", 5, None, "x", "live", stream=1))
        assert not encoder.is_closed()


def _one_host(directory: Path) -> Path:
    from importlib.resources import files

    config = directory / "Server.xml"
    text = files("ome_mock.worlds").joinpath("default.xml").read_text()
    host = text.index("<VirtualHost>")
    config.write_text(text[:host] + text[host:].replace("<Name>*</Name>", "<Name>127.0.0.1</Name>"))
    return config


# Ends


def test_stream_that_the_api_deletes_closes_its_connection(ome: OmeMock, ask: Ask, wait_until: WaitUntil) -> None:
    with BareEncoder(ome) as encoder:
        encoder.publish()
        encoder.send_media()
        wait_until(lambda: listed(ask) == ["camera1"])
        assert ask("/camera1", "DELETE")[0] == 200
        assert encoder.is_closed()


@pytest.mark.parametrize("end", ["disconnect", "reset", "stop"])
def test_emulator_ends_a_publisher(end: str, tmp_path: Path, wait_until: WaitUntil) -> None:
    with OmeMock(root=tmp_path, streams=[], rtmp_port=0) as ome, BareEncoder(ome) as encoder, BareEncoder(ome) as idle:
        encoder.publish()
        encoder.send_media()
        wait_until(lambda: ome.engine.input_streams("default", "app"))
        if end == "disconnect":
            ome.disconnect(PATH)
        else:
            getattr(ome, end)()
        assert encoder.is_closed()
        idle.socket.settimeout(0.1)
        assert idle.is_closed() is (end == "stop")


def test_encoder_of_the_python_api_cannot_take_a_publishers_name(ome: OmeMock, wait_until: WaitUntil) -> None:
    with BareEncoder(ome) as encoder:
        encoder.publish()
        encoder.send_media()
        wait_until(lambda: ome.engine.input_streams("default", "app"))
        with pytest.raises(ConfigurationError, match="connected already"):
            ome.connect(PATH)
    wait_until(lambda: not ome.engine.input_streams("default", "app"))
    assert ome.reconnect(PATH) == PATH


def test_frames_that_stop_coming_are_a_stall(tmp_path: Path, wait_until: WaitUntil) -> None:
    with OmeMock(root=tmp_path, streams=[], rtmp_port=0, clock=RealClock()) as ome, BareEncoder(ome) as encoder:
        encoder.publish()
        encoder.send_media()
        (stream,) = wait_until(lambda: ome.engine.input_streams("default", "app"))
        wait_until(lambda: stream.pace.is_held)
        held_ns = stream.pace.media_ns(ome.clock.now_ns())
        assert stream.pace.media_ns(ome.clock.now_ns()) == held_ns
        encoder.send_media(1000, headers=False)
        wait_until(lambda: stream.pace.media_ns(ome.clock.now_ns()) > held_ns)


# The port


def test_there_is_no_port_unless_it_is_asked_for(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path) as ome:
        assert ome.rtmp_port is None
        with pytest.raises(ConfigurationError, match="rtmp_port=0 takes a free port"):
            _ = ome.rtmp_url


def test_url_and_log_say_what_is_shown(ome: OmeMock, wait_until: WaitUntil, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "ome_mock.rtmp")
    assert ome.rtmp_url == f"rtmp://127.0.0.1:{ome.rtmp_port}"
    with BareEncoder(ome) as encoder:
        encoder.publish(flashVer="OBS")
        encoder.send_media()
        wait_until(lambda: "players and dumps get the emulator's own pictures and sound" in caplog.text)
    assert "(OBS) publishes default/app/camera1" in caplog.text
