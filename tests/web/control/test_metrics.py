"""`/_mock/metrics`, as Prometheus's own parser reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from fixture_types import Get, Post, Start
from flask.testing import FlaskClient
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from ome_mock import OmeMock, create_app, faults
from ome_mock.emulator import Emulator
from ome_mock.versions import ENGINE_VERSION, VERSION
from ome_mock.web.control.metrics import read_metrics

STREAMS = "/v1/vhosts/{vhost}/apps/{app}/streams"
Metrics = Callable[[], dict[str, float]]


def families(text: str) -> list[Metric]:
    return list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]  # it has no types


def parsed(text: str) -> dict[str, float]:
    """The samples, by name and labels in the order in which they are written."""
    samples = [sample for family in families(text) for sample in family.samples]
    return {f"{each.name}{' ' if each.labels else ''}{' '.join(each.labels.values())}": each.value for each in samples}


@pytest.fixture
def metrics(get: Get) -> Metrics:
    return lambda: parsed(get("/_mock/metrics").text)


def test_metrics_are_openmetrics_and_want_the_token(client: FlaskClient, get: Get) -> None:
    assert client.get("/_mock/metrics").status_code == 401
    answer = get("/_mock/metrics")
    assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.text.endswith("\n# EOF\n")
    assert parsed(answer.text)[f"ome_mock_info {VERSION} docs {ENGINE_VERSION}"] == 1


def test_every_family_has_a_type_and_a_meaning(get: Get) -> None:
    told = families(get("/_mock/metrics").text)
    assert [(family.name, family.type) for family in told] == [
        ("ome_mock", "info"),
        ("ome_mock_requests", "counter"),
        ("ome_mock_held_requests", "gauge"),
        ("ome_mock_streams", "gauge"),
        ("ome_mock_dumps", "gauge"),
        ("ome_mock_written_files", "counter"),
        ("ome_mock_written_bytes", "counter"),
        ("ome_mock_lateness_seconds", "histogram"),
        ("ome_mock_callbacks", "counter"),
        ("ome_mock_armed_faults", "gauge"),
        ("ome_mock_fired_faults", "counter"),
    ]
    assert [family.name for family in told if not family.documentation] == []


def test_requests_are_counted_by_action_and_status(metrics: Metrics, start: Start, post: Post, get: Get, client: FlaskClient) -> None:
    start()
    start()
    start(id="d2")
    post("stopHlsDump", {"outputStreamName": "stream", "id": "d1"})
    get("/v1/vhosts/default/apps/app/streams")
    get("/v1/nowhere")
    client.get("/v1/vhosts")
    assert {name: value for name, value in metrics().items() if name.startswith("ome_mock_requests")} == {
        f"ome_mock_requests_total POST {STREAMS}/{{stream}}:startHlsDump 200": 2,
        f"ome_mock_requests_total POST {STREAMS}/{{stream}}:startHlsDump 500": 1,
        f"ome_mock_requests_total POST {STREAMS}/{{stream}}:stopHlsDump 200": 1,
        f"ome_mock_requests_total GET {STREAMS} 200": 1,
        "ome_mock_requests_total none none 404": 1,
        "ome_mock_requests_total none none 401": 1,
    }


def test_names_of_clients_make_no_metrics(metrics: Metrics, get: Get) -> None:
    for number in range(20):
        get(f"/v1/vhosts/default/apps/app{number}")
        get(f"/v1/{number}")
    counted = [name for name in metrics() if name.startswith("ome_mock_requests")]
    assert counted == ["ome_mock_requests_total GET /v1/vhosts/{vhost}/apps/{app} 404", "ome_mock_requests_total none none 404"]


def test_dumps_are_told_by_state(metrics: Metrics, start: Start, post: Post, emulator: Emulator) -> None:
    start()
    start(id="d2", outputPath="/dumps2")
    start(id="d3", outputPath="/dumps3")
    post("stopHlsDump", {"outputStreamName": "stream", "id": "d1"})
    emulator.faults.arm(faults.DiskFull(dump="d3", file="seg_*"))
    emulator.clock.advance(10)
    told = metrics()
    assert {name: value for name, value in told.items() if name.startswith("ome_mock_dumps")} == {
        "ome_mock_dumps true Running": 1,
        "ome_mock_dumps false Completed": 1,
        "ome_mock_dumps false Error": 1,
    }
    assert told["ome_mock_fired_faults_total diskFull"] == 1
    assert told["ome_mock_armed_faults"] == 0


def test_bytes_and_files_are_those_of_the_journal(metrics: Metrics, start: Start, emulator: Emulator) -> None:
    start()
    emulator.clock.advance(60)
    writes, told = emulator.journal.writes, metrics()
    assert told["ome_mock_written_files_total"] == len(writes) > 20
    assert told["ome_mock_written_bytes_total"] == sum(write.size for write in writes)


def test_streams_are_counted(metrics: Metrics, emulator: Emulator) -> None:
    emulator.connect("default/app/camera1", ready=True)
    assert metrics()["ome_mock_streams"] == 2
    emulator.disconnect("default/app/stream")
    assert metrics()["ome_mock_streams"] == 1


def test_totals_never_fall(metrics: Metrics, start: Start, post: Post, emulator: Emulator) -> None:
    emulator.faults.arm(faults.Status())
    start()
    start(id="d2")
    before = metrics()
    emulator.journal.clear()
    post("/_mock/reset", {})
    after = metrics()
    assert before["ome_mock_dumps true Running"] == 1
    assert "ome_mock_dumps true Running" not in after
    assert {name: value for name, value in after.items() if "_total" in name and value < before.get(name, 0)} == {}
    assert after["ome_mock_fired_faults_total status"] == 1


def test_closed_connection_has_no_status() -> None:
    with OmeMock(dialect="engine-0.21", faults=[faults.Reset()]) as ome:
        request = Request(f"{ome.url}/v1/vhosts", headers={"Authorization": ome.authorization})
        with pytest.raises(ConnectionError):
            urlopen(request)
        assert parsed(read_metrics(ome))["ome_mock_requests_total none none none"] == 1


def test_callbacks_are_counted_by_kind_and_status() -> None:
    journal = Emulator().journal
    asked = {"headers": (), "body": b"{}", "answer": b"", "outcome": ""}
    for what, status in [("opening", 200), ("opening", None), ("closing", 200), ("INGRESS_BITRATE_LOW INGRESS_FRAMERATE_LOW", 500)]:
        journal.note_callback(0, what, "default/app/stream", "http://h/", status=status, **asked)
    assert journal.totals.callbacks == {("opening", "200"): 1, ("opening", "none"): 1, ("closing", "200"): 1, ("alert", "500"): 1}


@pytest.mark.parametrize(
    ("late_ms", "bound"), [(0, "0.001"), (1, "0.001"), (1.5, "0.002"), (100, "0.1"), (101, "0.2"), (10_000, "10.0"), (10_001, "+Inf")]
)
def test_lateness_falls_into_the_first_bucket_that_holds_it(late_ms: float, bound: str) -> None:
    emulator = Emulator()
    emulator.journal.totals.note_lateness(round(late_ms * 1_000_000))
    told = parsed(read_metrics(emulator))
    buckets = {name.split()[1]: value for name, value in told.items() if name.startswith("ome_mock_lateness_seconds_bucket")}
    assert next(name for name, value in buckets.items() if value) == bound
    assert buckets["+Inf"] == told["ome_mock_lateness_seconds_count"] == 1
    assert told["ome_mock_lateness_seconds_sum"] == late_ms / 1000


def test_values_of_labels_are_escaped(tmp_path: Path) -> None:
    app = create_app(root=tmp_path)
    emulator: Emulator = app.extensions["ome_mock"]
    emulator.journal.note_exchange(0, "GET", "/", (), b"", 200, b"", (), ("GET", 'a"b\\c\nd'))
    assert parsed(read_metrics(emulator))['ome_mock_requests_total GET a"b\\c\nd 200'] == 1
