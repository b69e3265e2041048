"""SIGKILL at random moments under load: what is on disk is never torn, where files are replaced (`--writes replace`).

Each attempt is a process that serves with a fast clock, and two clients that start and stop dumps of it until it is killed.
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread

from ome_mock.check import check_directory

from .setting import Outcome, Setting

AUTHORIZATION = {"Authorization": "Basic b21lLWFjY2Vzcy10b2tlbg=="}
STREAM = "/v1/vhosts/default/apps/app/streams/stream"
CLIENTS = 2
WRITERS = CLIENTS + 1
"""The threads that may be replacing a file when the process is killed: a request of each client, and the clock."""
LONGEST_S = 1.5
START_S = 300
TORN = {
    "playlist-unreadable", "playlist-cut", "playlist-missing", "segment-missing", "segment-empty", "segment-damaged",
    "init-missing", "init-damaged",
    "info-not-xml", "info-names-missing",
}  # fmt: skip
"""The rules of the checker that no moment may break."""


def attack(setting: Setting) -> Outcome:
    outcome = Outcome({"kills": 0, "dumps": 0, "files": 0, "temporary files": 0})
    for number, chance in setting.attempts():
        root = setting.directory / str(number)
        with _served(root) as (process, port):
            is_over = Event()
            clients = [Thread(target=_load, args=(port, f"{number}-{client}", is_over)) for client in range(CLIENTS)]
            for client in clients:
                client.start()
            time.sleep(chance.uniform(0, LONGEST_S))
            process.send_signal(signal.SIGKILL)
            process.wait()
            is_over.set()
            for client in clients:
                client.join()
        outcome.count("kills")
        outcome.defects += [f"kill {number}: {torn}" for torn in _torn(root, outcome)]
        shutil.rmtree(root)
    return outcome


@contextmanager
def _served(root: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    root.mkdir()
    port_file = root / "ports.json"
    command = [sys.executable, "-m", "ome_mock", "serve", "--port", "0", "--llhls-port", "0", "--root", str(root), "--clock", "60x"]
    process = subprocess.Popen(
        [*command, "--writes", "replace", "--port-file", str(port_file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + START_S
        while not port_file.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        yield process, json.loads(port_file.read_text())["port"]
    finally:
        process.kill()
        process.wait()


def _load(port: int, name: str, is_over: Event) -> None:
    """Start and stop dumps, some in one directory, until the server is gone."""
    number = 0
    with suppress(HTTPException, OSError):
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        while not is_over.is_set():
            number += 1
            body = {"outputStreamName": "stream", "id": f"{name}-{number}", "playlist": ["llhls.m3u8"]}
            start = body | {"outputPath": f"/d{name}-{number // 2}", "infoFile": f"/{name}-{number}.info", "userData": "x" * 5000}
            for action, fields in (("startHlsDump", start), *([("stopHlsDump", body)] if number % 3 == 0 else [])):
                connection.request("POST", f"{STREAM}:{action}", json.dumps(fields), AUTHORIZATION)
                connection.getresponse().read()


def _torn(root: Path, outcome: Outcome) -> Iterator[str]:
    """What no reader may ever see, of all that a killed process left."""
    info_files = sorted(root.glob("*.info"))
    directories = [path for path in root.iterdir() if path.is_dir()]
    outcome.count("dumps", len(info_files))
    for directory, info_file in [*((_directory_of(path, root), path) for path in info_files), *((path, None) for path in directories)]:
        found = check_directory(directory, info_file, is_running=True)
        yield from (str(each) for each in found if each.rule.name in TORN)
    left = [path for path in root.rglob("*") if path.is_file()]
    temporary = sum(path.name.startswith(".") for path in left)
    outcome.count("files", len(left))
    outcome.count("temporary files", temporary)
    if temporary > WRITERS:
        yield f"{temporary} temporary files of {WRITERS} writers"


def _directory_of(info_file: Path, root: Path) -> Path | None:
    named = re.search(r"<File>(?:<!\[CDATA\[)?/(d[^/]+)/", info_file.read_text(errors="replace"))
    return root / named[1] if named else None
