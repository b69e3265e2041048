"""Requests by a grammar: valid, nearly valid and hostile ones, over sockets, in both families of dialects.

Every answer has a status that the API's description names for its route, nothing is answered by a defect, and after each thousand lists,
single reads, dumps and files agree.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
from contextlib import closing, suppress
from functools import cache
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

from raw_http import Connection

from ome_mock import OmeMock
from ome_mock.dialect import find_dialect
from ome_mock.errors import ConfigurationError
from ome_mock.web.description.document import describe_api

from .request_grammar import Asked, Described, draw_request
from .setting import Outcome, Setting

DIALECTS = ("docs", "engine-0.21")
WORLD = Path(__file__).parents[1] / "clients" / "ts_sdk" / "Server.xml"
LOOK_EACH = 1000
TIMEOUT_S = 30
CUT_OFF = 0
"""The status of a request that was hung up on, as OME does for what is no HTTP."""


@cache
def describe(dialect: str) -> dict[str, Any]:
    return describe_api(find_dialect(dialect))


class Said(NamedTuple):
    status: int
    body: bytes

    @property
    def response(self) -> Any:
        return json.loads(self.body)["response"]


class Errors(logging.Handler):
    """Keeps what the emulator logs as its own defects."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def attack(setting: Setting) -> Outcome:
    outcome, errors = Outcome(), Errors()
    logging.getLogger("ome_mock").addHandler(errors)
    worlds = [World(name, setting.directory / name) for name in DIALECTS]
    try:
        for number, chance in setting.attempts():
            world = worlds[number % len(worlds)]
            world.attempt(number, chance, outcome)
            outcome.defects += [f"request {number}: {line}" for line in errors.lines]
            errors.lines.clear()
            if number % LOOK_EACH >= LOOK_EACH - len(worlds):
                world.look(outcome)
                world.begin_anew()
        for world in worlds:
            world.look(outcome)
    finally:
        for world in worlds:
            world.connection.close()
            world.ome.stop()
        logging.getLogger("ome_mock").removeHandler(errors)
    return outcome


class World:
    """One emulator behind sockets, and a client of it."""

    def __init__(self, dialect: str, root: Path) -> None:
        self.root = root
        self.ome = OmeMock(dialect=dialect, config=WORLD, streams=["default/app/stream"], root=root, access_token="t", tls_port=None)
        self.ome.start()
        self.description = Described(describe(dialect))
        self.connection = Connection(self.ome.port)

    def attempt(self, number: int, chance: Random, outcome: Outcome) -> None:
        asked = draw_request(chance, self.description)
        said = self.ask(asked)
        outcome.count("requests")
        outcome.count(f"answered {said.status // 100}xx" if said.status else "hung up on")
        statuses = self.description.statuses(asked)
        outcome.expect(
            not statuses or said.status in statuses or (said.status == CUT_OFF and asked.is_hostile),
            f"request {number}: {asked.method} {asked.target[:200]!r} {asked.body[:300]!r}: {said.status}, not of {sorted(statuses)}",
        )
        outcome.expect(b"internal error" not in said.body and b"Traceback" not in said.body, f"request {number}: {said.body[:300]!r}")
        if chance.random() < 0.02:
            self.ome.clock.advance(chance.choice([0.1, 1, 7]))
        if asked.method == "DELETE":
            with suppress(ConfigurationError):  # it is there
                self.ome.connect("default/app/stream", ready=True)

    def ask(self, asked: Asked) -> Said:
        """Ask on the connection that is open, or a new one."""
        for connection in (self.connection, None):
            try:
                self.connection = connection or Connection(self.ome.port)
                self.connection.send(asked.encode())
                answer = self.connection.answer(has_body=asked.method != "HEAD")
            except (EOFError, OSError):
                self.connection.close()
            else:
                return Said(answer.status, answer.body)
        self.connection = Connection(self.ome.port)
        return Said(CUT_OFF, b"")

    def get(self, path: str) -> Said:
        with closing(HTTPConnection("127.0.0.1", self.ome.port, timeout=TIMEOUT_S)) as connection:
            connection.request("GET", path, headers={"Authorization": self.ome.authorization})
            return _said(connection.getresponse())

    def post(self, path: str, body: Any) -> Said:
        with closing(HTTPConnection("127.0.0.1", self.ome.port, timeout=TIMEOUT_S)) as connection:
            connection.request("POST", path, json.dumps(body), {"Authorization": self.ome.authorization})
            return _said(connection.getresponse())

    def look(self, outcome: Outcome) -> None:
        """Compare lists, single reads, dumps and files."""
        outcome.count("looks")
        self._compare_files(outcome)
        for vhost in self._agree("/v1/vhosts", outcome):
            for app in self._agree(f"/v1/vhosts/{vhost}/apps", outcome):
                base = f"/v1/vhosts/{vhost}/apps/{app}"
                self._agree(f"{base}/outputProfiles", outcome)
                for stream in self._agree(f"{base}/streams", outcome):
                    self._compare_dumps(f"{base}/streams/{stream}", outcome)

    def _agree(self, path: str, outcome: Outcome) -> list[str]:
        listed = self.get(path)
        outcome.expect(listed.status == 200, f"{path}: {listed.status}")
        names: list[str] = listed.response if listed.status == 200 else []
        plain = [name for name in names if quote(name.encode("utf-8", "surrogatepass"), safe="") == name]
        for name in plain:  # the engine doesn't decode what a path escapes
            single = self.get(f"{path}/{name}")
            outcome.expect(single.status == 200, f"{path} lists {name!r}, whose own document is {single.status}")
        return plain

    def _compare_dumps(self, stream: str, outcome: Outcome) -> None:
        """Compare a list of dumps with what Python is told."""
        *_, vhost, _, app, _, name = stream.split("/")
        listed = self.post(f"{stream}:hlsDumps", {"outputStreamName": name})
        told = {view.id: view.enabled for view in self.ome.dumps.all if view.stream == f"{vhost}/{app}/{name}"}
        for dump in listed.response if listed.status == 200 else []:
            outcome.count("dumps compared")
            outcome.expect(told.get(dump["id"]) == dump["enabled"], f"{stream}: {dump} is listed, {told.get(dump['id'])} told")

    def _compare_files(self, outcome: Outcome) -> None:
        """Look at the files of dumps with a directory of their own; a dump of a concluded stream has an empty segment."""
        for view in self.ome.dumps.all:
            if view.info_file is not None and view.info_file.parent == self.root / "own" and view.items:
                lost = [path.name for path in (*view.files, view.info_file) if not path.is_file()]
                outcome.expect(not lost, f"{view} has lost {lost[:3]}")
                # what a client puts into user data is not escaped in every dialect, so that the file may be no XML
                statuses = re.findall(r"<Status>(\w+)</Status>", view.info_file.read_text(errors="replace")) if not lost else [view.status]
                outcome.expect(statuses == [view.status], f"{view}: its info file says {statuses}")
                outcome.count("files compared", len(view.files) + 1)

    def begin_anew(self) -> None:
        self.ome.reset()
        self.ome.journal.clear()
        shutil.rmtree(self.root, ignore_errors=True)
        self.root.mkdir(exist_ok=True)


def _said(answer: HTTPResponse) -> Said:
    return Said(answer.status, answer.read())
