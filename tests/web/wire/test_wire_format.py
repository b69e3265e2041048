"""Byte for byte: status line, headers and their order, and the text of JSON (rest-api.md#json-text, #envelopes, #response-headers)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fixture_types import Post, Start
from flask import Flask
from flask.testing import FlaskClient
from raw_http import AUTHORIZATION, Connection, exchange, request

from ome_mock import OmeMock
from ome_mock.emulator import Emulator
from ome_mock.web.envelope import render

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
METHODS = "OPTIONS, HEAD, GET, POST, PUT, PATCH, DELETE"


def head(content_length: int | None, content_type: str = "application/json") -> list[tuple[str, str]]:
    """The headers of an answer without more to say, in order."""
    length = [] if content_length is None else [("Content-Length", str(content_length))]
    return [
        ("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("Vary", "Origin"),
        ("Access-Control-Allow-Credentials", "true"),
        *length,
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", METHODS),
        ("Content-Type", content_type),
        ("Server", "OvenMediaEngine"),
    ]


@pytest.mark.parametrize(
    ("message", "status_line", "body"),
    [
        pytest.param(
            request("GET", "/v1/vhosts", AUTHORIZATION),
            "HTTP/1.1 200 OK",
            b'{"message":"OK","response":["default"],"statusCode":200}',
            id="200",
        ),
        pytest.param(
            request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, body=b"{}"),
            "HTTP/1.1 400 Bad Request",
            b'{"message":"outputStreamName is required (400)","statusCode":400}',
            id="400",
        ),
        pytest.param(
            request("GET", "/nope", AUTHORIZATION),
            "HTTP/1.1 404 Not Found",
            b'{"message":"Controller not found (404)","statusCode":404}',
            id="404",
        ),
        pytest.param(
            request("POST", f"{STREAM}:stopHlsDump", AUTHORIZATION, body=b'{"outputStreamName":"stream","id":"zz"}'),
            "HTTP/1.1 500 Internal Server Error",
            b'{"message":"Could not stop dump: [default/app/stream] (Could not find dump info) (500)","statusCode":500}',
            id="500",
        ),
    ],
)
def test_answer_has_these_headers_in_this_order(ome: OmeMock, message: bytes, status_line: str, body: bytes) -> None:
    answer = exchange(ome.port, message)
    assert answer.status_line == status_line
    assert list(answer.headers) == head(len(body))
    assert answer.body == body


def test_204_has_no_content_length_and_no_body(ome: OmeMock) -> None:
    with Connection(ome.port) as connection:
        connection.send(request("OPTIONS", "/v1/vhosts", "Connection: close"))
        answer = connection.answer(has_body=False)
        assert answer.status_line == "HTTP/1.1 204 No Content"
        assert list(answer.headers) == [*head(None, "text/html"), ("Connection", "close")]
        assert connection.rest() == b""


def test_401_has_one_header_more(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("GET", "/v1/vhosts"))
    assert answer.status_line == "HTTP/1.1 401 Unauthorized"
    assert [header for header in answer.headers if header[0] != "WWW-Authenticate"] == head(88)
    assert answer.header("WWW-Authenticate") == 'Basic realm="OvenMediaEngine"'
    assert answer.body == b'{"message":"[HTTP] Authorization header is required to call API (401)","statusCode":401}'


def test_www_authenticate_comes_second(ome: OmeMock) -> None:
    assert exchange(ome.port, request("GET", "/v1/vhosts")).header_names[:2] == ["Date", "WWW-Authenticate"]


def test_allowed_headers_of_a_preflight_come_third(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("OPTIONS", "/v1/vhosts", "Origin: http://a", "Access-Control-Request-Headers: authorization"))
    assert answer.header_names[:4] == ["Date", "Vary", "Access-Control-Allow-Headers", "Access-Control-Allow-Credentials"]


def test_date_is_that_of_the_clock(ome: OmeMock) -> None:
    ome.clock.advance(86_400.9)
    assert exchange(ome.port, request("GET", "/v1/vhosts", AUTHORIZATION)).header("Date") == "Fri, 02 Jan 2026 00:00:00 GMT"


@pytest.mark.parametrize("authorization", [[AUTHORIZATION], []], ids=["with the token", "without the token"])
@pytest.mark.parametrize("target", ["/v1/version", "/v1/vhosts", STREAM, "/v1/vhosts/nope", "/nope", "/_mock/health"])
def test_head_has_the_status_and_headers_of_get_and_no_body(ome: OmeMock, target: str, authorization: list[str]) -> None:
    got = exchange(ome.port, request("GET", target, *authorization))
    with Connection(ome.port) as connection:
        connection.send(request("HEAD", target, *authorization, "Connection: close"))
        headed = connection.answer(has_body=False)
        assert headed.status_line == got.status_line
        assert list(headed.headers) == [*got.headers, ("Connection", "close")]
        assert headed.header("Content-Length") == str(len(got.body))
        assert connection.rest() == b""


def test_head_of_an_action_is_a_stream_that_is_not_found(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("HEAD", f"{STREAM}:startHlsDump", AUTHORIZATION), has_body=False)
    assert answer.status == 404
    assert answer.header("Content-Length") == str(
        len(b'{"message":"Could not find the stream: [default/app/stream:startHlsDump] (404)","statusCode":404}')
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        pytest.param("방송", rb"\ubc29\uc1a1", id="Korean"),
        pytest.param("é", rb"\u00e9", id="Latin-1"),
        pytest.param("😀", rb"\ud83d\ude00", id="surrogate pair in lower case"),
        pytest.param('"\\/', rb"\"\\/", id="quote, backslash, and a slash as it is"),
        pytest.param("\b\f\n\r\t", rb"\b\f\n\r\t", id="short forms"),
        pytest.param("\x01\x1f", rb"\u0001\u001f", id="other control characters"),
        pytest.param("<>&' ", b"<>&' ", id="markup as it is"),
        pytest.param("\u2028", rb"\u2028", id="line separator"),
        pytest.param(
            "\x7f",
            b"\x7f",
            id="delete as it is",
        ),
    ],
)
def test_text_in_json_is_ascii(start: Start, post: Post, text: str, escaped: bytes) -> None:
    assert start(id=f"[{text}]").status_code == 200
    answer = post("hlsDumps", {"outputStreamName": "stream"})
    assert b'"id":"[' + escaped + b']"' in answer.data
    assert answer.json["response"][0]["id"] == f"[{text}]"


@pytest.mark.parametrize(
    ("envelope", "text"),
    [
        ({"statusCode": 200, "message": "OK"}, b'{"message":"OK","statusCode":200}'),
        (
            {"statusCode": 200, "response": [], "message": "OK"},
            b'{"message":"OK","response":[],"statusCode":200}',
        ),
        ({"b": {}, "a": [1, 2], "B": True, "c": None}, b'{"B":true,"a":[1,2],"b":{},"c":null}'),
        ({"z": {"b": 1, "a": {"d": 1, "c": 2}}}, b'{"z":{"a":{"c":2,"d":1},"b":1}}'),
    ],
)
def test_json_is_compact_and_its_keys_are_sorted(envelope: dict[str, Any], text: bytes) -> None:
    assert render(envelope) == text


def test_content_type_and_accept_of_a_request_are_ignored(ome: OmeMock) -> None:
    headers = [AUTHORIZATION, "Content-Type: text/plain", "Accept: text/html", "Accept-Encoding: gzip"]
    answer = exchange(ome.port, request("POST", f"{STREAM}:hlsDumps", *headers, body=b'{"outputStreamName":"stream"}'))
    assert answer.header("Content-Type") == "application/json"
    assert json.loads(answer.body) == {"message": "OK", "response": [], "statusCode": 200}


def test_body_of_a_get_is_ignored(ome: OmeMock) -> None:
    answer = exchange(ome.port, request("GET", "/v1/vhosts", AUTHORIZATION, body=b"{"))
    assert answer.status == 200


def test_defect_of_the_emulator_is_a_500_that_says_whose_it_is(
    app: Flask, emulator: Emulator, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(emulator.engine, "virtual_hosts", fail)
    answer = client.get("/v1/vhosts", headers={"Authorization": emulator.authorization})
    assert (answer.status_code, answer.data) == (500, b'{"message":"ome-mock: internal error: ZeroDivisionError","statusCode":500}')
    assert "internal error, please report it: ZeroDivisionError: a secret" in [record.getMessage() for record in caplog.records]
