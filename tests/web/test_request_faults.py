"""What each fault of requests does to a client, over a socket and in a test client."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from raw_http import AUTHORIZATION, Answer, Connection, exchange, request

from ome_mock import OmeMock, faults
from ome_mock.emulator import Emulator
from ome_mock.faults.request_faults import RefusedAuthorization, Reset, Status

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
START = json.dumps({"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"}).encode()
START_DUMP = request("POST", f"{STREAM}:startHlsDump", AUTHORIZATION, body=START)
LIST_DUMPS = request("POST", f"{STREAM}:hlsDumps", AUTHORIZATION, body=START)
GET_VHOSTS = request("GET", "/v1/vhosts", AUTHORIZATION)
VHOSTS = b'{"message":"OK","response":["default"],"statusCode":200}'


def message_of(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["message"]


def dumps_of(ome: OmeMock) -> list[str]:
    return [dump["id"] for dump in json.loads(exchange(ome.port, LIST_DUMPS).body)["response"]]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (faults.Status(500), (500, "Could not start dump: [default/app/stream] (Could not dump init segment) (500)")),
        (faults.Status(404), (404, "Could not find the stream: [default/app/stream] (404)")),
        (faults.Status(503), (503, "Service Unavailable (503)")),
        (faults.Status(503, "the disk is on fire"), (503, "the disk is on fire (503)")),
        (faults.Status(599), (599, "Unknown Error (599)")),
        (faults.RefusedAuthorization(), (401, "[HTTP] Invalid credential (401)")),
        (faults.Status(401), (401, "[HTTP] Invalid credential (401)")),
    ],
    ids=str,
)
def test_failure_comes_in_place_of_what_was_asked_for(ome: OmeMock, fault: Status | RefusedAuthorization, message: tuple[int, str]) -> None:
    ome.faults.arm(fault)
    assert message_of(exchange(ome.port, START_DUMP)) == message
    assert dumps_of(ome) == []
    assert exchange(ome.port, START_DUMP).status == 200


@pytest.mark.ome(dialect="engine-0.21")
def test_failure_is_in_the_words_of_the_dialect(ome: OmeMock) -> None:
    ome.faults.arm(faults.Status(500))
    assert message_of(exchange(ome.port, START_DUMP)) == (
        500,
        "[HTTP] Could not start dump: [default/app/stream] (Could not dump init segment) (500)",
    )


def test_failure_of_a_stop_is_in_the_engines_words(ome: OmeMock) -> None:
    ome.faults.arm(faults.Status(500, route=":stopHlsDump"))
    answer = exchange(ome.port, request("POST", f"{STREAM}:stopHlsDump", AUTHORIZATION, body=START))
    assert message_of(answer) == (500, "Could not stop dump: [default/app/stream] (Could not find dump info) (500)")


def test_failure_after_the_side_effect_leaves_it_done(ome: OmeMock) -> None:
    ome.faults.arm(faults.Status(500, after=True))
    assert exchange(ome.port, START_DUMP).status == 500
    assert dumps_of(ome) == ["d1"]


def test_refused_request_is_refused_by_a_fault_after_it_too(ome: OmeMock) -> None:
    ome.faults.arm(faults.Status(503, after=True))
    assert message_of(exchange(ome.port, request("GET", "/nope", AUTHORIZATION))) == (503, "Service Unavailable (503)")


@pytest.mark.parametrize(("fault", "dumps"), [(faults.Reset(), []), (faults.Reset(after=True), ["d1"])], ids=["before", "after"])
def test_connection_is_reset_without_an_answer(ome: OmeMock, fault: Reset, dumps: list[str]) -> None:
    ome.faults.arm(fault)
    with pytest.raises(ConnectionResetError):
        exchange(ome.port, START_DUMP)
    assert dumps_of(ome) == dumps


@pytest.mark.parametrize("other", [faults.SlowBytes(0), faults.CutBody(5)], ids=str)
def test_nothing_is_sent_where_another_fault_spoils_the_body_too(ome: OmeMock, other: faults.Fault) -> None:
    ome.faults.arm(faults.Reset(after=True), other)
    with pytest.raises(ConnectionResetError):
        exchange(ome.port, START_DUMP)
    assert dumps_of(ome) == ["d1"]


@pytest.mark.parametrize("spoiling", [(faults.CutBody(5), faults.SlowBytes(0)), (faults.SlowBytes(0), faults.CutBody(5))], ids=str)
def test_body_is_slow_and_cut_in_any_order(ome: OmeMock, spoiling: tuple[faults.Fault, ...]) -> None:
    ome.faults.arm(*spoiling)
    with Connection(ome.port) as connection:
        connection.send(GET_VHOSTS)
        assert connection.rest().partition(b"\r\n\r\n")[2] == VHOSTS[:5]


@pytest.mark.parametrize("is_extended", [False, True])
def test_answer_without_a_body_has_none_to_cut(ome: OmeMock, *, is_extended: bool) -> None:
    if is_extended:
        ome.app.before_request(lambda: None)
    ome.faults.arm(faults.CutBody(0, times=2))
    assert exchange(ome.port, request("OPTIONS", "/v1/vhosts")).status == 204
    with Connection(ome.port) as connection:
        connection.send(request("HEAD", "/v1/vhosts", AUTHORIZATION, "Connection: close"))
        head, _, body = connection.rest().partition(b"\r\n\r\n")
    assert (head.splitlines()[0], body) == (b"HTTP/1.1 200 OK", b"")


@pytest.mark.parametrize("is_extended", [False, True])
def test_head_is_reset_too(ome: OmeMock, *, is_extended: bool) -> None:
    if is_extended:
        ome.app.before_request(lambda: None)
    ome.faults.arm(faults.Reset())
    with pytest.raises(ConnectionResetError):
        exchange(ome.port, request("HEAD", "/v1/vhosts", AUTHORIZATION))


def test_body_is_cut_short(ome: OmeMock) -> None:
    ome.faults.arm(faults.CutBody(7))
    with Connection(ome.port) as connection:
        connection.send(GET_VHOSTS)
        head, _, body = connection.rest().partition(b"\r\n\r\n")
    assert (head.splitlines()[0], body) == (b"HTTP/1.1 200 OK", VHOSTS[:7])
    assert f"Content-Length: {len(VHOSTS)}".encode() in head


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds for which answers are held back; nobody waits for them."""
    seconds: list[float] = []
    monkeypatch.setattr("ome_mock.faults.plan.FaultPlan.sleep", lambda _, each: seconds.append(each))
    return seconds


def test_slow_bytes_are_all_there(ome: OmeMock, slept: list[float]) -> None:
    ome.faults.arm(faults.SlowBytes(3, 4))
    assert exchange(ome.port, GET_VHOSTS).body == VHOSTS
    assert slept == [0.75] * 4


def test_delayed_answer_is_the_usual_one(ome: OmeMock, slept: list[float]) -> None:
    ome.faults.arm(faults.Delay(2.5))
    assert exchange(ome.port, GET_VHOSTS).body == VHOSTS
    assert slept == [2.5]


def test_failure_is_slow_where_both_faults_fit(ome: OmeMock, slept: list[float]) -> None:
    ome.faults.arm(faults.Delay(2), faults.Status(503), faults.SlowBytes(3, 1))
    assert exchange(ome.port, START_DUMP).status == 503
    assert slept == [2, 3]
    assert dumps_of(ome) == []


def test_request_is_in_the_journal_while_its_answer_is_held_back(ome: OmeMock) -> None:
    ome.faults.arm(faults.Delay(60))
    with Connection(ome.port) as connection:
        connection.send(START_DUMP)
        ome.journal.wait_for(":startHlsDump")
        ome.journal.assert_called(":startHlsDump", times=1, status=200)
        assert dumps_of(ome) == ["d1"]


def test_emulator_that_stops_waits_for_no_slow_disk(ome: OmeMock) -> None:
    ome.faults.arm(faults.SlowWrite(60, file="init_0_*"))
    with Connection(ome.port) as connection:
        connection.send(START_DUMP)
        while not ome.faults.firings:
            threading.Event().wait(0.01)
        ome.stop()
        assert connection.rest().startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("fault", [faults.Delay(60), faults.SlowBytes(60, 1)], ids=str)
def test_emulator_that_stops_holds_no_answer_back(ome: OmeMock, fault: faults.Fault) -> None:
    ome.faults.arm(fault)
    with Connection(ome.port) as connection:
        connection.send(GET_VHOSTS)
        ome.journal.wait_for("/v1/vhosts")
        ome.stop()
        assert connection.rest().partition(b"\r\n\r\n")[2] == VHOSTS


def test_control_api_is_never_spoilt(ome: OmeMock) -> None:
    ome.faults.arm(faults.Status(500, must_fire=False))
    assert exchange(ome.port, request("GET", "/_mock/health")).status == 200


def test_crash_closes_the_connection_and_leaves_everything_as_it_is(ome: OmeMock, tmp_path: Path) -> None:
    body = json.dumps({"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps", "infoFile": "/d1.info"}).encode()
    ome.faults.arm(faults.Crash(file="chunklist_*"))
    with pytest.raises(ConnectionResetError):
        exchange(ome.port, request("POST", f"{STREAM}:startHlsDump", AUTHORIZATION, body=body))
    assert message_of(exchange(ome.port, LIST_DUMPS)) == (404, "Could not find the stream: [default/app/stream] (404)")
    assert "<Status>Running</Status>" in (tmp_path / "d1.info").read_text()


def test_crash_between_two_writes_forgets_every_dump(ome: OmeMock, tmp_path: Path) -> None:
    for dump_id in ("d1", "d2"):
        fields = {"outputStreamName": "stream", "id": dump_id, "outputPath": f"/{dump_id}", "infoFile": f"/{dump_id}.info"}
        assert exchange(ome.port, request("POST", f"{STREAM}:startHlsDump", AUTHORIZATION, body=json.dumps(fields).encode())).status == 200
    ome.faults.arm(faults.Crash(file="seg_0_11_*", dump="d2"))
    ome.clock.advance(60)
    assert [path.read_text().count("<Status>Running</Status>") for path in sorted(tmp_path.glob("*.info"))] == [1, 1]
    assert not list(tmp_path.glob("d2/seg_0_11_*"))
    ome.connect("default/app/stream", ready=True)
    assert dumps_of(ome) == []
    ome.clock.advance(60)
    assert [dump.enabled for dump in ome.dumps.values()] == [False, False]


def test_crash_forgets_what_clients_made(ome: OmeMock, tmp_path: Path) -> None:
    def ask(method: str, target: str, body: Any = None) -> Any:
        message = request(method, target, AUTHORIZATION, body=None if body is None else json.dumps(body).encode())
        return json.loads(exchange(ome.port, message).body)

    app, stream = "/v1/vhosts/default/apps/app", {"name": "stream"}
    ask("POST", "/v1/vhosts", [{"name": "made"}])
    ask("POST", f"{app}:startRecord", {"id": "r", "stream": stream})
    ask("POST", f"{app}:startPush", {"id": "p", "stream": stream, "protocol": "rtmp", "url": "rtmp://a.example/b"})
    ask("POST", f"{STREAM}:startHlsDump", {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"})
    ome.faults.arm(faults.Crash(file="chunklist_*"))
    ome.clock.advance(60)
    found = [ask("GET", path)["response"] for path in ("/v1/vhosts", f"{app}/streams", f"{app}:records", f"{app}:pushes")]
    assert found == [["default"], [], [], []]
    current = ask("GET", "/v1/stats/current")["response"]
    assert (current["totalBytesIn"], current["createdTime"] > "2026-01-01T00:00:00.000+00:00") == (0, True)


# In a test client


def test_reset_is_an_error_of_a_test_client(client: FlaskClient, emulator: Emulator) -> None:
    emulator.faults.arm(faults.Reset())
    with pytest.raises(ConnectionResetError):
        client.get("/v1/vhosts", headers={"Authorization": emulator.authorization})


def test_every_request_is_in_the_journal_with_its_answer(ome: OmeMock) -> None:
    ome.faults.arm(faults.Reset(route="/v1/version"))
    exchange(ome.port, START_DUMP)
    exchange(ome.port, request("GET", "/_mock/health"))
    with pytest.raises(ConnectionResetError):
        exchange(ome.port, request("GET", "/v1/version", AUTHORIZATION))
    (start,) = ome.journal.assert_called("POST :startHlsDump", times=1, status=200, body={"id": "d1"})
    assert json.loads(start.answer) == {"message": "OK", "response": ["stream", "stream2"], "statusCode": 200}
    assert [(exchange.target, exchange.status) for exchange in ome.journal.exchanges][1:] == [("/v1/version", None)]
