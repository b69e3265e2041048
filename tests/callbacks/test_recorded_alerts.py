"""Alerts of a real engine: their order, their moments and their documents."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from callbacks.control_server import SILENCE, ControlServer
from callbacks.recorded_callbacks import TIMEOUT_MS, alert_of, read_cases
from fixture_types import MakeEmulator

from ome_mock import AudioInput, VideoInput, sign_webhook
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

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


def world_of(name: str) -> str:
    return next((world for world, names in WORLDS.items() if name in names), "alerts-status")


JITTER_S = 0.15
"""How far the recorded moments are from each other, and from these: an encoder takes its time to connect."""
WITH_BOTH = [name for name in STORIES if CASES[name]["steps"]["kind"] not in {"a", "v"} and "without encodes" not in name]


@pytest.mark.parametrize("name", sorted(STORIES))
def test_alerts_are_the_recorded_ones(name: str, emulate: MakeEmulator, control: ControlServer) -> None:
    """Looks come every half second of the engine's life: what the first one saw of a stream depends on when it came."""
    case = CASES[name]
    emulator = emulate(control.port, world_of(name))
    play(emulator, case["steps"])
    asked = control.asked[1:] if "above every maximum" in name else control.asked
    wanted = [alert_of(each["head"], each["body"]) for each in case["notified"]]
    seen = [alert_of(each.head, each.body.decode()) for each in asked]
    if name == "alert/audio only":
        assert codes_of(seen) == codes_of(wanted)
    else:
        assert seen == wanted
    secret = "" if "empty secret" in name else "1234"
    assert [signature(each.head) for each in asked] == [sign_webhook(each.body, secret) for each in asked]


@pytest.mark.parametrize("name", sorted(WITH_BOTH))
def test_alerts_come_at_the_recorded_moments(name: str, emulate: MakeEmulator, control: ControlServer) -> None:
    case = CASES[name]
    emulator = emulate(control.port, world_of(name))
    begin_ns = emulator.clock.now_ns()
    play(emulator, case["steps"])
    callbacks = emulator.journal.callbacks[1 if "above every maximum" in name else 0 :]
    moments = [(each.at_ns - begin_ns) / 1e9 for each in callbacks if "DELETED" not in each.what]
    recorded = [each["t"] for each in case["notified"] if "DELETED" not in each["body"]]
    assert moments == pytest.approx(recorded, abs=JITTER_S)


def test_alert_that_is_not_answered_is_tried_three_times_and_the_next_one_waits(emulate: MakeEmulator, control: ControlServer) -> None:
    """Timeouts are the emulated clock's: the real wait moves nothing."""
    control.answer(SILENCE)
    emulator = emulate(control.port, "alerts-status", timeout_ms=TIMEOUT_MS)
    begin_ns = emulator.clock.now_ns()
    emulator.connect("default/app/s1")
    emulator.clock.advance(1)
    seen = [(each.what, (each.at_ns - begin_ns) // 1_000_000) for each in emulator.journal.callbacks]
    created = [("INGRESS_STREAM_CREATED", 300 + number * TIMEOUT_MS) for number in range(3)]
    prepared = [("INGRESS_STREAM_PREPARED", 780 + number * TIMEOUT_MS) for number in range(3)]
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


def play(emulator: Emulator, steps: dict[str, Any]) -> None:
    path = f"default/{steps['app']}/s1"
    emulator.connect(path, **KINDS[steps["kind"]])
    if steps["kind"] == "vary":
        emulator.clock.advance(12)
        emulator.set_bitrate(path, 400_000)
        emulator.clock.advance(14)
        emulator.set_bitrate(path, 10_000)
        emulator.clock.advance(steps["left_at"] - 26)
    else:
        emulator.clock.advance(steps["left_at"])
    emulator.disconnect(path)


def signature(head: str) -> str:
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("X-OME-Signature"))
