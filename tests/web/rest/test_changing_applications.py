"""Applications that clients make, change and delete (rest-api.md#applications)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from web.rest.rest_client import Rest

OK = {"message": "OK", "statusCode": 200}
APPS = "/vhosts/v/apps"

AUDIO = {"bitrate": 128000, "samplerate": 48000, "channel": 2, "bypassIfMatch": {"codec": "eq"}}
DEFAULTS = {
    "providers": {"ovt": {}, "rtspPull": {}, "webrtc": {}, "srt": {}, "rtmp": {}},
    "publishers": {"llhls": {}, "webrtc": {}, "ovt": {}},
    "outputProfiles": {
        "outputProfile": [
            {
                "name": "default",
                "outputStreamName": "${OriginStreamName}",
                "encodes": {
                    "videos": [{"name": "bypass_video", "bypass": True}],
                    "audios": [{"name": "opus", "codec": "opus"} | AUDIO, {"name": "aac", "codec": "aac"} | AUDIO],
                },
            }
        ]
    },
}


def ok(response: dict[str, Any] | list[str]) -> dict[str, Any]:
    return OK | {"response": response}


def item(status: int, message: str) -> dict[str, Any]:
    return {"message": message, "statusCode": status}


def refused(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"message": f"[HTTP] {message} ({status})", "statusCode": status}


def config(text: str) -> tuple[int, dict[str, Any]]:
    return 400, {"message": f"[Config] {text}", "statusCode": 400}


@pytest.fixture
def rest(rest: Rest) -> Rest:
    """An emulator with a virtual host `v` that can be changed."""
    assert rest("POST", "/vhosts", [{"name": "v"}])[0] == 200
    return rest


@pytest.fixture
def application(rest: Rest) -> dict[str, Any]:
    """An application `a` of `v`, with 2-second segments."""
    sent = {"name": "a", "type": "live", "publishers": {"llhls": {"segmentDuration": 2, "segmentCount": 4}}}
    status, answer = rest("POST", APPS, [sent])
    assert status == 200
    created: dict[str, Any] = answer[0]["response"]
    return created


def start_dump(rest: Rest, dump_id: str = "d1", app: str = "a") -> int:
    fields = {"outputStreamName": "s", "id": dump_id, "outputPath": f"/{app}/{dump_id}", "infoFile": f"/{app}/{dump_id}.xml"}
    return rest("POST", f"/vhosts/v/apps/{app}/streams/s:startHlsDump", fields)[0]


# Creating


def test_application_gets_what_the_client_does_not_say(rest: Rest) -> None:
    created = {"name": "a", "type": "live", "dynamic": False, **DEFAULTS}
    assert rest("POST", APPS, [{"name": "a", "type": "live"}]) == (200, [ok(created)])
    assert rest("GET", f"{APPS}/a") == (200, ok(created))
    assert rest("GET", f"{APPS}/a/outputProfiles") == (200, ok(["default"]))


def test_application_keeps_what_the_client_says_with_its_types(rest: Rest) -> None:
    said = {
        "name": "a",
        "type": "vod",
        "providers": {"rtmp": {"maxConnection": "5"}},
        "publishers": {"llhls": {"segmentDuration": "4", "chunkDuration": 0.2, "createDefaultPlaylist": False}},
        "outputProfiles": {},
    }
    assert rest("POST", APPS, [said]) == (200, [ok(said | {"dynamic": False})])


def test_raw_configuration_says_nothing_of_dynamic(rest: Rest, application: dict[str, Any]) -> None:
    del application["dynamic"]
    assert rest("GET", f"{APPS}/a:") == (200, ok(application))


def test_name_that_is_taken_refuses_that_item_alone(rest: Rest, application: dict[str, Any]) -> None:
    status, answer = rest("POST", APPS, [{"name": "b", "type": "live"}, {"name": "a", "type": "live"}, {"name": "c", "type": "live"}])
    assert status == 207
    assert [each["statusCode"] for each in answer] == [200, 409, 200]
    assert answer[1] == item(409, "Could not create the application: [v/a] already exists")
    assert rest("GET", APPS) == (200, ok(["a", "b", "c"]))


@pytest.mark.parametrize(
    ("bad", "answer"),
    [
        pytest.param({}, config("application.name is not optional"), id="no name"),
        pytest.param(None, config("application.name is not optional"), id="null"),
        pytest.param({"name": "b"}, config("application.type is not optional"), id="no type"),
        pytest.param({"name": "b", "type": "dead"}, config("Unknown type: dead"), id="unknown type"),
        pytest.param({"nmae": "b"}, config("Unknown item found: application.nmae"), id="unknown key"),
        pytest.param({"name": "b", "type": "live", "dynamic": True}, config("Unknown item found: application.dynamic"), id="dynamic"),
        pytest.param(
            {"name": "b", "type": "live", "publishers": {"llhls": {"SegmentDuration": 2}}},
            config("Unknown item found: application.publishers.llhls.SegmentDuration"),
            id="key in the case of XML",
        ),
        pytest.param(
            {"name": "b", "type": "live", "outputProfiles": {"outputProfile": [{"name": "p"}]}},
            config("outputProfile.outputStreamName is not optional"),
            id="profile without a stream name",
        ),
        pytest.param(
            {
                "name": "b",
                "type": "live",
                "outputProfiles": {"outputProfile": [{"name": "p", "outputStreamName": "o", "encodes": {"videos": [{"codec": "h264"}]}}]},
            },
            config("Bitrate must be specified when bypass is false"),
            id="video without a bit rate",
        ),
        pytest.param(
            {"name": "b", "type": "live", "providers": {"rtmp": {"timestampMode": "now"}}},
            config("Invalid TimestampMode value: now (expected: ZeroBased, Original)"),
            id="word that is none of those",
        ),
        pytest.param(
            {"name": "b", "type": "live", "outputProfiles": {"outputProfile": {}}},
            config("Child outputProfile is not an array"),
            id="object for an array",
        ),
        pytest.param("b", (500, item(500, "in Json::Value::find(begin, end): requires objectValue or nullValue")), id="string"),
        pytest.param([], (500, item(500, "in Json::Value::find(begin, end): requires objectValue or nullValue")), id="array"),
    ],
)
def test_wrong_item_ends_the_request_and_what_was_created_before_it_stays(rest: Rest, bad: Any, answer: tuple[int, dict[str, Any]]) -> None:
    assert rest("POST", APPS, [{"name": "first", "type": "live"}, bad, {"name": "last", "type": "live"}]) == answer
    assert rest("GET", APPS) == (200, ok(["first"]))


@pytest.mark.parametrize("body", [{}, "null", "5"])
def test_body_must_be_an_array(rest: Rest, body: Any) -> None:
    assert rest("POST", APPS, body) == refused(400, "Request body must be an array")


def test_configuration_that_could_not_be_shown_again_is_refused(rest: Rest) -> None:
    deep = "[" * 900 + "]" * 900
    status, answer = rest("POST", APPS, f'[{{"name": "b", "type": "live", "eventGenerator": {deep}}}]')
    assert (status, answer) == config("application has more than 100 levels")


def test_template_is_not_listed_and_makes_applications_when_encoders_come(rest: Rest) -> None:
    assert rest("POST", APPS, [{"name": "*", "type": "live"}])[0] == 200
    assert rest("POST", APPS, [{"name": "*", "type": "live"}])[0] == 409
    assert rest("GET", APPS) == (200, ok([]))
    rest.emulator.connect("v/new/s", ready=True)
    assert rest("GET", APPS) == (200, ok(["new"]))
    assert rest("GET", f"{APPS}/new")[1]["response"]["dynamic"] is True


def test_streams_of_a_new_application_can_be_dumped(rest: Rest, application: dict[str, Any], tmp_path: Path) -> None:
    rest.emulator.connect("v/a/s", ready=True)
    rest.emulator.clock.advance(7)
    assert start_dump(rest) == 200
    assert "#EXT-X-TARGETDURATION:2" in next((tmp_path / "a/d1").glob("chunklist_*")).read_text()


# Changing


def test_objects_merge_and_other_values_are_replaced(rest: Rest, application: dict[str, Any]) -> None:
    changes = {"publishers": {"llhls": {"segmentDuration": 4}, "hls": {}}, "type": "vod"}
    changed = application | {"type": "vod", "publishers": {"llhls": {"segmentDuration": 4, "segmentCount": 4}, "hls": {}}}
    assert rest("PATCH", f"{APPS}/a", changes) == (200, ok(changed))
    assert rest("GET", f"{APPS}/a") == (200, ok(changed))


def test_nothing_changed_is_made_anew_all_the_same(rest: Rest, application: dict[str, Any]) -> None:
    rest.emulator.connect("v/a/s", ready=True)
    assert rest("PATCH", f"{APPS}/a", {}) == (200, ok(application))
    assert rest("GET", f"{APPS}/a/streams") == (200, ok([]))


def test_changed_application_is_the_last_one(rest: Rest, application: dict[str, Any]) -> None:
    rest("POST", APPS, [{"name": "b", "type": "live"}])
    rest("PATCH", f"{APPS}/a", {})
    assert rest("GET", APPS) == (200, ok(["b", "a"]))


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param([], refused(400, "Request body must be an object"), id="array"),
        pytest.param("null", refused(400, "Request body must be an object"), id="null"),
        pytest.param({"name": "x"}, refused(400, "Cannot change [name] using this API"), id="name"),
        pytest.param({"dynamic": 1, "outputProfiles": 1}, refused(400, "Cannot change [dynamic] using this API"), id="dynamic first"),
        pytest.param({"outputProfiles": {}}, refused(400, "Cannot change [outputProfiles] using this API"), id="profiles"),
        pytest.param({"Name": "x"}, config("Unknown item found: application.Name"), id="name in another case"),
        pytest.param({"type": "dead"}, config("Unknown type: dead"), id="unknown type"),
        pytest.param({"type": None}, config("application.type is not optional"), id="type taken away"),
    ],
)
def test_refused_change_changes_nothing(rest: Rest, application: dict[str, Any], body: Any, answer: tuple[int, dict[str, Any]]) -> None:
    rest.emulator.connect("v/a/s", ready=True)
    assert rest("PATCH", f"{APPS}/a", body) == answer
    assert rest("GET", f"{APPS}/a") == (200, ok(application))
    assert rest("GET", f"{APPS}/a/streams") == (200, ok(["s"]))


# Deleting


def test_deleting(rest: Rest, application: dict[str, Any]) -> None:
    assert rest("DELETE", f"{APPS}/a") == (200, OK)
    assert rest("GET", APPS) == (200, ok([]))
    assert rest("DELETE", f"{APPS}/a") == refused(404, "Could not find the application: [v/a]")


def end_by_deleting(rest: Rest) -> None:
    rest("DELETE", f"{APPS}/a")


def end_by_changing(rest: Rest) -> None:
    rest("PATCH", f"{APPS}/a", {})


def end_by_new_profiles(rest: Rest) -> None:
    rest("POST", f"{APPS}/a/outputProfiles", [])


def end_by_deleting_the_virtual_host(rest: Rest) -> None:
    rest("DELETE", "/vhosts/v")


@pytest.mark.parametrize("end", [end_by_deleting, end_by_changing, end_by_new_profiles, end_by_deleting_the_virtual_host])
def test_dumps_are_completed_when_their_application_goes(
    rest: Rest, application: dict[str, Any], tmp_path: Path, end: Callable[[Rest], None]
) -> None:
    rest.emulator.connect("v/a/s", ready=True)
    rest.emulator.clock.advance(7)
    start_dump(rest)
    rest.emulator.clock.advance(4)
    files = {path.name for path in (tmp_path / "a/d1").iterdir()}
    end(rest)
    assert "<Status>Completed</Status>" in (tmp_path / "a/d1.xml").read_text()
    rest.emulator.clock.advance(10)
    assert {path.name for path in (tmp_path / "a/d1").iterdir()} == files


def test_ids_of_dumps_are_free_in_an_application_made_anew(rest: Rest, application: dict[str, Any]) -> None:
    for _ in range(2):
        rest.emulator.connect("v/a/s", ready=True)
        rest.emulator.clock.advance(7)
        assert start_dump(rest) == 200
        assert start_dump(rest) == 500
        rest("PATCH", f"{APPS}/a", {})


def test_streams_of_other_applications_live_on(rest: Rest, application: dict[str, Any]) -> None:
    rest("POST", APPS, [{"name": "b", "type": "live"}])
    rest.emulator.connect("v/b/s", ready=True)
    rest("PATCH", f"{APPS}/a", {})
    rest("DELETE", f"{APPS}/a")
    assert rest("GET", f"{APPS}/b/streams") == (200, ok(["s"]))


def test_body_is_not_kept_by_reference(rest: Rest) -> None:
    body = json.dumps([{"name": "a", "type": "live"}])
    rest("POST", APPS, body)
    rest("PATCH", f"{APPS}/a", {"publishers": {"llhls": {"segmentCount": 7}}})
    rest("POST", APPS, [{"name": "b", "type": "live"}])
    assert rest("GET", f"{APPS}/b")[1]["response"]["publishers"] == {"llhls": {}, "webrtc": {}, "ovt": {}}
