"""Output profiles that clients make, replace and delete (rest-api.md#output-profiles)."""

from __future__ import annotations

from typing import Any

import pytest
from web.rest.rest_client import Rest

OK = {"message": "OK", "statusCode": 200}
APP = "/vhosts/v/apps/a"
PROFILES = f"{APP}/outputProfiles"
ENCODES = {"videos": [{"bypass": True}], "audios": [{"bypass": True}]}
REQUIRED = '"name", "outputStreamName", "encodes" are required'
TYPES = '"name" must be a string and "encodes" must be an object'
NO_ITEMS = '"encodes" must have at least one item (videos array or audios array)'
EMPTY_ITEMS = f"{NO_ITEMS} and each item must have at least one item"
NAMED = "The {} entry cannot be specified in the modification"


def profile(name: str | int, **more: Any) -> dict[str, Any]:
    return {"name": name, "outputStreamName": f"${{OriginStreamName}}_{name}", "encodes": ENCODES} | more


def ok(response: list[str] | dict[str, Any]) -> dict[str, Any]:
    return OK | {"response": response}


def refused(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"message": f"[HTTP] {message} ({status})", "statusCode": status}


def exists(name: str) -> dict[str, Any]:
    return {"message": f'The output profile "{name}" already exists', "statusCode": 409}


@pytest.fixture
def rest(rest: Rest) -> Rest:
    """An emulator with a virtual host `v` that can be changed, and an application `a` with the profile `p1`."""
    app = {"name": "a", "type": "live", "outputProfiles": {"hardwareAcceleration": True, "outputProfile": [profile("p1")]}}
    assert rest("POST", "/vhosts", [{"name": "v", "applications": [app]}])[0] == 200
    return rest


def test_creating(rest: Rest) -> None:
    assert rest("POST", PROFILES, [profile("p2"), profile("p3")]) == (200, [ok(profile("p2")), ok(profile("p3"))])
    assert rest("GET", PROFILES) == (200, ok(["p1", "p2", "p3"]))
    assert rest("GET", f"{PROFILES}/p2") == (200, ok(profile("p2")))
    assert rest("GET", APP)[1]["response"]["outputProfiles"] == {
        "hardwareAcceleration": True,
        "outputProfile": [profile("p1"), profile("p2"), profile("p3")],
    }


def test_name_that_is_taken_refuses_that_item_alone(rest: Rest) -> None:
    assert rest("POST", PROFILES, [profile("p2"), profile("p1"), profile("p2")]) == (207, [ok(profile("p2")), exists("p1"), exists("p2")])
    assert rest("GET", PROFILES) == (200, ok(["p1", "p2"]))


@pytest.mark.parametrize(("body", "status"), [([], 200), ([profile("p1")], 409)], ids=["nothing", "all refused"])
def test_application_is_made_anew_even_where_nothing_was_created(rest: Rest, body: list[dict[str, Any]], status: int) -> None:
    rest.emulator.connect("v/a/s", ready=True)
    assert rest("POST", PROFILES, body)[0] == status
    assert rest("GET", f"{APP}/streams") == (200, ok([]))


def test_streams_that_come_then_have_the_new_output(rest: Rest) -> None:
    rest("POST", PROFILES, [profile("p2")])
    rest.emulator.connect("v/a/s", ready=True)
    stream = rest.emulator.engine.input_stream("v", "a", "s")
    assert [output.name for output in stream.outputs] == ["s_p1", "s_p2"]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        pytest.param({}, REQUIRED, id="nothing"),
        pytest.param(None, REQUIRED, id="null"),
        pytest.param({"name": "x", "encodes": {}}, REQUIRED, id="no stream name"),
        pytest.param(profile(5), TYPES, id="name that is a number"),
        pytest.param(profile("x", outputStreamName=5), TYPES, id="stream name likewise"),
        pytest.param(profile("x", encodes=[]), TYPES, id="encodes in an array"),
        pytest.param(profile("x", encodes={"images": [{}]}), NO_ITEMS, id="neither videos nor audios"),
        pytest.param(profile("x", encodes={"videos": {}, "audios": {}}), '"encodes.videos" must be an array', id="videos first"),
        pytest.param(profile("x", encodes={"audios": None}), '"encodes.audios" must be an array', id="audios that are null"),
        pytest.param(profile("x", encodes={"videos": []}), EMPTY_ITEMS, id="no video"),
        pytest.param(
            profile("x", encodes={"videos": [], "audios": []}),
            f"{NO_ITEMS} and each item must have at least one item",
            id="neither of both",
        ),
    ],
)
def test_wrong_item_ends_the_request_and_nothing_is_created(rest: Rest, bad: dict[str, Any] | None, problem: str) -> None:
    rest.emulator.connect("v/a/s", ready=True)
    assert rest("POST", PROFILES, [profile("p2"), bad]) == refused(400, f"Invalid request body: {problem}")
    assert rest("GET", PROFILES) == (200, ok(["p1"]))
    assert rest("GET", f"{APP}/streams") == (200, ok(["s"]))


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        pytest.param(profile("x", bogus=1), "Unknown item found: outputProfile.bogus", id="unknown key"),
        pytest.param(
            profile("x", encodes={"videos": [{"codec": "h264"}]}), "Bitrate must be specified when bypass is false", id="no bit rate"
        ),
        pytest.param(
            profile("x", encodes={"videos": [{"bypass": True, "bogus": 1}]}),
            "Unknown item found: videos.bogus",
            id="unknown key of a video",
        ),
        pytest.param(profile("x", playlists=[{"name": "l"}]), "playlists.fileName is not optional", id="playlist without a file name"),
    ],
)
def test_wrong_configuration_ends_the_request_and_nothing_is_created(rest: Rest, bad: dict[str, Any], text: str) -> None:
    assert rest("POST", PROFILES, [profile("p2"), bad]) == refused(400, f"[Config] {text}")
    assert rest("GET", PROFILES) == (200, ok(["p1"]))


def test_item_that_is_no_object_is_an_error_of_the_json_library(rest: Rest) -> None:
    message = "in Json::Value::find(begin, end): requires objectValue or nullValue"
    assert rest("POST", PROFILES, ["x"]) == (500, {"message": message, "statusCode": 500})


def test_body_must_be_an_array(rest: Rest) -> None:
    assert rest("POST", PROFILES, profile("p2")) == refused(400, "Request body must be an array")


def test_replacing_keeps_the_name_and_the_place_and_nothing_else(rest: Rest) -> None:
    rest("POST", PROFILES, [profile("p2")])
    body = {"outputStreamName": "other", "encodes": {"audios": [{"name": "a", "bypass": "true"}]}}
    assert rest("PATCH", f"{PROFILES}/p1", body) == (200, ok(body | {"name": "p1"}))
    assert rest("GET", f"{PROFILES}/p1") == (200, ok(body | {"name": "p1"}))
    assert rest("GET", PROFILES) == (200, ok(["p1", "p2"]))


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        pytest.param("p1", [], refused(400, "Request body must be an object"), id="array"),
        pytest.param("p1", {"name": "x"}, refused(400, NAMED.format("name")), id="name"),
        pytest.param("p1", {"NaMe": "x"}, refused(400, NAMED.format("NaMe")), id="name in another case"),
        pytest.param("p1", {}, refused(400, "[Config] outputProfile.outputStreamName is not optional"), id="no stream name"),
        pytest.param("nope", {}, refused(404, "Could not find the output profile: [v/a/nope]"), id="unknown profile"),
    ],
)
def test_refused_replacement_changes_nothing(rest: Rest, path: str, body: Any, answer: tuple[int, dict[str, Any]]) -> None:
    rest.emulator.connect("v/a/s", ready=True)
    assert rest("PATCH", f"{PROFILES}/{path}", body) == answer
    assert rest("GET", f"{PROFILES}/p1") == (200, ok(profile("p1")))
    assert rest("GET", f"{APP}/streams") == (200, ok(["s"]))


def test_deleting(rest: Rest) -> None:
    rest("POST", PROFILES, [profile("p2")])
    assert rest("DELETE", f"{PROFILES}/p1") == (200, OK)
    assert rest("GET", PROFILES) == (200, ok(["p2"]))
    assert rest("DELETE", f"{PROFILES}/p1") == refused(404, "Could not find the output profile: [v/a/p1]")
    assert rest("DELETE", f"{PROFILES}/p2") == (200, OK)
    assert rest("GET", PROFILES) == (200, ok([]))


def test_application_without_profiles_takes_the_first_one(rest: Rest) -> None:
    rest("POST", "/vhosts/v/apps", [{"name": "b", "type": "live", "outputProfiles": {}}])
    assert rest("POST", "/vhosts/v/apps/b/outputProfiles", [profile("p")]) == (200, [ok(profile("p"))])
    assert rest("GET", "/vhosts/v/apps/b/outputProfiles") == (200, ok(["p"]))


def test_name_may_have_been_sent_as_a_number(rest: Rest) -> None:
    rest("POST", "/vhosts/v/apps", [{"name": 7, "type": "live", "outputProfiles": {"outputProfile": [profile(5)]}}])
    assert rest("GET", "/vhosts/v/apps/7/outputProfiles/5") == (200, ok(profile(5)))
    assert rest("POST", "/vhosts/v/apps/7/outputProfiles", [profile("5")]) == (409, [exists("5")])
    assert rest("DELETE", "/vhosts/v/apps/7/outputProfiles/5") == (200, OK)
