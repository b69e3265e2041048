"""Steps that no recorder writes: incidents, other ports, bytes, held requests."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from app_target import AppTarget

from ome_mock import OmeMock
from ome_mock.errors import ConfigurationError, PathRefused
from ome_mock.recordings.case import API, LLHLS, Answer, Case, Request
from ome_mock.recordings.comparing import KEY, SESSION
from ome_mock.recordings.jsonl import parse_case, read_recording, render_case
from ome_mock.recordings.replay import Surroundings, replay_on
from ome_mock.recordings.targets import ServerTarget

Replayed = Callable[..., list[str]]

STREAM = "/v1/vhosts/default/apps/app/streams/camera"
CONNECT = {"do": "connect", "stream": "default/app/camera", "video": {"width": 320, "height": 180}, "audio": True}
DISCONNECT = {"do": "disconnect", "stream": "default/app/camera"}
GARBAGE = {"sent": ["GET /v1/version\r\n", "\r\n"], "received": [], "closed": True}
MASTER = "/app/camera/llhls.m3u8"


def asked(path: str, status: int | None, port: str = API, **response: Any) -> dict[str, Any]:
    return {"request": {"method": "GET", "path": path, "port": port}, "response": {"status": status, **response}}


def session_of(*steps: dict[str, Any]) -> Case:
    return parse_case({"case": "a", "steps": steps})


@pytest.fixture
def ome(tmp_path: Path) -> Iterator[OmeMock]:
    with OmeMock(dialect="engine-0.21", root=tmp_path / "disk", streams=[]) as ome:
        yield ome


@pytest.fixture
def replayed(ome: OmeMock, tmp_path: Path) -> Replayed:
    """Replay steps on an emulator without streams, and tell the parts that differ."""

    def replayed(*steps: dict[str, Any]) -> list[str]:
        path = tmp_path / "a.ome.jsonl"
        path.write_text(render_case(session_of(*steps)))
        return [found.difference.part for found in ome.replay(path)]

    return replayed


def test_encoder_comes_and_goes(replayed: Replayed) -> None:
    gone = '{"message":"[HTTP] Could not find the stream: [default/#default#app/camera] (404)","statusCode":404}'
    seen = asked(STREAM, 200, body="no document")
    assert replayed(CONNECT, {"sleep": 2}, seen, DISCONNECT, asked(STREAM, 404, body=gone)) == ["body"]


def test_somebody_else_changes_the_disk(replayed: Replayed, ome: OmeMock) -> None:
    kept, removed = ({"do": "write file", "path": f"/dumps/{name}/a.txt", "text": "theirs"} for name in ("kept", "removed"))
    assert replayed(kept, removed, {"do": "remove tree", "path": "/dumps/removed"}) == []
    assert ome.on_disk("/dumps/kept/a.txt").read_text() == "theirs"
    assert not ome.on_disk("/dumps/removed").exists()


@pytest.mark.parametrize("path", ["/../../outside", "/dumps/../../outside", "/.."])
def test_disk_outside_the_root_is_not_touched(replayed: Replayed, tmp_path: Path, path: str) -> None:
    (tmp_path / "outside").mkdir()
    with pytest.raises(PathRefused):
        replayed({"do": "remove tree", "path": path})
    assert (tmp_path / "outside").exists()


def test_disk_that_is_not_as_it_was_is_named(replayed: Replayed) -> None:
    with pytest.raises(ConfigurationError, match="remove tree /nowhere: No such file"):
        replayed({"do": "remove tree", "path": "/nowhere"})


def test_disk_without_a_root_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.ome.jsonl"
    path.write_text(render_case(session_of({"do": "remove tree", "path": str(tmp_path)})))
    with OmeMock(allow_paths=[tmp_path]) as ome, pytest.raises(ConfigurationError, match="root"):
        ome.replay(path)
    assert path.exists()


def test_other_ports_are_asked(replayed: Replayed) -> None:
    steps = (asked("/app/nope/llhls.m3u8", 404, "llhls"), asked("/app/nope/thumb.jpg", 404, "thumbnail"), asked("/v1", 200, "llhls"))
    assert replayed(*steps) == ["status"]


def test_bytes_get_what_was_recorded_and_the_connection_ends_as_it_did(replayed: Replayed) -> None:
    answered = {**GARBAGE, "received": ["HTTP/1.1 400 Bad Request\r\n\r\n"]}
    assert replayed(GARBAGE, {**GARBAGE, "closed": False}, answered) == ["connection", "bytes"]


def test_connection_that_stays_open_is_told_from_one_that_is_closed(replayed: Replayed) -> None:
    half = {"sent": ["GET /v1/ver"], "received": [], "closed": False}
    assert replayed(half, {**half, "sent": ["GET /v1/ver", None], "closed": True}) == []


def test_held_request_is_answered_when_the_clock_has_been_turned(replayed: Replayed) -> None:
    assert replayed(CONNECT, {"sleep": 1.2}, asked(MASTER, 200, "llhls", took=6)) == ["body"]


def test_client_that_gave_up_is_not_answered(replayed: Replayed, ome: OmeMock) -> None:
    assert replayed(CONNECT, {"sleep": 1.2}, asked(MASTER, None, "llhls", took=0.2)) == []
    assert ome.held_requests == 0


def test_look_names_its_directories(replayed: Replayed) -> None:
    written = [{"do": "write file", "path": f"/{name}/a.txt", "text": "x"} for name in ("seen", "unseen")]
    assert replayed(*written, {"files": {"/seen/a.txt": {"size": 1}}, "in": ["/seen"]}) == []
    assert replayed({"files": {}, "in": ["/seen"]}) == ["/seen/a.txt"]


def test_key_that_another_server_drew_is_asked_for_as_this_one_drew_it(ome: OmeMock, tmp_path: Path) -> None:
    ome.connect("default/app/camera", ready=True)
    ome.clock.advance(20)
    target = ServerTarget(ome.llhls_url, "")
    master = target.send(Request("GET", MASTER)).body.decode()
    recorded = SESSION.sub("7_recorded", KEY.sub("Abcdefg1", master))
    chunklist = recorded.splitlines()[-1]
    path = tmp_path / "a"
    path.write_text(render_case(session_of(asked(MASTER, 200, LLHLS, body=recorded), asked(chunklist, 200, LLHLS))))
    assert [found.difference.part for found in ome.replay(path)] == ["body"]


def test_headers_that_were_not_written_down_are_not_compared(replayed: Replayed) -> None:
    body = '{"message":"OK","response":[],"statusCode":200}'
    streams = STREAM.rpartition("/")[0]
    assert replayed(asked(streams, 200, body=body), asked(streams, 200, body=body, headers=[])) == ["headers"]


@pytest.mark.parametrize(
    "step",
    [
        CONNECT,
        DISCONNECT,
        {"files": {}, "in": ["/a"]},
        {"do": "write file", "path": "/a", "text": "x"},
        {**GARBAGE, "port": "llhls"},
        asked("/", None, "llhls", took=1.5),
    ],
    ids=["connect", "disconnect", "look", "write file", "bytes", "held"],
)
def test_step_is_written_as_it_was_read(step: dict[str, Any]) -> None:
    case = session_of(step)
    assert parse_case(json.loads(render_case(case))) == case


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"do": "explode", "stream": "a"}, "explode"),
        ({"do": "connect"}, "stream"),
        (asked("/", 200, "rtmp"), "port 'rtmp' is not one of api, llhls, thumbnail"),
    ],
)
def test_step_that_is_none_is_refused(tmp_path: Path, step: dict[str, Any], said: str) -> None:
    (tmp_path / "a").write_text(json.dumps({"case": "a", "steps": [step]}) + "\n{}\n")
    with pytest.raises(ConfigurationError, match=said):
        read_recording(tmp_path / "a")


def test_server_elsewhere_is_spared_what_it_can_not_do(ome: OmeMock, tmp_path: Path) -> None:
    cases = [session_of(step) for step in (CONNECT, {**GARBAGE, "port": "llhls"}, asked("/", 404, "thumbnail"), GARBAGE)]
    path = tmp_path / "a"
    path.write_text("".join(map(render_case, cases)))
    outcomes = replay_on(read_recording(path), {API: ome.url}, ome.authorization, Surroundings(time.sleep))
    assert [outcome.left_out for outcome in outcomes] == [
        "encoders and files of a server elsewhere are out of reach",
        "the port llhls is not known",
        "the port thumbnail is not known",
        "",
    ]
    assert ome.streams == ()


def test_application_without_a_connection_takes_no_bytes(ome: OmeMock) -> None:
    (step,) = session_of(GARBAGE).steps
    with pytest.raises(ConfigurationError, match="19 bytes"):
        AppTarget(ome.app, ome.authorization).say(step)  # type: ignore[arg-type]


def test_application_is_asked_as_a_server_asks_it() -> None:
    asked_with: dict[str, Any] = {}

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        asked_with.update(environ)
        start_response("201 Made", [("A", "b")])(b"1")
        return [environ["wsgi.input"].read()]

    headers = (("Content-Type", "text/plain"), ("X-a", "1"), ("x-A", "2"), ("Content-Length", "9"))
    answer = AppTarget(application, "").send(Request("PUT", "/a%20b?c=%20", headers, b"body"))
    assert answer == Answer(201, "Made", (("A", "b"),), b"1body")
    assert asked_with.items() >= {"PATH_INFO": "/a b", "QUERY_STRING": "c=%20", "CONTENT_TYPE": "text/plain", "HTTP_X_A": "1, 2"}.items()
    assert asked_with["CONTENT_LENGTH"] == "4"
    assert "HTTP_CONTENT_LENGTH" not in asked_with


def test_faults_are_armed_by_a_request(ome: OmeMock, replayed: Replayed) -> None:
    request = {"method": "POST", "path": "/_mock/faults", "body": '{"fault": "pushTargetGone"}'}
    assert replayed({"request": request, "response": {"status": 200}}) == ["body"]
    assert len(ome.faults.armed) == 1
    headers = (("Authorization", ome.authorization),)
    assert AppTarget(ome.app, ome.authorization).send(Request("DELETE", "/_mock/faults/1", headers)).status == 200
    assert len(ome.faults.armed) == 0
