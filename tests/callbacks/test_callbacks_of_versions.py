"""What engines before 0.21.0 ask control servers and tell alert servers (versions.md#webhooks-and-alerts)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from callbacks.control_server import ControlServer, answered
from callbacks.versions import IN_HERE, differences, names_of
from server_xml import server_xml

from ome_mock import AlertRules, Alerts, VideoInput
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError

CAMERA = "default/app/camera"


@pytest.mark.parametrize(("version", "name"), [(version, name) for version in IN_HERE for name in names_of(version)])
def test_control_and_alert_servers_hear_what_they_heard(version: str, name: str, tmp_path: Path) -> None:
    """The other versions are played by `tests/slow`."""
    assert list(differences(version, name, tmp_path)) == []


def emulate(dialect: str, root: Path, **options: Any) -> Emulator:
    return Emulator(dialect=dialect, root=root, streams=[], **options)


def asked_about_a_camera(dialect: str, root: Path) -> list[dict[str, Any]]:
    """The bodies of the requests about an encoder that comes and goes."""
    with ControlServer(answered({"allowed": True})) as control:
        emulator = emulate(dialect, root, admission_webhooks=control.url)
        emulator.connect(CAMERA)
        emulator.clock.advance(2)
        emulator.disconnect(CAMERA)
        emulator.clock.advance(1)
        emulator.close()
        return [json.loads(each.body) for each in emulator.journal.callbacks]


@pytest.mark.parametrize(("dialect", "has_real_ip", "has_new_url"), [("engine-0.16.8", True, True), ("engine-0.16.5", False, False)])
def test_real_ip_and_a_new_url_that_nobody_gave_came_after_0_16_5(
    dialect: str, has_real_ip: bool, has_new_url: bool, tmp_path: Path
) -> None:
    opening, closing = asked_about_a_camera(dialect, tmp_path)
    assert ("real_ip" in opening["client"]) is has_real_ip
    assert ("new_url" in closing["request"]) is has_new_url


def told_of_a_camera(dialect: str, root: Path, rules: AlertRules) -> list[dict[str, Any]]:
    """The bodies of the notifications about an encoder in its first three seconds."""
    with ControlServer(answered({})) as control:
        emulator = emulate(dialect, root, alerts=Alerts(control.url, rules=rules))
        emulator.connect(CAMERA, video=VideoInput(320, 180))
        emulator.clock.advance(3)
        emulator.close()
        return [json.loads(each.body) for each in emulator.journal.callbacks]


def codes(told: list[dict[str, Any]]) -> list[str]:
    return [" ".join(each["code"] for each in body["messages"]) for body in told]


BOTH = AlertRules(ingress_stream_status=True, min_width=1280)


def test_measured_alerts_of_0_20_5_come_and_go(tmp_path: Path) -> None:
    measured = [each for each in codes(told_of_a_camera("engine-0.20.5", tmp_path, BOTH)) if "STREAM" not in each]
    assert measured[:4] == ["INGRESS_WIDTH_SMALL", "OK"] * 2


@pytest.mark.parametrize("dialect", ["engine-0.21", "engine-0.20.0"])
def test_measured_alerts_of_others_are_told_once(dialect: str, tmp_path: Path) -> None:
    told = codes(told_of_a_camera(dialect, tmp_path, BOTH))
    assert told.count("INGRESS_WIDTH_SMALL") == 1
    assert "OK" not in told


def test_alerts_before_0_19_are_of_measures_alone(tmp_path: Path) -> None:
    told = told_of_a_camera("engine-0.18", tmp_path, BOTH)
    assert codes(told) == ["INGRESS_WIDTH_SMALL"]
    assert "serverInfo" not in told[0]


ALERT = "<Alert><Url>http://127.0.0.1:9/a</Url><SecretKey>1</SecretKey><Timeout>2000</Timeout>{}</Alert>"


@pytest.mark.parametrize(
    ("dialect", "alert", "said"),
    [
        ("engine-0.19", ALERT.format("<Rules><Egress><StreamStatus/></Egress></Rules>"), None),
        ("engine-0.18", ALERT.format("<Rules><Egress><StreamStatus/></Egress></Rules>"), "Egress is unknown (newer engines know it)"),
        ("engine-0.18", ALERT.format("<Rules><Ingress><StreamStatus/></Ingress></Rules>"), "StreamStatus is unknown"),
        ("engine-0.16.4", ALERT.format(""), None),
        ("engine-0.15", ALERT.format(""), "Alert is unknown"),
    ],
)
def test_rules_that_a_version_does_not_know_stop_it(dialect: str, alert: str, said: str | None, tmp_path: Path) -> None:
    config = tmp_path / "Server.xml"
    config.write_text(server_xml(alert, "t"))
    if said is None:
        emulate(dialect, tmp_path, config=config)
    else:
        with pytest.raises(ConfigurationError, match=said.replace("(", r"\(").replace(")", r"\)")):
            emulate(dialect, tmp_path, config=config)
