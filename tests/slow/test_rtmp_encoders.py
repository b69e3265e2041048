"""FFmpeg's own RTMP client publishes over a real socket, from a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ingest.publishers import reason

from ome_mock.ingest.connection import RtmpConnection
from ome_mock.ingest.events import AudioTrack, Ended, Event, PublishRequested, TracksKnown, VideoTrack

ENCODER = Path(__file__).with_name("rtmp_encoder.py")
TIMEOUT_S = 60

Decision = Callable[[RtmpConnection], list[Event]]


def serve(codec: str, connection: RtmpConnection, decide: Decision) -> tuple[int, list[Event]]:
    """Serve one encoder; its exit status and the events."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(TIMEOUT_S)
        url = f"rtmp://127.0.0.1:{listener.getsockname()[1]}/app/stream?key=a"
        encoder = subprocess.Popen([sys.executable, ENCODER, url, codec], stderr=subprocess.DEVNULL)
        client, _ = listener.accept()
    with client:
        client.settimeout(TIMEOUT_S)
        events = list(talk(client, connection, decide))
    return encoder.wait(TIMEOUT_S), events


def talk(client: socket.socket, connection: RtmpConnection, decide: Decision) -> list[Event]:
    """The loop that the connection's module describes."""
    told: list[Event] = []
    while not connection.closed:
        received = client.recv(65536)
        events = connection.receive(received) if received else connection.end("the client closed it")
        while events:
            told += events
            events = decide(connection) if isinstance(events[-1], PublishRequested) else []
        client.sendall(connection.bytes_to_send())
    return told


@pytest.mark.parametrize(("codec", "name", "ertmp"), [("libx264", "H264", False), ("libx264", "H264", True), ("libx265", "H265", True)])
def test_ffmpeg_publishes(codec: str, name: str, ertmp: bool) -> None:
    connection = RtmpConnection(ertmp=ertmp)
    status, (asked, known, ended) = serve(codec, connection, RtmpConnection.accept)
    assert status == 0
    assert isinstance(asked, PublishRequested)
    assert (asked.url.app, asked.url.stream, asked.url.query) == ("app", "stream", "key=a")
    assert isinstance(known, TracksKnown)
    video, audio = known.tracks.video, known.tracks.audio
    assert video
    assert audio
    ids = (100, 200) if ertmp else (0, 1)
    assert video == VideoTrack(ids[0], name, 98, 62, 10.0, video.bitrate)
    assert audio == AudioTrack(ids[1], "AAC", 44100, 2, audio.bitrate)
    counters = connection.counters
    assert (counters.video.frames, counters.video.key_frames, counters.video.key_frame_interval) == (20, 2, 10)
    assert 86 <= counters.audio.frames <= 88
    assert isinstance(ended, Ended)
    assert ended.reason == "the client closed it"


def test_ffmpeg_without_the_module_is_closed_at_its_second_picture_of_h265() -> None:
    connection = RtmpConnection()
    _, events = serve("libx265", connection, RtmpConnection.accept)
    assert reason(events).startswith("video of an unknown codec")


def test_ffmpeg_that_is_refused_fails() -> None:
    status, events = serve("libx264", RtmpConnection(), RtmpConnection.refuse)
    assert (status, reason(events)) == (1, "refused")
