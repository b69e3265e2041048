"""`ome-mock serve` in the surroundings that people have, seen from outside its process."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

import pytest
from served import AUTHORIZATION, TIMEOUT_S, Spawn, WaitUntil

START = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps", "infoFile": "/d1.info"}


# The real clock


def test_dump_grows_on_the_real_clock_and_sigterm_completes_it(spawn: Spawn, root: Path, wait_until: WaitUntil) -> None:
    served = spawn("--root", root)
    ports = {"port": served.ports["port"], "llhls_port": served.ports["llhls_port"], "thumbnail_port": None, "rtmp_port": None}
    assert served.ports == ports | {"pid": served.process.pid}
    assert served.post("startHlsDump", START) == (200, {"message": "OK", "response": ["stream", "stream2"], "statusCode": 200})
    chunklist = next((root / "dumps").glob("chunklist_0_*"))
    assert "seg_0_" not in chunklist.read_text()
    wait_until(lambda: "seg_0_10_" in chunklist.read_text(), within_s=8)
    assert ElementTree.parse(root / "d1.info").findtext("Status") == "Running"

    outcome = served.end(signal.SIGTERM)
    assert outcome.status == 0
    assert ElementTree.parse(root / "d1.info").findtext("Status") == "Completed"
    assert outcome.out.splitlines()[1] == f"  REST API       http://127.0.0.1:{served.ports['port']}/v1"
    assert len(outcome.out.splitlines()) == 8
    assert f"  page           http://127.0.0.1:{served.ports['port']}/_mock/#token=ome-access-token" in outcome.out.splitlines()
    assert [line[9:] for line in outcome.err.splitlines()] == [
        "dump d1 of default/app/stream started in /dumps",
        "POST /v1/vhosts/default/apps/app/streams/stream:startHlsDump 200",
        "dump d1 of default/app/stream completed",
    ]


# Hosts


@pytest.mark.parametrize(
    ("host", "url"),
    [("::1", "http://[::1]"), ("127.0.0.1", "http://127.0.0.1"), ("localhost", "http://localhost"), ("::", "http://[::]")],
)
def test_host_serves_the_urls_that_it_prints(spawn: Spawn, root: Path, host: str, url: str) -> None:
    served = spawn("--root", root, host=host)
    for port, path in (("port", "/v1/vhosts"), ("llhls_port", "/app/stream/llhls.m3u8")):
        connection = HTTPConnection(url.removeprefix("http://").strip("[]"), served.ports[port], timeout=TIMEOUT_S)
        connection.request("GET", path, headers={"Authorization": AUTHORIZATION})
        assert connection.getresponse().status == 200
        connection.close()
    outcome = served.end(signal.SIGTERM)
    assert f"{url}:{served.ports['port']}/v1" in outcome.out
    assert f"{url}:{served.ports['llhls_port']}/<app>" in outcome.out


# Other protocols


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["TLS 1.2", "TLS 1.3"])
@pytest.mark.parametrize("port", ["port", "llhls_port"])
def test_tls_on_a_plain_port_fails_at_once_and_is_logged(spawn: Spawn, root: Path, port: str, version: ssl.TLSVersion) -> None:
    served = spawn("--root", root)
    context = ssl.create_default_context()
    context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection(("127.0.0.1", served.ports[port]), timeout=TIMEOUT_S) as plain,
        pytest.raises((ssl.SSLError, OSError)) as seen,
    ):
        context.wrap_socket(plain, server_hostname="localhost")
    assert not isinstance(seen.value, TimeoutError)
    err = served.end(signal.SIGTERM).err
    assert "hung up on bytes that are no request, as OME does: a TLS handshake on a port of plain HTTP" in err


# Signals


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT], ids=lambda each: each.name)
def test_signal_completes_the_running_dumps(spawn: Spawn, root: Path, ending: signal.Signals) -> None:
    served = spawn("--root", root)
    assert served.post("startHlsDump", START)[0] == 200
    outcome = served.end(ending)
    assert outcome.status == 0
    assert ElementTree.parse(root / "d1.info").findtext("Status") == "Completed"


def test_sighup_is_logged_and_changes_nothing(spawn: Spawn, root: Path) -> None:
    served = spawn("--root", root)
    assert served.post("startHlsDump", START)[0] == 200
    served.process.send_signal(signal.SIGHUP)
    assert served.process.stderr is not None
    lines = iter(served.process.stderr.readline, "")
    assert any("SIGHUP changes nothing" in line for line in lines)
    assert served.post("hlsDumps", START)[1]["response"][0]["enabled"] is True
    assert served.end(signal.SIGTERM).status == 0


# The port file


def test_port_file_is_there_while_it_is_served(spawn: Spawn, root: Path, tmp_path: Path) -> None:
    port_file = tmp_path / "there.json"
    port_file.write_text("old")
    served = spawn("--root", root, port_file=port_file)
    assert served.ports["pid"] == served.process.pid
    assert served.end(signal.SIGTERM).status == 0
    assert [path.name for path in tmp_path.iterdir()] == ["root"]


@pytest.mark.parametrize("content", ["old", None], ids=["to a file", "to nothing"])
def test_link_stays_and_the_file_that_it_names_is_replaced(spawn: Spawn, root: Path, tmp_path: Path, content: str | None) -> None:
    target, link = tmp_path / "target" / "ports.json", tmp_path / "link.json"
    target.parent.mkdir()
    link.symlink_to(target)
    if content is not None:
        target.write_text(content)
    served = spawn("--root", root, port_file=link)
    assert link.is_symlink()
    assert json.loads(target.read_text()) == served.ports
    assert served.end(signal.SIGTERM).status == 0
    assert (link.is_symlink(), list(target.parent.iterdir())) == (True, [])


def test_port_file_that_says_something_else_in_the_end_stays(spawn: Spawn, root: Path, tmp_path: Path) -> None:
    port_file = tmp_path / "ports.json"
    served = spawn("--root", root)
    port_file.write_text('{"port": 1}')
    assert served.end(signal.SIGTERM).status == 0
    assert port_file.read_text() == '{"port": 1}'


def test_fifo_is_only_written_to(spawn: Spawn, root: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "ports.fifo"
    os.mkfifo(fifo)
    served = spawn("--root", root, port_file=fifo)
    assert served.ports["pid"] == served.process.pid
    assert served.end(signal.SIGTERM).status == 0
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_fifo_that_nobody_reads_holds_nothing_up(root: Path, tmp_path: Path) -> None:
    fifo = tmp_path / "ports.fifo"
    os.mkfifo(fifo)
    with serving(root, fifo, subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline().startswith("ome-mock ")
    assert process.returncode == 0
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@pytest.mark.parametrize("device", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_output_that_is_a_file_is_only_written_to(root: Path, tmp_path: Path, wait_until: WaitUntil, device: str) -> None:
    output = tmp_path / "out.txt"
    with output.open("w") as stream, serving(root, device, stream):
        wait_until(lambda: "writes" in output.read_text() and "pid" in output.read_text())
    lines = output.read_text().splitlines()
    assert [list(json.loads(line)) for line in lines if line.startswith("{")] == [
        ["port", "llhls_port", "thumbnail_port", "rtmp_port", "pid"]
    ]
    assert [line for line in lines if line.startswith("  REST API")]


@contextmanager
def serving(root: Path, port_file: str | Path, stdout: IO[str] | int) -> Iterator[subprocess.Popen[str]]:
    """A process that serves, which is told to end after the block."""
    command = [sys.executable, "-m", "ome_mock", "serve", "--root", root, "--port", "0", "--llhls-port", "0", "--port-file", port_file]
    with subprocess.Popen([*map(str, command)], text=True, stdout=stdout) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=TIMEOUT_S)


# Records


@pytest.mark.parametrize("arguments", [(), ("--allow-any-path",), ("--writes", "in-place")], ids=["as usual", "any path", "in place"])
def test_records_of_two_processes_never_meet(spawn: Spawn, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    paths = []
    for name in ("one", "two"):
        served = spawn("--clock", "manual", *arguments, port_file=tmp_path / f"{name}.json", TMPDIR=str(temporary))
        started = served.post("/v1/vhosts/default/apps/app:startRecord", {"id": "r", "stream": {"name": "stream"}})[1]["response"]
        served.post("/_mock/clock/advance", {"seconds": 5})
        assert served.end(signal.SIGTERM).status == 0
        paths.append(started["outputFilePath"])
    directories = list(temporary.iterdir())
    assert len(directories) == 2
    assert {directory.stat().st_mode & 0o777 for directory in directories} == {0o700}
    assert sorted(path.split("/default/")[0] for path in paths) == sorted(map(str, directories))
    assert [len(list(directory.rglob("*.ts"))) for directory in directories] == [1, 1]
