"""`ome-mock record` where it can't begin."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import Run


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        yield port


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A recording that is there already."""
    path = tmp_path / "session.ome.jsonl"
    path.write_text("what was recorded before\n")
    return path


def test_recorder_without_its_port_leaves_the_file_as_it_is(run: Run, earlier: Path, taken_port: int) -> None:
    outcome = run("record", "--to", "http://127.0.0.1:1", "--out", earlier, "--port", taken_port)
    message = f"ome-mock: port {taken_port} on 127.0.0.1 is taken; --port 0 takes a free one\n"
    assert (outcome.status, outcome.out, outcome.err) == (4, "", message)
    assert earlier.read_text() == "what was recorded before\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--to", "127.0.0.1:8081"], "--to '127.0.0.1:8081' is not the URL of a server, such as http://127.0.0.1:8081"),
        (["--to", "http://127.0.0.1:1", "--host", "no.such.host.invalid"], "can't listen on no.such.host.invalid, port 0: "),
    ],
    ids=["URL", "host"],
)
def test_recorder_that_can_not_be_leaves_the_file_as_it_is(run: Run, earlier: Path, arguments: list[str], message: str) -> None:
    outcome = run("record", "--out", earlier, *arguments)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)
    assert outcome.err.startswith(f"ome-mock: {message}")
    assert earlier.read_text() == "what was recorded before\n"


def test_file_that_can_not_be_opened_is_named(run: Run, tmp_path: Path) -> None:
    outcome = run("record", "--to", "http://127.0.0.1:1", "--out", tmp_path / "nope" / "session.ome.jsonl")
    message = f"ome-mock: --out {tmp_path}/nope/session.ome.jsonl: No such file or directory\n"
    assert (outcome.status, outcome.out, outcome.err) == (2, "", message)
