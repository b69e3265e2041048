#!/usr/bin/env python3
"""Real players on what ome-mock serves and dumps; not part of the default test run.

    tests/players/play.py [SECONDS] [--real-sizes] [--media LOOP.mp4]

hls.js in headless Chromium plays the live stream in low-latency mode and over MPEG-TS for SECONDS (60) each, switches between levels,
plays a dump, served as plain files, to its end, and hears events and shows subtitles. ffmpeg, GStreamer and the Python library m3u8
read all of them, and ffmpeg and GStreamer a record in MPEG-TS. All of them play a stream that ffmpeg publishes by RTMP, ffmpeg and
GStreamer H.265, and hls.js must stumble over each fault of media.
Needs ffmpeg, gst-launch-1.0 and chromium, and `npm install` in this directory; a player that is not there is said to be missing, and
the exit code is 1. What the browser has no decoder for, it says itself, and is not asked to play.
"""

from __future__ import annotations

import argparse
import functools
import http.client
import http.server
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import m3u8

from ome_mock import OmeMock, faults
from ome_mock.clock import RealClock
from ome_mock.dumps.dump_view import DumpView
from ome_mock.emulator import Emulator

HERE = Path(__file__).parent
CLIPS = HERE.parents[1] / "fixtures" / "clips"
H265 = CLIPS / "h265.mp4"
APPLICATION = "/v1/vhosts/default/apps/app"
STREAM = f"{APPLICATION}/streams/stream"
STREAMS = ["default/app/stream"]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LATENCY_S = 6
"""A segment: a player that does without parts is three of them late. A smaller delay depends on how busy the machine is."""
DUMPED_S = 30
READ_S = 10
UNSUPPORTED = "Can't support the subtitle"
"""The words of ffmpeg for every live stream that has subtitles, whoever serves them."""
SUBTITLES = (
    "<Subtitles><Enable>true</Enable><DefaultLabel>English</DefaultLabel>"
    "<Rendition><Label>English</Label><Language>en</Language><AutoSelect>true</AutoSelect></Rendition></Subtitles>"
)
FAULTS_OF_MEDIA = {
    "times that go back": faults.TimeJump(file="seg_0_11_*"),
    "times that jump": faults.TimeJump(file="seg_0_11_*", segments=0.5),
    "a gap in the sound": faults.MediaGap(file="seg_2_11_*"),
    "a segment without a key frame": faults.MissingKeyFrame(file="seg_0_11_*"),
}
"""Faults in the second of four segments."""

failures: list[str] = []


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("seconds", type=int, nargs="?", default=60)
    parser.add_argument("--real-sizes", action="store_true")
    parser.add_argument("--media")
    given = parser.parse_args()
    seconds, media = given.seconds, {"real_sizes": given.real_sizes, "media": given.media}
    with tempfile.TemporaryDirectory() as root, OmeMock(root=root, clock=RealClock(), config=world(root), streams=STREAMS, **media) as ome:
        action(ome, "startHlsDump", {"outputStreamName": "stream", "id": "d", "outputPath": "/d", "playlist": ["llhls.m3u8", "abr.m3u8"]})
        began = time.monotonic()
        live, abr = f"{ome.llhls_url}/app/stream/llhls.m3u8", f"{ome.llhls_url}/app/stream/abr.m3u8"
        hls_js("hls.js, low latency", live, seconds, "live", check_live(seconds))
        hls_js("hls.js, switching levels", abr, 24, "switch", check_switch)
        read_with_tools("live", live, READ_S)
        call(ome, APPLICATION + ":startRecord", {"id": "r", "stream": {"name": "stream"}, "filePath": "/r.ts", "infoPath": "/r.xml"})
        over_ts = f"{ome.llhls_url}/app/stream/ts:playlist.m3u8"
        hls_js("hls.js, over MPEG-TS", over_ts, seconds, "live", check_ts(seconds))
        read_with_tools("live over MPEG-TS", over_ts, READ_S)
        call(ome, APPLICATION + ":stopRecord", {"id": "r"})
        read_record(next(Path(root).rglob("r.ts")))
        time.sleep(max(0.0, DUMPED_S - (time.monotonic() - began)))
        action(ome, "stopHlsDump", {"outputStreamName": "stream", "id": "d"})
        with plain_files(Path(root, "d")) as url:
            hls_js("hls.js, a dump as VOD", f"{url}/abr.m3u8", 60 + seconds, "vod", check_vod)
            read_with_tools("dumped", f"{url}/llhls.m3u8", READ_S)
    play_texts(20)
    read_h265()
    play_published(seconds)
    for name, fault in FAULTS_OF_MEDIA.items():
        stumble(name, fault)
    for failure in failures:
        print("FAILED", failure)
    sys.exit(bool(failures))


def play_texts(seconds: int) -> None:
    """Send an event and a subtitle every two seconds, while players play them over LL-HLS and MPEG-TS."""
    with (
        tempfile.TemporaryDirectory() as root,
        OmeMock(root=root, clock=RealClock(), config=world(root, SUBTITLES), streams=STREAMS) as ome,
    ):
        stopped, sent = threading.Event(), threading.Thread(target=lambda: send_texts(ome, stopped))
        sent.start()
        for what, name in (("", "llhls.m3u8"), (", over MPEG-TS", "ts:playlist.m3u8")):
            url = f"{ome.llhls_url}/app/stream/{name}"
            hls_js(f"hls.js, events and subtitles{what}", url, seconds, "texts", check_texts(seconds))
            read_with_tools(f"live with events and subtitles{what}", url, READ_S)
        stopped.set()
        sent.join()


def send_texts(ome: OmeMock, stopped: threading.Event) -> None:
    number = 0
    while not stopped.wait(2):
        number += 1
        action(ome, "sendEvent", {"eventFormat": "id3v2", "events": [{"frameType": "TXXX", "info": "number", "data": str(number)}]})
        cue = {"text": f"number {number}", "startOffset": 2000}
        action(ome, "sendSubtitles", {"format": "webvtt", "data": [{"label": "English", "subtitles": [cue]}]})


def check_texts(seconds: int) -> Callable[[dict[str, Any]], list[str]]:
    """Most of what was sent while it played must have been heard and seen, each event with its time, in order."""

    def check(seen: dict[str, Any]) -> list[str]:
        heard = sorted({int(tag.split()[-1]) for tag, _ in seen["tags"]})
        shown = [int(text.split()[-1]) for text in seen["texts"]]
        wrong = [f"{what} {numbers}" for what, numbers in (("events", heard), ("subtitles", shown)) if len(set(numbers)) < seconds // 5]
        gaps = [numbers for numbers in (heard, sorted(set(shown))) if numbers and numbers != list(range(numbers[0], numbers[-1] + 1))]
        return wrong + [f"missed some: {numbers}" for numbers in gaps]

    return check


def play_published(seconds: int) -> None:
    """Play what an encoder publishes; what is seen is the emulator's loop."""
    if shutil.which("ffmpeg") is None:
        failures.append("published by RTMP: ffmpeg is not there")
        return
    with tempfile.TemporaryDirectory() as root, OmeMock(root=root, clock=RealClock(), rtmp_port=0, streams=[]) as ome:
        encode = ["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", str(CLIPS / "mono-44100.mp4"), "-c", "copy", "-f", "flv"]
        encoder = subprocess.Popen([*encode, f"{ome.rtmp_url}/app/published"])
        try:
            url = f"{ome.llhls_url}/app/published/llhls.m3u8"
            wait_for(url)
            hls_js("hls.js, published by RTMP", url, seconds, "live", check_live(seconds))
            read_with_tools("published by RTMP", url, READ_S)
        finally:
            encoder.kill()
            encoder.wait()


def wait_for(url: str) -> None:
    """Ask for a playlist until it is there."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(urllib.error.HTTPError), urllib.request.urlopen(url, timeout=30) as answer:
            if answer.read():
                return
        time.sleep(0.1)


def read_h265() -> None:
    """Have ffmpeg and GStreamer read H.265, which few browsers decode, live and dumped."""
    with tempfile.TemporaryDirectory() as root, OmeMock(root=root, clock=RealClock(), streams=STREAMS, media=H265) as ome:
        url = f"{ome.llhls_url}/app/stream/llhls.m3u8"
        wait_for(url)
        read_with_tools("live H.265", url, READ_S)
    with dumped(media=H265) as (_, url):
        read_with_tools("dumped H.265", url, READ_S)


def stumble(name: str, fault: faults.Fault) -> None:
    """Spoil a dump; the checker must find it, and hls.js must stall or say something."""
    with dumped(faults=[fault]) as (dump, url):
        found = sorted({finding.rule.name for finding in dump.check()})
        print(f"ome-mock check, {name}: {found}", flush=True)
        if not found:
            failures.append(f"ome-mock check, {name}: found nothing")
        hls_js(f"hls.js, {name}", url, 40, "vod", check_stumble, is_spoilt=True)


@contextmanager
def dumped(**options: Any) -> Iterator[tuple[DumpView, str]]:
    """A dump of four segments, made at once, and the URL of its master playlist."""
    with tempfile.TemporaryDirectory() as root:
        emulator = Emulator(root=root, streams=STREAMS, **options)
        dump = emulator.start_dump("d", stream=STREAMS[0], output_path="/d")
        emulator.clock.advance(26)
        emulator.disconnect(STREAMS[0])
        with plain_files(Path(root, "d")) as url:
            yield dump, f"{url}/llhls.m3u8"
        emulator.close()


def world(root: str, in_application: str = "") -> Path:
    """The default world, which publishes HLS over MPEG-TS too, with more in its application."""
    xml = files("ome_mock.worlds").joinpath("default.xml").read_text()
    bound = xml.replace("</LLHLS>", "</LLHLS><HLS><Port>3333</Port></HLS>", 1)
    bound = bound.replace("</Application>", f"{in_application}</Application>", 1)
    head, found, tail = bound.rpartition("<LLHLS>")
    path = Path(root, "Server.xml")
    path.write_text(f"{head}<HLS><SegmentDuration>2</SegmentDuration><SegmentCount>4</SegmentCount></HLS>{found}{tail}")
    return path


def hls_js(name: str, url: str, seconds: int, mode: str, check: Callable[[dict[str, Any]], list[str]], *, is_spoilt: bool = False) -> None:
    if CHROMIUM is None or not (HERE / "node_modules").exists():
        failures.append(f"{name}: {'chromium' if CHROMIUM is None else 'node_modules (npm install)'} is not there")
        return
    done = subprocess.run(
        ["node", HERE / "hls_js.mjs", CHROMIUM, url, str(seconds), mode],
        check=False,
        capture_output=True,
        text=True,
        timeout=seconds + 120,
    )
    if done.returncode:
        failures.append(f"{name}: {done.stderr[-2000:]}")
        return
    seen = json.loads(done.stdout)
    if "played" not in seen:
        print(f"{name}: not played: the browser says that it does not support {', '.join(seen['unsupported'])}", flush=True)
        return
    print(f"{name}: {seen}", flush=True)
    stalls = seen["stalls"] if not is_spoilt else []
    wrong = [f"fatal {seen['fatal']}"] * bool(seen["fatal"]) + [f"stalls {stalls}"] * bool(stalls) + check(seen)
    failures.extend(f"{name}: {each}" for each in wrong)


def check_live(seconds: int) -> Callable[[dict[str, Any]], list[str]]:
    def check(seen: dict[str, Any]) -> list[str]:
        wrong = [f"latency {seen['latency']}"] * (seen["latency"] > LATENCY_S)
        wrong += [f"{seen['parts']} parts in {seconds} s"] * (seen["parts"] < 2 * seconds)
        return wrong + [f"played {seen['played']} s of {seconds}"] * (seen["played"] < seconds - 2)

    return check


def check_ts(seconds: int) -> Callable[[dict[str, Any]], list[str]]:
    def check(seen: dict[str, Any]) -> list[str]:
        wrong = [f"errors {seen['errors']}"] * bool(seen["errors"])
        wrong += [f"dropped {seen['dropped']}"] * (seen["dropped"] > seen["frames"] // 3)
        return wrong + [f"played {seen['played']} s of {seconds}"] * (seen["played"] < seconds - 2)

    return check


def check_switch(seen: dict[str, Any]) -> list[str]:
    return [f"levels {seen['levels']}"] * ({0, 1} - set(seen["levels"]) != set())


def check_vod(seen: dict[str, Any]) -> list[str]:
    return [f"stopped at {seen['played']} of {seen['duration']}"] * (not seen["ended"])


def check_stumble(seen: dict[str, Any]) -> list[str]:
    return ["no stall and no word"] * (not seen["stalls"] and not seen["errors"])


def read_with_tools(what: str, url: str, seconds: int) -> None:
    """A reader must end well, or go on until it is interrupted, and have nothing to say."""
    run(f"ffmpeg, {what}", ["ffmpeg", "-v", "warning", "-i", url, "-t", str(seconds), "-f", "null", "-"])
    is_live = not what.startswith("dumped")
    sync = "true" if is_live else "false"
    gst = ["gst-launch-1.0", "playbin3", f"uri={url}", f"video-sink=fakesink sync={sync}", f"audio-sink=fakesink sync={sync}"]
    told = run(f"GStreamer, {what}", gst, seconds if is_live else None)
    if "PLAYING" not in told or re.search("ERROR|WARN", told):
        failures.append(f"GStreamer, {what}: {told[-2000:]}")
    playlist = m3u8.load(url)
    lists = [m3u8.load(each.absolute_uri) for each in [*playlist.playlists, *playlist.media]]
    print(f"m3u8, {what}: {[len(each.segments) for each in lists]} segments", flush=True)
    if not all(each.segments for each in lists):
        failures.append(f"m3u8, {what}: an empty list")


def read_record(path: Path) -> None:
    """A record must be read to its end without a word."""
    run("ffmpeg, a record", ["ffmpeg", "-v", "warning", "-i", str(path), "-f", "null", "-"])
    gst = ["gst-launch-1.0", "playbin3", path.as_uri().replace("file:", "uri=file:"), "video-sink=fakesink", "audio-sink=fakesink"]
    told = run("GStreamer, a record", gst)
    if "Got EOS" not in told or re.search("ERROR|WARN", told):
        failures.append(f"GStreamer, a record: {told[-2000:]}")


def run(name: str, command: list[str], seconds: int | None = None) -> str:
    """Run a reader to its end, or interrupt it after so many seconds; returns what it said on stdout."""
    if shutil.which(command[0]) is None:
        failures.append(f"{name}: {command[0]} is not there")
        return ""
    limited = command if seconds is None else ["timeout", "--signal=KILL", str(seconds), *command]
    done = subprocess.run(limited, check=False, capture_output=True, text=True, timeout=180)
    print(f"{name}: exit code {done.returncode}", flush=True)
    said = "".join(line for line in done.stderr.splitlines(keepends=True) if UNSUPPORTED not in line)
    if said.strip() or (done.returncode and seconds is None):
        failures.append(f"{name}: exit code {done.returncode}, {done.stderr[-2000:]!r}")
    return done.stdout


@contextmanager
def plain_files(directory: Path) -> Iterator[str]:
    class Files(http.server.SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Access-Control-Allow-Origin", "*")
            super().end_headers()

        def log_message(self, *_: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(directory)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def action(ome: OmeMock, name: str, body: dict[str, Any]) -> None:
    call(ome, f"{STREAM}:{name}", body)


def call(ome: OmeMock, path: str, body: dict[str, Any]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", ome.port)
    connection.request("POST", path, json.dumps(body), {"Authorization": ome.authorization})
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise SystemExit(f"{path}: {status}")


if __name__ == "__main__":
    main()
