"""Players of LL-HLS, HLS over MPEG-TS and thumbnails at a control server, as a real engine was seen to treat them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from callbacks.conftest import Standing
from callbacks.recorded_callbacks import of_asked, of_recorded, read_cases, recorded_answers

from ome_mock import OmeMock

CASES = read_cases("admission-webhooks-outgoing")
ONCE = {name: case for name, case in CASES.items() if name.startswith("outgoing/")}
SESSIONS = {name: case for name, case in CASES.items() if name.startswith("outgoing-session/")}
HOSTS = {
    "outgoing/unknown host": "nowhere.example:3333",
    "outgoing/vhost with only rtmp": "onlyrtmp.example:3333",
    "outgoing/vhost without webhooks": "plain.example:3333",
}
STREAMS = [f"{vhost}/app/live" for vhost in ("default", "onlyrtmp", "onlyllhls", "plain")] + ["default/other/second"]
Players = Callable[[dict[str, Any]], tuple[Standing, HTTPConnection]]


@pytest.fixture
def players(standing: Standing) -> Iterator[Players]:
    """An emulator of the recorded world, and a connection to it; its control server answers as in a case."""
    standing.ome.reset(streams=STREAMS)
    connection = HTTPConnection("127.0.0.1", standing.ome.llhls_port)

    def play(case: dict[str, Any]) -> tuple[Standing, HTTPConnection]:
        if answers := recorded_answers(case):
            standing.control.answer(*answers)
        return standing, connection

    yield play
    connection.close()


def ask(connection: HTTPConnection, method: str, path: str, headers: dict[str, str]) -> tuple[HTTPResponse, str]:
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    return response, response.read().decode("latin-1")


@pytest.mark.parametrize("name", sorted(ONCE))
def test_player_is_answered_as_it_was(name: str, players: Players) -> None:
    case, player = ONCE[name], ONCE[name]["player"]
    (ome, control), connection = players(case)
    host = HOSTS.get(name, "127.0.0.1:3333") if not case["asked"] else re.findall(r'"url":"http://([^/]*)', case["asked"][0]["body"])[0]
    path = re.sub("chunklist_0_video_[^_]*", chunklist_of(ome), player["path"])
    if "thumbnail" in name:
        connection.close()
        connection = HTTPConnection("127.0.0.1", ome.thumbnail_port or 0)
    response, body = ask(connection, player["method"], path, {"Host": host, **player["request_headers"]})
    connection.close()
    assert of_asked(control.wait_for(len(case["asked"]))) == of_recorded(case["asked"])
    assert (response.status, response.reason) == (player["status"], player["reason"])
    assert names(response.getheaders()) == names(player["headers"])
    assert shape(body) == shape(player["body"]) if "body" in player else body


@pytest.mark.parametrize("name", sorted(SESSIONS))
def test_session_lives_as_long_as_it_did(name: str, players: Players) -> None:
    case = SESSIONS[name]
    (ome, control), connection = players(case)
    now, session, seen, wanted = 0.0, "", [], []
    for step in case["player"]:
        ome.clock.advance(max(0.0, step["t"] - now))
        now = max(now, step["t"])
        if "do" in step:
            connection.close()
            continue
        if step["t"] > 2 and "stream ends" in name and ome.engine.input_streams("default", "other"):
            ome.disconnect("default/other/second")
        path = re.sub(r"chunklist_0_video_[^_]*_llhls\.m3u8\?session=\S*", session, step["path"])
        response, body = ask(connection, "GET", f"/{path.lstrip('/')}", {"Host": "127.0.0.1:3333", "User-Agent": "player/1.0"})
        found = re.search(r"^/\S+/(chunklist_0\S*)", body, re.MULTILINE)
        session = found[1] if found else session
        seen.append(response.status)
        wanted.append(step["status"])
    assert seen == wanted
    assert of_asked(control.wait_for(len(case["asked"]))) == of_recorded(case["asked"])


def chunklist_of(ome: OmeMock) -> str:
    track = ome.engine.input_stream("default", "app", "live").outputs[0].tracks[0]
    return track.chunklist_name.removesuffix("_llhls.m3u8")


def names(headers: Iterable[Sequence[str]]) -> list[str]:
    return sorted(name for name, _ in headers)


def shape(body: str) -> str:
    """What a playlist says, but for keys, sessions and what depends on the pictures."""
    body = re.sub(r"_[0-9A-Za-z]{8}_llhls", "_KEY_llhls", body)
    body = re.sub(r"session=\d+_[0-9A-Za-z]{8}", "session=SESSION", body)
    return re.sub(r'BANDWIDTH=\d+|RESOLUTION=\d+x\d+|avc1\.\w+|CHANNELS="\d"|chunklist_\d', "...", body)
