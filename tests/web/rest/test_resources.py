"""What can be read of the world: names, and configurations (rest-api.md#routes)."""

from __future__ import annotations

import pytest
from fixture_types import Get

from ome_mock.emulator import Emulator


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/version", b'{"message":"OK","response":{"gitVersion":"v0.21.0-37b3fc381","version":"0.21.0"},"statusCode":200}'),
        ("/v1/vhosts", b'{"message":"OK","response":["default"],"statusCode":200}'),
        ("/v1/vhosts/default", b'{"message":"OK","response":{"host":{"names":["*"]},"name":"default"},"statusCode":200}'),
        ("/v1/vhosts/default/apps", b'{"message":"OK","response":["app"],"statusCode":200}'),
        ("/v1/vhosts/default/apps/app/outputProfiles", b'{"message":"OK","response":["one","two"],"statusCode":200}'),
        (
            "/v1/vhosts/default/apps/app/outputProfiles/two",
            (
                b'{"message":"OK","response":{"encodes":{"audios":[{"bypass":"true","name":"bypass_audio"}],'
                b'"videos":[{"bypass":"true","name":"bypass_video"}]},"name":"two","outputStreamName":"${OriginStreamName}2",'
                b'"playlists":[{"fileName":"abr","name":"abr","renditions":[{"audio":"bypass_audio","name":"Bypass","video":"bypass_video"}]}]},'
                b'"statusCode":200}'
            ),
        ),
        ("/v1/vhosts/default/apps/app/streams", b'{"message":"OK","response":["stream"],"statusCode":200}'),
    ],
)
def test_resource_of_the_default_world(get: Get, path: str, body: bytes) -> None:
    answer = get(path)
    assert (answer.status_code, answer.data) == (200, body)


def test_application_of_the_default_world_is_shown_as_it_is_written(get: Get) -> None:
    shown = get("/v1/vhosts/default/apps/app").json["response"]
    assert [profile["name"] for profile in shown.pop("outputProfiles")["outputProfile"]] == ["one", "two"]
    assert shown == {
        "dynamic": False,
        "name": "app",
        "type": "live",
        "providers": {"rtmp": {}, "ovt": {}, "rtspPull": {}},
        "publishers": {
            "llhls": {"segmentDuration": "6", "chunkDuration": "0.5", "segmentCount": "10"},
            "file": {
                "filePath": "/${VirtualHost}/${Application}/${Stream}/${StartTime:YYYYMMDDhhmmss}_${EndTime:YYYYMMDDhhmmss}.ts",
                "infoPath": "/${VirtualHost}/${Application}/${Stream}.xml",
            },
            "push": {},
        },
    }


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/v1/vhosts/nope", "Could not find the virtual host: [nope] (404)"),
        ("/v1/vhosts/nope/apps", "Could not find the virtual host: [nope] (404)"),
        ("/v1/vhosts/nope/apps/nope", "Could not find the virtual host: [nope] (404)"),
        ("/v1/vhosts/default/apps/non-exists", "Could not find the application: [default/non-exists] (404)"),
        ("/v1/vhosts/default/apps/non-exists/streams", "Could not find the application: [default/non-exists] (404)"),
        ("/v1/vhosts/default/apps/non-exists/outputProfiles", "Could not find the application: [default/non-exists] (404)"),
        ("/v1/vhosts/default/apps/app/outputProfiles/nope", "Could not find the output profile: [default/app/nope] (404)"),
        ("/v1/vhosts/default/apps/app/streams/nope", "Could not find the stream: [default/app/nope] (404)"),
        ("/v1/stats", "Controller not found (404)"),
    ],
)
def test_resource_that_does_not_exist(get: Get, path: str, message: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.json) == (404, {"message": message, "statusCode": 404})


def test_streams_are_listed_in_the_order_in_which_they_were_connected(emulator: Emulator, get: Get) -> None:
    emulator.connect("default/app/b", ready=True)
    emulator.connect("default/app/a", ready=True)
    assert get("/v1/vhosts/default/apps/app/streams").json["response"] == ["stream", "b", "a"]
    emulator.disconnect("default/app/stream")
    emulator.connect("default/app/stream", ready=True)
    assert get("/v1/vhosts/default/apps/app/streams").json["response"] == ["b", "a", "stream"]


def test_stream_that_is_gone_is_not_found(emulator: Emulator, get: Get) -> None:
    emulator.disconnect("default/app/stream")
    assert get("/v1/vhosts/default/apps/app/streams/stream").status_code == 404
    assert get("/v1/vhosts/default/apps/app/streams").json["response"] == []
