"""Pushes over the API (records-and-pushes.md#push-actions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fixture_types import Ask

from ome_mock.emulator import Emulator

PUSH = {"id": "p", "stream": {"name": "stream"}, "protocol": " RTMP ", "url": " rtmp://a.example/live2/ ", "streamKey": "k"}
EPOCH = "1970-01-01T00:00:00.000+00:00"


@pytest.fixture
def shown(ask: Ask) -> Callable[..., dict[str, Any]]:
    def shown(push_id: str = "p") -> dict[str, Any]:
        found: dict[str, Any]
        (found,) = ask("POST", ":pushes", {"id": push_id}).json["response"]
        return found

    return shown


def test_push_is_ready_when_it_starts(ask: Ask) -> None:
    assert ask("POST", ":startPush", PUSH).json["response"] == {
        "id": "p",
        "vhost": "default",
        "app": "app",
        "stream": {"name": "stream", "trackIds": [], "variantNames": []},
        "state": "ready",
        "protocol": "rtmp",
        "url": "rtmp://a.example/live2",
        "streamKey": "k",
        "sentBytes": 0,
        "sentTime": 0,
        "totalsentBytes": 0,
        "totalsentTime": 0,
        "sequence": 0,
        "startTime": EPOCH,
        "finishTime": EPOCH,
        "createdTime": "2026-01-01T00:00:00.000+00:00",
        "isConfig": False,
    }


def test_push_connects_and_then_sends(ask: Ask, emulator: Emulator, shown: Callable[..., dict[str, Any]]) -> None:
    ask("POST", ":startPush", PUSH)
    emulator.clock.advance(0.3)
    assert shown()["state"] == "connecting"
    emulator.clock.advance(10.2)
    first = shown()
    assert (first["state"], first["startTime"], first["sentTime"]) == ("pushing", "2026-01-01T00:00:00.500+00:00", 10_000)
    emulator.clock.advance(10)
    assert shown()["sentBytes"] == pytest.approx(2 * first["sentBytes"], rel=0.2)


@pytest.mark.parametrize("url", ["rtmp://127.0.0.1:1/app", "rtmp://nobody.invalid/app"])
def test_push_to_nobody_is_an_error(ask: Ask, emulator: Emulator, shown: Callable[..., dict[str, Any]], url: str) -> None:
    ask("POST", ":startPush", PUSH | {"url": url})
    emulator.clock.advance(1)
    assert (shown()["state"], shown()["sentBytes"]) == ("error", 0)


def test_push_waits_for_its_stream(ask: Ask, emulator: Emulator, shown: Callable[..., dict[str, Any]]) -> None:
    ask("POST", ":startPush", PUSH | {"stream": {"name": "late"}})
    emulator.clock.advance(60)
    assert shown()["state"] == "ready"
    emulator.connect("default/app/late", ready=True)
    emulator.clock.advance(3)
    sent = shown()["sentBytes"]
    emulator.disconnect("default/app/late")
    ended = shown()
    assert (ended["state"], ended["totalsentBytes"], ended["sequence"]) == ("ready", sent, 1)
    assert ended["finishTime"] == "2026-01-01T00:01:03.890+00:00"


def test_stopped_push_is_gone_and_its_id_is_free(ask: Ask) -> None:
    ask("POST", ":startPush", PUSH)
    assert ask("POST", ":stopPush", {"id": "p"}).data == b'{"message":"OK","statusCode":200}'
    assert ask("GET", ":pushes").json["response"] == []
    assert ask("POST", ":stopPush", {"id": "p"}).json["message"] == "Could not find id 'p': [default/app] (404)"
    assert ask("POST", ":startPush", PUSH).status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"protocol": None}, "Could not find protocol '': [default/app]"),
        ({"protocol": "HLS"}, "Could not find protocol 'hls': [default/app]"),
        ({"id": None, "stream": {}, "url": 3}, "There is no required parameter [ id stream.name url]"),
        ({"url": "a.example"}, "Could not parse url"),
        ({"url": "srt://a.example"}, "Unsupported protocol"),
        ({"protocol": "srt", "url": "srt://a.example?mode=listener"}, "Unsupported connection mode"),
        ({"protocol": "mpegts", "url": "tcp://a.example:1234?listen"}, "Unsupported tcp listen"),
        ({"id": "taken"}, "Duplicate ID"),
    ],
)
def test_push_that_is_refused(ask: Ask, change: dict[str, Any], message: str) -> None:
    ask("POST", ":startPush", PUSH | {"id": "taken"})
    answer = ask("POST", ":startPush", PUSH | change)
    assert (answer.status_code, answer.json["message"]) == (400, f"{message} (400)")


@pytest.mark.parametrize(
    ("protocol", "url"),
    [
        ("rtmp", "rtmps://a.example/x"),
        ("srt", "srt://a.example:9?mode=caller&x=1"),
        ("mpegts", "udp://a.example:1234"),
        ("mpegts", "tcp://h:5"),
    ],
)
def test_schemes_of_protocols(ask: Ask, protocol: str, url: str) -> None:
    assert ask("POST", ":startPush", PUSH | {"protocol": protocol, "url": url}).status_code == 200
