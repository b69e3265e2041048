"""A request with several faults is refused for the first of them, in the engine's order
(rest-api.md#order-of-processing, #order-of-checks, #dump-checks)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_types import Post, Start, UseWorld
from flask.testing import FlaskClient

from ome_mock import create_app
from ome_mock.emulator import Emulator

APPLICATIONS = """
<VirtualHosts><VirtualHost><Name>default</Name><Applications>
  <Application><Name>app</Name><Type>live</Type>
    <OutputProfiles><OutputProfile><Name>p</Name><OutputStreamName>${OriginStreamName}</OutputStreamName>
      <Encodes><Audio><Name>a</Name><Bypass>true</Bypass></Audio></Encodes>
    </OutputProfile></OutputProfiles>
    <Publishers><LLHLS/></Publishers>
  </Application>
  <Application><Name>unpublished</Name><Type>live</Type>
    <OutputProfiles><OutputProfile><Name>p</Name><OutputStreamName>${OriginStreamName}</OutputStreamName>
      <Encodes><Video><Name>v</Name><Bypass>true</Bypass></Video></Encodes>
    </OutputProfile></OutputProfiles>
  </Application>
</Applications></VirtualHost></VirtualHosts>
"""

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
MALFORMED = "[JSON] * Line 1, Column 2\n  Missing '}' or object member name\n (400)"
START_FIELDS = ' "outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"'


def test_options_are_answered_before_the_token_and_the_path_are_looked_at(client: FlaskClient) -> None:
    for path in ("/v1/vhosts", "/nope", f"{STREAM}:startHlsDump", "/_mock/clock/advance"):
        answer = client.options(path)
        assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_token_is_looked_at_before_the_path(client: FlaskClient, method: str) -> None:
    assert client.open("/nope", method=method).status_code == 401


def test_token_is_looked_at_before_the_body(client: FlaskClient) -> None:
    assert client.post(f"{STREAM}:startHlsDump", data="{").status_code == 401


def test_path_is_looked_at_before_the_body(post: Post) -> None:
    answer = post(f"{STREAM}:nope", "{")
    assert (answer.status_code, answer.data) == (404, b'{"message":"Controller not found (404)","statusCode":404}')


@pytest.mark.parametrize("action", ["startHlsDump", "stopHlsDump", "hlsDumps"])
@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        pytest.param("nope/apps/nope/streams/nope", "{", 400, MALFORMED, id="JSON before virtual host"),
        pytest.param("nope/apps/nope/streams/nope", "[]", 404, "Could not find the virtual host: [nope] (404)", id="virtual host first"),
        pytest.param(
            "default/apps/nope/streams/nope",
            "[]",
            404,
            "Could not find the application: [default/nope] (404)",
            id="application before stream",
        ),
        pytest.param(
            "default/apps/app/streams/nope",
            "[]",
            404,
            "Could not find the stream: [default/app/nope] (404)",
            id="stream before the type of the body",
        ),
        pytest.param("default/apps/app/streams/nope", "{}", 404, "Could not find the stream: [default/app/nope] (404)", id="before fields"),
    ],
)
def test_what_the_path_names_is_looked_up_after_the_syntax_and_before_the_fields(
    post: Post, action: str, path: str, body: str, status: int, message: str
) -> None:
    answer = post(f"/v1/vhosts/{path}:{action}", body)
    assert (answer.status_code, answer.json) == (status, {"message": message, "statusCode": status})


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("startHlsDump", "id, outputStreamName and outputPath are required (400)"),
        ("stopHlsDump", "outputStreamName is required (400)"),
        ("hlsDumps", "outputStreamName is required (400)"),
    ],
)
@pytest.mark.parametrize("body", ["[]", "{}", '{"id": "d1", "outputPath": "/dumps"}'])
def test_fields_are_looked_at_before_the_output_stream(post: Post, action: str, message: str, body: str) -> None:
    answer = post(action, body)
    assert (answer.status_code, answer.json) == (400, {"message": message, "statusCode": 400})


def test_required_fields_come_before_an_unknown_output_stream(post: Post) -> None:
    answer = post("startHlsDump", {"outputStreamName": "nope", "id": "d1"})
    assert answer.json == {"message": "id, outputStreamName and outputPath are required (400)", "statusCode": 400}


@pytest.mark.parametrize("action", ["startHlsDump", "stopHlsDump", "hlsDumps"])
def test_output_stream_must_belong_to_the_input_stream(emulator: Emulator, post: Post, action: str) -> None:
    emulator.connect("default/app/other", ready=True)
    answer = post(action, {"outputStreamName": "other", "id": "d1", "outputPath": "/dumps"})
    assert (answer.status_code, answer.data) == (
        404,
        b'{"message":"Could not find output stream: [default/app/other] (404)","statusCode":404}',
    )


@pytest.mark.parametrize("action", ["startHlsDump", "stopHlsDump", "hlsDumps"])
def test_output_stream_must_be_published_over_ll_hls(use_world: UseWorld, tmp_path: Path, action: str) -> None:
    use_world(APPLICATIONS)
    app = create_app(root=tmp_path, streams=["default/unpublished/stream"])
    answer = app.test_client().post(
        f"/v1/vhosts/default/apps/unpublished/streams/stream:{action}",
        data=f"{{{START_FIELDS}}}",
        headers={"Authorization": app.extensions["ome_mock"].authorization},
    )
    assert (answer.status_code, answer.data) == (
        404,
        b'{"message":"Could not find LLHLS stream: [default/unpublished/stream] (404)","statusCode":404}',
    )


def test_output_stream_without_a_track_is_not_published_over_ll_hls(use_world: UseWorld, tmp_path: Path) -> None:
    use_world(APPLICATIONS)
    app = create_app(root=tmp_path, streams=[])
    emulator = app.extensions["ome_mock"]
    emulator.connect("default/app/stream", audio=False, ready=True)
    answer = app.test_client().post(f"{STREAM}:startHlsDump", data=f"{{{START_FIELDS}}}", headers={"Authorization": emulator.authorization})
    assert answer.json == {"message": "Could not find LLHLS stream: [default/app/stream] (404)", "statusCode": 404}


def test_unknown_output_stream_comes_before_the_missing_publisher(use_world: UseWorld, tmp_path: Path) -> None:
    use_world(APPLICATIONS)
    app = create_app(root=tmp_path, streams=["default/unpublished/stream"])
    answer = app.test_client().post(
        "/v1/vhosts/default/apps/unpublished/streams/stream:hlsDumps",
        data='{"outputStreamName": "nope"}',
        headers={"Authorization": app.extensions["ome_mock"].authorization},
    )
    assert answer.json == {"message": "Could not find output stream: [default/unpublished/nope] (404)", "statusCode": 404}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"id": "d1", "infoFile": "/d1.info", "outputPath": "/.."}, "Duplicate ID", id="duplicate id first"),
        pytest.param({"id": "d2", "infoFile": "/d1.info", "outputPath": "/.."}, "Duplicate info file", id="then a duplicate info file"),
        pytest.param({"id": "d2", "outputPath": "/..", "playlist": ["nope"]}, "Could not dump init segment", id="then the directory"),
        pytest.param({"id": "d2", "playlist": ["nope"]}, "Could not dump master playlist", id="the playlists at last"),
    ],
)
def test_duplicates_come_before_anything_on_disk(start: Start, fields: dict[str, Any], reason: str) -> None:
    assert start(id="d1", infoFile="/d1.info").status_code == 200
    answer = start(**fields)
    message = f"Could not start dump: [default/app/stream] ({reason}) (500)"
    assert (answer.status_code, answer.json) == (500, {"message": message, "statusCode": 500})


@pytest.mark.parametrize(
    ("dump_id", "info_file", "reason"),
    [("b", "/a.info", "Duplicate info file"), ("a", "/b.info", "Duplicate ID")],
    ids=["info file of an earlier dump before the id of a later one", "id of an earlier dump before the info file of a later one"],
)
def test_dumps_are_compared_one_after_the_other_in_order_of_their_ids(start: Start, dump_id: str, info_file: str, reason: str) -> None:
    assert start(id="b", infoFile="/b.info").status_code == 200
    assert start(id="a", infoFile="/a.info").status_code == 200
    message = f"Could not start dump: [default/app/stream] ({reason}) (500)"
    assert start(id=dump_id, infoFile=info_file).json == {"message": message, "statusCode": 500}
