"""Admission webhooks: what isn't told by recordings alone."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from callbacks.control_server import ALLOWED, CLOSED, SILENCE, Asked, ControlServer, answered
from fixture_types import MakeEmulator

from ome_mock import AdmissionWebhooks, OmeMock, PublisherRefused, faults, sign_webhook
from ome_mock.clock import RealClock
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

STREAM = "default/app/camera1"
SECRET = "key"


@pytest.fixture
def make(control: ControlServer, tmp_path: Path) -> Iterator[MakeEmulator]:
    """Makes emulators that ask the control server about everything."""
    made: list[Emulator | OmeMock] = []

    def make(kind: type[Any] = Emulator, timeout_ms: int = 20_000, **options: Any) -> Any:
        webhooks = AdmissionWebhooks(control.url, SECRET, timeout_ms)
        emulator = kind(**{"admission_webhooks": webhooks, "streams": [], "root": tmp_path, "dialect": "engine-0.21"} | options)
        made.append(emulator)
        if isinstance(emulator, OmeMock):
            emulator.start()
        return emulator

    yield make
    for emulator in made:
        emulator.stop() if isinstance(emulator, OmeMock) else emulator.close()


def statuses(control: ControlServer) -> list[str]:
    return [asked.request["status"] for asked in control.asked]


def post(ome: OmeMock, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    request = Request(ome.url + path, json.dumps(body).encode(), {"Authorization": ome.authorization})
    try:
        with urlopen(request) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(("lifetime", "is_over"), [(3000, True), (0, False), (-1, False), ("3000", False), (3000.5, False), (True, False)])
def test_lifetime_throws_an_encoder_out(make: MakeEmulator, control: ControlServer, lifetime: Any, is_over: bool) -> None:
    emulator = make()
    control.answer(answered({"allowed": True, "lifetime": lifetime}))
    emulator.connect(STREAM)
    emulator.clock.advance(2.9)
    assert emulator.engine.input_streams("default", "app")
    emulator.clock.advance(60)
    assert bool(emulator.engine.input_streams("default", "app")) is not is_over
    assert statuses(control) == ["opening", "closing"] if is_over else ["opening"]
    if is_over:
        assert control.asked[1].request["time"] == "2026-01-01T00:00:03.000+00:00"


@pytest.mark.parametrize("steps", [[10], [2, 8], [0.05, 0.05, 3, 6.9]], ids=str)
def test_steps_of_the_clock_ask_the_same_at_the_same_moments(make: MakeEmulator, control: ControlServer, steps: list[float]) -> None:
    control.answer(answered({"allowed": True, "lifetime": 3000}))
    emulator = make()
    emulator.connect(STREAM)
    for step in steps:
        emulator.clock.advance(step)
    assert [(each.what, each.at_ns % 60_000_000_000) for each in emulator.journal.callbacks] == [("opening", 0), ("closing", 3_000_000_000)]


def test_silence_is_waited_for_in_real_time_and_the_rest_follows_by_the_clock(make: MakeEmulator, control: ControlServer) -> None:
    control.answer(SILENCE)
    emulator = make(timeout_ms=100)
    started = time.monotonic()
    with pytest.raises(PublisherRefused, match=r"no answer within 0\.1 s"):
        emulator.connect(STREAM)
    assert 0.1 <= time.monotonic() - started < 2
    assert statuses(control) == ["opening"]
    emulator.clock.advance(0.1)
    assert statuses(control) == ["opening", "closing"]


def test_what_a_handler_asks_of_the_api_acts_at_its_instant(make: MakeEmulator, control: ControlServer) -> None:
    """The dump begins within one long advance, at the instant at which the lifetime ends the first stream."""
    ome = make(OmeMock, streams=["default/app/other"], timeout_ms=5000)
    seen: list[tuple[int, Any]] = []

    def handler(asked: Asked) -> bytes:
        if asked.request["status"] == "closing":
            fields = {"outputStreamName": "other", "id": "d1", "outputPath": "/d1", "infoFile": "/d1.info"}
            seen.append(post(ome, "/v1/vhosts/default/apps/app/streams/other:startHlsDump", fields))
            seen.append(post(ome, "/_mock/clock/advance", {"seconds": 1}))
        return answered({"allowed": True, "lifetime": 7000})

    control.answer(handler)
    ome.connect(STREAM)
    ome.clock.advance(30)
    status, answer = seen[1]
    assert (seen[0][0], status) == (200, 400)
    assert answer["message"] == "the clock stands still while a control server is asked: its handler can't advance it"
    assert "2026-01-01T00:00:07.000+00:00" in ome.dumps["d1"].info_file.read_text()


def test_handler_that_advances_during_the_opening_is_refused_too(make: MakeEmulator, control: ControlServer) -> None:
    ome = make(OmeMock, timeout_ms=5000)
    refusals = []

    def handler(_: Asked) -> bytes:
        with pytest.raises(ConfigurationError, match="the clock stands still") as refusal:
            ome.clock.advance(5)
        refusals.append(refusal)
        return ALLOWED

    control.answer(handler)
    ome.connect(STREAM)
    assert len(refusals) == 1


def test_turning_the_clock_waits_for_a_question_of_another_thread(make: MakeEmulator, control: ControlServer) -> None:
    ome = make(OmeMock, timeout_ms=5000)

    def handler(_: Asked) -> bytes:
        time.sleep(0.02)
        return ALLOWED

    control.answer(handler)
    encoder = Thread(target=ome.connect, args=(STREAM,))
    encoder.start()
    control.wait_for(1)
    ome.clock.advance(1)
    encoder.join()


def test_stream_that_the_api_deletes_is_told_of_twice(make: MakeEmulator, control: ControlServer) -> None:
    ome = make(OmeMock)
    ome.connect(STREAM, ready=True)
    request = Request(
        f"{ome.url}/v1/vhosts/default/apps/app/streams/camera1", headers={"Authorization": ome.authorization}, method="DELETE"
    )
    urlopen(request).close()
    control.wait_for(3)
    assert statuses(control) == ["opening", "closing", "closing"]


def test_handler_may_delete_the_stream_that_it_is_asked_about(make: MakeEmulator, control: ControlServer) -> None:
    """The API doesn't wait for the callbacks that it sets off, so a control server with one thread answers."""
    ome = make(OmeMock, streams=["default/app/other"], timeout_ms=5000)

    def handler(asked: Asked) -> bytes:
        if asked.request["status"] == "opening":
            url = f"{ome.url}/v1/vhosts/default/apps/app/streams/other"
            urlopen(Request(url, headers={"Authorization": ome.authorization}, method="DELETE"), timeout=3).close()
        return ALLOWED

    control.answer(handler)
    assert ome.connect(STREAM) == STREAM
    control.wait_for(3)
    assert statuses(control).count("closing") == 2


def test_refusal_over_the_control_api_is_an_answer_of_its_own(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make()
    control.answer(answered({"allowed": False, "reason": "no thanks"}))
    answer = emulator.app.test_client().put(f"/_mock/streams/{STREAM}", json={}, headers={"Authorization": emulator.authorization})
    assert (answer.status_code, answer.json) == (
        403,
        {"message": f"the control server refused the encoder of {STREAM}: no thanks", "reason": "no thanks", "statusCode": 403},
    )


@pytest.mark.parametrize("body", ["[]", "[true]", "true", "5", '"allowed"'])
def test_answer_that_kills_the_engine_leaves_the_emulator_alive(
    make: MakeEmulator, control: ControlServer, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    emulator = make(streams=["default/app/other"])
    control.answer(answered(body))
    with pytest.raises(PublisherRefused):
        emulator.connect(STREAM)
    assert sum("the engine would have died of it" in line for line in caplog.messages) == 1
    assert statuses(control) == ["opening"]
    assert [str(stream.path) for stream in emulator.engine.input_streams("default", "app")] == ["default/app/other"]


def test_player_of_an_answer_that_kills_the_engine_is_cut_off(make: MakeEmulator, control: ControlServer) -> None:
    ome = make(OmeMock, streams=[STREAM])
    control.answer(answered("[]"))
    with pytest.raises(OSError, match=r"reset|closed|without response"):
        urlopen(f"{ome.llhls_url}/app/camera1/llhls.m3u8")
    control.answer(ALLOWED)
    assert urlopen(f"{ome.llhls_url}/app/camera1/llhls.m3u8").status == 200


def test_encoder_that_comes_again_is_asked_about_again(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make()
    emulator.connect(STREAM, url="rtmp://127.0.0.1:1935/app/camera1?token=x", address="192.0.2.7", port=5000, user_agent="obs")
    emulator.disconnect(STREAM)
    emulator.reconnect(STREAM)
    client = {"address": "192.0.2.7", "port": 5000, "real_ip": "192.0.2.7", "user_agent": "obs"}
    assert [asked.json["client"] for asked in control.asked] == [client] * 3
    assert {asked.request["url"] for asked in control.asked} == {"rtmp://127.0.0.1:1935/app/camera1?token=x"}


def test_encoder_that_was_there_at_the_start_is_told_of_when_it_goes(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make(streams=[STREAM])
    emulator.disconnect(STREAM)
    assert statuses(control) == ["closing"]


def test_session_of_a_test_client_ends_by_a_call(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make(streams=[STREAM])
    player = emulator.llhls_app.test_client()
    master = player.get("/app/camera1/llhls.m3u8").text
    chunklist = next(line for line in master.splitlines() if line.startswith("/"))
    assert player.get(chunklist).status_code == 200
    emulator.end_session(chunklist.partition("session=")[2])
    assert player.get(chunklist).status_code == 401
    assert statuses(control) == ["opening", "closing"]
    with pytest.raises(ConfigurationError, match="there is no session"):
        emulator.end_session("1_x")


def test_session_lives_on_with_another_connection(make: MakeEmulator, control: ControlServer) -> None:
    from http.client import HTTPConnection

    ome = make(OmeMock, streams=[STREAM])
    first, second = (HTTPConnection("127.0.0.1", ome.llhls_port) for _ in range(2))
    first.request("GET", "/app/camera1/llhls.m3u8")
    chunklist = next(line for line in first.getresponse().read().decode().splitlines() if line.startswith("/"))
    second.request("GET", chunklist)
    assert second.getresponse().read()
    first.close()
    second.request("GET", chunklist)
    answer = second.getresponse()
    answer.read()
    assert (answer.status, statuses(control)) == (200, ["opening"])
    second.close()
    control.wait_for(2)


# Time that is real


def test_lifetime_on_a_real_clock(make: MakeEmulator, control: ControlServer) -> None:
    control.answer(answered({"allowed": True, "lifetime": 2000}))
    make(OmeMock, clock=RealClock(50)).connect(STREAM)
    control.wait_for(2)
    assert statuses(control) == ["opening", "closing"]


# Faults and the journal


@pytest.mark.parametrize(
    ("fault", "came", "outcomes"),
    [
        (faults.LostCallback(callback="closing"), ["opening"], ["answered", "lost, as a fault wants it"]),
        (faults.TwiceCallback(callback="closing"), ["opening", "closing", "closing"], ["answered", "answered", "answered"]),
        (faults.RefusedConnection(callback="closing"), ["opening"], ["answered", "connection refused, as a fault wants it"]),
        (faults.CutCallback(callback="closing", sent=20), ["opening"], ["answered", "cut"]),
    ],
    ids=lambda value: value.kind() if isinstance(value, faults.Fault) else "",
)
def test_fault_of_a_callback(make: MakeEmulator, control: ControlServer, fault: Any, came: list[str], outcomes: list[str]) -> None:
    emulator = make(faults=[fault])
    emulator.connect(STREAM)
    emulator.disconnect(STREAM)
    assert statuses(control) == came
    assert [callback.outcome for callback in emulator.journal.callbacks] == outcomes
    assert [str(firing.fault) for firing in emulator.faults.firings] == [str(fault)]


def test_late_callback_is_sent_later_by_the_clock(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make(faults=[faults.LateCallback(5, callback="closing")])
    emulator.connect(STREAM)
    emulator.disconnect(STREAM)
    emulator.clock.advance(4.9)
    assert statuses(control) == ["opening"]
    emulator.clock.advance(0.1)
    assert statuses(control) == ["opening", "closing"]
    assert control.asked[1].request["time"] == "2026-01-01T00:00:00.000+00:00"


def test_reordered_callback_comes_after_the_next_one(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make(faults=[faults.ReorderedCallback(callback="closing")])
    for name in ("a", "b"):
        emulator.connect(f"default/app/{name}")
        emulator.disconnect(f"default/app/{name}")
    seen = [(asked.request["status"], asked.request["url"][-1]) for asked in control.asked]
    assert seen == [("opening", "a"), ("opening", "b"), ("closing", "a"), ("closing", "b")]


def test_wrong_signature(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make(faults=[faults.WrongSignature(callback="opening")])
    emulator.connect(STREAM)
    emulator.disconnect(STREAM)
    right = [sign_webhook(asked.body, SECRET) in asked.head for asked in control.asked]
    assert right == [False, True]


def test_lost_opening_is_a_timeout(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make(timeout_ms=200, faults=[faults.LostCallback(callback="opening")])
    with pytest.raises(PublisherRefused, match="lost"):
        emulator.connect(STREAM)
    assert control.asked == []


def test_journal_says_what_came_near(make: MakeEmulator, control: ControlServer) -> None:
    emulator = make()
    emulator.connect(STREAM)
    emulator.journal.assert_notified("opening", times=1, stream=STREAM, body={"request": {"protocol": "RTMP"}})
    with pytest.raises(AssertionError) as failed:
        emulator.journal.assert_notified("opening", body={"request": {"protocol": "SRT"}})
    assert "was to be sent at least once, not 0 times. Of 1 callbacks:" in str(failed.value)
    assert '"protocol":"RTMP"' in str(failed.value)
    with pytest.raises(AssertionError, match="closing was to be sent"):
        emulator.journal.assert_notified("closing")


@pytest.mark.parametrize(
    "answer", [CLOSED, b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}"], ids=["closed", "no HTTP", "cut"]
)
def test_answer_that_is_none_refuses_at_once(make: MakeEmulator, control: ControlServer, answer: bytes) -> None:
    control.answer(answer)
    with pytest.raises(PublisherRefused):
        make().connect(STREAM)
    control.wait_for(2)


HEAD_OF_CHUNKS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n" + ALLOWED[-17:], id="a gigabyte"),
        pytest.param(HEAD_OF_CHUNKS + b"40000000\r\n" + b" " * 9_000_000, id="a chunk of a gigabyte"),
        pytest.param(HEAD_OF_CHUNKS + b"100000\r\n%b\r\n" % (b" " * 0x100000) * 9, id="chunks without end"),
    ],
)
def test_answer_that_is_too_long_is_given_up_before_it_fills_the_memory(make: MakeEmulator, control: ControlServer, answer: bytes) -> None:
    control.answer(answer)
    emulator = make()
    with pytest.raises(PublisherRefused):
        emulator.connect(STREAM)
    assert "an answer of more than 8388608 bytes" in str(emulator.journal.callbacks)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"protocol": "rtsp"}, "protocol 'rtsp' of an encoder is not one of rtmp, srt, webrtc"),
        ({"url": "camera1"}, "url 'camera1' of an encoder is not a URL"),
        ({"port": 0}, "port 0 of an encoder is not between 1 and 65535"),
    ],
    ids=str,
)
def test_wrong_option_of_an_encoder_is_named(make: MakeEmulator, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make().connect(STREAM, **options)


def test_control_server_that_is_no_url_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="admission_webhooks nonsense is not an HTTP URL"):
        Emulator(admission_webhooks="nonsense", root=tmp_path)
