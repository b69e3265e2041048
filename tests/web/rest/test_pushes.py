"""Pushes over the API (records-and-pushes.md#push-actions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fixture_types import Ask

from ome_mock.emulator import Emulator
from ome_mock.faults import PushTargetGone, PushTargetSilent

PUSH = {"id": "p", "stream": {"name": "stream"}, "protocol": " RTMP ", "url": " rtmp://a.example/live2/ ", "streamKey": "k"}
EPOCH = "1970-01-01T00:00:00.000+00:00"


Shown = Callable[..., dict[str, Any]]


@pytest.fixture
def shown(ask: Ask) -> Shown:
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


def states(emulator: Emulator, shown: Shown, seconds: int, push_id: str = "p") -> list[str]:
    """The states half a second after each of so many looks, which are at whole seconds of the clock."""
    found = []
    for _ in range(seconds):
        emulator.clock.advance(1)
        found.append(shown(push_id)["state"])
    return found


def test_push_connects_at_the_next_look_and_then_sends(ask: Ask, emulator: Emulator, shown: Shown) -> None:
    emulator.clock.advance(0.4)
    ask("POST", ":startPush", PUSH)
    emulator.clock.advance(0.5)
    assert shown()["state"] == "ready"
    emulator.clock.advance(0.2)
    assert (shown()["state"], shown()["startTime"]) == ("connecting", "2026-01-01T00:00:01.000+00:00")
    emulator.clock.advance(9.9)
    first = shown()
    assert (first["state"], first["startTime"]) == ("pushing", "2026-01-01T00:00:01.000+00:00")
    assert first["sentTime"] == first["totalsentTime"] == pytest.approx(10_000, abs=25)
    emulator.clock.advance(10)
    assert shown()["sentBytes"] == pytest.approx(2 * first["sentBytes"], rel=0.2)


@pytest.mark.parametrize("url", ["rtmp://127.0.0.1:1/app", "rtmp://nobody.invalid/app"])
def test_push_to_nobody_tries_again_every_second(ask: Ask, emulator: Emulator, shown: Shown, url: str) -> None:
    ask("POST", ":startPush", PUSH | {"url": url})
    emulator.clock.advance(3.5)
    push = shown()
    assert (push["state"], push["sentBytes"], push["sequence"]) == ("error", 0, 2)
    assert (push["startTime"], push["finishTime"]) == ("2026-01-01T00:00:03.000+00:00", EPOCH)


def test_push_over_srt_to_nobody_connects_for_three_seconds(ask: Ask, emulator: Emulator, shown: Shown) -> None:
    ask("POST", ":startPush", PUSH | {"protocol": "srt", "url": "srt://127.0.0.1:1"})
    emulator.clock.advance(0.5)
    assert states(emulator, shown, 4) == ["connecting", "connecting", "connecting", "connecting"]
    assert (shown()["sequence"], shown()["startTime"]) == (1, "2026-01-01T00:00:04.100+00:00")


def test_push_waits_for_its_stream_and_counts_anew(ask: Ask, emulator: Emulator, shown: Shown) -> None:
    ask("POST", ":startPush", PUSH | {"stream": {"name": "late"}})
    emulator.clock.advance(60)
    assert shown()["state"] == "ready"
    emulator.connect("default/app/late", ready=True)
    emulator.clock.advance(3)
    sent = shown()
    emulator.disconnect("default/app/late")
    assert shown() == sent  # until the next look
    emulator.clock.advance(1)
    ended = shown()
    assert (ended["state"], ended["sentBytes"], ended["totalsentBytes"], ended["sequence"]) == ("stopped", 0, sent["sentBytes"], 1)
    emulator.clock.advance(1)
    assert shown() == ended | {"state": "ready"}
    emulator.connect("default/app/late", ready=True)
    emulator.clock.advance(3)
    again = shown()
    assert (again["state"], again["sequence"]) == ("pushing", 1)
    assert again["totalsentBytes"] == sent["sentBytes"] + again["sentBytes"] > sent["sentBytes"]


def test_stopped_push_is_listed_until_the_next_look(ask: Ask, emulator: Emulator) -> None:
    emulator.clock.advance(0.5)
    ask("POST", ":startPush", PUSH)
    assert ask("POST", ":stopPush", {"id": "p"}).data == b'{"message":"OK","statusCode":200}'
    assert ask("POST", ":startPush", PUSH).json["message"] == "Duplicate ID (400)"
    emulator.clock.advance(0.6)
    assert ask("GET", ":pushes").json["response"] == []
    assert ask("POST", ":stopPush", {"id": "p"}).json["message"] == "Could not find id 'p': [default/app] (404)"
    assert ask("POST", ":startPush", PUSH).status_code == 200


def test_target_that_hangs_holds_up_the_others(ask: Ask, emulator: Emulator, shown: Shown) -> None:
    emulator.faults.arm(PushTargetSilent(push="b"))
    for push_id in ("a", "b", "c"):
        ask("POST", ":startPush", PUSH | {"id": push_id})
    emulator.clock.advance(3)
    assert [shown(push_id)["state"] for push_id in "abc"] == ["pushing", "connecting", "ready"]
    emulator.clock.advance(3.4)  # the first one took 0.27 s, the second one 5
    assert [shown(push_id)["state"] for push_id in "abc"] == ["pushing", "error", "connecting"]
    emulator.clock.advance(2)
    assert [(shown(push_id)["state"], shown(push_id)["sequence"]) for push_id in "abc"] == [("pushing", 0), ("pushing", 1), ("pushing", 0)]


def test_target_that_goes_ends_what_is_sent_and_is_tried_again(ask: Ask, emulator: Emulator, shown: Shown) -> None:
    ask("POST", ":startPush", PUSH)
    emulator.clock.advance(5.5)
    emulator.faults.arm(PushTargetGone(push="p", stream="default/app/*", times=2))
    emulator.clock.advance(0.1)
    gone = shown()
    assert (gone["state"], gone["sequence"], gone["sentBytes"] > 0) == ("error", 0, True)
    emulator.clock.advance(0.5)
    assert [shown()[name] for name in ("state", "sequence", "sentBytes", "totalsentBytes")] == ["error", 1, 0, gone["sentBytes"]]
    emulator.clock.advance(2)
    assert (shown()["state"], shown()["sequence"]) == ("connecting", 3)
    emulator.clock.advance(1)
    assert shown()["state"] == "pushing"


def test_push_of_none_of_the_tracks_is_an_error(ask: Ask, emulator: Emulator, shown: Shown) -> None:
    ask("POST", ":startPush", PUSH | {"stream": {"name": "stream", "variantNames": ["nope"]}})
    emulator.clock.advance(1)
    assert shown()["state"] == "error"


def test_stream_that_is_no_object_is_missing(ask: Ask) -> None:
    answer = ask("POST", ":startPush", PUSH | {"stream": "stream"})
    assert (answer.status_code, answer.json["message"]) == (400, "There is no required parameter [ stream.name] (400)")


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
