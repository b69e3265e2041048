"""Servers held against the emulator that is like them: those that are, those of another dialect, and those that lie."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ome_mock import OmeMock, VideoInput
from ome_mock.cli.verify import run_verify
from ome_mock.contract.case_file import Question, read_questions
from ome_mock.contract.dumps import compare_dumps
from ome_mock.contract.subject import Subject, describe
from ome_mock.contract.verifying import ask_server, closest_dialect, compare_with
from ome_mock.errors import ConfigurationError
from ome_mock.recordings.case import Answer, Headers, Request
from ome_mock.recordings.targets import ServerTarget

STREAM = "default/app/stream"
QUESTIONS = read_questions()
Lie = Callable[[Request, Answer], Answer]


class LyingTarget(ServerTarget):
    """A server whose answers are changed by a lie."""

    def __init__(self, ome: OmeMock, lie: Lie = lambda _, answer: answer) -> None:
        super().__init__(ome.url, ome.authorization)
        self._lie = lie

    def send(self, request: Request, connection: int | None = None) -> Answer:
        return self._lie(request, super().send(request, connection))


@pytest.fixture
def ome(tmp_path: Path) -> Iterator[OmeMock]:
    with OmeMock(dialect="engine-0.21", root=tmp_path / "disk") as ome:
        yield ome


def differing(
    ome: OmeMock,
    dialect: str = "engine-0.21",
    lie: Lie = lambda _, answer: answer,
    path: str = STREAM,
    questions: Sequence[Question] = QUESTIONS,
) -> dict[str, str]:
    """The cases that differ, and how."""
    target = LyingTarget(ome, lie)
    subject: Subject = describe(target, path, ome.access_token)
    outcomes = compare_with(subject, ask_server(target, subject, questions, "/verified"), dialect)
    return {outcome.case.name: "\n".join(map(str, outcome.found)) for outcome in outcomes if outcome.found}


def test_there_are_a_hundred_and_fifty_harmless_cases() -> None:
    assert len([each for each in QUESTIONS if not each.harm]) >= 150
    assert len({each.name for each in QUESTIONS}) == len(QUESTIONS)


def test_emulator_is_like_itself_and_its_dialect_is_found(ome: OmeMock) -> None:
    target = ServerTarget(ome.url, ome.authorization)
    subject = describe(target, STREAM, ome.access_token)
    name, outcomes = closest_dialect(subject, ask_server(target, subject, QUESTIONS, "/verified"))
    assert name == "engine-0.21"
    assert [outcome.case.name for outcome in outcomes if outcome.found] == []


def test_names_token_and_tracks_of_a_stranger_are_taken_over(tmp_path: Path) -> None:
    xml = (Path(__file__).parents[2] / "ome_mock" / "worlds" / "default.xml").read_text()
    xml = xml.replace("<Name>default</Name>", "<Name>house</Name>").replace("<Name>app</Name>", "<Name>cameras</Name>")
    xml = xml.replace("<Defaults>", "<!--").replace("</Defaults>", "-->").replace("ome-access-token", "sesame: 1")
    (tmp_path / "Server.xml").write_text(xml)
    with OmeMock(config=tmp_path, streams=[], root=tmp_path / "disk") as ome:
        ome.connect("house/cameras/door", video=VideoInput(320, 180, framerate=Fraction(15)), audio=False, ready=True)
        ome.clock.advance(60)
        assert differing(ome, "docs", path="house/cameras/door") == {}


def test_other_dialect_differs_in_the_rows_of_its_table(ome: OmeMock) -> None:
    found = differing(ome, "docs")
    assert '"response":["stream","stream2"]' in found["dumps: the least"]
    assert "[HTTP] " in found["routing: an unknown application"]
    assert "#default#app" in found["routing: an unknown stream"]
    assert "requires objectValue" in found["bodies that are no object: an empty array"]
    assert "application/json;charset=UTF-8" in found["documents: the version"]
    assert "Duplicate info file" in found["dumps: the info file of an ended dump"]
    assert "status" in found["what kills engines: an info file without a slash"]


def with_body(old: bytes, new: bytes) -> Lie:
    return lambda _, answer: answer._replace(body=answer.body.replace(old, new))


def with_headers(change: Callable[[Headers], Headers]) -> Lie:
    return lambda _, answer: answer._replace(headers=change(answer.headers))


def gone_for_good(_: Request, answer: Answer) -> Answer:
    return answer._replace(status=410) if b"no-such-app]" in answer.body else answer


def takes_an_empty_id(request: Request, answer: Answer) -> Answer:
    return answer._replace(status=200) if b'"id": ""' in (request.body or b"") else answer


LIES: dict[str, tuple[str, Lie]] = {
    "another status": ("routing: an unknown application", gone_for_good),
    "another text": ("dumps: a stop of an unknown id", with_body(b"(500)", b"(501)")),
    "another reader": ("the JSON reader: no comma", with_body(b"Missing ','", b"No ','")),
    "headers in another order": ("documents: the version", with_headers(lambda headers: headers[::-1])),
    "a header less": ("routing: an origin", with_headers(lambda headers: tuple(each for each in headers if each[0] != "Vary"))),
    "a text for a number": ("documents: the stream", with_body(b'"width":320', b'"width":"320"')),
    "another name of a key": ("documents: the stream", with_body(b'"hasBframes"', b'"hasBFrames"')),
    "a success": ("fields: an empty id", takes_an_empty_id),
    "a list that forgets": ("dumps: all fields", with_body(b'"userData":"note"', b'"userData":""')),
    "another realm": (
        "authorization: no header",
        with_headers(lambda headers: tuple((name, value.replace("OvenMediaEngine", "OME")) for name, value in headers)),
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_lie_is_found(name: str, ome: OmeMock) -> None:
    case, lie = LIES[name]
    assert case in differing(ome, lie=lie, questions=[each for each in QUESTIONS if each.name == case])


def test_dumps_that_it_starts_are_stopped_and_others_run_on(ome: OmeMock) -> None:
    ome.start_dump("mine", output_path="/mine")
    target = ServerTarget(ome.url, ome.authorization)
    subject = describe(target, STREAM, ome.access_token)
    ask_server(target, subject, [each for each in QUESTIONS if not each.harm], "/verified")
    assert {dump.id: dump.status for dump in ome.dumps.all if dump.status != "Completed"} == {"mine": "Running"}


def test_files_of_a_dump_are_compared(ome: OmeMock, tmp_path: Path) -> None:
    target = ServerTarget(ome.url, ome.authorization)
    subject = describe(target, STREAM, ome.access_token)
    files = tmp_path / "disk"
    assert [each.found for each in compare_dumps(target, subject, "/verified", files, "engine-0.21", sleep=ome.clock.advance)] == [(), ()]
    found = compare_dumps(target, subject, "/verified", files, "docs", sleep=ome.clock.advance)[0].found
    assert any("HLSDumpInfo" in each.difference.recorded for each in found)


def test_command_says_what_it_left_out_and_writes_reports(ome: OmeMock, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    junit, told = tmp_path / "j.xml", tmp_path / "j.json"
    options = {"stream": STREAM, "access_token": ome.access_token, "config": None, "out": "/v", "files": None, "dangerous": False}
    assert run_verify(ome.url, dialect="engine-0.21", junit=junit, json_file=told, **options) == 0  # type: ignore[arg-type]
    out = capsys.readouterr().out.splitlines()
    assert out[-1].endswith("agree, 0 differ")
    assert any("stops every dump of the output stream (--dangerous): 3" in line for line in out)
    skipped = [each.get("name") for each in ElementTree.parse(junit).getroot() if each.find("skipped") is not None]
    assert "what kills engines: an info file without a slash" in skipped
    assert json.loads(told.read_text())["summary"] == out[-1]


@pytest.mark.parametrize(
    ("path", "token", "said"),
    [
        ("default/app", "ome-access-token", "vhost/app/stream"),
        ("default/app/nope", "", r"it has no such stream \(--stream\)"),
        (STREAM, "x", r"it refuses the access token \(--access-token\)"),
    ],
)
def test_server_that_can_not_be_asked_is_told(path: str, token: str, said: str, ome: OmeMock) -> None:
    target = ServerTarget(ome.url, token or ome.authorization)
    with pytest.raises(ConfigurationError, match=said):
        describe(target, path, token)


def test_port_of_players_is_told_from_that_of_the_api(ome: OmeMock) -> None:
    with pytest.raises(ConfigurationError, match=r"it answers 404, as no API of OME's does: is that its port\?"):
        describe(ServerTarget(ome.llhls_url, ome.authorization), STREAM, ome.access_token)


def test_port_without_tls_is_told(ome: OmeMock) -> None:
    with pytest.raises(ConfigurationError, match=f"127.0.0.1:{ome.port} doesn't speak TLS"):
        describe(ServerTarget(ome.url.replace("http", "https"), ome.authorization), STREAM, ome.access_token)
