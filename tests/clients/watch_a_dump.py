#!/usr/bin/env python3
"""An example client of OME's dump API: starts a dump, watches its directory, stops it, and prints what it saw.

The same program talks to the emulator and to a real engine. Standard library only; settings come from the environment:
OME_URL, OME_ACCESS_TOKEN, OME_STREAM, OME_DUMPS (a directory by the same name here and at the server), OME_SECONDS. With
OME_WEBHOOK_PORT it is the control server of OME's admission webhooks too: it lets everybody in, and dumps the first stream that it is
told of.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

POLL_S = 0.25
PATIENCE_S = 90.0
"""How long an engine and its encoder may take to begin."""

Sleep = Callable[[float], object]
open_url = build_opener(ProxyHandler({})).open


@dataclass(frozen=True)
class Client:
    """Where the API is, what opens it, and the output stream to dump: `vhost/app/stream`, all named as the input stream is."""

    url: str
    access_token: str
    stream: str = "default/app/stream"

    def post(self, action: str, **body: Any) -> tuple[int, Any]:
        """Send a command; returns status and JSON of the answer, whatever the status."""
        vhost, app, stream = (quote(name, safe="") for name in self.stream.split("/"))
        headers = {
            "Authorization": "Basic " + base64.b64encode(self.access_token.encode()).decode(),
            "Content-Type": "application/json",
        }
        body = {"outputStreamName": self.stream.split("/")[2], **body}
        url = f"{self.url}/v1/vhosts/{vhost}/apps/{app}/streams/{stream}:{action}"
        try:
            with open_url(Request(url, json.dumps(body).encode(), headers), timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)


def watch_a_dump(client: Client, directory: Path, *, seconds: float, sleep: Sleep = time.sleep) -> list[str]:
    """Dump for a while; returns the segments that the chunklists name at the end. Exits with a sentence where the server refuses."""
    dump_id = directory.name
    info_file = directory.with_suffix(".info")
    start_when_possible(client, sleep, id=dump_id, outputPath=str(directory), infoFile=str(info_file), playlist=["llhls.m3u8"])
    seen: set[str] = set()
    for _ in range(round(seconds / POLL_S)):
        sleep(POLL_S)
        show_new(directory, seen)
    print("stop:", *client.post("stopHlsDump", id=dump_id))
    show_new(directory, seen)
    print("info file:", status_of(info_file))
    segments = segments_of(directory)
    print(f"{len(segments)} segments are listed, {len([name for name in segments if not (directory / name).is_file()])} of them missing")
    return segments


def start_when_possible(client: Client, sleep: Sleep, **dump: Any) -> None:
    """Start the dump, as soon as there is a server and it has the stream."""
    for _ in range(round(PATIENCE_S / POLL_S)):
        try:
            status, answer = client.post("startHlsDump", **dump)
        except (URLError, ConnectionError, TimeoutError) as error:
            status, answer = 0, str(error)
        if status not in {0, 404}:
            print("start:", status, answer)
            if status != 200:
                sys.exit("the dump was refused")
            return
        sleep(POLL_S)
    sys.exit(f"no such stream within {PATIENCE_S:.0f} s: {answer}")


def show_new(directory: Path, seen: set[str]) -> None:
    """Print the files that were not there before."""
    names = {path.name for path in directory.glob("[!.]*")} if directory.is_dir() else set()
    for name in sorted(names - seen):
        print(f"  {name}  {(directory / name).stat().st_size} bytes")
    seen |= names


def status_of(info_file: Path) -> str:
    """`<Status>` of an info file, by its text: the engine's is XML only as long as user data is."""
    found = re.search("<Status>(.*)</Status>", info_file.read_text()) if info_file.exists() else None
    return found.group(1) if found else "none"


def segments_of(directory: Path) -> list[str]:
    lines = [line for path in sorted(directory.glob("chunklist_*.m3u8")) for line in path.read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


class ControlServer(ThreadingHTTPServer):
    """Is asked about encoders by OME's admission webhooks, lets them in, and passes on which streams they open."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("", port), ControlHandler)
        self.opened: SimpleQueue[str] = SimpleQueue()
        Thread(target=self.serve_forever, daemon=True).start()


class ControlHandler(BaseHTTPRequestHandler):
    server: ControlServer

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        print(f"told: {asked['status']} {asked['url']}")
        if asked["status"] == "opening":
            self.server.opened.put(urlsplit(asked["url"]).path.strip("/"))
        answer = json.dumps({"allowed": True}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """What is told is printed above."""


def main(environment: Mapping[str, str], sleep: Sleep = time.sleep) -> int:
    """Dump into a fresh directory; returns the exit code: 0 where every listed segment is there, and there is one."""
    stream = environment.get("OME_STREAM", "default/app/stream")
    if "OME_WEBHOOK_PORT" in environment:
        stream = "default/" + ControlServer(int(environment["OME_WEBHOOK_PORT"])).opened.get(timeout=PATIENCE_S)
    url = environment.get("OME_URL", "http://127.0.0.1:8081")
    client = Client(url, environment.get("OME_ACCESS_TOKEN", "ome-access-token"), stream)
    directory = Path(environment.get("OME_DUMPS", "/tmp")) / f"dump-{time.time_ns()}"
    segments = watch_a_dump(client, directory, seconds=float(environment.get("OME_SECONDS", "10")), sleep=sleep)
    return 0 if segments and all((directory / name).is_file() for name in segments) else 1


if __name__ == "__main__":
    sys.exit(main(os.environ))
