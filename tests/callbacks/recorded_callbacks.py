"""What a control server was asked by a real engine, and what it answered. What can't be equal is made so here, in one place."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from callbacks.control_server import ALLOWED, CLOSED, SILENCE, Asked

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings" / "callbacks"
TIMEOUT_MS = 100
"""Stands for the recorded Timeout of two seconds where nobody answers in time."""
PATIENT_MS = 20_000
"""Stands for it where somebody does, however busy the machine is."""


def read_cases(*names: str) -> dict[str, dict[str, Any]]:
    lines = [line for name in names for line in (RECORDINGS / f"{name}.jsonl").read_text().splitlines()]
    return {case["case"]: case for case in map(json.loads, lines)}


def server_xml(name: str, port: int, timeout_ms: int) -> bytes:
    """A recorded world, whose control server listens on another port and is waited for for another time."""
    text = (RECORDINGS / f"{name}.xml").read_text().replace("127.0.0.1:9595", f"127.0.0.1:{port}")
    text = re.sub(r"<Timeout>\d+</Timeout>", f"<Timeout>{timeout_ms}</Timeout>", text)
    return text.encode()


def recorded_answers(case: dict[str, Any]) -> list[bytes]:
    """What the control server answered; an answer that came too late is none."""
    return [SILENCE if "after 3 s" in case["case"] else recorded_answer(asked) for asked in case["asked"]]


def recorded_answer(asked: dict[str, Any]) -> bytes:
    answered = asked.get("answered")
    if answered is None:
        return ALLOWED
    if answered.startswith("(nothing"):
        return SILENCE
    return CLOSED if answered.startswith("(") else answered.encode("latin-1")


def is_late(case: dict[str, Any]) -> bool:
    """Whether the control server had not answered in time."""
    return any(word in case["case"] for word in ("no answer", "without a length", "after 3 s"))


def normalised(head: str, body: str) -> tuple[str, dict[str, Any]]:
    """A request without what differs from run to run: lengths, hosts and signatures in the head; ports, instants and ids in the body."""
    for name in ("Content-Length", "Host", "X-OME-Signature"):
        head = re.sub(rf"{name}: \S+", f"{name}: ...", head)
    value = json.loads(body)
    for key in ("port", "time"):
        for part in ("client", "request"):
            if key in value.get(part, {}):
                value[part][key] = key
    for part in ("url", "new_url"):
        if part in value.get("request", {}):
            value["request"][part] = re.sub(r"(session=)\d+_\w*", r"\1SESSION", value["request"][part])
    return head, value


def of_recorded(asked: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [normalised(each["head"], each["body"]) for each in asked]


def of_asked(asked: list[Asked]) -> list[tuple[str, dict[str, Any]]]:
    return [normalised(each.head, each.body.decode()) for each in asked]


MEASURED = re.compile(r"bitrate|framerateAvg|framerateLatest|keyFrameInterval|deltaFrames")
WHENEVER = re.compile(r"Latest|deltaFrames|keyFrameInterval")
"""What comes and goes with the moment; of the rest counts whether anything was measured."""


def alert_of(head: str, body: str) -> tuple[str, Any]:
    """An alert without what differs: instants, ports, ids, and what was measured, of which only counts whether it was."""
    head, value = normalised(head, body)
    if "serverInfo" in value:
        value["serverInfo"] = sorted(value["serverInfo"])
    for message in value["messages"]:
        message["description"] = re.sub(r"bitrate \(\d+", "bitrate (...", message["description"])
    for key in ("sourceInfo", "parentSourceInfo"):
        if key in value:
            value[key] = source_of(value[key])
    return head, value


def source_of(info: dict[str, Any]) -> dict[str, Any]:
    tracks = [
        track | {kind: {name: shown(name, each) for name, each in track[kind].items()} for kind in ("video", "audio") if kind in track}
        for track in info["tracks"]
    ]
    url = re.sub(r"127\.0\.0\.1:\d+|^[0-9a-f-]{36}", "...", info["sourceUrl"])
    return info | {"createdTime": "...", "sourceUrl": url, "tracks": tracks}


def shown(name: str, value: Any) -> Any:
    if not MEASURED.match(name):
        return value
    return "measured" if WHENEVER.search(name) or value else value
