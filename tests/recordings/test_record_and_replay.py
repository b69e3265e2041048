from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from raw_http import AUTHORIZATION, Connection
from recorder import recorded

from ome_mock import OmeMock
from ome_mock.cli.replay import closest_dialect, replayed, run_replay
from ome_mock.errors import ConfigurationError
from ome_mock.recordings.case import Case, Look, Request, World
from ome_mock.recordings.comparing import is_as_good
from ome_mock.recordings.dump_looks import DumpLooks
from ome_mock.recordings.jsonl import read_recording, render_case
from ome_mock.recordings.report import report_json, report_junit, report_text
from ome_mock.recordings.targets import ServerTarget

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
START = b'{"outputStreamName":"stream","id":"d1","outputPath":"/dumps/d1","infoFile":"/dumps/d1.info"}'


def post(action: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {STREAM}:{action} HTTP/1.1", "Host: engine:8081", AUTHORIZATION, *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


SESSION = {
    "a start": post("startHlsDump", START),
    "the same start": post("startHlsDump", START),
    "malformed JSON": post("startHlsDump", b'{"id": '),
    "a binary body": post("hlsDumps", bytes(range(256))),
    "doubled headers": post("hlsDumps", b'{"outputStreamName":"stream"}', "X-A: 1", "x-a: 2", "Origin: http://a"),
    "HEAD": f"HEAD {STREAM} HTTP/1.1\r\nHost: engine\r\n{AUTHORIZATION}\r\n\r\n".encode(),
    "OPTIONS": f"OPTIONS {STREAM} HTTP/1.1\r\nHost: engine\r\nOrigin: http://a\r\n\r\n".encode(),
    "no token": f"GET {STREAM} HTTP/1.1\r\nHost: engine\r\n\r\n".encode(),
    "a wrong token": f"GET {STREAM} HTTP/1.1\r\nHost: engine\r\nAuthorization: Basic QUFB\r\n\r\n".encode(),
    "odd spaces": f"GET {STREAM} HTTP/1.1\r\nHost:engine\r\n{AUTHORIZATION}   \r\n\r\n".encode(),
    "a stop": post("stopHlsDump", b'{"outputStreamName":"stream","id":"d1"}'),
}
CHUNKED = (
    f"POST {STREAM}:stopHlsDump HTTP/1.1\r\nHost: engine\r\n{AUTHORIZATION}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
).encode()


def hold_the_session(ome: OmeMock, port: int) -> None:
    """Say everything on one connection, and something chunked at its end."""
    with Connection(port) as connection:
        for name, sent in SESSION.items():
            connection.send(sent)
            connection.answer(has_body=name != "HEAD")
            ome.clock.advance(1)
        connection.send(CHUNKED)
        connection.answer()


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "session.ome.jsonl"
    with OmeMock(dialect="engine-0.21", root=tmp_path / "disk") as ome, recorded(ome.url, path, world=World(dialect="engine-0.21")) as port:
        hold_the_session(ome, port)
    return path


def test_request_waits_until_the_files_that_the_one_before_left_were_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is looked, the client stops the dump, and others have the server answer what it was asked before."""
    look = DumpLooks.look
    stopped_by_then: list[bool] = []

    def look_for_long(looks: DumpLooks, within: tuple[str, ...] = ()) -> Look:
        if not stopped_by_then:
            client.send(SESSION["a stop"])
            for _ in range(20):
                direct.send(post("hlsDumps", b'{"outputStreamName":"stream"}'))
                direct.answer()
        stopped_by_then.append(not ome.dumps["d1"].enabled)
        return look(looks, within)

    monkeypatch.setattr(DumpLooks, "look", look_for_long)
    out = tmp_path / "session.ome.jsonl"
    with (
        OmeMock(root=tmp_path / "disk") as ome,
        recorded(ome.url, out, files=tmp_path / "disk") as port,
        Connection(port) as client,
        Connection(ome.port) as direct,
    ):
        client.send(SESSION["a start"])
        client.answer()
        client.answer()
        client.send(SESSION["no token"])  # is answered when the stop was looked at
        client.answer()
    assert stopped_by_then == [False, True]


def test_session_replays_without_a_difference(recording: Path) -> None:
    read = read_recording(recording)
    assert len(read.cases) == len(SESSION) + 1
    assert [each.found for each in replayed(read, "engine-0.21") if each.found] == []


def test_other_dialect_differs_where_it_answers_otherwise(recording: Path) -> None:
    by_name = dict(zip([*SESSION, "chunked"], replayed(read_recording(recording), "docs"), strict=True))
    texts = {name: "\n".join(map(str, outcome.found)) for name, outcome in by_name.items()}
    assert '"response":["stream","stream2"]' in texts["a start"]
    assert '"message":"[JSON]' in texts["malformed JSON"]
    assert "Content-Type: application/json\n" in texts["doubled headers"]
    assert "body" not in texts["no token"]


def test_closest_dialect_is_that_which_answered(recording: Path) -> None:
    assert closest_dialect(read_recording(recording)) == "engine-0.21"


def test_recorder_passes_every_byte_on_and_breaks_where_the_server_breaks(tmp_path: Path) -> None:
    with OmeMock(dialect="engine-0.21", root=tmp_path / "disk") as ome, recorded(ome.url, tmp_path / "r") as port:
        seen = []
        for each in (port, ome.port):
            with Connection(each) as connection:
                connection.send(SESSION["no token"])
                seen.append(connection.answer())
                connection.send(b"\x16\x03\x01\x02\x00\x01\r\n\r\n")
                assert connection.ends_without_a_byte()
    assert seen[0].body == seen[1].body
    assert seen[0].header_names == seen[1].header_names


def test_access_token_is_not_in_the_file(recording: Path) -> None:
    assert AUTHORIZATION.rpartition(" ")[2] not in recording.read_text()


def test_files_of_dumps_are_looked_at_after_each_request_about_them(tmp_path: Path) -> None:
    path, disk = tmp_path / "r.jsonl", tmp_path / "disk"
    with OmeMock(root=disk) as ome, recorded(ome.url, path, files=disk) as port, Connection(port) as connection:
        for sent in (SESSION["a start"], SESSION["doubled headers"], SESSION["a stop"]):
            for each in (sent, SESSION["no token"]):  # the second is passed on when the look after the first is over
                connection.send(each)
                connection.answer()
            ome.clock.advance(7)
    looks = [step for case in read_recording(path).cases for step in case.steps if isinstance(step, Look)]
    assert [len(look.files) for look in looks] == sorted(len(look.files) for look in looks)
    assert "<Status>Completed" in (looks[-1].files["/dumps/d1.info"].text or "")
    assert all(file.text is None for name, file in looks[-1].files.items() if name.endswith(".m4s"))


def test_emulator_replays_a_file_as_a_test(recording: Path, tmp_path: Path) -> None:
    with OmeMock(dialect="engine-0.21", root=tmp_path / "other") as ome:
        assert ome.replay(recording) == []
    with OmeMock(root=tmp_path / "third") as ome:
        assert "body" in [found.difference.part for found in ome.replay(recording)]


def test_thousand_exchanges_replay(tmp_path: Path) -> None:
    one = json.loads(render_case(Case("1", ())))
    with OmeMock(root=tmp_path / "disk") as ome, recorded(ome.url, tmp_path / "r") as port, Connection(port) as connection:
        connection.send(SESSION["doubled headers"])
        connection.answer()
    first = read_recording(tmp_path / "r").cases[0]
    many = "".join(render_case(Case(str(number), first.steps, at_s=number / 10, connection=number // 50)) for number in range(1000))
    (tmp_path / "many").write_text(many)
    outcomes = replayed(read_recording(tmp_path / "many"), "docs")
    assert one["steps"] == []
    assert len(outcomes) == 1000
    assert not any(outcome.found for outcome in outcomes)


def test_reports_say_what_differs(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = {"to": None, "access_token": "", "config": None, "streams": (), "junit": tmp_path / "j.xml", "json_file": tmp_path / "j.json"}
    assert run_replay(recording, dialect=None, **options) == 0  # type: ignore[arg-type]
    assert capsys.readouterr().out.splitlines() == ["dialect engine-0.21", f"{len(SESSION) + 1} cases: {len(SESSION) + 1} agree, 0 differ"]
    assert run_replay(recording, dialect="docs", **options) == 1  # type: ignore[arg-type]
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()
    failures = [each.get("name") for each in suite if each.find("failure") is not None]
    assert suite.get("failures") == str(len(failures))
    told = json.loads((tmp_path / "j.json").read_text())
    assert [each["case"] for each in told["cases"] if each["differences"]] == failures
    assert "1" in failures


def test_texts_of_clients_add_no_lines_to_a_report(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path / "disk") as ome, recorded(ome.url, tmp_path / "r") as port, Connection(port) as connection:
        connection.send(post("hlsDumps", b"\x1b[31m\x00\n1 cases: 1 agree"))
        connection.answer()
    outcomes = replayed(read_recording(tmp_path / "r"), "engine-0.21")
    assert all(line.isprintable() for line in report_text(outcomes))
    assert json.loads(report_json(outcomes))["summary"] == "1 cases: 0 agree, 1 differ"
    ElementTree.fromstring(report_junit(outcomes, "r"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"case": 1}\n{}\n', "line 1: not a recorded case: there is no 'steps'"),
        ("[]\n[]\n", "line 1: not a recorded case: it has another shape"),
        ('{"case": "a", "steps": []}\n{"case"\n{}\n', "line 2"),
        ("[" * 3000 + "\n{}\n", "line 1"),
    ],
    ids=["a number", "lists", "the second line", "brackets without end"],
)
def test_file_that_is_no_recording_is_refused_by_line(line: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "r").write_text(line)
    with pytest.raises(ConfigurationError, match=said):
        read_recording(tmp_path / "r")


def test_bodies_that_are_nested_too_deeply_are_compared_as_text() -> None:
    deep = "[" * 700 + "]" * 700
    assert not is_as_good("/v1/vhosts", deep, deep + " ")
    assert not is_as_good("/v1/vhosts", "[" * 3000, "[" * 3001)


def test_last_line_that_was_cut_off_is_left_out(recording: Path) -> None:
    text = recording.read_text()
    recording.write_text(text[:-30])
    assert len(read_recording(recording).cases) == len(SESSION)


@pytest.mark.parametrize("text", ["", "\n", "hello", '{"case": "1", "st', '{"world": {}}\n'], ids=repr)
def test_recording_without_a_case_is_none(text: str, tmp_path: Path) -> None:
    """A replay of it would find no difference, and a check in CI would pass for ever."""
    (tmp_path / "r").write_text(text)
    with pytest.raises(ConfigurationError, match=r"/r: it holds no recorded case$"):
        read_recording(tmp_path / "r")


def test_server_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1:1 can't be reached"):
        ServerTarget("http://127.0.0.1:1", "").send(Request("GET", "/"))
