"""Encoders at a control server, as a real engine was seen to treat them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from callbacks.conftest import Standing
from callbacks.control_server import Asked, ControlServer
from callbacks.recorded_callbacks import TIMEOUT_MS, is_late, of_asked, of_recorded, read_cases, recorded_answers
from fixture_types import MakeEmulator

from ome_mock import sign_webhook
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError, PublisherRefused

RTMP = read_cases("admission-webhooks-incoming", "admission-webhooks-refused")
CASES = {name: case for name, case in RTMP.items() if name.startswith("incoming") and "api" not in case}
EmulatorOf = Callable[[dict[str, Any]], AbstractContextManager[tuple[Emulator, ControlServer]]]
HOSTS = {
    "127.0.0.1": "default",
    "onlyrtmp.example": "onlyrtmp",
    "onlyllhls.example": "onlyllhls",
    "noenables.example": "noenables",
    "badurl.example": "badurl",
    "plain.example": "plain",
    "nowhere.example": "nowhere",
}


def url_of(publisher: dict[str, Any]) -> str:
    base = publisher["tcUrl"] or f"rtmp://127.0.0.1:1935/{publisher['app']}"
    return f"{base}/{publisher['stream']}{publisher.get('query', '')}"


def path_of(publisher: dict[str, Any]) -> str:
    host = url_of(publisher).split("/")[2].partition(":")[0]
    return f"{HOSTS[host]}/{publisher['app']}/{publisher['stream']}"


def listed(emulator: Emulator, vhost: str) -> dict[str, Any]:
    return {app: [stream.path.stream for stream in emulator.engine.input_streams(vhost, app)] for app in ("app", "other")}


@pytest.mark.parametrize("name", sorted(CASES))
def test_control_server_is_asked_what_it_was_asked(name: str, emulator_of: EmulatorOf) -> None:
    case = CASES[name]
    publisher = {"tcUrl": None, **case["publisher"]}
    with emulator_of(case) as (emulator, control):
        if "connection refused" in name:
            control.close_port()
        if name.endswith("name taken"):
            emulator.connect("default/app/twice", ready=True)
            control.asked.clear()
        refused = connect(emulator, publisher, case)
        emulator.clock.advance(1)
        if not refused:
            assert_listed(emulator, case, path_of(publisher).partition("/")[0])
            emulator.disconnect(only_stream(emulator))
        emulator.clock.advance(10)
        assert of_asked(control.asked) == of_recorded(case["asked"])
        assert [signature(asked.head) for asked in control.asked] == [sign_webhook(asked.body, "1234") for asked in control.asked]
    assert refused == was_refused(case)
    if len(case["asked"]) == 2 and refused:
        assert closing_after_s(control.asked) == pytest.approx(TIMEOUT_MS / 1000 if is_late(case) else 0, abs=0.001)


@pytest.fixture
def emulator_of(standing: Standing, emulate: MakeEmulator) -> EmulatorOf:
    """The standing emulator with the answers of a case, or one of its own where its control server comes too late or goes."""

    @contextmanager
    def emulator_of(case: dict[str, Any]) -> Iterator[tuple[Emulator, ControlServer]]:
        answers = recorded_answers(case)
        if is_late(case) or "connection refused" in case["case"]:
            with ControlServer(*answers) as control:
                yield emulate(control.port, timeout_ms=TIMEOUT_MS), control
        else:
            if answers:
                standing.control.answer(*answers)
            yield standing

    return emulator_of


def connect(emulator: Emulator, publisher: dict[str, Any], case: dict[str, Any]) -> bool:
    try:
        emulator.connect(path_of(publisher), url=url_of(publisher), port=50_000)
    except (PublisherRefused, ConfigurationError):
        return True
    return False


def assert_listed(emulator: Emulator, case: dict[str, Any], vhost: str) -> None:
    seen = [row["streams"] for row in case.get("streams", []) if any(row["streams"].values())]
    if seen:
        assert listed(emulator, vhost) == seen[0]


def only_stream(emulator: Emulator) -> str:
    """Where the stream is, which a control server may have moved."""
    found = [
        str(stream.path)
        for host in emulator.engine.virtual_hosts()
        for app in host.applications
        for stream in emulator.engine.input_streams(host.name, app.name)
    ]
    assert len(found) == 1
    return found[0]


def was_refused(case: dict[str, Any]) -> bool:
    publisher = case["publisher"]
    if "server_said" in publisher:
        return "closed" in publisher["server_said"][-1]
    return publisher["thrown_out"] is not None or "Error opening output files: Input/output error" in publisher["says"]


def signature(head: str) -> str:
    return next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("X-OME-Signature"))


def closing_after_s(asked: list[Asked]) -> float:
    from datetime import datetime

    opening, closing = (datetime.fromisoformat(each.request["time"]) for each in asked)
    return (closing - opening).total_seconds()
