"""Reads `cases.toml`, which says what is asked of a server."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any, NamedTuple

from ..recordings.case import Request

ACTIONS = {"start": "startHlsDump", "stop": "stopHlsDump", "list": "hlsDumps"}
STREAM = "/v1/vhosts/{vhost}/apps/{app}/streams/{stream}"
STOP: dict[str, Any] = {"outputStreamName": "{output}", "id": "{RUN}"}
START = STOP | {"outputPath": "{OUT}/dump", "playlist": ["{playlist}"], "infoFile": "{OUT}/{RUN}.info", "userData": "note"}
USUAL: dict[str, dict[str, Any]] = {"start": START, "stop": STOP, "list": STOP}
JSON_TYPE = ("Content-Type", "application/json")
AUTHORIZED = "Basic {token64}"


class Question(NamedTuple):
    """The requests of one case, with placeholders; `harm` says what it does to a server that others use, or nothing."""

    name: str
    group: str
    requests: tuple[Request, ...]
    harm: str = ""


def read_questions() -> list[Question]:
    """Every case of the file, in its order."""
    groups = tomllib.loads(files(__package__).joinpath("cases.toml").read_text("utf-8"))["groups"]
    return [question for group in groups for question in _questions(group)]


def _questions(group: Mapping[str, Any]) -> Iterator[Question]:
    for name, value in group["cases"].items():
        steps = value if isinstance(value, list) else [value]
        usual = {key: group[key] for key in ("ask", "as_is") if key in group}
        requests = tuple(request_of(usual | step) for step in steps)
        yield Question(f"{group['name']}: {name}", group["name"], requests, group.get("harm", ""))


def request_of(step: Mapping[str, Any]) -> Request:
    """The request of a step, with placeholders."""
    action = next((each for each in ACTIONS if each in step), None)
    if action is not None:
        method, target = "POST", f":{ACTIONS[action]}"
        body: str | None = _body(action, step)
    else:
        method, _, target = step["ask"].partition(" ")
        body = str(step["body"]) if "body" in step else None
    headers = dict(step.get("headers", {}))
    authorization = step.get("authorization", AUTHORIZED)
    if authorization:
        headers.setdefault("Authorization", authorization)
    if body is not None:
        headers.setdefault(*JSON_TYPE)
    is_absolute = target.startswith("/")
    encoded = None if body is None else body.encode("utf-8", "surrogatepass")
    path = target if is_absolute else STREAM + target
    return Request(method, path, (("Host", "{host}"), *headers.items()), encoded, is_authorized=False)


def _body(action: str, step: Mapping[str, Any]) -> str:
    """The usual body with other fields, or the text itself where it is no JSON object or meant as it is."""
    text: str = step[action]
    try:
        fields = None if step.get("as_is") else json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return text
    merged = USUAL[action] | fields
    return json.dumps({name: value for name, value in merged.items() if name not in step.get("omit", ())}, ensure_ascii=False)
