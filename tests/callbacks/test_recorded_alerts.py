"""Alerts of a real engine: their order, their moments and their documents."""

from __future__ import annotations

import json
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from callbacks.control_server import SILENCE, ControlServer
from callbacks.recorded_callbacks import TIMEOUT_MS, alert_of, read_cases
from fixture_types import MakeEmulator

from ome_mock import AudioInput, VideoInput, sign_webhook
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError
from ome_mock.faults import LostCallback
from ome_mock.timestamps import NS_PER_SECOND

CASES = read_cases("alerts")
SOUND = AudioInput(48_000, 1)
PICTURES = VideoInput(320, 180, Fraction(30), bitrate=434_512)
KINDS: dict[str, dict[str, Any]] = {
    "av": {"video": PICTURES, "audio": SOUND},
    "a": {"video": False, "audio": SOUND},
    "v": {"video": PICTURES, "audio": False},
    "bf": {"video": VideoInput(320, 180, Fraction(30), key_frame_interval=180, bitrate=260_912, has_b_frames=True), "audio": SOUND},
    "vary": {"video": VideoInput(320, 180, Fraction(30), bitrate=10_000), "audio": SOUND},
}
WORLDS = {
    "alerts-low": ("alert/b-frames and long key frame interval", "alert/audio only below the minimum"),
    "alerts-high": ("alert/above every maximum, empty secret key", "alert/two streams above every maximum"),
    "alerts-quiet": ("alert/nothing wrong",),
    "alerts-recover": ("alert/bitrate low, then high, then low again (12 s, 14 s, 14 s)",),
    "alerts-recover-and-status": ("alert/the same with stream rules",),
}
STORIES = [name for name, case in CASES.items() if "kind" in case["steps"] and "closed" not in name and "nothing for" not in name]
BITRATES = ((12, 400_000), (26, 10_000))
"""Of the encoder that varies: the seconds of its media after which it sends at another rate."""


def world_of(name: str) -> str:
    return next((world for world, names in WORLDS.items() if name in names), "alerts-status")


WITHIN_S = 0.1
LOOK_S = 0.5
LISTED_AFTER_S = {"a": 5.1, "v": 8.1}
"""The seconds for which the engine waits for the other kind of media; encoders of both are listed after 0.41 s."""


@pytest.mark.parametrize("name", sorted(STORIES))
def test_alerts_are_the_recorded_ones(name: str, emulate: MakeEmulator, control: ControlServer) -> None:
    """The documents, and the moments, which are counted from the listing of the stream; what is before that is the encoder's start."""
    case = CASES[name]
    emulator = emulate(control.port, world_of(name))
    listed_ns = play(emulator, case)
    wanted = [alert_of(each["head"], each["body"]) for each in case["notified"]]
    assert [alert_of(each.head, each.body.decode()) for each in control.asked] == wanted
    moments = [(each.at_ns - listed_ns) / 1e9 for each in emulator.journal.callbacks]
    assert moments == pytest.approx(since_listed(case), abs=WITHIN_S)
    secret = "" if "empty secret" in name else "1234"
    assert [signature(each.head) for each in control.asked] == [sign_webhook(each.body, secret) for each in control.asked]


def test_streams_are_told_of_each_for_itself(emulate: MakeEmulator, control: ControlServer) -> None:
    """The second one is of pictures alone, and so listed 7.69 s after the first."""
    case = CASES["alert/two streams above every maximum"]
    emulator = emulate(control.port, world_of(case["case"]))
    recorded = since_listed(case)
    emulator.clock.advance(-(0.41 + recorded[0]) % LOOK_S)
    listed_ns = emulator.clock.now_ns() + 410_000_000
    emulator.connect("default/app/s1", **KINDS["av"])
    emulator.connect("default/app/s2", **KINDS["v"])
    emulator.clock.advance(15)
    wanted = [alert_of(each["head"], each["body"]) for each in case["notified"]]
    assert [alert_of(each.head, each.body.decode()) for each in control.asked] == wanted
    assert [(each.at_ns - listed_ns) / 1e9 for each in emulator.journal.callbacks] == pytest.approx(recorded, abs=WITHIN_S)


def test_server_that_says_nothing_hears_all_the_same_as_late_as_it_did(emulate: MakeEmulator, control: ControlServer) -> None:
    """A lost callback is waited for as an answer is, for the recorded Timeout, but not in real time."""
    case = CASES["alert/notification server answers nothing for 4 s"]
    emulator = emulate(control.port, "alerts-status", timeout_ms=1500)
    emulator.faults.arm(LostCallback(times=100))
    play(emulator, case)
    emulator.clock.advance(15)
    tries = emulator.journal.callbacks[: len(case["notified"])]
    assert [[each.what] for each in tries] == codes_of([alert_of(each["head"], each["body"]) for each in case["notified"]])
    recorded = [later["t"] - before["t"] for before, later in pairwise(case["notified"])]
    assert [(later.at_ns - before.at_ns) / 1e9 for before, later in pairwise(tries)] == pytest.approx(recorded, abs=WITHIN_S)


def test_alert_that_is_not_answered_is_tried_three_times_and_the_next_one_waits(emulate: MakeEmulator, control: ControlServer) -> None:
    """Timeouts are the emulated clock's: the real wait moves nothing."""
    control.answer(SILENCE)
    emulator = emulate(control.port, "alerts-status", timeout_ms=TIMEOUT_MS)
    begin_ns = emulator.clock.now_ns()
    emulator.connect("default/app/s1")
    emulator.clock.advance(1.1)
    seen = [(each.what, (each.at_ns - begin_ns) // 1_000_000) for each in emulator.journal.callbacks]
    created = [("INGRESS_STREAM_CREATED", 410 + number * TIMEOUT_MS) for number in range(3)]
    prepared = [("INGRESS_STREAM_PREPARED", 890 + number * TIMEOUT_MS) for number in range(3)]
    assert seen == created + prepared


def test_alerts_that_find_nobody_are_dropped(emulate: MakeEmulator, control: ControlServer) -> None:
    emulator = emulate(control.port, "alerts-status")
    control.close_port()
    emulator.connect("default/app/s1")
    emulator.clock.advance(10)
    told = {each.what: each.status for each in emulator.journal.callbacks}
    assert set(told.values()) == {None}
    assert len(told) == 6


def test_name_that_is_taken_is_told_of(emulate: MakeEmulator, control: ControlServer) -> None:
    case = CASES["alert/deleted by the API"]
    emulator = emulate(control.port, "alerts-status")
    emulator.connect("default/app/s1", **KINDS["av"])
    emulator.clock.advance(10)
    control.asked.clear()
    with pytest.raises(ConfigurationError, match="connected already"):
        emulator.connect("default/app/s1", **KINDS["av"])
    url = "/v1/vhosts/default/apps/app/streams/s1"
    emulator.app.test_client().delete(url, headers={"Authorization": emulator.authorization})
    asked = control.wait_for(3)
    assert [alert_of(each.head, each.body.decode()) for each in asked] == [
        alert_of(each["head"], each["body"]) for each in case["notified"]
    ]


def codes_of(alerts: list[tuple[str, dict[str, Any]]]) -> list[list[str]]:
    return [[each["code"] for each in value["messages"]] for _, value in alerts]


def since_listed(case: dict[str, Any]) -> list[float]:
    """The recorded moments, in seconds after the stream was listed."""
    if not case["notified"]:
        return []
    listed = datetime.fromisoformat(json.loads(case["notified"][0]["body"])["sourceInfo"]["createdTime"])
    return [(datetime.fromisoformat(each["at"]) - listed).total_seconds() for each in case["notified"]]


def play(emulator: Emulator, case: dict[str, Any]) -> int:
    """Have an encoder come so that the rules are looked at when they were, send as it did, and go; returns when its stream was listed."""
    steps, moments = case["steps"], since_listed(case)
    looks = [moment for moment, each in zip(moments, case["notified"], strict=True) if "_STREAM_" not in each["body"]]
    listed_after_s = LISTED_AFTER_S.get(steps["kind"], 0.41)
    emulator.clock.advance(-(listed_after_s + looks[0]) % LOOK_S if looks else 0)
    came_ns, path = emulator.clock.now_ns(), f"default/{steps['app']}/s1"

    def advance_to(after_s: float) -> None:
        emulator.clock.advance(after_s - (emulator.clock.now_ns() - came_ns) / NS_PER_SECOND)

    emulator.connect(path, **KINDS[steps["kind"]])
    for after_s, bitrate in BITRATES if steps["kind"] == "vary" else []:
        advance_to(after_s)
        emulator.set_bitrate(path, bitrate)
    gone = [moment for moment, each in zip(moments, case["notified"], strict=True) if "INGRESS_STREAM_DELETED" in each["body"]]
    advance_to(listed_after_s + gone[0] if gone else steps["left_at"])
    emulator.disconnect(path)
    return came_ns + round(listed_after_s * NS_PER_SECOND)


def signature(head: str) -> str:
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("X-OME-Signature"))
