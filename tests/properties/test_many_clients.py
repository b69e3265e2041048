"""Many clients start and stop dumps at once; what is left is what a ten-line model says, and sixteen threads leave no mess."""

from __future__ import annotations

import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

from fixture_types import Answer
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from ome_mock.emulator import Emulator

STREAM = "/v1/vhosts/default/apps/app/streams/stream"
OUTPUTS = ("stream", "stream2")


class Client:
    """The three actions, without sockets."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def post(self, action: str, **fields: object) -> tuple[int, Any]:
        headers = {"Authorization": self._emulator.authorization}
        answer: Answer = self._emulator.app.test_client().post(f"{STREAM}:{action}", data=json.dumps(fields), headers=headers)
        return answer.status_code, answer.json.get("response")

    def start(self, output: str, dump_id: str) -> int:
        path = f"/{output}-{dump_id}"
        return self.post("startHlsDump", outputStreamName=output, id=dump_id, outputPath=path, infoFile=f"{path}.info")[0]

    def stop(self, output: str, dump_id: str) -> int:
        return self.post("stopHlsDump", outputStreamName=output, id=dump_id)[0]

    def list(self, output: str) -> dict[str, bool]:
        return {dump["id"]: dump["enabled"] for dump in self.post("hlsDumps", outputStreamName=output)[1]}


class Model:
    """What the dump API does, in ten lines."""

    def __init__(self) -> None:
        self.dumps: dict[str, dict[str, bool]] = {output: {} for output in OUTPUTS}

    def start(self, output: str, dump_id: str) -> int:
        return 500 if dump_id in self.dumps[output] else self.dumps[output].setdefault(dump_id, True) and 200

    def stop(self, output: str, dump_id: str) -> int:
        if dump_id not in self.dumps[output]:
            return 500
        self.dumps[output][dump_id] = False
        return 200


class DumpApi(RuleBasedStateMachine):
    """Any sequence of starts, stops and time."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.emulator = Emulator(allow_any_path=False, root=self._directory())
        self.client, self.model = Client(self.emulator), Model()

    def _directory(self) -> str:
        self._temporary = tempfile.TemporaryDirectory()
        return self._temporary.name

    def teardown(self) -> None:
        self.emulator.close()
        self._temporary.cleanup()

    @rule(target=ids, dump_id=st.sampled_from("abc"), output=st.sampled_from(OUTPUTS))
    def start(self, dump_id: str, output: str) -> tuple[str, str]:
        assert self.client.start(output, dump_id) == self.model.start(output, dump_id)
        return output, dump_id

    @rule(started=consumes(ids))
    def stop(self, started: tuple[str, str]) -> None:
        assert self.client.stop(*started) == self.model.stop(*started)

    @rule(dump_id=st.sampled_from("xyz"), output=st.sampled_from(OUTPUTS))
    def stop_unknown(self, dump_id: str, output: str) -> None:
        assert self.client.stop(output, dump_id) == self.model.stop(output, dump_id)

    @rule(seconds=st.sampled_from([0.5, 6, 20]))
    def advance(self, seconds: float) -> None:
        self.emulator.clock.advance(seconds)

    @invariant()
    def lists_are_the_models(self) -> None:
        assert {output: self.client.list(output) for output in OUTPUTS} == self.model.dumps


DumpApi.TestCase.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
TestDumpApi = DumpApi.TestCase


def test_sixteen_threads_leave_a_consistent_state(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    client = Client(emulator)

    def work(number: int) -> list[tuple[str, str, str, int]]:
        chance, seen = Random(number), []
        for _ in range(20):
            output, dump_id = chance.choice(OUTPUTS), chance.choice("abcdefgh")
            action = chance.choice((client.start, client.stop))
            seen.append((action.__name__, output, dump_id, action(output, dump_id)))
            if chance.random() < 0.2:
                emulator.clock.advance(0.5)
        return seen

    with ThreadPoolExecutor(16) as pool:
        seen = [each for rows in pool.map(work, range(16)) for each in rows]

    for output in OUTPUTS:
        started = {dump_id for action, out, dump_id, status in seen if (action, out, status) == ("start", output, 200)}
        stopped = {dump_id for action, out, dump_id, status in seen if (action, out, status) == ("stop", output, 200)}
        starts = [dump_id for action, out, dump_id, status in seen if (action, out, status) == ("start", output, 200)]
        assert len(starts) == len(started)  # an id is given once
        assert client.list(output) == {dump_id: dump_id not in stopped for dump_id in sorted(started)}
        for dump_id, is_running in client.list(output).items():
            status = ElementTree.parse(tmp_path / f"{output}-{dump_id}.info").findtext("Status")
            assert status == ("Running" if is_running else "Completed")
    assert {status for *_, status in seen} <= {200, 500}
