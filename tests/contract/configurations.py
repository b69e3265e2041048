"""The recorded configurations: what an engine did with each Server.xml, and what the emulator does with it.

What can't be equal is named here: what an engine measures, draws at random or takes from the moment.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from fixture_types import Answer
from flask.testing import FlaskClient
from raw_http import Connection, request

from ome_mock import AudioInput, OmeMock, VideoInput
from ome_mock.emulator import Emulator
from ome_mock.errors import PublisherRefused
from ome_mock.recordings.comparing import without_coding

CONFIGURATIONS = Path(__file__).parents[2] / "fixtures" / "configurations"
VERSION = "0.21.0"
SENT: dict[str, Any] = {"video": VideoInput(320, 180), "audio": AudioInput(48_000, 1)}
"""The recorded encoder: 320x180 at 30 frames a second, and mono sound."""
MASTERS_AFTER_S = 14
"""How old a stream is when its master playlists are asked for: older than the longest segment."""
VARIABLE = re.compile(r"\$\{env:([^:}]+)")

UNEQUAL_IN_DOCUMENTS = {"gitVersion": "names the commit that an engine was built from"}
MEASURED = re.compile(
    r"createdTime|sourceUrl|(bitrate|framerate|keyFrameInterval)(Avg|Latest|Conf)?|deltaFrames\w*|maxFramerate|configChangeCount|timebase"
)
"""Keys of a track that depend on the encoder, on how its pictures were coded and on the moment."""
SESSION = re.compile(r"session=\d+_[0-9A-Za-z]{8}")
"""The session that a master playlist begins."""

Row = dict[str, Any]


def rows() -> list[Row]:
    recorded = [json.loads(line) for line in (CONFIGURATIONS / "configurations.jsonl").read_text().splitlines()]
    return [row for row in recorded if row["version"] == VERSION]


def waiting() -> set[str]:
    """Rows whose encoder's fate is not compared yet; the file says why."""
    groups = json.loads((CONFIGURATIONS / "waiting.json").read_text())
    return {name for reason, names in groups.items() if reason != "about" for name in names}


def name_of(row: Row) -> str:
    return f"{Path(row['xml']).stem}-{row['variant']}"


@contextmanager
def environment(row: Row) -> Iterator[None]:
    """The environment of a row: what the file names is as it was for the engine, set or not."""
    with pytest.MonkeyPatch.context() as patch:
        for name in VARIABLE.findall(path_of(row).read_text()):
            patch.delenv(name, raising=False)
        for name, value in row["environment"]["variables"].items():
            patch.setenv(name, value)
        yield


def path_of(row: Row) -> Path:
    return CONFIGURATIONS / Path(row["xml"]).name


def start(row: Row, **options: Any) -> Emulator:
    """Start as `serve` would with the file alone, in the engine's dialect. Raises ConfigurationError."""
    usual: dict[str, Any] = {"dialect": "engine-0.21", "config": path_of(row), "streams": []}
    with environment(row):
        return Emulator(**usual | options)


def start_beside(row: Row, control_port: int, directory: Path) -> Emulator:
    """Start with a control server at another port than the recorded one."""
    (recorded,) = row["control_server_ports"]
    config = directory / "Server.xml"
    config.write_text(path_of(row).read_text().replace(f"127.0.0.1:{recorded}", f"127.0.0.1:{control_port}"))
    with environment(row), pytest.MonkeyPatch.context() as patch:
        for name, value in row["environment"]["variables"].items():
            patch.setenv(name, value.replace(f":{recorded}", f":{control_port}"))
        return Emulator(dialect="engine-0.21", config=config, streams=[])


def start_with_tls(row: Row, directory: Path) -> OmeMock:
    """Start on real ports, with the certificates that the recorder made for a row."""
    xml = path_of(row).read_text()
    authority = trustme.CA()
    for path in row["environment"]["files"]:
        (directory / path.lstrip("/")).parent.mkdir(parents=True, exist_ok=True)
        (directory / path.lstrip("/")).write_bytes(authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.bytes())
        xml = xml.replace(path, f"{directory}{path}")
    if row["environment"]["files"]:  # one file that holds both, so that they belong together
        certificate, key = (directory / path.lstrip("/") for path in row["environment"]["files"])
        key.write_bytes(certificate.read_bytes())
    (directory / "Server.xml").write_text(xml)
    with environment(row):
        return OmeMock(dialect="engine-0.21", config=directory / "Server.xml", streams=[])


def differences_over_tls(row: Row, ome: OmeMock, directory: Path) -> Iterator[str]:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for recorded in row["documents"]:
        with Connection(ome.tls_port or 0, tls=context) as connection:
            connection.send(request("GET", recorded["path"], f"Authorization: {ome.authorization}"))
            answer = connection.answer()
        body = json.loads(answer.body.decode().replace(str(directory), ""))
        if (answer.status, _compared(body)) != (recorded["status"], _compared(json.loads(recorded["body"]))):
            yield f"{recorded['path']}: {answer.status} {body} instead of {recorded['status']} {recorded['body']}"


def document_differences(row: Row, emulator: Emulator) -> Iterator[str]:
    client = emulator.app.test_client()
    for recorded in row.get("documents", ()):
        if recorded["status"] is None:
            continue
        seen = ask(client, emulator, recorded["path"])
        wanted = json.loads(recorded["body"]) if recorded["body"] else None
        if seen.status_code != recorded["status"] or _compared(seen.json) != _compared(wanted):
            yield f"{recorded['path']}: {seen.status_code} {json.dumps(seen.json)} instead of {recorded['status']} {json.dumps(wanted)}"


def ask(client: FlaskClient, emulator: Emulator, path: str) -> Answer:
    return client.get(path, headers={"Authorization": emulator.authorization})


def encoder_differences(row: Row, emulator: Emulator) -> Iterator[str]:
    """The list of streams, the stream's document and the master playlists, at the recorded moments of an encoder's life."""
    encoder = row["encoder"]
    stream = f"{encoder['vhost']}/{encoder['app']}/{encoder['stream']}"
    is_let_in = _comes(emulator, stream)
    if is_let_in is not encoder["still_connected_at_15_s"]:
        yield f"the encoder was {'let in' if is_let_in else 'refused'}"
    seconds = 0.0
    answered = [each for each in encoder["api"] if each["status"] is not None]  # none by an API without its certificate
    for recorded in answered:
        if recorded.get("t", seconds) > MASTERS_AFTER_S:
            break
        emulator.clock.advance(recorded.get("t", seconds) - seconds)
        seconds = recorded.get("t", seconds)
        seen = ask(emulator.app.test_client(), emulator, recorded["path"])
        wanted = json.loads(recorded["body"])
        if _compared(seen.json) != _compared(wanted):
            yield f"{recorded['path']}: {json.dumps(_compared(seen.json))} instead of {json.dumps(_compared(wanted))}"
    emulator.clock.advance(MASTERS_AFTER_S - seconds)
    yield from _master_differences(row, emulator)
    if is_let_in:
        emulator.disconnect(stream)
    for recorded in answered[-1:]:
        last = ask(emulator.app.test_client(), emulator, recorded["path"])
        if last.json != json.loads(recorded["body"]):
            yield f"after the encoder left: {last.json}"


def _comes(emulator: Emulator, stream: str) -> bool:
    """Whether an encoder is let in: nobody is at the control server of most rows."""
    try:
        emulator.connect(stream, **SENT)
    except PublisherRefused:
        return False
    return True


def _master_differences(row: Row, emulator: Emulator) -> Iterator[str]:
    for recorded in row["encoder"].get("masters") or ():
        seen = emulator.llhls_app.test_client().get(recorded["path"], base_url=f"http://{row['encoder']['host']}:{recorded['port']}")
        if (seen.status_code, _normalised(seen.text)) != (recorded["status"], _normalised(recorded["body"])):
            yield f"{recorded['path']}: {seen.status_code} {seen.text} instead of {recorded['status']} {recorded['body']}"


def _normalised(master: str) -> str:
    """A master playlist without what can't be equal: its session, the stream's key, bit rates, and how pictures were coded."""
    return without_coding(SESSION.sub("session=NEW", master))


def _compared(value: Any, key: str = "") -> Any:
    """A value with everything that can't be equal replaced by its type; lists of names are sorted."""
    if key in UNEQUAL_IN_DOCUMENTS or (MEASURED.fullmatch(key) and not isinstance(value, dict | list)):
        return "number" if isinstance(value, int | float) else type(value).__name__
    if isinstance(value, dict):
        return {name: _compared(each, name) for name, each in value.items() if name != "timebase"}
    if isinstance(value, list):
        compared = [_compared(each) for each in value]
        return sorted(compared) if all(isinstance(each, str) for each in compared) else compared
    return value
