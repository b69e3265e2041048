"""`ome-mock record` and `ome-mock replay` as processes: a real-time session with files, and a recorder that is killed."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from served import AUTHORIZATION, TIMEOUT_S, Spawn, wait_until

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
START = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps/d1", "infoFile": "/dumps/d1.info", "playlist": ["llhls.m3u8"]}
Recorder = Callable[..., tuple["subprocess.Popen[str]", int]]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    processes: list[subprocess.Popen[str]] = []

    def record(*arguments: object) -> tuple[subprocess.Popen[str], int]:
        command = [sys.executable, "-m", "ome_mock", "record", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found is not None
        return process, int(found[1])

    yield record
    for process in processes:
        process.kill()
        process.communicate()


def ask(connection: HTTPConnection, action: str, body: object) -> int:
    connection.request("POST", f"{STREAM}:{action}", json.dumps(body), {"Authorization": AUTHORIZATION})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def test_session_in_real_time_replays_with_its_files(spawn: Spawn, recorder: Recorder, root: Path, tmp_path: Path) -> None:
    served = spawn("--root", root)
    out = tmp_path / "session.ome.jsonl"
    root.mkdir(exist_ok=True)
    process, port = recorder("--to", f"http://127.0.0.1:{served.ports['port']}", "--out", out, "--files", root)
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    assert ask(connection, "startHlsDump", START) == 200
    segments = root / "dumps" / "d1"
    for _ in range(2):
        before = len(list(segments.glob("seg_*")))
        wait_until(lambda: len(list(segments.glob("seg_*"))) > before)  # noqa: B023 (it is called here alone)
        threading.Event().wait(2)  # far from the next segment, which no slow machine may take for this one
        assert ask(connection, "hlsDumps", {"outputStreamName": "stream"}) == 200
    assert ask(connection, "stopHlsDump", {"outputStreamName": "stream", "id": "d1"}) == 200
    assert ask(connection, "hlsDumps", {"outputStreamName": "stream"}) == 200  # is passed on when the look before it is over
    connection.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(TIMEOUT_S) == 0
    done = subprocess.run([sys.executable, "-m", "ome_mock", "replay", str(out)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines()[-1] == "5 cases: 5 agree, 0 differ", done.stdout
    assert done.returncode == 0


def test_killed_recorder_has_written_what_was_answered(spawn: Spawn, recorder: Recorder, root: Path, tmp_path: Path) -> None:
    served = spawn("--root", root)
    out = tmp_path / "session.ome.jsonl"
    process, port = recorder("--to", f"http://127.0.0.1:{served.ports['port']}", "--out", out)
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    for _ in range(50):
        assert ask(connection, "hlsDumps", {"outputStreamName": "stream"}) == 200
    process.kill()
    process.wait(TIMEOUT_S)
    connection.close()
    cases = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(cases) - 1 >= 49
