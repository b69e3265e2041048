"""Events, subtitles, speech to text and certificates (rest-api.md#virtual-hosts, #certificates, events-and-subtitles.md#sending-events)."""

from __future__ import annotations

from typing import Any

import pytest
from fixture_types import Get, Post

EVENT = {"eventFormat": "ID3v2", "events": [{"frameType": "TXXX", "info": "a", "data": "b"}]}
CUE = {"text": "hello", "startOffset": -5}
SUBTITLES = {"format": "WebVTT", "data": [{"label": "Korean", "subtitles": [CUE]}]}
NOT_AN_OBJECT = "in Json::Value::find(begin, end): requires objectValue or nullValue"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"eventFormat": None}, "eventFormat(string) and events(array) are required"),
        ({"events": []}, "eventFormat(string) and events(array) are required"),
        ({"events": {"frameType": "TXXX"}}, "eventFormat(string) and events(array) are required"),
        ({"eventFormat": "CUE", "events": [{}]}, "eventFormat is not supported: [CUE]"),
        ({"events": [{"frameType": "TIT2"}, {}]}, "frameType is required in events"),
        ({"events": [{"frameType": "wxxx"}]}, "frameType is not supported: [wxxx]"),
        ({"events": [{"frameType": "X"}], "eventType": 3}, "frameType is not supported: [X]"),
        ({"eventType": 3}, "eventType must be string"),
        ({"eventType": "sound"}, "eventType is not supported: [sound]"),
    ],
)
def test_event_that_is_refused(post: Post, change: dict[str, Any], message: str) -> None:
    answer = post("sendEvent", EVENT | change)
    assert (answer.status_code, answer.json["message"]) == (400, f"{message} (400)")


@pytest.mark.parametrize("change", [{}, {"eventType": "VIDEO"}, {"urgent": "yes"}, {"events": [{"frameType": "PRIV"}, {"frameType": "T"}]}])
def test_event_that_is_taken(post: Post, change: dict[str, Any]) -> None:
    assert post("sendEvent", EVENT | change).data == b'{"message":"OK","statusCode":200}'


def test_many_events_have_outcomes_of_their_own(post: Post) -> None:
    answer = post("sendEvents", [EVENT, EVENT | {"eventType": "x"}])
    assert (answer.status, answer.json) == (
        "207 Multi Status",
        [{"message": "OK", "statusCode": 200}, {"message": "eventType is not supported: [x]", "statusCode": 400}],
    )


@pytest.mark.parametrize(("action", "body"), [("sendEvent", []), ("sendEvents", [EVENT, 7]), ("sendEvent", EVENT | {"events": ["TXXX"]})])
def test_event_over_which_the_engine_trips(post: Post, action: str, body: Any) -> None:
    answer = post(action, body)
    assert (answer.status_code, answer.json) == (500, {"message": NOT_AN_OBJECT, "statusCode": 500})


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"format": 1, "data": []}, 400, "format(string) and data(array) are required"),
        (SUBTITLES | {"format": "srt"}, 400, "format is not supported: [srt]"),
        (SUBTITLES | {"data": [{"label": "Korean", "subtitles": []}]}, 400, "label(string) and subtitles(array) are required"),
        (SUBTITLES | {"data": [{"label": "Korean", "subtitles": [{"text": 1}]}]}, 400, "text(string) is required in subtitles"),
        (SUBTITLES, 500, "Could not send WebVTT frame: [default/app/stream]"),
    ],
)
def test_subtitles_find_no_track(post: Post, body: dict[str, Any], status: int, message: str) -> None:
    answer = post("sendSubtitles", body)
    assert (answer.status_code, answer.json["message"]) == (status, f"{message} ({status})")


@pytest.mark.parametrize("action", ["enableStt", "disableStt"])
def test_speech_to_text_has_no_encoder(post: Post, action: str) -> None:
    answer = post(action, "")
    assert (answer.status_code, answer.json["message"]) == (404, "Could not find STT encoder for stream: [default/app/stream] (404)")


def test_speech_to_text_is_off(post: Post) -> None:
    assert post("sttStatus", "[]").data == b'{"message":"OK","response":{"enabled":false,"renditions":[]},"statusCode":200}'


@pytest.mark.parametrize("action", ["sendEvent", "sendEvents", "sendSubtitles", "enableStt", "disableStt", "sttStatus"])
def test_action_on_a_stream_that_is_not_there(post: Post, action: str) -> None:
    answer = post(f"/v1/vhosts/default/apps/app/streams/nope:{action}", "[]")
    assert (answer.status_code, answer.json["message"]) == (404, "Could not find the stream: [default/app/nope] (404)")


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/v1/vhosts:reloadAllCertificates", 200, "OK"),
        ("/v1/vhosts/nope:reloadAllCertificates", 200, "OK"),
        ("/v1/vhosts/default:reloadCertificate", 200, "OK"),
        ("/v1/vhosts/nope:reloadCertificate", 404, "Could not find the virtual host: [nope] (404)"),
        ("/v1/vhosts/a:b:reloadAllCertificates", 404, "Controller not found (404)"),
        ("/v1/vhosts:reloadCertificate", 500, "Could not find the virtual host regex group (500)"),
        ("/v1/managers/api:reloadCertificate", 400, "TLS is not enabled for the API Server (400)"),
        ("/v1/managers/api", 404, "Controller not found (404)"),
    ],
)
def test_certificates(post: Post, path: str, status: int, message: str) -> None:
    assert post(path, "").json == {"message": message, "statusCode": status}


def test_action_without_a_name_is_left_over_for_no_virtual_host(get: Get) -> None:
    answer = get("/v1/vhosts:")
    assert (answer.status_code, answer.json["message"]) == (500, "Could not find the virtual host regex group (500)")
    assert get("/v1/vhosts/default:").json["message"] == "Could not find the virtual host: [default:] (404)"


def test_certificates_read_a_body_all_the_same(post: Post) -> None:
    assert post("/v1/vhosts:reloadAllCertificates", "{").status_code == 400
