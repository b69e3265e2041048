"""The golden vectors (rest-api.md#golden-vectors) in the words of dialect `docs`, with their numbers."""

from __future__ import annotations

import pytest
from fixture_types import Call

from ome_mock.emulator import Emulator

ANY = "Basic b21lLWFjY2Vzcy10b2tlbg=="
VERSION = b'{"message":"OK","response":{"gitVersion":"v0.21.0-37b3fc381","version":"0.21.0"},"statusCode":200}'
CONTROLLER_NOT_FOUND = b'{"message":"Controller not found (404)","statusCode":404}'
REQUIRED_TO_START = b'{"message":"id, outputStreamName and outputPath are required (400)","statusCode":400}'
STREAM_NAMES = b'{"message":"OK","response":["stream","stream2"],"statusCode":200}'
DUPLICATE_ID = b'{"message":"Could not start dump: [default/app/stream] (Duplicate ID) (500)","statusCode":500}'
START = '{"id":"d1","outputStreamName":"stream","outputPath":"/tmp/"}'


@pytest.mark.parametrize(
    ("method", "path", "authorization", "body", "status", "answer"),
    [
        pytest.param(
            "GET",
            "/anything",
            None,
            None,
            401,
            b'{"message":"[HTTP] Authorization header is required to call API (401)","statusCode":401}',
            id="1 no Authorization",
        ),
        pytest.param(
            "GET",
            "/v1/vhosts",
            "Bearer x",
            None,
            401,
            b'{"message":"[HTTP] Not supported credential type: Bearer (401)","statusCode":401}',
            id="2 Bearer",
        ),
        pytest.param(
            "GET",
            "/v1/vhosts",
            "Basic",
            None,
            401,
            b'{"message":"[HTTP] Invalid authorization header (401)","statusCode":401}',
            id="3 Basic alone",
        ),
        pytest.param(
            "GET",
            "/v1/vhosts",
            "Basic AAAA",
            None,
            401,
            b'{"message":"[HTTP] Invalid credential (401)","statusCode":401}',
            id="4 wrong credential",
        ),
        pytest.param("GET", "/v1/version", "basic b21lLWFjY2Vzcy10b2tlbg", None, 200, VERSION, id="5 lower case, no padding"),
        pytest.param("GET", "/nope", ANY, None, 404, CONTROLLER_NOT_FOUND, id="6 unknown path"),
        pytest.param("PUT", "/v1/vhosts", ANY, None, 404, CONTROLLER_NOT_FOUND, id="7 unknown method"),
        pytest.param("OPTIONS", "/v1/vhosts", None, None, 204, b"", id="8 preflight"),
        pytest.param(
            "GET", "/v1/vhosts", ANY, None, 200, b'{"message":"OK","response":["default"],"statusCode":200}', id="9 virtual hosts"
        ),
        pytest.param(
            "GET",
            "/v1/vhosts/x",
            ANY,
            None,
            404,
            b'{"message":"Could not find the virtual host: [x] (404)","statusCode":404}',
            id="10 unknown virtual host",
        ),
        pytest.param(
            "GET",
            "/v1/vhosts/default/apps/x",
            ANY,
            None,
            404,
            b'{"message":"Could not find the application: [default/x] (404)","statusCode":404}',
            id="11 unknown application",
        ),
        pytest.param(
            "GET",
            "/v1/vhosts/default/apps/app/streams/x",
            ANY,
            None,
            404,
            b'{"message":"Could not find the stream: [default/app/x] (404)","statusCode":404}',
            id="12 unknown stream",
        ),
        pytest.param(
            "GET",
            ":startHlsDump",
            ANY,
            None,
            404,
            b'{"message":"Could not find the stream: [default/app/stream:startHlsDump] (404)","statusCode":404}',
            id="13 GET of an action",
        ),
        pytest.param("POST", ":nope", ANY, "{}", 404, CONTROLLER_NOT_FOUND, id="14 unknown action"),
        pytest.param(
            "POST",
            ":hlsDumps",
            ANY,
            "",
            400,
            b'{"message":"outputStreamName is required (400)","statusCode":400}',
            id="15 list with an empty body",
        ),
        pytest.param(
            "POST",
            ":hlsDumps",
            ANY,
            '{"outputStreamName":"stream"}',
            200,
            b'{"message":"OK","response":[],"statusCode":200}',
            id="16 list of nothing",
        ),
        pytest.param("POST", ":startHlsDump", ANY, "{}", 400, REQUIRED_TO_START, id="17 start without fields"),
        pytest.param(
            "POST",
            ":startHlsDump",
            ANY,
            '{"id":1,"outputStreamName":"stream","outputPath":"/tmp/"}',
            400,
            REQUIRED_TO_START,
            id="18 id that is a number",
        ),
        pytest.param(
            "POST",
            ":startHlsDump",
            ANY,
            '{"id":"d1","outputStreamName":"x","outputPath":"/tmp/"}',
            404,
            b'{"message":"Could not find output stream: [default/app/x] (404)","statusCode":404}',
            id="19 unknown output stream",
        ),
        pytest.param("POST", ":startHlsDump", ANY, START, 200, STREAM_NAMES, id="20 start"),
        pytest.param(
            "POST",
            ":stopHlsDump",
            ANY,
            '{"id":"zz","outputStreamName":"stream"}',
            500,
            b'{"message":"Could not stop dump: [default/app/stream] (Could not find dump info) (500)","statusCode":500}',
            id="22 stop of an unknown id",
        ),
        pytest.param(
            "POST",
            ":startHlsDump",
            ANY,
            '{"id":"d2","outputStreamName":"stream","outputPath":"/tmp/","playlist":["nope.m3u8"]}',
            500,
            b'{"message":"Could not start dump: [default/app/stream] (Could not dump master playlist) (500)","statusCode":500}',
            id="26 unknown playlist",
        ),
        pytest.param(
            "POST",
            ":startHlsDump",
            ANY,
            '{"id":"d3","outputStreamName":"stream","outputPath":"/../x"}',
            500,
            b'{"message":"Could not start dump: [default/app/stream] (Could not dump init segment) (500)","statusCode":500}',
            id="27 directory that can not be written",
        ),
        pytest.param("POST", ":stopHlsDump", ANY, '{"outputStreamName":"stream"}', 200, STREAM_NAMES, id="29 stop of everything"),
        pytest.param("POST", ":startHlsDump", ANY, "[]", 400, REQUIRED_TO_START, id="30 array"),
        pytest.param("POST", ":startHlsDump", ANY, "5", 400, REQUIRED_TO_START, id="30 number"),
        pytest.param("POST", ":startHlsDump", ANY, '"x"', 400, REQUIRED_TO_START, id="30 text"),
        pytest.param(
            "POST",
            ":hlsDumps",
            ANY,
            '{"outputStreamName":"stream","id":"unknown"}',
            200,
            b'{"message":"OK","response":[],"statusCode":200}',
            id="43 list of an unknown id",
        ),
    ],
)
def test_request_of_a_fresh_emulator(
    call: Call, method: str, path: str, authorization: str | None, body: str | None, status: int, answer: bytes
) -> None:
    given = call(method, path, body, authorization)
    assert (given.status_code, given.data) == (status, answer)


@pytest.mark.parametrize("path", [":startHlsDump", "/v1/vhosts/nope/apps/nope/streams/nope:startHlsDump"], ids=["31", "32"])
def test_mistake_in_json_comes_before_everything_that_the_path_names(call: Call, path: str) -> None:
    given = call("POST", path, "{")
    assert (given.status_code, given.data) == (
        400,
        rb"""{"message":"[JSON] * Line 1, Column 2\n  Missing '}' or object member name\n (400)","statusCode":400}""",
    )


def test_life_of_a_dump(call: Call) -> None:
    stop = '{"id":"d1","outputStreamName":"stream"}'
    listed = b'{"message":"OK","response":[{"enabled":false,"id":"d1","outputPath":"/tmp/","outputStreamName":"stream"}],"statusCode":200}'
    steps = [
        (":startHlsDump", START, 200, STREAM_NAMES),  # 20
        (":startHlsDump", START, 500, DUPLICATE_ID),  # 21
        (":stopHlsDump", stop, 200, STREAM_NAMES),  # 23
        (":stopHlsDump", stop, 200, STREAM_NAMES),
        (":hlsDumps", stop, 200, listed),  # 24
        (":startHlsDump", START, 500, DUPLICATE_ID),  # 25
    ]
    for action, body, status, answer in steps:
        given = call("POST", action, body)
        assert (given.status_code, given.data) == (status, answer)


def test_info_file_of_a_known_dump_is_taken(call: Call) -> None:
    body = {"outputStreamName": "stream", "outputPath": "/tmp/", "infoFile": "/d.info"}
    assert call("POST", ":startHlsDump", body | {"id": "d1"}).status_code == 200
    given = call("POST", ":startHlsDump", body | {"id": "d4"})  # 28
    assert (given.status_code, given.data) == (
        500,
        b'{"message":"Could not start dump: [default/app/stream] (Duplicate info file) (500)","statusCode":500}',
    )


def test_stop_by_a_number_stops_every_dump(call: Call, emulator: Emulator) -> None:
    for dump_id in ("a", "b"):
        call("POST", ":startHlsDump", {"outputStreamName": "stream", "id": dump_id, "outputPath": f"/{dump_id}"})
    given = call("POST", ":stopHlsDump", '{"id":7,"outputStreamName":"stream"}')  # 44
    assert (given.status_code, given.data) == (200, STREAM_NAMES)
    assert [dump.enabled for dump in emulator.dumps.values()] == [False, False]
