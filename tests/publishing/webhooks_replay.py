"""Recorded publishers at a control server, over RTMP: what it is asked, and what the publisher is told."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from callbacks.control_server import ControlServer
from callbacks.recorded_callbacks import PATIENT_MS, TIMEOUT_MS, is_late, of_asked, of_recorded, read_cases, recorded_answers, server_xml
from callbacks.test_recorded_encoders import path_of, was_refused
from publishing.encoder import BareEncoder
from publishing.socket_replay import messages
from served import wait_until

from ome_mock import OmeMock, sign_webhook

RECORDED = {name: case for name, case in read_cases("admission-webhooks-incoming").items() if name.startswith("incoming-rtmp")}
AGAIN = {f"again: {name}": case for name, case in read_cases("admission-webhooks-refused").items() if name.startswith("incoming-rtmp")}
CASES = RECORDED | AGAIN
TAKEN, DELETED, UNKNOWN = "incoming-rtmp/name taken", "incoming-rtmp/stream deleted by the API", "incoming-rtmp/unknown host"
NAMES = sorted(CASES.keys() - {TAKEN, DELETED, UNKNOWN})


def replay(name: str, directory: Path) -> None:
    """Have a recorded publisher come and go; raises AssertionError where it or the control server meet something else."""
    case = CASES[name]
    publisher = {"tcUrl": None, "query": "", **case["publisher"]}
    with ControlServer(*recorded_answers(case)) as control, emulator(directory, control, case) as ome:
        if "connection refused" in name:
            control.close_port()
        with BareEncoder(ome) as encoder:
            ask_to_publish(encoder, publisher)
            if was_refused(case):
                assert encoder.is_closed()
                if "server_said" in publisher:
                    assert_said(encoder, publisher["server_said"])
            else:
                encoder.wait_for("onStatus")
                encoder.send_media()
                wait_until(lambda: streams(ome))
                assert_listed(ome, case, path_of(publisher).partition("/")[0])
            if case["asked"]:
                assert control.wait_for(1)[0].json["client"] == {"address": "127.0.0.1", "port": encoder.port, "real_ip": "127.0.0.1"}
        control.wait_for(len(case["asked"]))
        assert of_asked(control.asked) == of_recorded(case["asked"])
        for asked in control.asked:
            assert f"X-OME-Signature: {sign_webhook(asked.body, '1234')}" in asked.head


def emulator(directory: Path, control: ControlServer, case: dict[str, Any]) -> OmeMock:
    config = directory / "Server.xml"
    config.write_bytes(server_xml("admission-webhooks", control.port, TIMEOUT_MS if is_late(case) else PATIENT_MS))
    return OmeMock(dialect="engine-0.21", config=config, root=directory, rtmp_port=0)


def ask_to_publish(encoder: BareEncoder, publisher: dict[str, Any]) -> None:
    name = publisher["stream"] + publisher.get("query", "")
    encoder.send(encoder.sender.connect(publisher.get("tcUrl") or f"rtmp://127.0.0.1:1935/{publisher['app']}"))
    encoder.send(encoder.sender.command("FCPublish", 3, None, name))
    encoder.wait_for("onFCPublish")
    with suppress(OSError):  # one that is refused at FCPublish may be closed by now
        encoder.send(encoder.sender.command("createStream", 4, None))
        encoder.send(encoder.sender.command("publish", 5, None, name, "live", chunk_stream=4, stream=1))


def assert_said(encoder: BareEncoder, said: list[dict[str, Any]]) -> None:
    """The messages that a refused publisher was told, field by field; the last row tells of the end."""
    found = messages(encoder.received)
    assert [kind for _, kind, _ in found] == [row["type"] for row in said[:-1]]
    for (_, _, told), row in zip(found, said, strict=False):
        if "bytes" in row:
            assert told.hex() == row["bytes"]
        else:
            assert [without_numbers(value) for value in told] == [without_numbers(value) for value in row["amf"]]


def without_numbers(value: Any) -> Any:
    return {key: each for key, each in value.items() if key != "clientid"} if isinstance(value, dict) else value


def streams(ome: OmeMock) -> list[str]:
    return [
        str(stream.path)
        for host in ome.engine.virtual_hosts()
        for application in host.applications
        for stream in ome.engine.input_streams(host.name, application.name)
    ]


def assert_listed(ome: OmeMock, case: dict[str, Any], vhost: str) -> None:
    """The streams of both applications that the recorder looked at."""
    seen = [row["streams"] for row in case["streams"] if any(row["streams"].values())]
    found = {name: [each.split("/")[2] for each in streams(ome) if each.startswith(f"{vhost}/{name}/")] for name in ("app", "other")}
    if seen:
        assert found == seen[0]
