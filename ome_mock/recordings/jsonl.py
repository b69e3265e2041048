"""The file format of recordings: one JSON object a line (`docs/recording.md`).

A byte that is no UTF-8 is a lone surrogate in JSON text, as `surrogateescape` makes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError, reason_of
from .case import (
    API,
    INCIDENTS,
    PORTS,
    Answer,
    Case,
    Exchange,
    Headers,
    Incident,
    Json,
    Look,
    Pause,
    RawExchange,
    RecordedFile,
    Recording,
    Request,
    Step,
    World,
)
from .wording import bytes_of, text_of

WORLD = "world"
"""The key of the line, the first one, that says what was recorded."""


def read_recording(path: Path) -> Recording:
    """Read a recording. Raises ConfigurationError, which names the file and the line, also for one without any case."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: {reason_of(error)}") from None
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
            raise ConfigurationError(f"{path}, line {number}: not a recorded case: {_reason(error)}") from None
    if not cases:
        raise ConfigurationError(f"{path}: it holds no recorded case")
    return Recording(tuple(cases), world)


def _reason(error: Exception) -> str:
    """Why a line is no case; what Python says of a value of a wrong type is of no use to who wrote the file."""
    if isinstance(error, KeyError):
        return f"there is no {error}"
    return str(error) if isinstance(error, ValueError) else "it has another shape"


def render_world(world: World) -> str:
    """The first line of a recording."""
    known = {"serverXml": world.server_xml, "dialect": world.dialect, "streams": list(world.streams), "began": world.began}
    return json.dumps({WORLD: {key: value for key, value in known.items() if value}}) + "\n"


def parse_case(value: Json) -> Case:
    """Read a case. Raises KeyError, TypeError or ValueError for what is none."""
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
        files = {path: RecordedFile(file["size"], file.get("text")) for path, file in value["files"].items()}
        return Look(files, tuple(value.get("in", ())))
    if "do" in value:
        to = value[INCIDENTS[value["do"]]]
        return Incident(value["do"], to, value.get("text", ""), {name: value[name] for name in ("video", "audio") if name in value})
    if "sent" in value:
        return _raw_exchange(value)
    return Exchange(_request(value["request"]), _answer(value["response"]))


def _raw_exchange(value: Json) -> RawExchange:
    sent, shuts_down = value["sent"], value["sent"][-1:] == [None]
    texts = sent[:-1] if shuts_down else sent
    return RawExchange(_latin(texts), _latin(value["received"]), bool(value["closed"]), shuts_down, _port(value))


def _latin(texts: list[str]) -> bytes:
    return "".join(texts).encode("latin-1")


def _port(value: Json) -> str:
    port: str = value.get("port", API)
    if port not in PORTS:
        raise ValueError(f"port {port!r} is not one of {', '.join(PORTS)}")
    return port


def _request(value: Json) -> Request:
    body, sent = value.get("body"), value.get("sent")
    return Request(
        value["method"],
        value["path"],
        _headers(value.get("headers", ())),
        None if body is None else bytes_of(body),
        is_authorized=value.get("auth", "default") == "default",
        sent=None if sent is None else _latin(sent),
        port=_port(value),
    )


def _answer(value: Json) -> Answer:
    return Answer(
        value["status"],
        value.get("reason") or "",
        _headers(value.get("headers", ())),
        bytes_of(value.get("body") or ""),
        has_headers="headers" in value,
        took_s=value.get("took"),
    )


def _headers(value: Mapping[str, str] | list[tuple[str, str]]) -> Headers:
    pairs = value.items() if isinstance(value, Mapping) else value
    return tuple((name, text) for name, text in pairs)


def _world(value: Json) -> World:
    return World(value.get("serverXml"), value.get("dialect"), tuple(value.get("streams", ())), value.get("began"))


def _render_step(step: Step) -> Json:
    match step:
        case Pause(seconds):
            return {"sleep": seconds}
        case Look(files, within):
            seen = {path: {key: value for key, value in file._asdict().items() if value is not None} for path, file in files.items()}
            return {"files": seen, **({"in": list(within)} if within else {})}
        case Incident(what, to, text, tracks):
            return {"do": what, INCIDENTS[what]: to, **({"text": text} if text else {}), **tracks}
        case RawExchange(sent, received, is_closed, shuts_down, port):
            said: Json = {"sent": [sent.decode("latin-1"), *([None] if shuts_down else [])], "received": [received.decode("latin-1")]}
            return said | {"closed": is_closed, "port": port}
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
    if request.port != API:
        yield "port", request.port


def _render_answer(answer: Answer) -> Json:
    said: Json = {"status": answer.status, "reason": answer.reason}
    if answer.has_headers:
        said["headers"] = [list(header) for header in answer.headers]
    if answer.took_s is not None:
        said["took"] = answer.took_s
    return said | {"body": text_of(answer.body)}
