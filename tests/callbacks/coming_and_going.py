"""Encoders that come and go in many threads, while a control server with many calls the API back, beside a model of who is there."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import BoundedSemaphore
from urllib.request import Request, urlopen

from callbacks.control_server import ALLOWED, Asked, ControlServer, answered

from ome_mock import AdmissionWebhooks, Alerts, OmeMock, PublisherRefused

PATIENCE_S = 30


class Recorder:
    """Lets in whom the model lets in, and asks for the streams and dumps of the emulator from within each handler."""

    def __init__(self, refused: set[str], threads: int) -> None:
        self.refused = refused
        self.ome: OmeMock | None = None
        self.asked: Counter[tuple[str, str]] = Counter()
        self._threads = BoundedSemaphore(threads)

    def __call__(self, asked: Asked) -> bytes:
        with self._threads:
            self.call("GET", "streams")
            self.call("POST", "streams/always:hlsDumps", {"outputStreamName": "always"})
            if asked.json.get("request") is None:
                return answered({})
            name = asked.request["url"].rpartition("/")[2]
            self.asked[asked.request["status"], name] += 1
            return answered({"allowed": False}) if name in self.refused else ALLOWED

    def call(self, method: str, path: str, body: object = None) -> None:
        assert self.ome
        url = f"{self.ome.url}/v1/vhosts/default/apps/app/{path}"
        data = None if body is None else json.dumps(body).encode()
        urlopen(Request(url, data, {"Authorization": self.ome.authorization}, method=method), timeout=PATIENCE_S).close()


def story_of(ome: OmeMock, name: str, seed: int) -> tuple[str, int, bool]:
    """One encoder: how often it came, and whether it is there in the end."""
    random, times, is_there = Random(seed), 0, False
    for _ in range(random.randint(1, 3)):
        times += 1
        try:
            ome.connect(f"default/app/{name}")
        except PublisherRefused:
            continue
        is_there = random.random() < 0.4
        if is_there:
            break
        ome.disconnect(f"default/app/{name}")
    return name, times, is_there


def assert_nothing_is_lost(seed: int, refused: set[int], *, encoders: int, control_threads: int) -> None:
    """Have encoders come up to three times each; fails unless each was asked and told about as often as the model says."""
    recorder = Recorder({f"e{number}" for number in refused}, control_threads)
    with ControlServer(recorder) as control:
        timeout_ms = PATIENCE_S * 1000
        webhooks, alerts = AdmissionWebhooks(control.url, timeout_ms=timeout_ms), Alerts(control.url, timeout_ms=timeout_ms)
        with OmeMock(streams=["default/app/always"], admission_webhooks=webhooks, alerts=alerts) as ome, ThreadPoolExecutor(8) as threads:
            recorder.ome = ome
            stories = [threads.submit(story_of, ome, f"e{number}", seed + number) for number in range(encoders)]
            told = [story.result(PATIENCE_S) for story in stories]
            ome.clock.advance(1)
            listed = {stream.path.stream for stream in ome.engine.input_streams("default", "app")}
            assert listed == {"always", *(name for name, _, is_there in told if is_there)}
            for name, times, is_there in told:
                assert recorder.asked["opening", name] == times
                assert recorder.asked["closing", name] == times - is_there
            created = Counter(each.stream for each in ome.journal.callbacks if each.what == "INGRESS_STREAM_CREATED")
            assert created == {f"default/app/{name}": 1 for name, _, is_there in told if is_there}
