"""Statistics over the API (rest-api.md#statistics)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Ask

from ome_mock.emulator import Emulator
from ome_mock.engine.stream import StreamPath
from ome_mock.timestamps import NS_PER_SECOND

CURRENT = "/v1/stats/current"
APP = f"{CURRENT}/vhosts/default/apps/app"


@pytest.fixture
def traffic(ask: Ask) -> Callable[[str], Any]:
    return lambda path: ask("GET", path).json["response"]


def test_every_key_is_there(traffic: Callable[[str], Any]) -> None:
    assert sorted(traffic(CURRENT)) == [
        "avgThroughputIn", "avgThroughputOut", "connections", "createdTime", "lastRecvTime", "lastSentTime", "lastThroughputIn",
        "lastThroughputOut", "lastUpdatedTime", "maxThroughputIn", "maxThroughputOut", "maxTotalConnectionTime", "maxTotalConnections",
        "totalBytesIn", "totalBytesOut", "totalConnections",
    ]  # fmt: skip
    assert list(traffic(CURRENT)["connections"]) == ["file", "hlsv3", "llhls", "ovt", "push", "srt", "thumbnail", "webrtc"]


def test_what_encoders_have_sent_grows_with_the_clock(emulator: Emulator, traffic: Callable[[str], Any]) -> None:
    emulator.clock.advance(0.8)
    before = traffic(APP)
    emulator.clock.advance(80)
    after = traffic(APP)
    turn = (traffic(f"{APP}/streams/stream")["totalBytesIn"] - before["totalBytesIn"]) / 10
    emulator.clock.advance(8)
    assert traffic(APP)["totalBytesIn"] - after["totalBytesIn"] == turn
    assert after["lastRecvTime"] == "2026-01-01T00:01:20.800+00:00"
    assert after["avgThroughputIn"] == pytest.approx(turn, rel=0.01)  # a turn is eight seconds, so bytes a turn are bits a second
    assert after["lastThroughputIn"] * 8 == pytest.approx(turn, rel=0.5)


def test_stream_alone_is_what_its_application_is(traffic: Callable[[str], Any]) -> None:
    assert traffic(APP) == traffic(f"{APP}/streams/stream") == traffic(f"{CURRENT}/vhosts/default")


def test_streams_that_are_gone_still_count(emulator: Emulator, traffic: Callable[[str], Any]) -> None:
    emulator.connect("default/app/s", ready=True)
    emulator.clock.advance(10)
    of_stream, of_app = traffic(f"{APP}/streams/s"), traffic(APP)
    emulator.disconnect("default/app/s")
    assert traffic(APP)["totalBytesIn"] == of_app["totalBytesIn"]
    emulator.disconnect("default/app/stream")
    emulator.clock.advance(100)
    ended = traffic(APP)
    assert (ended["totalBytesIn"], ended["lastThroughputIn"]) == (of_app["totalBytesIn"], 0)
    assert of_stream["totalBytesIn"] > 50_000


def test_maxima_never_fall_and_nothing_exceeds_them(emulator: Emulator, traffic: Callable[[str], Any]) -> None:
    emulator.connect("default/app/short", ready=True)
    before: dict[str, Any] = {}
    for step in range(40):
        emulator.clock.advance(0.7)
        if step == 20:
            emulator.disconnect("default/app/short")
        for path in (CURRENT, APP, f"{APP}/streams/stream"):
            now = traffic(path)
            assert now["maxThroughputIn"] >= max(now["avgThroughputIn"], now["lastThroughputIn"] * 8, before.get(path, 0))
            before[path] = now["maxThroughputIn"]
    assert before[CURRENT] > before[f"{APP}/streams/stream"]


def test_stream_that_comes_back_begins_from_nothing_and_what_it_belongs_to_goes_on(
    emulator: Emulator, traffic: Callable[[str], Any]
) -> None:
    emulator.clock.advance(10)
    emulator.disconnect("default/app/stream")
    before = traffic(CURRENT)["totalBytesIn"]
    emulator.clock.advance(10)
    emulator.connect("default/app/stream", ready=True)
    emulator.clock.advance(8)
    again = traffic(f"{APP}/streams/stream")
    assert (again["createdTime"], again["totalBytesIn"] > 50_000) == ("2026-01-01T00:00:20.410+00:00", True)
    assert traffic(CURRENT)["totalBytesIn"] == traffic(APP)["totalBytesIn"] == before + again["totalBytesIn"]


@pytest.fixture
def made(ask: Ask, emulator: Emulator) -> None:
    """A virtual host `made` with an application `live`, made ten seconds after the emulator, and a stream that has sent for a minute."""
    emulator.clock.advance(10)
    ask("POST", "/v1/vhosts", [{"name": "made"}])
    emulator.clock.advance(10)
    ask("POST", "/v1/vhosts/made/apps", [{"name": "live", "type": "live"}])
    emulator.connect("made/live/s", ready=True)
    emulator.clock.advance(60)


def test_what_clients_make_counts_from_its_making(traffic: Callable[[str], Any], made: None) -> None:
    vhost, app = traffic(f"{CURRENT}/vhosts/made"), traffic(f"{CURRENT}/vhosts/made/apps/live")
    assert (vhost["createdTime"], app["createdTime"]) == ("2026-01-01T00:00:10.000+00:00", "2026-01-01T00:00:20.000+00:00")
    assert vhost["avgThroughputIn"] == pytest.approx(app["avgThroughputIn"] * 60.89 / 70.89, rel=0.001)


def test_totals_outlive_the_application_that_made_them_but_not_its_virtual_host(
    ask: Ask, emulator: Emulator, traffic: Callable[[str], Any], made: None
) -> None:
    path = f"{CURRENT}/vhosts/made"
    server, vhost = traffic(CURRENT), traffic(path)
    ask("PATCH", "/v1/vhosts/made/apps/live", {})
    renewed = traffic(f"{path}/apps/live")
    assert (renewed["totalBytesIn"], renewed["maxThroughputIn"], renewed["createdTime"]) == (0, 0, "2026-01-01T00:01:20.890+00:00")
    assert traffic(path)["totalBytesIn"] == vhost["totalBytesIn"] > 0
    ask("DELETE", "/v1/vhosts/made")
    ask("POST", "/v1/vhosts", [{"name": "made"}])
    assert (traffic(path)["totalBytesIn"], traffic(path)["createdTime"]) == (0, "2026-01-01T00:01:20.890+00:00")
    assert traffic(CURRENT)["totalBytesIn"] == server["totalBytesIn"]


def test_application_made_of_a_template_counts_from_its_first_stream(ask: Ask, emulator: Emulator, traffic: Callable[[str], Any]) -> None:
    ask("POST", "/v1/vhosts", [{"name": "made", "applications": [{"name": "*", "type": "live"}]}])
    emulator.clock.advance(5)
    emulator.connect("made/new/s", ready=True)
    emulator.clock.advance(1)
    assert traffic(f"{CURRENT}/vhosts/made/apps/new")["createdTime"] == "2026-01-01T00:00:05.410+00:00"


def test_encoder_that_stalls_sent_last_when_it_stalled(emulator: Emulator, traffic: Callable[[str], Any]) -> None:
    emulator.clock.advance(10)
    emulator.engine.sending.stall(
        emulator.engine.connected(StreamPath("default", "app", "stream")), emulator.clock.now_ns(), 10 * NS_PER_SECOND
    )
    emulator.clock.advance(5)
    stalled = traffic(APP)
    assert (stalled["lastRecvTime"], stalled["lastThroughputIn"]) == ("2026-01-01T00:00:10.000+00:00", 0)
    emulator.clock.advance(20)
    assert traffic(APP)["lastRecvTime"] == "2026-01-01T00:00:35.000+00:00"


def test_same_seed_gives_the_same_statistics(tmp_path: Path) -> None:
    from ome_mock.emulator import Emulator

    def traffic() -> bytes:
        emulator = Emulator(root=tmp_path, seed=3)
        emulator.clock.advance(7.7)
        shown: bytes = emulator.app.test_client().get(CURRENT, headers={"Authorization": emulator.authorization}).data
        return shown

    assert traffic() == traffic()


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/vhosts", "Controller not found (404)"),
        ("/", "Controller not found (404)"),
        ("/vhosts/nope", "Could not find the virtual host: [nope] (404)"),
        ("/vhosts/default/apps/a:b", "Could not find the application: [default/a:b] (404)"),
        ("/vhosts/default/apps/app/streams/stream2", "Could not find the stream: [default/app/stream2] (404)"),
    ],
)
def test_statistics_of_what_is_not_there(ask: Ask, path: str, message: str) -> None:
    answer = ask("GET", f"{CURRENT}{path}")
    assert (answer.status_code, answer.json["message"]) == (404, message)


def test_internals_are_the_queues_of_the_streams(emulator: Emulator, ask: Ask) -> None:
    assert ask("GET", f"{CURRENT}/internals").json["response"] == ["/v1/stats/current/internals/queues"]
    emulator.connect("default/app/s", ready=True)
    queues = ask("GET", f"{CURRENT}/internals/queues").json["response"]
    assert [queue["urn"] for queue in queues] == ["mngq:v=#default#app:s=stream:p=imr", "mngq:v=#default#app:s=s:p=imr"]
    assert queues[0].keys() >= {"id", "type", "size", "peak", "threshold", "avgWaitingTime", "dwellP99Us", "dwellLatestMaxUs", "drop"}
