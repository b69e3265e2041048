"""Recorded requests, sent again to an application in this process, and how its answers differ from the recorded ones.

Status, headers and body must be the recorded ones, byte for byte. What can't be: `Date`, lists that the engine keeps in no order, and
values that it measured, whose keys and types are compared. Where the engine hung up, any refusal will do.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from ome_mock.emulator import Emulator

RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
CONNECTED = ["default/app/stream", "default/nohls/stream"]

MEASURED = re.compile(
    r".*Time|sourceUrl|bitrate\w*|framerate\w*|keyFrameInterval\w*|deltaFrames\w*|max(Framerate|Width|Height)"
    r"|(total|avg|last|max|record)\w*|hlsv3|llhls"
)
"""Keys of what depends on the encoder, on the moment, or on who else is connected."""

UNORDERED = re.compile(r"/v1/vhosts|.*/(apps|streams)")
"""Paths whose lists the engine keeps in no order."""


def read_cases(name: str, *groups: str) -> list[dict[str, Any]]:
    cases = [json.loads(line) for line in (RECORDINGS / f"{name}.jsonl").read_text().strip("\n").split("\n")]
    return [case for case in cases if not groups or case["group"] in groups]


class Replay:
    """Sends the steps of a case; `{OUT}` is a directory and `{RUN}` a word of its own."""

    def __init__(self, app: Flask, out: Path) -> None:
        self._app = app
        self._emulator: Emulator = app.extensions["ome_mock"]
        self._words = {"{OUT}": str(out), "{RUN}": uuid.uuid4().hex[:10]}

    def differences(self, case: dict[str, Any]) -> Iterator[str]:
        for step in case["steps"]:
            if "sleep" in step:
                self._emulator.clock.advance(step["sleep"])
                continue
            request, recorded = step["request"], step["response"]
            answer = self._send(request)
            for difference in self._compare(request, recorded, answer):
                yield f"{request['method']} {request['path']}: {difference}"
            if recorded["status"] is None:
                return

    def _send(self, request: dict[str, Any]) -> TestResponse:
        headers = {name: self._fill(value) for name, value in request.get("headers", {}).items()}
        if request.get("auth", "default") == "default":
            headers.setdefault("Authorization", self._emulator.authorization)
        body = self._fill(request.get("body") or "").encode("utf-8", "surrogateescape")
        target = {"REQUEST_URI": self._fill(request["path"])}
        return self._app.test_client().open(
            base_url="http://127.0.0.1:8081", method=request["method"], data=body, headers=headers, environ_overrides=target
        )

    def _compare(self, request: dict[str, Any], recorded: dict[str, Any], answer: TestResponse) -> Iterator[str]:
        if recorded["status"] is None:
            if answer.status_code < 400:
                yield f"{answer.status_code}, where the engine hung up"
            return
        if answer.status_code != recorded["status"]:
            yield f"{answer.status_code} instead of {recorded['status']}"
        body = self._unfill(answer.text)
        path = request["path"].partition("?")[0]
        if body != recorded["body"] and not _is_as_good(path, body, recorded["body"]):
            yield f"{body} instead of {recorded['body']}"
        is_measured = body != recorded["body"] or body != answer.text
        seen, wanted = _headers(answer.headers.items(), is_measured), _headers(recorded["headers"], is_measured)
        if seen != wanted:
            yield f"headers {seen} instead of {wanted}"

    def _fill(self, text: str) -> str:
        for name, word in self._words.items():
            text = text.replace(name, word)
        return text

    def _unfill(self, text: str) -> str:
        for name, word in self._words.items():
            text = text.replace(word, name)
        return text


def _headers(headers: Any, is_measured: bool) -> dict[str, str]:
    """What is compared of headers; a measured value may be longer or shorter."""
    left_out = {"date", "connection"} | ({"content-length"} if is_measured else set())
    return {name.lower(): value for name, value in headers if name.lower() not in left_out}


def _is_as_good(path: str, body: str, recorded: str) -> bool:
    try:
        seen, wanted = json.loads(body), json.loads(recorded)
    except ValueError:
        return False
    if UNORDERED.fullmatch(path) and isinstance(wanted.get("response"), list):
        wanted["response"].sort()
        seen.get("response", []).sort()
    same: bool = shape(seen) == shape(wanted)
    return same


def shape(value: Any, key: str = "") -> Any:
    """A value with everything measured replaced by its type."""
    if MEASURED.fullmatch(key) and not isinstance(value, dict | list):
        return "number" if isinstance(value, int | float) else type(value).__name__
    if isinstance(value, dict):
        return {name: shape(each, name) for name, each in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else value
