"""Statistics over the API (reference: REST API, section 3.13)."""

from __future__ import annotations

import pytest

CURRENT = "/v1/stats/current"
APP = f"{CURRENT}/vhosts/default/apps/app"


@pytest.fixture
def traffic(ask):
    return lambda path: ask("GET", path).json["response"]


def test_every_key_is_there(traffic):
    assert sorted(traffic(CURRENT)) == [
        "avgThroughputIn", "avgThroughputOut", "connections", "createdTime", "lastRecvTime", "lastSentTime", "lastThroughputIn",
        "lastThroughputOut", "lastUpdatedTime", "maxThroughputIn", "maxThroughputOut", "maxTotalConnectionTime", "maxTotalConnections",
        "totalBytesIn", "totalBytesOut", "totalConnections",
    ]  # fmt: skip
    assert list(traffic(CURRENT)["connections"]) == ["file", "hlsv3", "llhls", "ovt", "push", "srt", "thumbnail", "webrtc"]


def test_what_encoders_have_sent_grows_with_the_clock(emulator, traffic):
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


def test_stream_alone_is_what_its_application_is(traffic):
    assert traffic(APP) == traffic(f"{APP}/streams/stream") == traffic(f"{CURRENT}/vhosts/default")


def test_streams_that_are_gone_still_count(emulator, traffic):
    emulator.connect("default/app/s")
    emulator.clock.advance(10)
    of_stream, of_app = traffic(f"{APP}/streams/s"), traffic(APP)
    emulator.disconnect("default/app/s")
    assert traffic(APP)["totalBytesIn"] == of_app["totalBytesIn"]
    emulator.disconnect("default/app/stream")
    emulator.clock.advance(100)
    ended = traffic(APP)
    assert (ended["totalBytesIn"], ended["lastThroughputIn"]) == (of_app["totalBytesIn"], 0)
    assert of_stream["totalBytesIn"] > 50_000


def test_same_seed_gives_the_same_statistics(tmp_path):
    from ome_mock.emulator import Emulator

    def traffic():
        emulator = Emulator(root=tmp_path, seed=3)
        emulator.clock.advance(7.7)
        return emulator.app.test_client().get(CURRENT, headers={"Authorization": emulator.authorization}).data

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
def test_statistics_of_what_is_not_there(ask, path, message):
    answer = ask("GET", f"{CURRENT}{path}")
    assert (answer.status_code, answer.json["message"]) == (404, message)


def test_internals_are_the_queues_of_the_streams(emulator, ask):
    assert ask("GET", f"{CURRENT}/internals").json["response"] == ["/v1/stats/current/internals/queues"]
    emulator.connect("default/app/s")
    queues = ask("GET", f"{CURRENT}/internals/queues").json["response"]
    assert [queue["urn"] for queue in queues] == ["mngq:v=#default#app:s=stream:p=imr", "mngq:v=#default#app:s=s:p=imr"]
    assert queues[0].keys() >= {"id", "type", "size", "peak", "threshold", "avgWaitingTime", "dwellP99Us", "dwellLatestMaxUs", "drop"}
