"""Encoders in processes of their own publish to a server in another: FFmpeg's RTMP client, and the stack of docker-compose.yml."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from ingest.rtmp_client import HEVC_HEADER, HEVC_KEY_FRAME, HEVC_METADATA
from publishing.encoder import BareEncoder
from served import AUTHORIZATION, LATE_S, Served, Spawn, WaitUntil

ENCODER = Path(__file__).with_name("rtmp_encoder.py")
REPOSITORY = Path(__file__).parents[2]
CLIENT = REPOSITORY / "tests" / "clients" / "watch_a_dump.py"
STREAMS = "/v1/vhosts/default/apps/app/streams"


@contextmanager
def encoder(served: Served, codec: str = "libx264", seconds: int = 30) -> Iterator[subprocess.Popen[bytes]]:
    url = f"rtmp://127.0.0.1:{served.ports['rtmp_port']}/app/camera1"
    process = subprocess.Popen([sys.executable, ENCODER, url, codec, str(seconds)], stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ask(served: Served, path: str = "", method: str = "GET", body: Any = None) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", served.ports["port"], timeout=20)
    connection.request(method, STREAMS + path, body and json.dumps(body), {"Authorization": AUTHORIZATION})
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    return answer.status, found


@pytest.mark.parametrize(("codec", "name", "ertmp"), [("libx264", "H264", False), ("libx264", "H264", True), ("libx265", "H265", True)])
def test_ffmpeg_publishes_and_is_killed(codec: str, name: str, ertmp: bool, spawn: Spawn, tmp_path: Path, wait_until: WaitUntil) -> None:
    served = spawn("--root", tmp_path / "root", "--config", config_of(tmp_path, ertmp=ertmp))
    with encoder(served, codec) as process:
        wait_until(lambda: "camera1" in ask(served)[1]["response"])
        video = ask(served, "/camera1")[1]["response"]["input"]["tracks"][0]["video"]
        assert (video["codec"], video["width"], video["height"]) == (name, 98, 62)
        wait_until(lambda: ask(served, "/camera1")[1]["response"]["outputs"])
        info_file = tmp_path / "root" / "d1.info"
        dump = {"outputStreamName": "camera1", "id": "d1", "outputPath": "/d1", "infoFile": "/d1.info"}
        assert ask(served, "/camera1:startHlsDump", "POST", dump)[0] == 200
        wait_until(lambda: 'CODECS="avc1' in played(served))
        wait_until(lambda: len(list((tmp_path / "root" / "d1").glob("seg_0_*"))) > 1)
        killed_s = time.monotonic()
        process.kill()
        wait_until(lambda: "<Status>Completed</Status>" in info_file.read_text())
        wait_until(lambda: ask(served)[1]["response"] == [])
        assert time.monotonic() - killed_s < 1 + LATE_S
    outcome = served.end(signal.SIGTERM)
    assert "publishes default/app/camera1" in outcome.err
    assert "internal error" not in outcome.err


@pytest.mark.parametrize("ertmp", [False, True], ids=["plain", "E-RTMP"])
def test_bare_client_is_listed_while_it_is_there(ertmp: bool, spawn: Spawn, tmp_path: Path, wait_until: WaitUntil) -> None:
    served = spawn("--root", tmp_path / "root", "--config", config_of(tmp_path, ertmp=ertmp))
    with BareEncoder(port=served.ports["rtmp_port"]) as client:
        client.publish()
        sent_s = time.monotonic()
        client.send_media()
        wait_until(lambda: ask(served)[1]["response"] == ["camera1"])
        assert time.monotonic() - sent_s < 0.5 + LATE_S
        video = ask(served, "/camera1")[1]["response"]["input"]["tracks"][0]["video"]
        assert (video["codec"], video["width"], video["height"]) == ("H264", 160, 90)
        closed_s = time.monotonic()
    wait_until(lambda: ask(served)[1]["response"] == [])
    assert time.monotonic() - closed_s < 1 + LATE_S


@pytest.mark.parametrize("ertmp", [False, True], ids=["plain", "E-RTMP"])
def test_bare_client_of_h265_needs_the_module(ertmp: bool, spawn: Spawn, tmp_path: Path, wait_until: WaitUntil) -> None:
    """Without it the connection is closed at the first picture; with it the stream is listed as what it is."""
    served = spawn("--root", tmp_path / "root", "--config", config_of(tmp_path, ertmp=ertmp))
    with BareEncoder(port=served.ports["rtmp_port"]) as client:
        client.publish()
        client.send(client.sender.media(HEVC_METADATA, HEVC_HEADER, HEVC_KEY_FRAME))
        if not ertmp:
            assert client.is_closed()
            wait_until(lambda: ask(served)[1]["response"] == [])
            assert "video of an unknown codec" in served.end(signal.SIGTERM).err
            return
        wait_until(lambda: ask(served)[1]["response"] == ["camera1"])
        video, audio, _ = ask(served, "/camera1")[1]["response"]["input"]["tracks"]
        assert (video["id"], video["video"]["codec"], video["video"]["width"], video["video"]["height"]) == (100, "H265", 98, 62)
        assert (audio["id"], audio["audio"]["codec"]) == (200, "AAC")


def config_of(directory: Path, *, ertmp: bool) -> Path:
    text = (REPOSITORY / "docs" / "containers" / "Server.xml").read_text()
    if ertmp:
        text = text.replace("<Modules>", "<Modules><ERTMP><Enable>true</Enable></ERTMP>")
    config = directory / "Server.xml"
    config.write_text(text)
    return config


def played(served: Served) -> str:
    connection = HTTPConnection("127.0.0.1", served.ports["llhls_port"], timeout=20)
    connection.request("GET", "/app/camera1/llhls.m3u8")
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def test_stack_of_encoder_emulator_and_recorder(spawn: Spawn, tmp_path: Path) -> None:
    """A publisher, a client that is told by the webhook and dumps, and the server, which knows the others by its Server.xml."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        webhook_port = str(free.getsockname()[1])
    config = REPOSITORY / "docs" / "containers" / "stack.Server.xml"
    served = spawn("--allow-path", tmp_path, "--config", config, CONTROL_SERVER=f"127.0.0.1:{webhook_port}")
    settings = {
        "OME_URL": f"http://127.0.0.1:{served.ports['port']}",
        "OME_DUMPS": str(tmp_path),
        "OME_WEBHOOK_PORT": webhook_port,
        "OME_SECONDS": "6",
    }
    client = subprocess.Popen(
        [sys.executable, "-u", CLIENT], env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        wait_for_port(int(webhook_port))
        with encoder(served):
            printed, _ = client.communicate(timeout=60)
    finally:
        client.kill()
    lines = printed.splitlines()
    assert lines[0] == "told: opening rtmp://127.0.0.1:" + str(served.ports["rtmp_port"]) + "/app/camera1"
    assert lines[1].startswith("start: 200")
    assert "info file: Completed" in lines
    assert lines[-1].endswith("segments are listed, 0 of them missing")
    assert client.returncode == 0


def wait_for_port(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
