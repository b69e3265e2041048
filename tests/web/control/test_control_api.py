"""The control API: everything that Python can do to an emulator, done from outside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from server_xml import server_xml
from web.control_routes import control_routes

from ome_mock.emulator import Emulator

START = "/v1/vhosts/default/apps/app/streams/stream:startHlsDump"
FIELDS = {"outputStreamName": "stream", "id": "d1", "outputPath": "/d1", "infoFile": "/d1.info"}


@pytest.fixture
def ask(client: FlaskClient, emulator: Emulator) -> Callable[..., tuple[int, Any]]:
    def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body)
        answer = client.open(path, method=method, data=data, headers={"Authorization": emulator.authorization})
        return answer.status_code, answer.json

    return ask


# The description


def test_description_has_every_route_and_no_other() -> None:
    described = json.loads(files("ome_mock.web.control").joinpath("openapi.json").read_bytes())
    routes = {(method.lower(), path) for method, path in control_routes()}
    assert {(method, path) for path, methods in described["paths"].items() for method in methods} == routes
    assert described["openapi"] == "3.1.0"


def test_description_names_every_part_of_a_path() -> None:
    described = json.loads(files("ome_mock.web.control").joinpath("openapi.json").read_bytes())
    for path, methods in described["paths"].items():
        for operation in methods.values():
            named = [each["name"] for each in operation.get("parameters", []) if each["in"] == "path"]
            assert named == re.findall(r"{(\w+)}", path)


def test_description_is_served(ask: Callable[..., tuple[int, Any]]) -> None:
    assert ask("GET", "/_mock/openapi.json")[1]["info"]["title"] == "ome-mock control API"


@pytest.mark.parametrize(("method", "path"), control_routes())
def test_every_route_but_health_and_the_page_wants_the_token(client: FlaskClient, method: str, path: str) -> None:
    filled = path.format(vhost="default", app="app", stream="stream", number=1)
    assert client.open(filled, method=method).status_code == (200 if path in {"/_mock/health", "/_mock/"} else 401)


# State


def test_state_shows_what_there_is(ask: Callable[..., tuple[int, Any]], emulator: Emulator, tmp_path: Path) -> None:
    ask("POST", START, FIELDS)
    status, state = ask("GET", "/_mock/state")
    assert status == 200
    assert state["virtualHosts"] == [{"name": "default", "applications": ["app"]}]
    assert state["streams"] == [
        {"stream": "default/app/stream", "since": "2025-12-31T23:58:56.800+00:00", "outputs": ["stream", "stream2"]}
    ]
    (dump,) = state["dumps"]
    assert {key: dump[key] for key in ("stream", "id", "enabled", "status", "infoFile")} == {
        "stream": "default/app/stream",
        "id": "d1",
        "enabled": True,
        "status": "Running",
        "infoFile": str(tmp_path / "d1.info"),
    }
    assert dump["files"] == [str(path) for path in emulator.dumps["d1"].files]


def test_reset_begins_anew(ask: Callable[..., tuple[int, Any]]) -> None:
    ask("POST", START, FIELDS)
    ask("POST", "/_mock/faults", {"fault": "status"})
    assert ask("POST", "/_mock/reset")[1]["dumps"] == []
    assert ask("GET", "/_mock/faults")[1] == {"armed": [], "fired": [], "neverFired": [], "numbered": []}
    assert ask("POST", START, FIELDS | {"infoFile": "/new.info"})[0] == 200


def test_fault_is_disarmed_by_its_number(ask: Callable[..., tuple[int, Any]]) -> None:
    ask("POST", "/_mock/faults", [{"fault": "status", "times": 3}, {"fault": "reset"}])
    assert ask("GET", "/v1/vhosts")[0] == 500
    assert ask("GET", "/_mock/faults")[1]["numbered"] == [{"number": 1, "fault": {"fault": "status", "times": 3}, "left": 2}]
    assert ask("DELETE", "/_mock/faults/1")[1]["armed"] == []
    assert ask("GET", "/v1/vhosts")[0] == 200
    assert ask("DELETE", "/_mock/faults/1") == (400, {"message": "there is no armed fault 1", "statusCode": 400})


def test_kinds_of_faults_tell_their_fields(ask: Callable[..., tuple[int, Any]]) -> None:
    kinds = {kind["fault"]: kind for kind in ask("GET", "/_mock/faults/kinds")[1]}
    assert {kind["of"] for kind in kinds.values()} == {"request", "write", "stream", "callback", "push"}
    assert kinds["timeJump"]["of"] == "write"
    status = {field["name"]: field for field in kinds["status"]["fields"]}
    assert status["status"] == {
        "name": "status",
        "type": "integer",
        "default": 500,
        "isRequired": False,
        "isCommon": False,
        "rule": "is between 400 and 599",
    }
    assert (status["times"]["type"], status["times"]["isCommon"]) == ("integer or null", True)
    assert all(kind["does"].endswith(".") for kind in kinds.values())


def test_one_row_of_the_journal_is_read_by_its_number(ask: Callable[..., tuple[int, Any]], emulator: Emulator) -> None:
    ask("POST", START, {"id": "d1"})
    emulator.journal.note_callback(1, "opening", "v/a/s", "http://c", headers=(), body=b"{}", status=None, answer=b"", outcome="refused")
    found = ask("GET", "/_mock/journal/requests/1")[1]
    assert (found["target"], found["body"], found["status"]) == (START, '{"id": "d1"}', 400)
    assert ask("GET", "/_mock/journal/callbacks/1")[1]["outcome"] == "refused"
    assert ask("GET", "/_mock/journal/requests/2")[1]["message"] == "the journal has no request 2, or no longer"


def test_state_is_replaced_by_another_configuration(ask: Callable[..., tuple[int, Any]]) -> None:
    xml = server_xml(
        "<VirtualHosts><VirtualHost><Name>v</Name><Applications><Application><Name>a</Name><Type>live</Type></Application></Applications>"
        "</VirtualHost></VirtualHosts>",
        token="other",
    )
    status, state = ask("PUT", "/_mock/state", {"serverXml": xml, "streams": ["v/a/s"]})
    assert (status, state["virtualHosts"]) == (200, [{"name": "v", "applications": ["a"]}])
    assert [each["stream"] for each in state["streams"]] == ["v/a/s"]
    assert ask("GET", "/v1/vhosts") == (200, {"message": "OK", "response": ["v"], "statusCode": 200})


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("PUT", "/_mock/state", {"serverXml": "<a/>"}, "serverXml: its root is a, not Server"),
        ("PUT", "/_mock/state", {"streams": "s"}, "streams 's' is not an array of texts"),
        ("PUT", "/_mock/state", {"streams": ["s"]}, "stream 's' is not VHOST/APP/STREAM"),
        ("PUT", "/_mock/state", {"streams": ["x/y/z"]}, "stream x/y/z: there is no application x/y"),
        ("PUT", "/_mock/state", {"nope": 1}, "there is no 'nope'; the body has serverXml, streams"),
        ("PUT", "/_mock/state", [], "the body is an object, not []"),
        ("POST", "/_mock/reset", {"a": 1}, "there is no 'a'; the body has nothing"),
        ("POST", "/_mock/faults", {"fault": "nope"}, "fault 'nope' is not one of status,"),
        ("POST", "/_mock/faults", [{"fault": "status"}, 5], "a fault is an object, not 5"),
        ("GET", "/_mock/journal?rout=:startHlsDump", None, "there is no 'rout'; the query has route, status"),
        ("GET", "/_mock/journal?status=x", None, "status 'x' is not a number"),
        ("PUT", "/_mock/streams/default/app/x", {"video": {"height": 0}}, "a video has a size, not 640x0"),
        ("PUT", "/_mock/streams/default/app/x", {"video": {"size": 1}}, "video {'size': 1}: "),
        ("PUT", "/_mock/streams/default/app/x", {"audio": 5}, "audio 5 is not true, false or an object"),
        ("PUT", "/_mock/streams/default/app/x", {"video": False, "audio": False}, "an input stream has video, audio or both"),
        ("PUT", "/_mock/streams/default/app/stream", {}, "stream default/app/stream is connected already"),
        ("DELETE", "/_mock/streams/default/app/x", None, "stream default/app/x is not connected"),
        ("POST", "/_mock/streams/default/app/x:reconnect", {}, "stream default/app/x was never connected"),
        ("POST", "/_mock/streams/default/app/stream:stall", {}, "seconds is missing: it is a number of zero or more"),
        ("POST", "/_mock/clock/advance", None, "the body has one of seconds, to, untilSegment, not none"),
        (
            "POST",
            "/_mock/clock/advance",
            {"seconds": 1, "to": "2030-01-01"},
            "the body has one of seconds, to, untilSegment, not seconds and to",
        ),
        ("POST", "/_mock/clock/advance", {"to": "tomorrow"}, "to 'tomorrow' is not a date such as 2026-01-01T00:01:00+00:00"),
        ("POST", "/_mock/clock/advance", {"to": "2020-01-01T00:00:00"}, "a clock can't be advanced to 2020-01-01 00:00:00:"),
    ],
)
def test_mistake_is_said_and_nothing_changes(ask: Callable[..., tuple[int, Any]], method: str, path: str, body: Any, message: str) -> None:
    before = ask("GET", "/_mock/state")
    status, answer = ask(method, path, body)
    assert (status, answer["statusCode"]) == (400, 400)
    assert answer["message"].startswith(message)
    assert ask("GET", "/_mock/state") == before
    assert ask("GET", "/_mock/faults")[1]["armed"] == []


# Encoders, faults, clock, journal


def test_encoders_come_stall_go_and_come_again(ask: Callable[..., tuple[int, Any]], emulator: Emulator) -> None:
    door = "/_mock/streams/default/app/door"
    streams = ask("PUT", door, {"video": {"width": 320, "height": 180, "framerate": 15}, "audio": False, "ready": True})[1]["streams"]
    assert [each["stream"] for each in streams] == ["default/app/stream", "default/app/door"]
    video = emulator.engine.input_stream("default", "app", "door").input_tracks.video
    assert video
    assert video.framerate == 15
    assert ask("POST", f"{door}:stall", {"seconds": 10})[0] == 200
    assert len(ask("DELETE", door)[1]["streams"]) == 1
    assert len(ask("POST", f"{door}:reconnect", {"ready": True})[1]["streams"]) == 2


def test_faults_are_armed_fire_and_are_cleared(ask: Callable[..., tuple[int, Any]]) -> None:
    assert ask("POST", "/_mock/faults", [{"fault": "status", "route": ":startHlsDump", "status": 503}, {"fault": "diskFull"}])[0] == 200
    assert ask("POST", START, FIELDS)[0] == 503
    shown = ask("GET", "/_mock/faults")[1]
    assert shown["armed"] == shown["neverFired"] == [{"fault": "diskFull"}]
    assert shown["fired"] == [
        {
            "at": "2026-01-01T00:00:00.000+00:00",
            "event": f"POST {START}",
            "fault": {"fault": "status", "route": ":startHlsDump", "status": 503},
        }
    ]
    assert ask("DELETE", "/_mock/faults")[1]["fired"] == []


@pytest.mark.parametrize(
    ("body", "now"),
    [
        ({"seconds": 1.5}, "2026-01-01T00:00:01.500+00:00"),
        ({"to": "2026-01-01T00:00:10+00:00"}, "2026-01-01T00:00:10.000+00:00"),
        ({"to": "2026-01-01T09:00:10+09:00"}, "2026-01-01T00:00:10.000+00:00"),
        ({"untilSegment": "default/app/stream"}, "2026-01-01T00:00:03.133+00:00"),
    ],
    ids=str,
)
def test_clock_is_turned(ask: Callable[..., tuple[int, Any]], body: dict[str, Any], now: str) -> None:
    assert ask("POST", "/_mock/clock/advance", body) == (200, {"now": now})
    assert ask("GET", "/_mock/clock") == (200, {"kind": "manual", "now": now})


def test_journal_shows_requests_their_diagnosis_and_what_was_written(ask: Callable[..., tuple[int, Any]]) -> None:
    ask("POST", START, {key: value for key, value in FIELDS.items() if key != "id"} | {"ID": "d1"})
    ask("POST", START, FIELDS)
    shown = ask("GET", "/_mock/journal?route=:startHlsDump&status=400")[1]
    (wrong,) = shown["requests"]
    assert (wrong["method"], wrong["target"], wrong["status"]) == ("POST", START, 400)
    assert wrong["diagnosis"][0] == 'OME ignores the field "ID", which it does not know: send it as "id".'
    assert len(ask("GET", "/_mock/journal")[1]["requests"]) == 2
    assert {write["dump"] for write in shown["writes"]} == {"d1"}
    assert shown["writes"][0]["path"].startswith("/d1/init_0_video_")
    assert ask("DELETE", "/_mock/journal")[1] == {"requests": [], "callbacks": [], "writes": []}
