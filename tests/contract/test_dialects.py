"""Where the documentation and the engine disagree: the table of `docs/dialects.md`, row by row, each row asked of both dialects."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from callbacks.control_server import ControlServer, answered
from contract.recordings import Replay, read_cases
from flask import Flask
from raw_http import AUTHORIZATION, Connection
from server_xml import server_xml

import ome_mock
from ome_mock import AlertRules, Alerts, OmeMock, PublisherRefused, VideoInput
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError
from ome_mock.journal.callback_journal import CallbackExchange
from ome_mock.web.catch_all_flask import CatchAllFlask

PAGE = Path(__file__).parents[2] / "docs" / "dialects.md"
APP = "/v1/vhosts/default/apps/app"
STREAM = f"{APP}/streams/stream"
START = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps", "infoFile": "/d1.info"}


class Talk:
    """A conversation with an emulator of one dialect, and its files."""

    def __init__(self, dialect: str, root: Path) -> None:
        self.emulator = Emulator(dialect=dialect, root=root)
        self.root = root

    def ask(self, method: str, path: str, body: Any = None, authorization: str | None = "") -> tuple[int, Any]:
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        headers = {} if authorization is None else {"Authorization": authorization or self.emulator.authorization}
        answer = self.emulator.app.test_client().open(path, method=method, data=data, headers=headers)
        self.content_type = answer.headers["Content-Type"]
        return answer.status_code, answer.json

    def start(self, **fields: Any) -> tuple[int, Any]:
        return self.ask("POST", f"{STREAM}:startHlsDump", START | fields)

    def info(self) -> str:
        return (self.root / "d1.info").read_text()

    def status(self) -> str:
        return self.info().partition("<Status>")[2].partition("</Status>")[0]


def message(answer: tuple[int, Any]) -> str:
    message: str = answer[1]["message"]
    return message


def body_without_object(talk: Talk) -> object:
    return talk.ask("POST", f"{STREAM}:startHlsDump", "[]")


def content_type(talk: Talk) -> object:
    talk.ask("GET", "/v1/vhosts")
    return talk.content_type


def existing_info_file(talk: Talk) -> object:
    (talk.root / "d1.info").write_text("mine")
    return talk.start()[0], talk.info() == "mine"


def info_file_without_a_slash(talk: Talk) -> object:
    return talk.start(infoFile="d1.info")[0], (talk.root / "d1.info").exists()


def head_of_the_info_file(talk: Talk) -> object:
    talk.start(userData="a & b")
    return talk.info().splitlines()[:2]


def stream_of_the_info_file(talk: Talk) -> object:
    talk.start()
    return talk.info().splitlines()[2].strip()


def status_after_a_failed_write(talk: Talk) -> object:
    talk.start()
    (talk.root / "dumps").rename(talk.root / "moved")
    (talk.root / "dumps").write_text("in the way")
    talk.emulator.clock.advance(10)
    failed = talk.status()
    talk.ask("POST", f"{STREAM}:stopHlsDump", START)
    return failed, talk.status()


def queued_start_with_an_unknown_playlist(talk: Talk) -> object:
    talk.emulator.connect("default/app/late", ready=True)
    path, fields = f"{APP}/streams/late", START | {"outputStreamName": "late", "playlist": ["nope.m3u8"]}
    talk.ask("POST", f"{path}:startHlsDump", fields)
    talk.emulator.clock.advance(10)
    return talk.ask("POST", f"{path}:hlsDumps", fields)[1]["response"][0]["enabled"], talk.status()


def loads(xml: str) -> Callable[[Talk], bool]:
    """Whether an emulator of the dialect serves a Server.xml."""

    def load(talk: Talk) -> bool:
        (talk.root / "Server.xml").write_text(xml)
        try:
            Emulator(dialect=talk.emulator.dialect.name, config=talk.root)
        except ConfigurationError:
            return False
        return True

    return load


def rewriting(talk: Talk) -> object:
    talk.start()
    before = (talk.root / "d1.info").stat().st_ino
    talk.emulator.clock.advance(10)
    return "in place" if (talk.root / "d1.info").stat().st_ino == before else "replaced"


NOBODY = "http://127.0.0.1:1/"
"""Where nobody listens: the journal has what was to be sent all the same."""


def callbacks(talk: Talk, **options: Any) -> list[CallbackExchange]:
    """What an encoder that comes sets off."""
    emulator = Emulator(dialect=talk.emulator.dialect.name, root=talk.root, streams=[], **options)
    with suppress(PublisherRefused):
        emulator.connect("default/app/camera", video=VideoInput(key_frame_interval=150))
    emulator.clock.advance(10)
    emulator.close()
    return emulator.journal.callbacks


def webhook(talk: Talk) -> dict[str, Any]:
    request: dict[str, Any] = callbacks(talk, admission_webhooks=NOBODY)[0].json["request"]
    return request


def closing_names_a_new_url(talk: Talk) -> object:
    return "new_url" in callbacks(talk, admission_webhooks=NOBODY)[1].json["request"]


def order_of_headers(talk: Talk) -> object:
    names = [name for name, _ in callbacks(talk, admission_webhooks=NOBODY)[0].headers]
    return names.index("Accept") < names.index("X-OME-Signature")


def lifetime_of_a_player(talk: Talk) -> object:
    with ControlServer(answered({"allowed": True, "lifetime": 1000})) as control:
        emulator = Emulator(dialect=talk.emulator.dialect.name, root=talk.root, admission_webhooks=control.url)
        player = emulator.llhls_app.test_client()
        master = player.get("/app/stream/llhls.m3u8").text
        chunklist = next(line for line in master.splitlines() if line.startswith("/"))
        emulator.clock.advance(2)
        status = player.get(chunklist).status_code
        emulator.close()
    return status


def addresses_of_the_server(talk: Talk) -> object:
    return "ipAddresses" in callbacks(talk, alerts=NOBODY)[0].json["serverInfo"]


def texts_of_rules(talk: Talk) -> object:
    rules = AlertRules(max_framerate=10, max_samplerate=8000, long_key_frame_interval=True)
    messages = callbacks(talk, alerts=Alerts(NOBODY, rules=rules))[-1].json["messages"]
    return [each["description"].partition("current ")[2] for each in messages]


@dataclass(frozen=True)
class Row:
    """One difference: the question as the page puts it, how it is asked, and both answers."""

    question: str
    ask: Callable[[Talk], object]
    docs: object
    engine: object


LIST_DUMPS = f"POST {STREAM}:hlsDumps HTTP/1.1\r\n{AUTHORIZATION}\r\n"


def answered_on_the_wire(*messages: str) -> Callable[[Talk], list[list[int]]]:
    """A question that sends each of these bytes on a connection of its own, and wants the statuses of what comes back."""

    def ask(talk: Talk) -> list[list[int]]:
        with OmeMock(dialect=talk.emulator.dialect.name) as ome:
            return [_statuses(ome.port, message.encode()) for message in messages]

    return ask


def _statuses(port: int, message: bytes) -> list[int]:
    with Connection(port) as connection:
        connection.send(message)
        connection.shut_down()
        return [int(status) for status in re.findall(rb"HTTP/1.1 ([0-9]+)", connection.rest())]


ROWS = (
    Row(
        "200 of start and stop",
        lambda talk: talk.start(),
        (200, {"message": "OK", "response": ["stream", "stream2"], "statusCode": 200}),
        (200, {"message": "OK", "statusCode": 200}),
    ),
    Row(
        "messages of 4xx and 5xx",
        lambda talk: message(talk.ask("GET", "/v1/vhosts/default/apps/x")),
        "Could not find the application: [default/x] (404)",
        "[HTTP] Could not find the application: [default/x] (404)",
    ),
    Row(
        "message of 401",
        lambda talk: message(talk.ask("GET", "/v1/vhosts", authorization="Basic AAAA")),
        "[HTTP] Invalid credential (401)",
        "[HTTP] Invalid credential (401)",
    ),
    Row(
        "unknown stream",
        lambda talk: message(talk.ask("GET", f"{APP}/streams/x")),
        "Could not find the stream: [default/app/x] (404)",
        "[HTTP] Could not find the stream: [default/#default#app/x] (404)",
    ),
    Row(
        "body is not an object",
        body_without_object,
        (400, {"message": "id, outputStreamName and outputPath are required (400)", "statusCode": 400}),
        (500, {"message": "in Json::Value::find(begin, end): requires objectValue or nullValue", "statusCode": 500}),
    ),
    Row("Content-Type", content_type, "application/json", "application/json;charset=UTF-8"),
    Row("`infoFile` exists on disk", existing_info_file, (500, True), (200, False)),
    Row("`infoFile` without a slash", info_file_without_a_slash, (200, True), (500, False)),
    Row(
        "info file",
        head_of_the_info_file,
        ["<HLSDumpInfo>", "  <UserData>a &amp; b</UserData>"],
        ["<DumpInfo>", "\t<UserData>a & b</UserData>"],
    ),
    Row("`<Stream>`", stream_of_the_info_file, "<Stream>/default/app/stream</Stream>", "<Stream>stream</Stream>"),
    Row("`<Status>` after a failed write, and after a stop", status_after_a_failed_write, ("Error", "Error"), ("Running", "Completed")),
    Row("queued start with an unknown playlist", queued_start_with_an_unknown_playlist, (False, "Error"), (True, "Running")),
    Row("`protocol` of webhooks", lambda talk: webhook(talk)["protocol"], "rtmp", "RTMP"),
    Row("order of a callback's headers", order_of_headers, True, False),
    Row("`time` of webhooks", lambda talk: webhook(talk)["time"], "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000+00:00"),
    Row("`new_url` of closing requests", closing_names_a_new_url, False, True),
    Row("`lifetime` and LL-HLS", lifetime_of_a_player, 200, 401),
    Row("`serverInfo` of alerts", addresses_of_the_server, True, False),
    Row(
        "frame and sample rates, key frames in alerts",
        texts_of_rules,
        [
            "framerate (30.00 fps) is higher than the configured framerate (10.00 fps)",
            "keyframe interval (5.0 seconds) is too long. Please use a keyframe interval of 4 seconds or less",
            "samplerate (48000) is higher than the configured samplerate (8000)",
        ],
        [
            "framerate (30.000000 fps) is higher than the configured framerate (10.000000 fps)",
            "keyframe interval (5.0 seconds) is too long. Please use a keyframe interval of 4.0 seconds or less",
            "samplerate (48000) is higher than the configured samplerate (0)",
        ],
    ),
    Row("Server.xml with an unknown element", loads(server_xml("<Nope/>")), docs=True, engine=False),
    Row("Server.xml binds the API without a token", loads(server_xml("", token="")), docs=True, engine=False),
    Row("form of a request", answered_on_the_wire("\r\nGET / HTTP/1.1\r\n\r\n", "GET /a b HTTP/2.0\r\n\r\n"), [[401], []], [[], [401]]),
    Row(
        "chunked bodies",
        answered_on_the_wire(f"{LIST_DUMPS}Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n" * 2),
        [[400] * 2],
        [[400]],
    ),
    Row("`Expect: 100-continue`", answered_on_the_wire(f"{LIST_DUMPS}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"), [[100]], [[]]),
    Row(
        "`Connection: close`",
        answered_on_the_wire(
            "GET / HTTP/1.1\r\nConnection: TE, close\r\n\r\n" * 2,
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" * 2,
        ),
        [[401], [401, 401]],
        [[401, 401], [401]],
    ),
    Row("files that change", rewriting, "replaced", "in place"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.question)
@pytest.mark.parametrize("dialect", ["docs", "engine-0.21"])
def test_dialect_answers_as_its_witness(row: Row, dialect: str, tmp_path: Path) -> None:
    assert row.ask(Talk(dialect, tmp_path)) == (row.docs if dialect == "docs" else row.engine)


# Asked elsewhere: a full disk in `tests/disk`, RTMP in `tests/publishing`
ELSEWHERE = {"disk is full", "RTMP with `<Modules><ERTMP>`"}


def test_page_has_these_rows_and_those_asked_elsewhere() -> None:
    table = PAGE.read_text()
    questions = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert [question for question in questions if question not in {"question", *ELSEWHERE}] == [row.question for row in ROWS]


# Where neither differs, or only in its wording: the four hundred recorded bodies

NOT_AN_OBJECT = '{"message":"in Json::Value::find(begin, end): requires objectValue or nullValue","statusCode":500}'


def in_the_words_of_the_documentation(case: dict[str, Any]) -> dict[str, Any]:
    """A recorded case with its answers as the documentation would have them."""
    steps = [{"request": step["request"], "response": _reworded(step["response"])} for step in case["steps"]]
    return {"case": case["case"], "steps": steps}


def _reworded(response: dict[str, Any]) -> dict[str, Any]:
    status, body = response["status"], response["body"].replace('"[HTTP] ', '"', 1)
    if body == NOT_AN_OBJECT:
        status, body = 400, '{"message":"outputStreamName is required (400)","statusCode":400}'
    changed = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return {"status": status, "body": body, "headers": [(name, changed.get(name, value)) for name, value in response["headers"]]}


@pytest.fixture(scope="module")
def application() -> Flask:
    return ome_mock.create_app()


@pytest.mark.parametrize("case", read_cases("json"), ids=lambda case: case["case"])
def test_body_is_read_as_the_engine_read_it(case: dict[str, Any], application: CatchAllFlask, tmp_path: Path) -> None:
    assert list(Replay(application, tmp_path).differences(in_the_words_of_the_documentation(case))) == []
