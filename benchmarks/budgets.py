#!/usr/bin/env python3
"""What the emulator promises about its speed and size, measured; medians, each compared with its yardstick in the same run.

    benchmarks/budgets.py [NAME ...]

Names: start, memory, fixture, requests, day, clocked, crowd, held. Without names, all of them. `requests` needs wrk; where moto is
installed (`pip install 'moto[server]'`) it is measured beside it.
"""

from __future__ import annotations

import compileall
import http.client
import json
import os
import re
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Self

import ome_mock
from ome_mock import OmeMock
from ome_mock.clock import RealClock

STREAM = "/v1/vhosts/default/apps/app/streams"
SERVE = [sys.executable, "-m", "ome_mock", "serve", "--port", "0", "--llhls-port", "0", "--port-file"]


class Serving:
    """`ome-mock serve` in a process of its own."""

    def __enter__(self) -> Self:
        self.directory = tempfile.mkdtemp()
        port_file = Path(self.directory, "ports.json")
        self.began = time.perf_counter()
        self.process = subprocess.Popen([*SERVE, str(port_file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not port_file.exists():
            time.sleep(0.0005)
        ports = json.loads(port_file.read_text())
        self.port, self.llhls_port = ports["port"], ports["llhls_port"]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.directory)


def call(port: int, action: str, body: dict, stream: str = "stream") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": "Basic b21lLWFjY2Vzcy10b2tlbg=="}
    connection.request("POST", f"{STREAM}/{stream}:{action}", json.dumps(body), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def start() -> None:
    compileall.compile_dir(Path(ome_mock.__file__).parent, quiet=1)  # as installing does, and as Flask is
    ready, flask = [], []
    for _ in range(9):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import flask"], check=True)
        flask.append(time.perf_counter() - began)
        with Serving() as serving:
            body = {"outputStreamName": "stream", "id": "d", "outputPath": serving.directory + "/d"}
            assert call(serving.port, "startHlsDump", body) == 200
            ready.append(time.perf_counter() - serving.began)
    seconds, yardstick = statistics.median(ready), statistics.median(flask)
    print(
        f"start     {seconds * 1000:.0f} ms to the first dump started, {seconds / yardstick:.2f} x import flask ({yardstick * 1000:.0f} ms)"
    )


def memory() -> None:
    with Serving() as serving:
        call(serving.port, "hlsDumps", {"outputStreamName": "stream"})
        rollup = Path(f"/proc/{serving.process.pid}/smaps_rollup").read_text()
    pss_kb = int(re.search(r"Pss: +(\d+)", rollup).group(1))
    print(f"memory    {pss_kb / 1024:.1f} MB PSS when idle")


def fixture() -> None:
    started, stopped = [], []
    for _ in range(51):
        began = time.perf_counter()
        ome = OmeMock()
        ome.start()
        ready = time.perf_counter()
        assert call(ome.port, "hlsDumps", {"outputStreamName": "stream"}) == 200
        ending = time.perf_counter()
        ome.stop()
        started.append(ready - began)
        stopped.append(time.perf_counter() - ending)
    print(f"fixture   ready in {statistics.median(started) * 1000:.2f} ms, stopped in {statistics.median(stopped) * 1000:.2f} ms")


def wrk(url: str, script: str) -> tuple[float, str]:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as lua:
        lua.write(script)
        lua.flush()
        report = subprocess.run(["wrk", "-t1", "-c8", "-d5", "-s", lua.name, "--latency", url], capture_output=True, text=True, check=True)
    rate, p99 = re.search(r"Requests/sec:\s+([\d.]+)", report.stdout), re.search(r"^ +99% +([\d.]+\S+)$", report.stdout, re.MULTILINE)
    return float(rate.group(1)), p99.group(1)


def requests() -> None:
    post = 'wrk.method="POST"; wrk.body=\'{"outputStreamName":"stream"}\'; wrk.headers["Authorization"]="Basic b21lLWFjY2Vzcy10b2tlbg=="'
    with Serving() as serving:
        rate, p99 = wrk(f"http://127.0.0.1:{serving.port}{STREAM}/stream:hlsDumps", post)
    print(f"requests  {rate:.0f} a second, p99 {p99}", end="")
    moto_server = shutil.which("moto_server", path=os.path.dirname(sys.executable))
    if moto_server:
        moto = subprocess.Popen([moto_server, "-p", "5951"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(3)
        other, _ = wrk("http://127.0.0.1:5951/moto-api/", "")
        moto.terminate()
        moto.wait()
        print(f", {rate / other:.2f} x moto_server ({other:.0f})", end="")
    print()


def day() -> None:
    ratios = []
    for _ in range(3):
        directory = tempfile.mkdtemp()
        with OmeMock(root=directory) as ome:
            assert (
                call(ome.port, "startHlsDump", {"outputStreamName": "stream2", "id": "d", "outputPath": "/d", "infoFile": "/d.info"}) == 200
            )
            began = time.perf_counter()
            ome.clock.advance(86400)
            ours = time.perf_counter() - began
        began = time.perf_counter()
        subprocess.run(["cp", "-r", "--reflink=never", f"{directory}/d", f"{directory}/copy"], check=True)
        ratios.append((time.perf_counter() - began) / ours)
        print(f"day       advance(86400) {ours:.2f} s, {ratios[-1]:.2f} x the speed of cp -r")
        shutil.rmtree(directory)
    print(f"day       median {statistics.median(ratios):.2f} x the speed of cp -r")


def lateness(streams: int, dumps: int, spread_s: float, seconds: float) -> tuple[list[float], list[float], dict[tuple, list[float]]]:
    """Run dumps on the real clock; returns how late each batch of files was complete, and how long API calls took meanwhile."""
    from ome_mock.dumps import writer

    late, completions = [], {}
    write = writer.Writer.write

    def timed(self: writer.Writer, writes: list) -> None:
        write(self, writes)
        now = ome.clock.now_ns()
        late.append((now - writes[0].due_ns) / 1e6)
        completions.setdefault((str(self._stream), writes[0].due_ns), []).append(now / 1e6)

    directory = tempfile.mkdtemp()
    with OmeMock(root=directory, clock=RealClock(), streams=["default/app/s0"]) as ome:
        for number in range(streams):
            if number:
                ome.connect(f"default/app/s{number}")
                time.sleep(spread_s / streams)
            for dump in range(dumps):
                body = {
                    "outputStreamName": f"s{number}2",
                    "id": f"d{dump}",
                    "outputPath": f"/s{number}/d{dump}",
                    "infoFile": f"/s{number}/d{dump}.info",
                }
                assert call(ome.port, "startHlsDump", body, f"s{number}") == 200
        writer.Writer.write = timed
        latencies, ending = [], time.monotonic() + seconds
        while time.monotonic() < ending:
            began = time.perf_counter()
            call(ome.port, "hlsDumps", {"outputStreamName": "s02", "id": "d0"}, "s0")
            latencies.append((time.perf_counter() - began) * 1000)
            time.sleep(0.005)
        writer.Writer.write = write
    shutil.rmtree(directory)
    return late, latencies, completions


def clocked() -> None:
    late, latencies, _ = lateness(streams=100, dumps=10, spread_s=12, seconds=12)
    print(f"clocked   1,000 dumps of 100 streams: files complete {percentile(late, 0.99):.0f} ms after they fell due (p99 of {len(late)})")
    print(f"clocked   API p99 {percentile(latencies, 0.99):.1f} ms meanwhile")


def crowd() -> None:
    _, latencies, completions = lateness(streams=1, dumps=500, spread_s=0, seconds=13)
    spans = [max(times) - min(times) for times in completions.values() if len(times) == 500]
    print(f"crowd     500 dumps of one stream: last file {statistics.median(spans):.0f} ms after the first")
    print(f"crowd     API p99 {percentile(latencies, 0.99):.1f} ms meanwhile")


def get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path)
    body = connection.getresponse().read().decode()
    connection.close()
    return body


def next_part(port: int, chunklist: str, ahead: int) -> tuple[str, float]:
    """The query of a reload for the part that comes `ahead` parts after the hinted one, and when that is complete."""
    text = get(port, chunklist)
    msn, part = map(int, re.search(r'HINT:TYPE=PART,URI="part_\d+_(\d+)_(\d+)_', text).groups())
    if part == 0 or part + ahead > 11:  # a segment without a part has no date yet
        time.sleep(0.2)
        return next_part(port, chunklist, ahead)
    began = datetime.fromisoformat(re.findall(r"DATE-TIME:(\S+)", text)[-1]).timestamp()
    return f"&_HLS_msn={msn}&_HLS_part={part + ahead}", began + 0.5 * (part + ahead + 1)


def held_reloads(serving: Serving, count: int) -> tuple[list[float], list[float]]:
    """How many milliseconds after the part's publication each reload was answered, and how long API calls took meanwhile."""
    chunklist = re.search(r"^/app/\S+", get(serving.llhls_port, "/app/stream/llhls.m3u8"), re.MULTILINE).group()
    query, due = next_part(serving.llhls_port, chunklist, ahead=4)
    request = f"GET {chunklist}{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    selector = selectors.DefaultSelector()
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", serving.llhls_port))
        client.sendall(request)
        selector.register(client, selectors.EVENT_READ)
    assert time.time() < due - 0.2, "the clients were not ready in time"
    late, latencies, is_done = [], [], threading.Event()

    def probe() -> None:
        while not is_done.is_set():
            began = time.perf_counter()
            call(serving.port, "hlsDumps", {"outputStreamName": "stream"})
            latencies.append((time.perf_counter() - began) * 1000)
            time.sleep(0.005)

    time.sleep(due - time.time() - 0.15)
    prober = threading.Thread(target=probe)
    prober.start()
    while len(late) < count:
        for key, _ in selector.select(timeout=10):
            late.append((time.time() - due) * 1000)
            assert key.fileobj.recv(1 << 16).startswith(b"HTTP/1.1 200"), "not answered"
            selector.unregister(key.fileobj)
            key.fileobj.close()
    is_done.set()
    prober.join()
    return late, latencies


def held() -> None:
    for count in (50, 500):
        late, latencies = [], []
        with Serving() as serving:
            for _ in range(5):
                more_late, more_latencies = held_reloads(serving, count)
                late += more_late
                latencies += more_latencies
        print(
            f"held      {count} reloads answered {percentile(late, 0.5):.0f} ms after the part was published (median), "
            f"{percentile(late, 0.99):.0f} ms (p99), first {min(late):.1f} ms; API p99 {percentile(latencies, 0.99):.1f} ms meanwhile"
        )


BENCHMARKS: dict[str, Callable[[], None]] = {each.__name__: each for each in (start, memory, fixture, requests, day, clocked, crowd, held)}


def main() -> None:
    import logging

    logging.getLogger("ome_mock").setLevel(logging.CRITICAL)
    for name in sys.argv[1:] or BENCHMARKS:
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()
