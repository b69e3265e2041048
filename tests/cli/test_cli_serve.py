"""`ome-mock serve` while it serves."""

from __future__ import annotations

import json
import os
import signal
import threading
from http.client import HTTPConnection
from pathlib import Path
from xml.etree import ElementTree

import pytest
from served import Run, Spawn

START = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps", "infoFile": "/d1.info"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


def test_sigint_completes_running_dumps_and_the_log_may_be_json(spawn: Spawn, root: Path) -> None:
    served = spawn("--root", root, "--clock", "manual", "--log-format", "json")
    (root / "a file").write_text("in the way")
    assert served.post("startHlsDump", START | {"outputPath": "/a file/x"})[0] == 500
    assert served.post("startHlsDump", START)[0] == 200
    assert served.post("/_mock/clock/advance", {"seconds": 20}) == (200, {"now": "2026-01-01T00:00:20.000+00:00"})
    assert ElementTree.parse(root / "d1.info").findtext("Status") == "Running"

    outcome = served.end(signal.SIGINT)
    assert outcome.status == 0
    assert ElementTree.parse(root / "d1.info").findtext("Status") == "Completed"
    lines = [json.loads(line) for line in outcome.err.splitlines()]
    assert all(list(line) == ["time", "level", "logger", "message"] for line in lines)
    assert [(line["level"], line["logger"], line["message"]) for line in lines] == [
        (
            "WARNING",
            "ome_mock.dumps",
            "dump d1 of default/app/stream not started: could not write /a file/x/init_0_video_9BfpuA3z_llhls.m4s: Not a directory",
        ),
        ("INFO", "ome_mock.requests", "refused: Could not start dump: [default/app/stream] (Could not dump init segment) (500)"),
        ("INFO", "ome_mock.requests", "POST /v1/vhosts/default/apps/app/streams/stream:startHlsDump 500"),
        (
            "WARNING",
            "ome_mock.requests",
            "The dump was not written: could not write /a file/x/init_0_video_9BfpuA3z_llhls.m4s: Not a directory.",
        ),
        ("INFO", "ome_mock.dumps", "dump d1 of default/app/stream started in /dumps"),
        ("INFO", "ome_mock.requests", "POST /v1/vhosts/default/apps/app/streams/stream:startHlsDump 200"),
        ("INFO", "ome_mock.dumps", "dump d1 of default/app/stream completed"),
    ]


def test_connection_that_is_open_does_not_delay_the_end(spawn: Spawn, root: Path) -> None:
    served = spawn("--root", root, "--clock", "manual")
    connection = HTTPConnection("127.0.0.1", served.ports["port"], timeout=10)
    connection.request("GET", "/_mock/health")
    assert connection.getresponse().read()
    assert served.end(signal.SIGTERM).status == 0
    assert connection.sock.recv(1) == b""
    connection.close()


# The port file


def test_port_file_tells_ports_and_process(run: Run, root: Path, tmp_path: Path) -> None:
    seen = []
    port_file = tmp_path / "ports.json"
    outcome = run("serve", "--port", "0", "--root", root, "--port-file", port_file, look_around=lambda: seen.append(port_file.read_text()))
    assert outcome.status == 0
    port, llhls_port = json.loads(seen[0])["port"], json.loads(seen[0])["llhls_port"]
    assert seen == [f'{{"port": {port}, "llhls_port": {llhls_port}, "thumbnail_port": null, "rtmp_port": null, "pid": {os.getpid()}}}\n']
    assert f"http://127.0.0.1:{port}/v1" in outcome.out
    assert f"http://127.0.0.1:{llhls_port}/<app>" in outcome.out


def test_port_file_appears_whole_and_replaces_an_old_one(run: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port_file = tmp_path / "ports.json"
    port_file.write_text("old")
    renamed = []
    replace = Path.replace

    def replace_and_tell(self: Path, target: Path) -> Path:
        if target == port_file:
            renamed.append((self.parent, self.name[0], json.loads(self.read_text())["pid"], target.read_text()))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_and_tell)
    seen = []
    run(
        "serve", "--port", "0", "--root", root, "--port-file", port_file, look_around=lambda: seen.append(json.loads(port_file.read_text()))
    )
    assert renamed == [(tmp_path, ".", os.getpid(), "old")]
    assert seen[0]["pid"] == os.getpid()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["root"]


def test_api_answers_before_the_port_file_is_there(run: Run, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = []
    replace = Path.replace

    def ask_and_replace(self: Path, target: Path) -> Path:
        if target.name == "ports.json":
            connection = HTTPConnection("127.0.0.1", json.loads(self.read_text())["port"], timeout=10)
            connection.request("GET", "/_mock/health")
            statuses.append(connection.getresponse().status)
            connection.close()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", ask_and_replace)
    run("serve", "--port", "0", "--root", root, "--port-file", tmp_path / "ports.json")
    assert statuses == [200]


def test_nothing_goes_on_where_the_port_file_can_not_be_written(run: Run, root: Path, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    outcome = run("serve", "--port", "0", "--root", root, "--port-file", tmp_path / "none" / "ports.json")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"ome-mock: --port-file {tmp_path}/none/ports.json: No such file or directory\n"
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(5)
    assert not any(thread.is_alive() for thread in left)


def test_two_signals_close_together_end_it_once(spawn: Spawn, root: Path) -> None:
    served = spawn("--root", root)
    served.process.send_signal(signal.SIGTERM)
    assert served.end(signal.SIGINT).status == 0
