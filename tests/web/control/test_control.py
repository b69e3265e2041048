"""The control API under `/_mock/`."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from fixture_types import Answer, Get, Post, Start
from flask.testing import FlaskClient

from ome_mock import create_app
from ome_mock.clock import RealClock
from ome_mock.emulator import Emulator
from ome_mock.versions import VERSION

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
ADVANCE = "/_mock/clock/advance"


def requests_said(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    records = [record for record in caplog.records if record.name == "ome_mock.requests" and record.levelno >= level]
    return [record.getMessage() for record in records]


def test_health_needs_no_token(client: FlaskClient) -> None:
    answer: Answer = client.get("/_mock/health")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.data == b'{"dialect":"docs","engineVersion":"0.21.0","status":"ok","version":"%s"}' % VERSION.encode()


def test_health_does_not_mind_a_wrong_token(client: FlaskClient) -> None:
    assert client.get("/_mock/health", headers={"Authorization": "Basic AAAA"}).status_code == 200


def test_head_of_health_says_how_long_it_is(client: FlaskClient) -> None:
    answer = client.head("/_mock/health")
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "75")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_health_is_only_read(client: FlaskClient, emulator: Emulator, method: str) -> None:
    answer: Answer = client.open("/_mock/health", method=method, headers={"Authorization": emulator.authorization})
    assert (answer.status_code, answer.json) == (404, {"message": f"/_mock/health takes GET, not {method}", "statusCode": 404})


@pytest.mark.parametrize("path", ["/v1/_mock/health", "/health"])
def test_path_outside_the_control_api_is_ome_s(client: FlaskClient, get: Get, path: str) -> None:
    assert client.get(path).status_code == 401
    answer = get(path)
    assert (answer.status_code, answer.data) == (404, b'{"message":"Controller not found (404)","statusCode":404}')


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/_mock/nope", ""),
        ("/_mock/page", ""),
        ("/_mock/events/", ""),
        ("/_mock/health/", "/_mock/health"),
        ("/_mock/clock/", "/_mock/clock"),
        ("/_mock/fault", "/_mock/faults"),
        ("/_mock/faults/x", "/_mock/faults"),
        ("/_mock/clock/advanced", "/_mock/clock/advance"),
    ],
)
def test_unknown_path_of_the_control_api_is_told_with_what_was_meant(client: FlaskClient, get: Get, path: str, meant: str) -> None:
    assert client.get(path).status_code == 401
    answer = get(path)
    said = meant and f" (did you mean {meant}?)"
    message = f"the control API has no {path}{said}; GET /_mock/openapi.json tells what it has"
    assert (answer.status_code, answer.json) == (404, {"message": message, "statusCode": 404})


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        ("GET", "/_mock/reset", "POST"),
        ("POST", "/_mock/streams/default/app/camera1", "PUT or DELETE"),
        ("GET", "/_mock/streams/default/app/camera1:stall", "POST"),
        ("GET", "/_mock/faults/5", "DELETE"),
        ("POST", "/_mock/journal", "GET or DELETE"),
    ],
)
def test_wrong_method_is_told_with_the_right_ones(client: FlaskClient, emulator: Emulator, method: str, path: str, methods: str) -> None:
    answer: Answer = client.open(path, method=method, headers={"Authorization": emulator.authorization})
    assert (answer.status_code, answer.json["message"]) == (404, f"{path} takes {methods}, not {method}")


def test_advance_needs_the_token(client: FlaskClient, emulator: Emulator) -> None:
    answer: Answer = client.post(ADVANCE, data='{"seconds": 60}')
    assert (answer.status_code, answer.json["message"]) == (401, "[HTTP] Authorization header is required to call API (401)")
    assert emulator.clock.now_ns() == 1_767_225_600_000_000_000


@pytest.mark.parametrize(
    ("seconds", "now"),
    [
        ("0", "2026-01-01T00:00:00.000+00:00"),
        ("60", "2026-01-01T00:01:00.000+00:00"),
        ("0.5", "2026-01-01T00:00:00.500+00:00"),
        ("1.0015", "2026-01-01T00:00:01.001+00:00"),
        ("1e3", "2026-01-01T00:16:40.000+00:00"),
        ("86400", "2026-01-02T00:00:00.000+00:00"),
    ],
)
def test_advance_turns_the_clock_and_says_the_time(post: Post, seconds: str, now: str) -> None:
    answer = post(ADVANCE, f'{{"seconds": {seconds}}}')
    assert (answer.status_code, answer.data) == (200, f'{{"now":"{now}"}}'.encode())
    assert answer.headers["Content-Type"] == "application/json"


def test_what_falls_due_has_happened_when_advance_answers(start: Start, post: Post, emulator: Emulator) -> None:
    start()
    before = len(emulator.dumps["d1"].files)
    post(ADVANCE, {"seconds": 20})
    assert len(emulator.dumps["d1"].files) > before
    assert all(path.exists() for path in emulator.dumps["d1"].files)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "the body has one of seconds, to, untilSegment, not none"),
        ("null", "the body has one of seconds, to, untilSegment, not none"),
        ("[]", "the body is an object, not []"),
        ("60", "the body is an object, not 60"),
        ("{}", "the body has one of seconds, to, untilSegment, not none"),
        ('{"second": 60}', "there is no 'second'; the body has seconds, to, untilSegment"),
        ('{"seconds": -1}', "seconds -1 is not a number of zero or more"),
        ('{"seconds": -0.1}', "seconds -0.1 is not a number of zero or more"),
        ('{"seconds": "60"}', "seconds '60' is not a number of zero or more"),
        ('{"seconds": true}', "seconds True is not a number of zero or more"),
        ('{"seconds": null}', "the body has one of seconds, to, untilSegment, not none"),
        ('{"seconds": [60]}', "seconds [60] is not a number of zero or more"),
    ],
)
def test_wrong_body_of_advance_is_named(post: Post, emulator: Emulator, body: str, message: str) -> None:
    answer = post(ADVANCE, body)
    assert (answer.status_code, answer.json) == (400, {"message": message, "statusCode": 400})
    assert emulator.clock.now_ns() == 1_767_225_600_000_000_000


def test_body_of_advance_that_is_not_json(post: Post) -> None:
    answer = post(ADVANCE, "{")
    assert answer.json == {"message": "[JSON] * Line 1, Column 2\n  Missing '}' or object member name\n (400)", "statusCode": 400}


@pytest.mark.parametrize("seconds", ["1e300", "1e12"])
def test_advance_beyond_the_last_date_is_refused_and_changes_nothing(post: Post, get: Get, seconds: str) -> None:
    assert post(ADVANCE, f'{{"seconds": {seconds}}}').status_code == 400
    assert get("/v1/version").status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_clock_is_only_advanced(client: FlaskClient, emulator: Emulator, method: str) -> None:
    answer: Answer = client.open(ADVANCE, method=method, headers={"Authorization": emulator.authorization})
    assert answer.status_code == 404


def test_real_clock_is_not_advanced(tmp_path: Path) -> None:
    app = create_app(root=tmp_path, clock=RealClock(), streams=[])
    emulator = app.extensions["ome_mock"]
    try:
        answer: Answer = app.test_client().post(ADVANCE, data='{"seconds": 1}', headers={"Authorization": emulator.authorization})
    finally:
        emulator.close()
    assert (answer.status_code, answer.data) == (
        400,
        b'{"message":"the real clock can\'t be advanced: use a manual one, --clock manual or ManualClock()","statusCode":400}',
    )


def test_requests_of_the_emulated_api_are_logged(client: FlaskClient, get: Get, post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "ome_mock")
    get("/v1/vhosts?x=1")
    client.get("/v1/vhosts")
    post("hlsDumps", {"outputStreamName": "nope"})
    client.options("/v1/vhosts")
    assert requests_said(caplog, logging.INFO) == [
        "GET /v1/vhosts?x=1 200",
        "refused: [HTTP] Authorization header is required to call API (401)",
        "GET /v1/vhosts 401",
        'There is no Authorization header, or it is empty: send "Authorization: Basic " and the base64 of the access token.',
        "refused: Could not find output stream: [default/app/nope] (404)",
        f"POST {STREAM}:hlsDumps 404",
        'There is no output stream "nope" in input stream "stream"; there are "stream" and "stream2".',
        "OPTIONS /v1/vhosts 204",
    ]


def test_requests_of_the_control_api_are_no_traffic(client: FlaskClient, post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ome_mock")
    client.get("/_mock/health")
    post(ADVANCE, {"seconds": 1})
    assert requests_said(caplog, logging.INFO) == []
    assert requests_said(caplog, logging.DEBUG) == ["GET /_mock/health 200", "POST /_mock/clock/advance 200"]


def test_refusals_of_the_control_api_are_no_traffic(client: FlaskClient, get: Get, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "ome_mock")
    client.get("/_mock/nope")
    get("/_mock/nope")
    assert requests_said(caplog, logging.INFO) == []
