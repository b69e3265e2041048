"""Records over the API: their states, and what lists show (records-and-pushes.md#record-actions)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Answer, Ask, UseWorld

from ome_mock.emulator import Emulator

STREAM = {"name": "stream"}


@pytest.fixture
def refusal(ask: Ask) -> Callable[[str, Any], tuple[int, str]]:
    def refusal(action: str, body: Any) -> tuple[int, str]:
        answer = ask("POST", f":{action}", body)
        return answer.status_code, answer.json["message"]

    return refusal


def test_record_of_a_stream_that_is_there_records_at_once(ask: Ask, emulator: Emulator) -> None:
    answer = ask("POST", ":startRecord", {"id": "r", "stream": STREAM | {"tracks": [0, 2]}, "filePath": "/r.mp4", "infoPath": "/r.xml"})
    assert answer.json["response"] == {
        "state": "recording",
        "isConfig": False,
        "id": "r",
        "vhost": "default",
        "app": "app",
        "stream": {"name": "stream", "trackIds": [0, 2], "variantNames": []},
        "filePath": "/r.mp4",
        "outputFilePath": "/r.mp4",
        "infoPath": "/r.xml",
        "outputInfoPath": "/r.xml",
        "segmentationRule": "discontinuity",
        "createdTime": "2026-01-01T00:00:00.000+00:00",
        "startTime": "2026-01-01T00:00:00.000+00:00",
    }
    emulator.clock.advance(3)
    (shown,) = ask("POST", ":records", {"id": "r"}).json["response"]
    assert shown["startTime"] == "2026-01-01T00:00:00.800+00:00"  # the last packet before the next key frame
    assert shown["recordTime"] == shown["totalRecordTime"] == 2197
    assert shown["recordBytes"] == shown["totalRecordBytes"] > 10_000


def test_record_of_a_stream_that_comes_later_waits_for_it(ask: Ask, emulator: Emulator) -> None:
    assert ask("POST", ":startRecord", {"id": "r", "stream": {"name": "late"}}).json["response"]["state"] == "ready"
    emulator.clock.advance(5)
    (waiting,) = ask("GET", ":records").json["response"]
    assert waiting.keys().isdisjoint({"outputFilePath", "startTime", "recordTime"})
    emulator.connect("default/app/late", ready=True)
    emulator.clock.advance(2)
    (shown,) = ask("GET", ":records").json["response"]
    assert (shown["state"], shown["createdTime"]) == ("recording", "2026-01-01T00:00:00.000+00:00")
    assert shown["recordTime"] > 1700


def test_stopped_record_is_gone_and_its_id_is_free(ask: Ask, emulator: Emulator) -> None:
    ask("POST", ":startRecord", {"id": "r", "stream": STREAM})
    emulator.clock.advance(2)
    stopped = ask("POST", ":stopRecord", {"id": "r"}).json["response"]
    assert (stopped["state"], stopped["recordTime"] > 0) == ("stopping", True)
    assert ask("GET", ":records").json["response"] == []
    assert ask("POST", ":startRecord", {"id": "r", "stream": STREAM}).status_code == 200


def test_records_are_listed_by_their_ids(ask: Ask) -> None:
    for record_id in ("b", "é", "a", "B"):
        ask("POST", ":startRecord", {"id": record_id, "stream": {"name": "nobody"}})
    assert [record["id"] for record in ask("POST", ":records").json["response"]] == ["B", "a", "b", "é"]
    assert ask("POST", ":records", {"id": "zz"}).json["response"] == []


def test_split_record_counts_its_files(ask: Ask, emulator: Emulator) -> None:
    ask("POST", ":startRecord", {"id": "r", "stream": STREAM, "interval": 2000, "segmentationRule": "continuity", "metadata": "m"})
    emulator.clock.advance(6)
    (shown,) = ask("GET", ":records").json["response"]
    assert (shown["sequence"], shown["interval"], shown["segmentationRule"], shown["metadata"]) == (2, 2000, "continuity", "m")
    assert (shown["recordTime"], shown["totalRecordTime"]) == (179, 5176)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "There is no required parameter [ id stream.name] (400)"),
        ({"id": "r"}, "There is no required parameter [ stream.name] (400)"),
        ({"id": 7, "stream": STREAM}, "There is no required parameter [ id] (400)"),
        ({"id": "r", "stream": STREAM, "interval": 1, "schedule": "x"}, "[Interval] and [Schedule] cannot be used at the same time (400)"),
        ({"id": "r", "stream": STREAM, "interval": 0, "schedule": "x"}, "Invalid [schedule] parameter (400)"),
        ({"id": "taken", "stream": STREAM}, "Duplicate ID already exists (400)"),
    ],
    ids=["no body", "no stream", "number as id", "interval and schedule", "no schedule", "taken id"],
)
def test_record_that_is_refused(ask: Ask, refusal: Callable[[str, Any], tuple[int, str]], body: Any, message: str) -> None:
    ask("POST", ":startRecord", {"id": "taken", "stream": STREAM})
    assert refusal("startRecord", body) == (400, message)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "in Json::Value::find(begin, end): requires objectValue or nullValue"),
        ({"id": "r", "stream": "stream"}, "in Json::Value::resolveReference(key, end): requires objectValue"),
    ],
    ids=["array", "stream that is a text"],
)
def test_body_over_which_the_engine_trips(refusal: Callable[[str, Any], tuple[int, str]], body: Any, message: str) -> None:
    assert refusal("startRecord", body) == (500, message)


def test_stop_names_a_record(refusal: Callable[[str, Any], tuple[int, str]]) -> None:
    assert refusal("stopRecord", {}) == (400, "There is no required parameter [ id] (400)")
    assert refusal("stopRecord", {"id": "100%s"}) == (404, "There is no record information related to the ID [100%s] (404)")


@pytest.mark.parametrize("action", ["startRecord", "stopRecord", "records"])
def test_application_without_the_publisher_records_nothing(use_world: UseWorld, action: str, tmp_path: Path) -> None:
    use_world("<VirtualHosts><VirtualHost><Name>v</Name><Applications>"
              "<Application><Name>a</Name><Type>live</Type></Application></Applications></VirtualHost></VirtualHosts>")  # fmt: skip
    from ome_mock.emulator import Emulator

    emulator = Emulator(root=tmp_path, streams=[])
    answer: Answer = emulator.app.test_client().post(f"/v1/vhosts/v/apps/a:{action}", headers={"Authorization": emulator.authorization})
    assert (answer.status_code, answer.json["message"]) == (404, "Could not find application: [v/a] (404)")
