"""A few of the recorded publishers at a control server, over RTMP; `tests/slow` plays all of them."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path

import pytest
from callbacks.control_server import ControlServer, answered
from callbacks.recorded_callbacks import of_asked, of_recorded, recorded_answers
from publishing.encoder import BareEncoder
from publishing.webhooks_replay import CASES, DELETED, NAMES, TAKEN, UNKNOWN, ask_to_publish, emulator, replay, streams
from served import WaitUntil


@pytest.mark.parametrize("name", [name for number, name in enumerate(NAMES) if "bytes" in name or number % 6 == 0])
def test_control_server_is_asked_what_it_was_asked(name: str, tmp_path: Path) -> None:
    replay(name, tmp_path)


def test_name_that_is_taken_is_told_of_by_both_requests(tmp_path: Path) -> None:
    case = CASES[TAKEN]
    with (
        ControlServer(*recorded_answers(case)) as control,
        emulator(tmp_path, control, case) as ome,
        BareEncoder(ome) as first,
        BareEncoder(ome) as second,
    ):
        first.publish("twice")
        first.send_media()
        control.asked.clear()
        second.publish("twice")
        second.send_media()
        assert second.is_closed()
        control.wait_for(2)
        assert of_asked(control.asked) == of_recorded(case["asked"])


def test_stream_that_the_api_deletes_is_told_of_twice(tmp_path: Path, wait_until: WaitUntil) -> None:
    case = CASES[DELETED]
    with ControlServer(*recorded_answers(case)) as control, emulator(tmp_path, control, case) as ome, BareEncoder(ome) as encoder:
        encoder.publish("twice")
        encoder.send_media()
        wait_until(lambda: streams(ome))
        control.asked.clear()
        api = HTTPConnection("127.0.0.1", ome.port, timeout=10)
        api.request("DELETE", "/v1/vhosts/default/apps/app/streams/twice", headers={"Authorization": ome.authorization})
        assert api.getresponse().status == case["api"]["status"]
        api.close()
        assert encoder.is_closed()
        control.wait_for(2)
        assert of_asked(control.asked) == of_recorded(case["asked"])


def test_publisher_of_an_unknown_host_waits_and_nobody_is_asked(tmp_path: Path) -> None:
    case = CASES[UNKNOWN]
    with ControlServer() as control, emulator(tmp_path, control, case) as ome, BareEncoder(ome) as encoder:
        ask_to_publish(encoder, case["publisher"])
        encoder.wait_for("_result")
        encoder.socket.settimeout(0.2)
        assert not encoder.is_closed()
        assert control.asked == []


def test_lifetime_ends_a_publisher_with_or_without_media(tmp_path: Path, wait_until: WaitUntil) -> None:
    with ControlServer(answered({"allowed": True, "lifetime": 3000})) as control, emulator(tmp_path, control, {"case": ""}) as ome:
        with BareEncoder(ome) as live, BareEncoder(ome) as silent:
            live.publish("live")
            live.send_media()
            silent.publish("silent")
            wait_until(lambda: streams(ome) == ["default/app/live"])
            ome.clock.advance(2.9)
            assert streams(ome) == ["default/app/live"]
            ome.clock.advance(0.1)
            assert live.is_closed()
            assert silent.is_closed()
            assert streams(ome) == []
        assert sorted(asked.request["status"] for asked in control.wait_for(4)) == ["closing", "closing", "opening", "opening"]


def test_encoder_that_leaves_before_it_has_sent_media_is_told_of(tmp_path: Path) -> None:
    with ControlServer() as control, emulator(tmp_path, control, {"case": ""}) as ome:
        with BareEncoder(ome) as encoder:
            encoder.publish()
        assert [asked.request["status"] for asked in control.wait_for(2)] == ["opening", "closing"]
