"""What control servers were asked and alert servers told by each version, and what its emulator does in that world."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from callbacks.control_server import ControlServer, answered
from callbacks.recorded_callbacks import PATIENT_MS, RECORDINGS, TIMEOUT_MS, alert_of, is_late, of_asked, of_recorded, recorded_answers
from contract.versions import OLDER, VERSIONS, world_of

from ome_mock import AudioInput, OmeMock, VideoInput
from ome_mock.errors import PublisherRefused

ALL = ["0.21.0", *OLDER]
IN_HERE = ["0.21.0", "0.16.8"]
"""Those that the default run plays; `tests/slow` plays the others."""
RECORDED_TIMEOUT_S = 2
MOMENTARY = re.compile(r"'(bitrateAvg|hasBframes)': \S+ ")
"""What depends on how many frames had come when an alert was made."""
READY = ["EGRESS_LLHLS_READY"]
"""Told at 1.8 s, before a lifetime of 2 s was over; the first segment of an encoder that sends nothing in advance is complete after it."""


def cases_of(version: str) -> dict[str, dict[str, Any]]:
    """The cases of a version by their names; what its configuration says is one of them."""
    return {case["case"]: case for case in map(json.loads, (VERSIONS / "webhooks" / f"{version}.jsonl").read_text().splitlines())}


def names_of(version: str) -> list[str]:
    return [name for name in cases_of(version) if name != "configuration"]


def differences(version: str, name: str, root: Path) -> Iterator[str]:
    """How an emulator asks and tells otherwise than an engine of that version did."""
    cases = cases_of(version)
    case, rules = cases[name], cases["configuration"]["alert_rules_taken"]
    with ControlServer(*recorded_answers(case)) as control, ControlServer(answered({})) as alerts:
        config = root / "Server.xml"
        config.write_text(
            _server_xml(version, control.port, alerts.port if rules else None, rules, TIMEOUT_MS if is_late(case) else PATIENT_MS)
        )
        with OmeMock(dialect=f"engine-{version}", config=config, root=root / "written", streams=[]) as ome:
            yield from _player(ome, control, case) if "player" in case else _encoder(ome, control, alerts, case)


def _encoder(ome: OmeMock, control: ControlServer, alerts: ControlServer, case: dict[str, Any]) -> Iterator[str]:
    """An encoder that comes and goes as it did: what is asked, told and listed."""
    has_b_frames = case["case"] == "incoming b-frames"
    try:
        video = VideoInput(320, 180, bitrate=400_000, has_b_frames=has_b_frames)
        url = json.loads(case["asked"][0]["body"])["request"]["url"]
        ome.connect("default/app/s1", video=video, audio=AudioInput(48_000, 1), url=url, port=50_000)
    except PublisherRefused:
        if any(any(listed.values()) for _, listed in case["streams"] if listed):
            yield "refused"
    else:
        ome.clock.advance(1)
        seen = {app: [stream.path.stream for stream in ome.engine.input_streams("default", app)] for app in ("app", "other")}
        if seen != case["streams"][1][1]:
            yield f"listed {seen} instead of {case['streams'][1][1]}"
        ome.clock.advance((case["left_at"] or case["thrown_out_at"]) - 1)
        for app, names in seen.items():
            for stream in names if case["left_at"] else []:
                ome.disconnect(f"default/{app}/{stream}")
    ome.clock.advance(RECORDED_TIMEOUT_S)
    yield from _asked(control, case)
    times = [each.at_ns / 1e9 for each in ome.journal.callbacks if each.what in {"opening", "closing"}]
    if is_late(case):
        waited = (case["asked"][1]["t"] - case["asked"][0]["t"]) / RECORDED_TIMEOUT_S
        if round((times[1] - times[0]) / (TIMEOUT_MS / 1000), 1) != round(waited, 1):
            yield f"closing after {times[1] - times[0]} s instead of {round(waited)} timeouts"
    yield from _told(alerts, case)


def _told(alerts: ControlServer, case: dict[str, Any]) -> Iterator[str]:
    """Alerts by their codes, each with what the first one of these codes said; their order is that of two threads where they meet."""
    told = [alert_of(each.head, each.body.decode()) for each in alerts.asked]
    seen = [[message["code"] for message in value["messages"]] for _, value in told]
    wanted = [each["codes"] for each in case["notified"] if "lifetime" not in case["case"] or each["codes"] != READY]
    compared = set if ["OK"] in wanted else sorted  # they follow each other as long as the stream lives
    if compared(map(str, seen)) != compared(map(str, wanted)):
        yield f"told {seen} instead of {wanted}"
        return
    for each in case["notified"]:
        if "body" in each and each["codes"] in seen and each["codes"] != ["OK"]:
            first, then = (
                MOMENTARY.sub("", str(alert)) for alert in (told[seen.index(each["codes"])], alert_of(each["head"], each["body"]))
            )
            if first != then:
                yield f"told {first} instead of {then}"


def _asked(control: ControlServer, case: dict[str, Any]) -> Iterator[str]:
    seen, wanted = of_asked(control.wait_for(len(case["asked"]))), of_recorded(case["asked"])
    if seen != wanted:
        yield f"asked {seen} instead of {wanted}"


def _player(ome: OmeMock, control: ControlServer, case: dict[str, Any]) -> Iterator[str]:
    """A player on one connection, which is closed before a step without a moment: that one comes by another."""
    control.answer(answered({"allowed": True}))
    for app, name in (("app", "live"), ("other", "second")):
        ome.connect(f"default/{app}/{name}")
    ome.clock.advance(10)
    control.asked.clear()
    control.answer(*recorded_answers(case))
    connection = HTTPConnection("127.0.0.1", ome.llhls_port)
    now, session = 0.0, ""
    for number, step in enumerate(case["player"]):
        if number and "t" not in step:
            connection.close()
            control.wait_for(len(case["asked"]))
        ome.clock.advance(max(0.0, step.get("t", now) - now))
        now = max(now, step.get("t", now))
        status, body = _ask(connection, session if "session=" in step["path"] else step["path"], case)
        session = "".join(re.findall(r"^/\S+/chunklist_0\S*", body, re.MULTILINE)[:1]) or session
        if status != step["status"]:
            yield f"{step['path']}: {status} instead of {step['status']}"
    connection.close()
    yield from _asked(control, case)


def _ask(connection: HTTPConnection, path: str, case: dict[str, Any]) -> tuple[int | None, str]:
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    headers = {"Host": "127.0.0.1:3333"}
    headers |= {"X-REAL-IP": "192.0.2.43", "X-Forwarded-For": "198.51.100.9"} if "real ip" in case["case"] else {"User-Agent": "player/1.0"}
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        response = connection.getresponse()
    except ConnectionError:  # the engine died
        return None, ""
    return response.status, response.read().decode("latin-1")


def _server_xml(version: str, control: int, alerts: int | None, rules: str | None, timeout_ms: int) -> str:
    """The world of the recorded control servers: the virtual host `default` with two applications; alerts as far as they are known."""
    text = (RECORDINGS / "admission-webhooks.xml").read_text()
    host = re.findall(r"<VirtualHost>.*?</VirtualHost>", text, re.DOTALL)[0]
    host = re.sub(r"<Image>.*?</Image>|<Thumbnail>.*?</Thumbnail>", "", host).replace("127.0.0.1:9595", f"127.0.0.1:{control}")
    host = re.sub(r"<Timeout>\d+</Timeout>", f"<Timeout>{timeout_ms}</Timeout>", host.replace("?who=ome", ""))
    head = re.sub(r"<Modules>.*?</Modules>|<Thumbnail>.*?</Thumbnail>", "", text.partition("<VirtualHosts>")[0], flags=re.DOTALL)
    alert = (
        f"<Alert><Url>http://127.0.0.1:{alerts}/alert</Url><SecretKey>1234</SecretKey><Timeout>2000</Timeout><Rules>{rules}</Rules></Alert>"
    )
    return world_of(version, f"{head}{alert if alerts else ''}<VirtualHosts>{host}</VirtualHosts></Server>")
