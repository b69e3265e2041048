"""The file format of recordings: one JSON object a line (`docs/reference/recordings.md`).

A byte that is no UTF-8 is a lone surrogate in JSON text, as `surrogateescape` makes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from .case import Answer, Case, Exchange, Headers, Json, Look, Pause, RecordedFile, Recording, Request, Step, World
from .wording import bytes_of, text_of

WORLD = "world"
"""The key of the line, the first one, that says what was recorded."""


def read_recording(path: Path) -> Recording:
    """Read a recording. Raises ConfigurationError, which names the file and the line."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: {getattr(error, 'strerror', None) or error}") from None
    world, cases = World(), []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            if WORLD in value:
                world = _world(value[WORLD])
            else:
                cases.append(parse_case(value))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            if number == len(lines):  # what a recorder was writing when it was killed
                break
            raise ConfigurationError(f"{path}, line {number}: not a recorded case ({type(error).__name__}: {error})") from None
    return Recording(tuple(cases), world)


def render_world(world: World) -> str:
    """The first line of a recording."""
    known = {"serverXml": world.server_xml, "dialect": world.dialect, "streams": list(world.streams), "began": world.began}
    return json.dumps({WORLD: {key: value for key, value in known.items() if value}}) + "\n"


def parse_case(value: Json) -> Case:
    """Read a case. Raises KeyError or TypeError for what is none."""
    steps = tuple(_step(each) for each in value["steps"])
    return Case(str(value["case"]), steps, value.get("group", ""), value.get("at"), value.get("connection"))


def render_case(case: Case) -> str:
    """A line of a recording."""
    named: Json = {"case": case.name, "group": case.group, "at": case.at_s, "connection": case.connection}
    steps = [_render_step(step) for step in case.steps]
    return json.dumps({key: value for key, value in named.items() if value not in (None, "")} | {"steps": steps}) + "\n"


def _step(value: Json) -> Step:
    if "sleep" in value:
        return Pause(float(value["sleep"]))
    if "files" in value:
        return Look({path: RecordedFile(file["size"], file.get("text")) for path, file in value["files"].items()})
    return Exchange(_request(value["request"]), _answer(value["response"]))


def _request(value: Json) -> Request:
    body, sent = value.get("body"), value.get("sent")
    return Request(
        value["method"],
        value["path"],
        _headers(value.get("headers", ())),
        None if body is None else bytes_of(body),
        is_authorized=value.get("auth", "default") == "default",
        sent=None if sent is None else "".join(sent).encode("latin-1"),
    )


def _answer(value: Json) -> Answer:
    return Answer(value["status"], value.get("reason") or "", _headers(value.get("headers", ())), bytes_of(value.get("body") or ""))


def _headers(value: Mapping[str, str] | list[tuple[str, str]]) -> Headers:
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple((name, text) for name, text in pairs)


def _world(value: Json) -> World:
    return World(value.get("serverXml"), value.get("dialect"), tuple(value.get("streams", ())), value.get("began"))


def _render_step(step: Step) -> Json:
    match step:
        case Pause(seconds):
            return {"sleep": seconds}
        case Look(files):
            return {
                "files": {path: {key: value for key, value in asdict(file).items() if value is not None} for path, file in files.items()}
            }
        case Exchange(request, answer):
            return {"request": dict(_render_request(request)), "response": _render_answer(answer)}


def _render_request(request: Request) -> Iterator[tuple[str, Any]]:
    yield "method", request.method
    yield "path", request.path
    yield "auth", "default" if request.is_authorized else "none"
    yield "headers", [list(header) for header in request.headers]
    if request.body is not None:
        yield "body", text_of(request.body)
    if request.sent is not None:
        yield "sent", [request.sent.decode("latin-1")]


def _render_answer(answer: Answer) -> Json:
    headers = [list(header) for header in answer.headers]
    return {"status": answer.status, "reason": answer.reason, "headers": headers, "body": text_of(answer.body)}
