"""Streams that are fetched from other servers, and streams that are ended (rest-api.md#streams)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fixture_types import Ask, Start

from ome_mock.emulator import Emulator


def test_pulled_stream_is_connected_at_once(ask: Ask, emulator: Emulator) -> None:
    emulator.clock.advance(5)
    answer = ask(
        "POST", "/streams", {"name": "camera", "urls": ["rtsp://camera.invalid/x", "rtsp://10.0.0.1/x"], "properties": {"relay": 1}}
    )
    assert (answer.status_code, answer.data) == (201, b'{"message":"Created","statusCode":201}')
    shown = ask("GET", "/streams/camera").json["response"]
    assert {key: shown["input"][key] for key in ("createdTime", "sourceType", "sourceUrl")} == {
        "createdTime": "2026-01-01T00:00:05.000+00:00",
        "sourceType": "RtspPull",
        "sourceUrl": "rtsp://10.0.0.1/x",
    }
    assert [output["name"] for output in shown["outputs"]] == ["camera", "camera2"]
    assert ask("GET", "/streams").json["response"] == ["stream", "camera"]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (None, 400, "Request body must be an object"),
        ([], 400, "Request body must be an object"),
        ({"name": 1, "urls": ["ovt://h"]}, 400, "Stream name or urls is required"),
        ({"name": "x", "urls": "ovt://h"}, 400, "Stream name or urls is required"),
        ({"name": "x", "urls": []}, 400, "Urls must be at least one"),
        ({"name": "x", "urls": ["ovt://h", 1]}, 400, "Url must be a string"),
        ({"name": "stream", "urls": ["nonsense"]}, 409, "Stream already exists"),
        ({"name": "x", "urls": ["nonsense", "ovt://h"]}, 400, "Invalid URL: nonsense"),
        ({"name": "x", "urls": ["ovt://h", "rtsp://h"]}, 400, "Only urls with the same scheme can be sent as a group."),
        (
            {"name": "x", "urls": ["rtmp://h/a/x"]},
            502,
            "Could not pull the stream : http://localhost/v1/vhosts/default/apps/app/streams?q=1",
        ),
        (
            {"name": "x", "urls": ["ovt://h:1/a/x"]},
            502,
            "Could not pull the stream : http://localhost/v1/vhosts/default/apps/app/streams?q=1",
        ),
    ],
)
def test_stream_that_is_refused(ask: Ask, body: Any, status: int, message: str) -> None:
    answer = ask("POST", "/streams?q=1", body)
    assert (answer.status_code, answer.json["message"]) == (status, f"{message} ({status})")
    assert ask("GET", "/streams").json["response"] == ["stream"]


def test_deleted_stream_completes_its_dumps_and_frees_their_ids(ask: Ask, start: Start, emulator: Emulator, tmp_path: Path) -> None:
    start(infoFile="/d1.info")
    emulator.clock.advance(10)
    assert ask("DELETE", "/streams/stream").data == b'{"message":"OK","statusCode":200}'
    assert "<Status>Completed</Status>" in (tmp_path / "d1.info").read_text()
    assert ask("GET", "/streams/stream").status_code == 404
    assert ask("DELETE", "/streams/stream").json["message"] == "Could not find the stream: [default/app/stream] (404)"
    assert ask("POST", "/streams", {"name": "stream", "urls": ["ovt://h/a/x"]}).status_code == 201
    assert start(infoFile="/d2.info").status_code == 200
