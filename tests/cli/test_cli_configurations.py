"""`serve` with the configurations that people have."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from served import Outcome, Run
from server_xml import server_xml

CONFIGURATIONS = Path(__file__).parents[2] / "fixtures" / "configurations"
DEFAULT_TOKEN = "Basic b21lLWFjY2Vzcy10b2tlbg=="


def nothing(port: int) -> None:
    """Ask nothing."""


@pytest.fixture
def serve(run: Run, tmp_path: Path) -> Callable[..., Outcome]:
    """Serve a Server.xml on free ports, ask what the test asks, and return the outcome."""

    def serve(xml: str, *arguments: str, ask: Callable[[int], object] = nothing, **environment: Any) -> Outcome:
        (tmp_path / "Server.xml").write_text(xml)
        ports = tmp_path / "ports.json"
        options = ["--config", tmp_path, "--port", "0", "--port-file", ports, "--root", tmp_path / "root", "--clock", "manual"]
        look_around = lambda: ask(json.loads(ports.read_text())["port"])  # noqa: E731
        return run("serve", *options, *arguments, look_around=look_around, **environment)

    return serve


def status(port: int, token: str = DEFAULT_TOKEN) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/v1/vhosts", headers={"Authorization": token})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize(
    ("dialect", "arguments", "environment", "expected"),
    [
        ("docs", (), {}, 0),
        ("engine-0.21", (), {}, 2),
        ("engine-0.21", ("--unknown-elements", "warn"), {}, 0),
        ("docs", ("--unknown-elements", "refuse"), {}, 2),
        ("docs", (), {"UNKNOWN_ELEMENTS": "refuse"}, 2),
    ],
)
def test_unknown_elements_are_refused_or_told_in_one_line(
    serve: Callable[..., Outcome], dialect: str, arguments: tuple[str, ...], environment: dict[str, str], expected: int
) -> None:
    outcome = serve(server_xml("<Nope/>"), "--dialect", dialect, *arguments, **environment)
    assert outcome.status == expected
    assert ("unknown: Server/Nope" if expected == 0 else "Server: Nope is unknown") in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize("dialect", ["docs", "engine-0.21"])
@pytest.mark.parametrize(
    "xml",
    [
        server_xml("").replace("<API><Port>8081</Port></API>", ""),
        server_xml("").replace("<API><Port>8081</Port></API>", "<API/>"),
        server_xml("", token="").replace("<API><Port>8081</Port></API>", ""),
    ],
    ids=["no API, a token", "API without a port", "no API, no token"],
)
def test_file_that_binds_no_api_gets_one(serve: Callable[..., Outcome], dialect: str, xml: str) -> None:
    answers = []
    outcome = serve(xml, "--dialect", dialect, ask=lambda port: answers.append(status(port)))
    assert (outcome.status, answers) == (0, [200])
    assert "the configuration binds no API" in outcome.err


@pytest.mark.parametrize(
    ("dialect", "arguments", "expected"),
    [("docs", (), 0), ("engine-0.21", (), 2), ("engine-0.21", ("--access-token", "ome-access-token"), 0)],
)
def test_file_that_binds_the_api_without_a_token(
    serve: Callable[..., Outcome], dialect: str, arguments: tuple[str, ...], expected: int
) -> None:
    answers = []
    outcome = serve(server_xml("", token=""), "--dialect", dialect, *arguments, ask=lambda port: answers.append(status(port)))
    assert (outcome.status, answers) == (expected, [200] if expected == 0 else [])


def test_ports_of_a_file_are_taken_and_can_be_freed(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "Server.xml").write_text(server_xml("").replace("8081", str(port)))
        assert run("serve", "--config", tmp_path).status == 4
        assert run("serve", "--config", tmp_path, "--port", "0").status == 0


@pytest.mark.parametrize("name", ["02c92747", "29248f1a", "2cb641e0.api"])
def test_dump_of_a_real_configuration_is_written(run: Run, tmp_path: Path, name: str) -> None:
    """Ports are free ones, so that tests run beside each other; nothing else is said but the stream."""
    app = "live" if name.startswith("2cb641e0") else "app"
    files: list[str] = []
    ports = tmp_path / "ports.json"

    def look_around() -> None:
        port = json.loads(ports.read_text())["port"]
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        body = json.dumps({"outputStreamName": "s1", "id": "d1", "outputPath": str(tmp_path / "d1"), "playlist": ["llhls.m3u8"]})
        path = f"/v1/vhosts/default/apps/{app}/streams/s1:startHlsDump"
        connection.request("POST", path, body, {"Authorization": DEFAULT_TOKEN})
        assert connection.getresponse().read() == b'{"message":"OK","response":["s1"],"statusCode":200}'
        connection.close()
        files.extend(path.name.split("_")[0] for path in (tmp_path / "d1").iterdir())

    config = CONFIGURATIONS / f"{name}.xml"
    assert (
        run(
            "serve", "--config", config, "--stream", f"default/{app}/s1", "--port", "0", "--port-file", ports, look_around=look_around
        ).status
        == 0
    )
    assert {"llhls.m3u8", "chunklist", "init", "seg"} <= set(files)
