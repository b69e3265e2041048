"""What is said of recorded requests: of the correct ones nothing, of every other one something."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_target import AppTarget
from contract import stories
from contract.recordings import CONNECTED, RECORDINGS, Replay, read_cases
from flask import Flask

import ome_mock
from ome_mock.emulator import Emulator
from ome_mock.recordings.case import Answer, Request
from ome_mock.recordings.targets import Target
from ome_mock.web.diagnosis import DiagnosedRequest, diagnose

HOST = ("Host", "127.0.0.1:8081")
GROUPS = ("auth", "routing", "body", "fields", "not-found", "dump", "cors")
OTHER_GROUPS = ("apps", "channels", "documents", "events", "profiles", "pushes", "records", "streams", "vhosts")
TEXTS = {"outputStreamName", "id", "outputPath", "infoFile", "userData"}


Diagnoses = list[tuple[DiagnosedRequest, tuple[str, ...]]]


class DiagnosingTarget(AppTarget):
    """Answers as the application does, and keeps what was asked with its diagnosis."""

    def __init__(self, emulator: Emulator, diagnoses: Diagnoses) -> None:
        super().__init__(emulator.app, emulator.authorization)
        self._emulator = emulator
        self._diagnoses = diagnoses

    def send(self, request: Request, connection: int | None = None) -> Answer:
        answer = super().send(request, connection)
        asked = DiagnosedRequest(request.method, request.path, (HOST, *request.headers), request.body or b"", answer.status)
        self._diagnoses.append((asked, diagnose(asked, self._emulator._run.api)))
        return answer


class Diagnosing(Replay):
    """Sends the steps of a case, and keeps what was asked with its diagnosis."""

    def __init__(self, *arguments: Any) -> None:
        self.diagnoses: Diagnoses = []
        super().__init__(*arguments)

    def _target(self) -> Target:
        return DiagnosingTarget(self._emulator, self.diagnoses)


@pytest.fixture(scope="module", params=["docs", "engine-0.21"])
def application(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Flask:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("working"))
        return ome_mock.create_app(dialect=request.param, config=RECORDINGS / "Server.xml", streams=CONNECTED)


def is_refused(asked: DiagnosedRequest) -> bool:
    assert asked.status is not None
    return asked.status >= 400


def is_dubious(asked: DiagnosedRequest) -> bool:
    """Whether a dump action that succeeded can't have been meant as it was sent."""
    action = asked.target.rpartition(":")[2]
    if action not in {"startHlsDump", "stopHlsDump", "hlsDumps"}:
        return False
    body = json.loads(asked.body)
    unknown = body.keys() - TEXTS - {"playlist"}
    if action == "startHlsDump":
        playlist, info_file = body.get("playlist") or [], body.get("infoFile") or "/"
        is_text = all(isinstance(body.get(name) or "", str) for name in TEXTS)
        are_texts = isinstance(playlist, list) and all(isinstance(each, str) for each in playlist)
        return bool(unknown) or not is_text or not are_texts or "/" not in info_file
    dump_id = body.get("id", "all")
    return bool(unknown) or not isinstance(dump_id, str) or (action == "stopHlsDump" and not dump_id)


def disagreements(diagnoses: list[tuple[DiagnosedRequest, tuple[str, ...]]]) -> Iterator[str]:
    for asked, said in diagnoses:
        is_worth_a_word = is_refused(asked) or (asked.status == 200 and is_dubious(asked))
        if bool(said) != is_worth_a_word:
            yield f"{asked.method} {asked.target} {asked.body!r} -> {asked.status}: {said}"


@pytest.mark.parametrize("case", read_cases("exchanges", *GROUPS) + read_cases("walks"), ids=lambda case: case["case"])
def test_recorded_request_is_diagnosed_if_it_is_wrong(case: dict[str, Any], application: Flask, tmp_path: Path) -> None:
    replay = Diagnosing(application, tmp_path)
    list(replay.differences(case))
    assert list(disagreements(replay.diagnoses)) == []


@pytest.mark.parametrize("case", read_cases("exchanges", *OTHER_GROUPS), ids=lambda case: case["case"])
def test_nothing_is_said_of_other_recorded_requests_that_succeeded(case: dict[str, Any], application: Flask, tmp_path: Path) -> None:
    replay = Diagnosing(application, tmp_path)
    list(replay.differences(case))
    assert [said for asked, said in replay.diagnoses if not is_refused(asked) and said] == []


class DiagnosingStory(stories.Replay):
    """Tells a story, and keeps what was asked with its diagnosis."""

    def __init__(self, *arguments: Any) -> None:
        self.diagnoses: Diagnoses = []
        super().__init__(*arguments)

    def _target(self, emulator: Emulator) -> Target:
        return DiagnosingTarget(emulator, self.diagnoses)


@pytest.mark.parametrize("name", stories.story_names())
def test_recorded_story_is_diagnosed_where_it_goes_wrong(name: str, tmp_path: Path) -> None:
    story = DiagnosingStory(stories.read_story(name), tmp_path, "engine-0.21")
    list(story.differences())
    seen = [(asked.body, said) for asked, said in story.diagnoses if said]
    assert story.diagnoses
    assert [body for body, _ in seen] == [asked.body for asked, _ in story.diagnoses if is_refused(asked) or is_dubious(asked)]
