"""Virtual hosts that clients make and delete (rest-api.md#virtual-hosts)."""

from __future__ import annotations

from typing import Any

import pytest
from fixture_types import Post
from web.rest.rest_client import Rest

OK = {"message": "OK", "statusCode": 200}


def ok(response: dict[str, Any] | list[str]) -> dict[str, Any]:
    return OK | {"response": response}


def item(status: int, message: str) -> dict[str, Any]:
    return {"message": message, "statusCode": status}


def refused(status: int, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"message": f"[HTTP] {message} ({status})", "statusCode": status}


EXISTS = item(409, "The virtual host already exists: [default]")
A_EXISTS = item(409, "The virtual host already exists: [a]")
NAMELESS = item(400, "[Config] virtualHost.name is not optional")


@pytest.mark.parametrize(
    ("body", "status", "answer"),
    [
        pytest.param([], 200, [], id="none"),
        pytest.param([{"name": "a"}], 200, [ok({"name": "a"})], id="one"),
        pytest.param([{"name": "a"}, {"name": "b"}], 200, [ok({"name": "a"}), ok({"name": "b"})], id="two"),
        pytest.param([{"name": "a"}, {"name": "a"}], 207, [ok({"name": "a"}), A_EXISTS], id="twice"),
        pytest.param([{"name": "default"}, {"name": "default"}], 409, [EXISTS, EXISTS], id="taken, twice"),
        pytest.param([{"name": "default"}, {}], 207, [EXISTS, NAMELESS], id="taken and nameless"),
        pytest.param([None], 400, [NAMELESS], id="null"),
        pytest.param(
            [{"nmae": "a", "host": {}}], 400, [item(400, "[Config] Unknown item found: virtualHost.nmae")], id="unknown before missing"
        ),
        pytest.param([{"b": 1, "a": 1}], 400, [item(400, "[Config] Unknown item found: virtualHost.a")], id="unknown ones by the alphabet"),
        pytest.param(
            [{"name": "a", "host": {"names": ["*"], "tls": {"cert": "x"}}}],
            400,
            [item(400, "[Config] Unknown item found: virtualHost.host.tls.cert")],
            id="unknown further down",
        ),
        pytest.param([{"name": "a", "host": {}}], 200, [ok({"name": "a", "host": {}})], id="nothing below what need not be there"),
        pytest.param(
            [{"name": "a", "crossDomains": {"headers": [{"key": "X"}]}}],
            400,
            [item(400, "[Config] headers.value is not optional")],
            id="missing in the item of a list",
        ),
        pytest.param(
            [{"name": "a", "applications": [{"name": "x"}]}],
            400,
            [item(400, "[Config] application.type is not optional")],
            id="missing in an application",
        ),
        pytest.param(["a"], 400, [item(400, "[Config] virtualHost.name is not optional")], id="a string"),
        pytest.param([{"name": {"first": "a"}}], 200, [ok({"name": {"first": "a"}})], id="an object for a name"),
    ],
)
def test_creating(rest: Rest, body: Any, status: int, answer: list[dict[str, Any]]) -> None:
    assert rest("POST", "/vhosts", body) == (status, answer)


@pytest.mark.parametrize("body", [None, {}, {"name": "a"}, "null", '"a"'], ids=["no body", "empty object", "object", "null", "string"])
def test_body_must_be_an_array(rest: Rest, body: Any) -> None:
    assert rest("POST", "/vhosts", body) == refused(400, "Request body must be an array")


def test_what_was_created_is_listed_and_shown_with_the_types_of_the_client(rest: Rest) -> None:
    sent = {
        "name": "new",
        "host": {"names": ["a.example"]},
        "admissionWebhooks": {"controlServerUrl": "u", "secretKey": "s", "timeout": 3000, "enables": {}},
    }
    status, answer = rest("POST", "/vhosts", [sent])
    assert (status, answer) == (200, [ok(sent)])
    assert rest("GET", "/vhosts") == (200, ok(["default", "new"]))
    assert rest("GET", "/vhosts/new") == (200, ok(sent))
    assert rest("GET", "/vhosts/new/apps") == (200, ok([]))


def test_applications_of_a_new_virtual_host_are_made_with_it_and_shown_on_their_own(rest: Rest) -> None:
    app = {"name": "live", "type": "live", "publishers": {"llhls": {"segmentDuration": 4}}}
    assert rest("POST", "/vhosts", [{"name": "new", "applications": [app]}]) == (200, [ok({"name": "new"})])
    assert rest("GET", "/vhosts/new/apps/live") == (200, ok(app | {"dynamic": False}))


def test_applications_of_one_name_are_no_virtual_host(rest: Rest) -> None:
    app = {"name": "live", "type": "live"}
    status, answer = rest("POST", "/vhosts", [{"name": "new", "applications": [app, app]}])
    assert (status, answer) == (400, [item(400, "[Config] Application live stands more than once")])
    assert rest("GET", "/vhosts") == (200, ok(["default"]))


def test_deleting(rest: Rest) -> None:
    rest("POST", "/vhosts", [{"name": "new"}])
    assert rest("DELETE", "/vhosts/new") == (200, OK)
    assert rest("GET", "/vhosts") == (200, ok(["default"]))
    assert rest("DELETE", "/vhosts/new") == refused(404, "Could not find the virtual host: [new]")
    assert rest("POST", "/vhosts", [{"name": "new"}])[0] == 200


def test_streams_of_a_deleted_virtual_host_end(rest: Rest) -> None:
    app = {"name": "live", "type": "live"}
    rest("POST", "/vhosts", [{"name": "new", "applications": [app]}])
    rest.emulator.connect("new/live/s", ready=True)
    rest("DELETE", "/vhosts/new")
    rest("POST", "/vhosts", [{"name": "new", "applications": [app]}])
    assert rest("GET", "/vhosts/new/apps/live/streams") == (200, ok([]))


READ_ONLY = refused(403, "The VirtualHost is read-only: [default]")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/vhosts/default", None),
        ("POST", "/vhosts/default/apps", [{"name": "a", "type": "live"}]),
        ("POST", "/vhosts/default/apps", {}),
        ("PATCH", "/vhosts/default/apps/app", {"publishers": {}}),
        ("PATCH", "/vhosts/default/apps/app", []),
        ("DELETE", "/vhosts/default/apps/app", None),
        ("POST", "/vhosts/default/apps/app/outputProfiles", []),
        ("PATCH", "/vhosts/default/apps/app/outputProfiles/one", {}),
        ("PATCH", "/vhosts/default/apps/app/outputProfiles/nope", {}),
        ("DELETE", "/vhosts/default/apps/app/outputProfiles/one", None),
        ("DELETE", "/vhosts/default/apps/app/outputProfiles/nope", None),
    ],
)
def test_virtual_host_of_a_server_xml_is_read_only(rest: Rest, method: str, path: str, body: Any) -> None:
    assert rest(method, path, body) == READ_ONLY


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("DELETE", "/vhosts/nope", "Could not find the virtual host: [nope]"),
        ("POST", "/vhosts/nope/apps", "Could not find the virtual host: [nope]"),
        ("PATCH", "/vhosts/nope/apps/app", "Could not find the virtual host: [nope]"),
        ("PATCH", "/vhosts/default/apps/nope", "Could not find the application: [default/nope]"),
        ("DELETE", "/vhosts/default/apps/nope", "Could not find the application: [default/nope]"),
        ("POST", "/vhosts/default/apps/nope/outputProfiles", "Could not find the application: [default/nope]"),
        ("PUT", "/vhosts/default", "Controller not found"),
        ("PATCH", "/vhosts/default", "Controller not found"),
        ("DELETE", "/vhosts", "Controller not found"),
        ("DELETE", "/vhosts/default/apps", "Controller not found"),
    ],
)
def test_what_does_not_exist_is_not_found_before_anything_else(rest: Rest, method: str, path: str, message: str) -> None:
    body: Any = {} if method in {"POST", "PATCH"} else None
    assert rest(method, path, body) == refused(404, message)


def test_body_is_read_before_what_the_path_names_is_looked_up(rest: Rest) -> None:
    assert rest("PATCH", "/vhosts/nope/apps/nope", "{")[0] == 400


def test_documentations_dialect_says_it_without_the_prefix(post: Post) -> None:
    answer = post("/v1/vhosts/default/apps", [])
    assert answer.json == {"message": "The VirtualHost is read-only: [default] (403)", "statusCode": 403}
    assert post("/v1/vhosts", [{}]).json == [NAMELESS]
