"""Paths as they are sent: nothing is decoded, merged or completed (rest-api.md#paths, #names-in-paths)."""

from __future__ import annotations

import json

import pytest
from raw_http import AUTHORIZATION, Answer, exchange, request

from ome_mock import OmeMock
from ome_mock.web.wire.request_line import method_of, path_of

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
START = json.dumps({"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"}).encode()
CONTROLLER_NOT_FOUND = (404, "Controller not found (404)")


def message_of(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["message"]


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/", id="root"),
        pytest.param("/v1", id="version prefix"),
        pytest.param("/v1/", id="version prefix with a slash"),
        pytest.param("/v2/vhosts", id="other version"),
        pytest.param("/V1/vhosts", id="upper case"),
        pytest.param("//v1/vhosts", id="two slashes at the start"),
        pytest.param("/v1//vhosts", id="two slashes within"),
        pytest.param("/v1/version/", id="trailing slash behind a word"),
        pytest.param("/v1/vhosts/default/", id="trailing slash behind a virtual host"),
        pytest.param("/v1/vhosts/default/apps/app/", id="trailing slash behind an application"),
        pytest.param("/v1/vhosts/default/apps/app/streams/stream/", id="trailing slash behind a stream"),
        pytest.param("/v1/%76hosts", id="word with an escape"),
        pytest.param("/v1/vhosts/default/apps/a:b", id="colon in an application"),
        pytest.param("/v1%2fvhosts", id="escaped slash"),
        pytest.param("/v1/vhosts#fragment", id="fragment"),
        pytest.param("/v1/vhosts/default/../default", id="dots"),
        pytest.param("/v1/./vhosts", id="dot"),
    ],
)
def test_path_that_is_not_exactly_a_route_is_unknown(ome: OmeMock, target: str) -> None:
    assert message_of(exchange(ome.port, request("GET", target, AUTHORIZATION))) == CONTROLLER_NOT_FOUND


@pytest.mark.parametrize(
    ("target", "message"),
    [
        pytest.param("/v1/vhosts/", "Could not find the virtual host: [] (404)", id="empty virtual host"),
        pytest.param("/v1/vhosts/Default", "Could not find the virtual host: [Default] (404)", id="other case"),
        pytest.param("/v1/vhosts/%64efault", "Could not find the virtual host: [%64efault] (404)", id="escape"),
        pytest.param("/v1/vhosts/default%20", "Could not find the virtual host: [default%20] (404)", id="escaped space"),
        pytest.param("/v1/vhosts/default;a=1", "Could not find the virtual host: [default;a=1] (404)", id="parameters"),
        pytest.param("/v1/vhosts/*", "Could not find the virtual host: [*] (404)", id="star"),
        pytest.param("/v1/vhosts/default#x", "Could not find the virtual host: [default#x] (404)", id="fragment is part of the name"),
        pytest.param("/v1/vhosts/a:b", "Could not find the virtual host: [a:b] (404)", id="colon"),
        pytest.param("/v1/vhosts/{0}%s", "Could not find the virtual host: [{0}%s] (404)", id="braces and percent sign"),
        pytest.param("/v1/vhosts//apps", "Could not find the virtual host: [] (404)", id="applications of an empty virtual host"),
        pytest.param("/v1/vhosts//apps/", "Could not find the virtual host: [] (404)", id="empty application of an empty virtual host"),
        pytest.param("/v1/vhosts/default/apps/", "Could not find the application: [default/] (404)", id="empty application"),
        pytest.param("/v1/vhosts/default/apps/a%3Ab", "Could not find the application: [default/a%3Ab] (404)", id="escaped colon"),
        pytest.param("/v1/vhosts/default/apps//streams", "Could not find the application: [default/] (404)", id="streams of none"),
        pytest.param("/v1/vhosts/default/apps/app/streams/", "Could not find the stream: [default/app/] (404)", id="empty stream"),
        pytest.param(
            "/v1/vhosts/default/apps/app/streams/%73tream", "Could not find the stream: [default/app/%73tream] (404)", id="escaped stream"
        ),
        pytest.param(
            "/v1/vhosts/default/apps/app/streams/stream2",
            "Could not find the stream: [default/app/stream2] (404)",
            id="an output stream is no input stream",
        ),
        pytest.param(
            "/v1/vhosts/default/apps/app/outputProfiles/",
            "Could not find the output profile: [default/app/] (404)",
            id="empty output profile",
        ),
        pytest.param(
            "/v1/vhosts/default/apps/app/outputProfiles/nope",
            "Could not find the output profile: [default/app/nope] (404)",
            id="unknown output profile",
        ),
    ],
)
def test_names_are_compared_as_they_were_sent(ome: OmeMock, target: str, message: str) -> None:
    assert message_of(exchange(ome.port, request("GET", target, AUTHORIZATION))) == (404, message)


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("/v1/vhosts?x=1", id="query"),
        pytest.param("/v1/vhosts?", id="empty query"),
        pytest.param("/v1/vhosts??a=/b/c", id="query with question mark and slashes"),
        pytest.param("http://other.example/v1/vhosts", id="absolute form"),
        pytest.param("http://other.example:81/v1/vhosts?x", id="absolute form with port and query"),
    ],
)
def test_query_and_authority_are_not_part_of_the_path(ome: OmeMock, target: str) -> None:
    answer = exchange(ome.port, request("GET", target, AUTHORIZATION))
    assert (answer.status, answer.body) == (200, b'{"message":"OK","response":["default"],"statusCode":200}')


@pytest.mark.parametrize(
    ("host", "target", "path"),
    [
        ("h:8081", "/v1/vhosts", "/v1/vhosts"),
        ("h:8081", "/a?b?c", "/a"),
        ("h:8081", "/a#b", "/a#b"),
        ("h:8081", "//a", "//a"),
        ("h:8081", "/a%2Fb", "/a%2Fb"),
        ("", "/a", "/a"),
        ("[::1]:8081", "/a", "/a"),
        ("[::1", "/a", ""),
        ("[::1]:", "/a", ""),
        ("[fe80::1%25eth0]:8081", "/a", ""),
        ("[]", "/a", "/a"),
        ("h:8081", "http://other/a?b", "/a"),
        ("h:8081", "http://other:80/a/b", "/a/b"),
        ("h:8081", "http://other", ""),
        ("h:8081", "*", ""),
        ("h:8081", "", ""),
        ("h:8081", "/v1/version?u=rtmp://a/b", "/b"),
        ("h:8081", "/a://b", ""),
        ("h:8081", "/streams/u@x", ""),
        ("h:8081", "/streams/u@x/y", "/y"),
        ("h:8081", "/streams/u:startHlsDump?cb=user@x", ""),
        ("h", "/streams/u@x", "/streams/u@x"),
        ("h", "/streams/u:a@x", ""),
        ("h", "/\xff", None),
    ],
)
def test_path_of_a_request_target(host: str, target: str, path: str | None) -> None:
    assert path_of(host, target) == path


@pytest.mark.parametrize(
    ("token", "method"),
    [("GET", "GET"), ("XGET", "GET"), ("PROPPATCH", "PATCH"), ("get", "get"), ("GETPOST", "GETPOST"), ("FOO", "FOO"), ("M-POST2", "POST")],
)
def test_method_is_the_one_that_the_token_holds(token: str, method: str) -> None:
    assert method_of(token) == method


@pytest.mark.parametrize(
    ("target", "status"),
    [
        pytest.param("http://host", 404, id="host alone"),
        pytest.param("*", 404, id="star"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_target_without_a_path_is_not_found_before_anything_else(ome: OmeMock, method: str, target: str, status: int) -> None:
    answer = exchange(ome.port, request(method, target, body=b"{}" if method == "POST" else b""))
    assert (answer.status, answer.body, answer.header("Content-Type")) == (status, b"", "text/html")


def test_target_that_is_no_utf_8_is_a_bad_request(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("GET", "/v1/vhosts/@", AUTHORIZATION).replace(b"/@", b"/\xff"))
    assert (answer.status, answer.body, answer.header("Content-Type")) == (400, b"", "text/html")


def test_web_address_in_a_query_leads_elsewhere(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("GET", "/v1/version?u=rtmp://a/v1/vhosts", AUTHORIZATION))
    assert answer.body == b'{"message":"OK","response":["default"],"statusCode":200}'


def test_method_that_holds_another_is_that_one(ome: OmeMock) -> None:
    assert exchange(ome.port, request("XGET", "/v1/vhosts", AUTHORIZATION)).status == 200
    assert message_of(exchange(ome.port, request("GETPOST", "/v1/vhosts", AUTHORIZATION))) == CONTROLLER_NOT_FOUND


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PUT", "/v1/vhosts"),
        ("PATCH", "/v1/vhosts"),
        ("DELETE", "/v1/vhosts"),
        ("TRACE", STREAM),
        ("POST", STREAM),
        ("POST", "/v1/version"),
        ("PUT", f"{STREAM}:startHlsDump"),
        ("PATCH", f"{STREAM}:startHlsDump"),
    ],
)
def test_method_that_a_path_does_not_have_is_not_found_rather_than_not_allowed(ome: OmeMock, method: str, target: str) -> None:
    answer = exchange(ome.port, request(method, target, AUTHORIZATION, body=b"{}"))
    assert message_of(answer) == CONTROLLER_NOT_FOUND
    assert answer.header("Allow") is None


@pytest.mark.parametrize("action", ["startHlsDump", "stopHlsDump", "hlsDumps", "nope"])
def test_action_of_a_get_is_part_of_the_stream_name(ome: OmeMock, action: str) -> None:
    answer = exchange(ome.port, request("GET", f"{STREAM}:{action}", AUTHORIZATION))
    assert message_of(answer) == (404, f"Could not find the stream: [default/app/stream:{action}] (404)")


@pytest.mark.parametrize("action", ["nope", "", "starthlsdump", "StartHlsDump", "startHlsDump/", "startHlsDump%20", "startHlsDump#"])
def test_unknown_action_is_an_unknown_path(ome: OmeMock, action: str) -> None:
    assert message_of(exchange(ome.port, request("POST", f"{STREAM}:{action}", AUTHORIZATION, body=START))) == CONTROLLER_NOT_FOUND


def test_escaped_colon_begins_no_action(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("POST", f"{STREAM}%3AstartHlsDump", AUTHORIZATION, body=START))
    assert message_of(answer) == CONTROLLER_NOT_FOUND


def test_query_behind_an_action_is_ignored(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("POST", f"{STREAM}:startHlsDump?x=1", AUTHORIZATION, body=START))
    assert (answer.status, answer.body) == (200, b'{"message":"OK","response":["stream","stream2"],"statusCode":200}')


def test_last_colon_begins_the_action(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("POST", f"{STREAM}:startHlsDump:stopHlsDump", AUTHORIZATION, body=START))
    assert message_of(answer) == (404, "Could not find the stream: [default/app/stream:startHlsDump] (404)")


@pytest.mark.ome(streams=["default/app/cam:1", "default/app/:", "default/app/%73tream"])
@pytest.mark.parametrize(("name", "output"), [("cam:1", "cam:1"), (":", ":"), ("%73tream", "%73tream")])
def test_streams_whose_names_have_colons_and_escapes_are_found(ome: OmeMock, name: str, output: str) -> None:
    body = json.dumps({"outputStreamName": output}).encode()
    answer = exchange(ome.port, request("POST", f"/v1/vhosts/default/apps/app/streams/{name}:hlsDumps", AUTHORIZATION, body=body))
    assert (answer.status, answer.body) == (200, b'{"message":"OK","response":[],"statusCode":200}')
    answer = exchange(ome.port, request("GET", f"/v1/vhosts/default/apps/app/streams/{name}", AUTHORIZATION))
    assert json.loads(answer.body)["response"]["name"] == name


def test_name_in_raw_utf_8_is_compared_byte_by_byte(ome: OmeMock) -> None:
    message = request("GET", "/v1/vhosts/@", AUTHORIZATION).replace(b"@", "방송".encode())
    assert message_of(exchange(ome.port, message)) == (404, "Could not find the virtual host: [방송] (404)")


def test_unknown_method_closes_the_connection_without_an_answer(ome: OmeMock) -> None:
    with pytest.raises(EOFError):
        exchange(ome.port, request("FOO", "/v1/vhosts", AUTHORIZATION))


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(request("GET", "/v1/vhosts", "Connection: Upgrade", "Upgrade: websocket"), id="upgrade to WebSocket"),
    ],
)
def test_request_that_looks_like_another_protocol_is_answered_like_any_other(ome: OmeMock, message: bytes) -> None:
    assert exchange(ome.port, message).status == 401


def test_address_in_brackets_that_is_none_is_no_path(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("GET", "http://[::1/x", AUTHORIZATION))
    assert (answer.status, answer.body, answer.header("Content-Type")) == (404, b"", "text/html")
