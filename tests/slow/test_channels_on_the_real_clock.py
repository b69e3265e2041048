"""Channels of `serve`, on the real clock and with nothing else running: they come and go by themselves."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from served import AUTHORIZATION, LATE_S, TIMEOUT_S, Spawn, WaitUntil

APP = "/v1/vhosts/default/apps/app"
PROVIDERS = """<Schedule><MediaRootDir>/nowhere</MediaRootDir><ScheduleFilesDir>/s</ScheduleFilesDir></Schedule>
<Multiplex><MuxFilesDir>/m</MuxFilesDir></Multiplex></Providers>"""
PROGRAM = {"name": "p", "scheduled": "2026-01-01T00:00:00Z", "repeat": True, "items": [{"url": "file://a.mp4", "duration": 60000}]}
SCHEDULED = {"stream": {"name": "tv", "bypassTranscoder": True}, "programs": [PROGRAM]}
TRACKS = [{"sourceTrackName": "bypass_video", "newTrackName": "v"}]
SOURCES = [{"name": "one", "url": "stream://default/app/camera", "trackMap": TRACKS}]
MULTIPLEX = {"outputStream": {"name": "mux", "bypassTranscoder": True}, "sourceStreams": SOURCES}
KINDS = pytest.mark.parametrize(
    ("channels", "name", "body"),
    [("scheduledChannels", "tv", SCHEDULED), ("multiplexChannels", "mux", MULTIPLEX)],
    ids=["scheduled", "multiplex"],
)


class Client:
    def __init__(self, port: int) -> None:
        self._port = port

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        connection.request(method, path, None if body is None else json.dumps(body), {"Authorization": AUTHORIZATION})
        answer = connection.getresponse()
        try:
            return answer.status, json.loads(answer.read() or "{}").get("response")
        finally:
            connection.close()

    def seconds_until(self, wait_until: WaitUntil, path: str, expected: list[str], since: float) -> float:
        """How long after a moment of the monotonic clock a list is as expected."""
        wait_until(lambda: self.ask("GET", path)[1] == expected)
        return time.monotonic() - since


@pytest.fixture
def client(spawn: Spawn, root: Path, tmp_path: Path) -> Iterator[Client]:
    (tmp_path / "Server.xml").write_text(files("ome_mock.worlds").joinpath("default.xml").read_text().replace("</Providers>", PROVIDERS))
    served = spawn("--root", root, "--config", tmp_path / "Server.xml", "--stream", "default/app/camera")
    yield Client(served.ports["port"])
    assert served.end(signal.SIGTERM).status == 0


@KINDS
def test_channel_comes_at_the_next_second_and_goes_later(
    client: Client, wait_until: WaitUntil, channels: str, name: str, body: dict[str, Any]
) -> None:
    since = time.monotonic()
    assert client.ask("POST", f"{APP}/{channels}", body)[0] == 201
    assert client.seconds_until(wait_until, f"{APP}/{channels}", [name], since) < 1 + LATE_S
    assert client.ask("GET", f"{APP}/streams")[1] == ["camera", name]
    assert client.ask("POST", f"{APP}/{channels}", body)[0] == 409
    since = time.monotonic()
    assert client.ask("DELETE", f"{APP}/{channels}/{name}")[0] == 200
    assert client.ask("DELETE", f"{APP}/{channels}/{name}")[0] == 500
    assert 1.7 < client.seconds_until(wait_until, f"{APP}/{channels}", [], since) < 3 + LATE_S
    assert client.ask("GET", f"{APP}/streams")[1] == ["camera"]


def test_patch_is_seen_by_itself(client: Client, wait_until: WaitUntil) -> None:
    client.ask("POST", f"{APP}/scheduledChannels", SCHEDULED)
    wait_until(lambda: client.ask("GET", f"{APP}/scheduledChannels")[1] == ["tv"])
    wait_until(lambda: client.ask("GET", "/_mock/clock")[1] is None and time.time() % 1 < 0.2)
    assert client.ask("PATCH", f"{APP}/scheduledChannels/tv", {"programs": [PROGRAM | {"name": "q"}]})[0] == 201
    begun = time.monotonic()
    wait_until(lambda: client.ask("GET", f"{APP}/scheduledChannels/tv")[1]["currentProgram"]["name"] == "q")
    assert time.monotonic() - begun < 1 + LATE_S


def test_program_begins_and_ends_by_itself(client: Client, wait_until: WaitUntil) -> None:
    scheduled = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 4))
    program = PROGRAM | {"scheduled": scheduled, "repeat": False, "items": [{"url": "file://a.mp4", "duration": 2000}]}
    client.ask("POST", f"{APP}/scheduledChannels", SCHEDULED | {"programs": [program]})
    wait_until(lambda: client.ask("GET", f"{APP}/scheduledChannels")[1] == ["tv"])
    states: list[list[str]] = []

    def has_ended() -> bool:
        state = client.ask("GET", f"{APP}/scheduledChannels/tv")[1]["currentProgram"]["state"]
        codec = client.ask("GET", f"{APP}/streams/tv")[1]["input"]["tracks"][0]["video"]["codec"]
        is_of_one_moment = client.ask("GET", f"{APP}/scheduledChannels/tv")[1]["currentProgram"]["state"] == state
        if is_of_one_moment and [state, codec] not in states[-1:]:
            states.append([state, codec])
        return len(states) == 3

    wait_until(has_ended)
    assert states == [["offair", "None"], ["onair", "H264"], ["offair", "H264"]]


def test_source_that_leaves_ends_the_channel_until_it_comes_back(client: Client, wait_until: WaitUntil) -> None:
    client.ask("POST", f"{APP}/multiplexChannels", MULTIPLEX)
    wait_until(lambda: client.ask("GET", f"{APP}/streams")[1] == ["camera", "mux"])
    since = time.monotonic()
    assert client.ask("DELETE", "/_mock/streams/default/app/camera")[0] == 200
    assert 1.7 < client.seconds_until(wait_until, f"{APP}/streams", [], since) < 3 + LATE_S
    wait_until(lambda: client.ask("GET", f"{APP}/multiplexChannels")[1] == ["mux"])
    assert client.ask("GET", f"{APP}/multiplexChannels/mux")[1]["state"] == "Pulling"
    since = time.monotonic()
    assert client.ask("POST", "/_mock/streams/default/app/camera:reconnect", {})[0] == 200
    assert client.seconds_until(wait_until, f"{APP}/streams", ["camera", "mux"], since) < 1 + LATE_S
