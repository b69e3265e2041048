"""`POST .../streams/{stream}:concludeHlsLive` (live-llhls.md#conclude)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fixture_types import Post, Start

from ome_mock.emulator import Emulator

OK = {"message": "OK", "statusCode": 200}
CONCLUDE = "concludeHlsLive"


@pytest.mark.parametrize("body", [b"", "null", {}, {"urgent": True}, {"urgent": "yes", "more": 1}], ids=str)
def test_stream_is_concluded_whatever_the_fields_say(body: Any, post: Post) -> None:
    answer = post(CONCLUDE, body)
    assert (answer.status_code, answer.json) == (200, OK)


def test_concluding_again_is_fine(post: Post) -> None:
    post(CONCLUDE, {})
    assert post(CONCLUDE, {}).json == OK


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/v1/vhosts/default/apps/app/streams/nope:concludeHlsLive", 404, "Could not find the stream: [default/app/nope] (404)"),
        ("/v1/vhosts/default/apps/nope/streams/stream:concludeHlsLive", 404, "Could not find the application: [default/nope] (404)"),
    ],
    ids=["stream", "application"],
)
def test_what_is_not_there(path: str, status: int, message: str, post: Post) -> None:
    answer = post(path, {})
    assert (answer.status_code, answer.json["message"]) == (status, message)


def test_body_that_is_no_object_trips_the_json_library(post: Post) -> None:
    answer = post(CONCLUDE, "[]")
    assert (answer.status_code, answer.json["message"]) == (500, "in Json::Value::find(begin, end): requires objectValue or nullValue")


def test_body_that_is_no_json(post: Post) -> None:
    assert post(CONCLUDE, "{").status_code == 400


def test_dump_holds_the_short_last_segment_and_runs_until_it_is_stopped(
    start: Start, post: Post, emulator: Emulator, tmp_path: Path
) -> None:
    start(outputStreamName="stream2", infoFile="/d1.info")
    emulator.clock.advance(3.6)  # 66.8 s: the open segment of video has 0.8 s
    post(CONCLUDE, {})
    emulator.clock.advance(3600)
    chunklist = next(tmp_path.glob("dumps/chunklist_*_video_*")).read_text()
    assert chunklist.count("#EXTINF") == 2
    assert "#EXTINF:0.800000,\n" in chunklist
    segment = tmp_path / "dumps" / chunklist.splitlines()[-2]
    assert segment.read_bytes()[4:8] == b"moof"
    address = json.dumps({"outputStreamName": "stream2"})
    assert post("hlsDumps", address).json["response"][0]["enabled"] is True
    assert ElementTree.parse(tmp_path / "d1.info").findtext("Status") == "Running"
    post("stopHlsDump", address)
    assert ElementTree.parse(tmp_path / "d1.info").findtext("Status") == "Completed"
