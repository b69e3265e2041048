"""SRT and WHIP encoders at a control server, as a real engine was seen to treat them. Players of SRT and WebRTC there are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from callbacks.control_server import Asked, ControlServer
from callbacks.recorded_callbacks import PATIENT_MS, TIMEOUT_MS, is_late, of_asked, of_recorded, read_cases, recorded_answers
from fixture_types import MakeEmulator

from ome_mock.errors import ConfigurationError, PublisherRefused

SRT = {name: case for name, case in read_cases("admission-webhooks-srt").items() if name.startswith("incoming")}
WHIP = {name: case for name, case in read_cases("admission-webhooks-webrtc").items() if name.startswith("whip") and case["asked"]}


@pytest.mark.parametrize("name", sorted(SRT))
def test_srt_encoder_is_asked_about_as_recorded(name: str, emulate: MakeEmulator) -> None:
    case = SRT[name]
    told = json.loads(case["asked"][0]["body"])["request"]["url"]
    stream = told.rpartition("/")[2].partition("?")[0]
    assert_asked(
        case, emulate, "admission-webhooks", f"default/app/{stream}", "srt", told, None, case["publisher"]["thrown_out"] is not None
    )


@pytest.mark.parametrize("name", sorted(WHIP))
def test_whip_encoder_is_asked_about_as_recorded(name: str, emulate: MakeEmulator) -> None:
    case = WHIP[name]
    told = json.loads(case["asked"][0]["body"])["request"]["url"]
    app, stream = told.partition("?")[0].split("/")[-2:]
    is_refused = case["publisher"]["status"] != 201
    agent = "whip/1.0"
    asked = assert_asked(case, emulate, "admission-webhooks-webrtc", f"default/{app}/{stream}", "webrtc", told, agent, is_refused)
    assert len(asked) in {1, 2}


def test_whip_encoder_that_nobody_hears_of_again_is_given_up(emulate: MakeEmulator, control: ControlServer) -> None:
    """Its stream is never listed; the closing request comes 31 s after the answer, and the name is free then."""
    emulator = emulate(control.port, "admission-webhooks-webrtc")
    path = emulator.connect("default/app/w1", protocol="webrtc", video=False, audio=False)
    emulator.clock.advance(30.9)
    assert (emulator.engine.input_streams("default", "app"), [each.what for each in emulator.journal.callbacks]) == ([], ["opening"])
    emulator.clock.advance(0.1)
    assert [each.what for each in emulator.journal.callbacks] == ["opening", "closing"]
    assert emulator.connect(path, protocol="webrtc", ready=True) == path


def test_encoder_that_sends_nothing_goes_when_it_likes(emulate: MakeEmulator, control: ControlServer) -> None:
    emulator = emulate(control.port, "admission-webhooks-webrtc")
    emulator.disconnect(emulator.connect("default/app/w1", protocol="webrtc", video=False, audio=False))
    emulator.clock.advance(60)
    assert [each.what for each in emulator.journal.callbacks] == ["opening", "closing"]
    with pytest.raises(ConfigurationError, match="video, audio or both"):
        emulator.connect("default/app/w1", video=False, audio=False)


def assert_asked(
    case: dict[str, Any], emulate: Callable[..., Any], world: str, path: str, protocol: str, url: str, agent: str | None, is_refused: bool
) -> list[Asked]:
    """An encoder that stays until the end is recorded without its closing request."""
    with ControlServer(*recorded_answers(case)) as control:
        emulator = emulate(control.port, world, timeout_ms=TIMEOUT_MS if is_late(case) else PATIENT_MS)
        try:
            path = emulator.connect(path, protocol=protocol, url=url, user_agent=agent)
        except (PublisherRefused, ConfigurationError):
            assert is_refused
        else:
            assert not is_refused
            emulator.clock.advance(5)
            if len(case["asked"]) > 1:
                emulator.disconnect(path)
        emulator.clock.advance(10)
        assert of_asked(control.asked) == of_recorded(case["asked"])
        return control.asked
