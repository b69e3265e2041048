"""What is listed, answered, accepted and written at which moment after an encoder connects, as recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.first_seconds import FirstSeconds
from contract.recordings import read_cases

from ome_mock.emulator import Emulator

STREAMS = "/v1/vhosts/default/apps/app/streams"


@pytest.mark.parametrize("case", read_cases("first-seconds"), ids=lambda case: case["case"])
def test_first_seconds_are_the_recorded_ones(case: dict[str, Any], tmp_path: Path) -> None:
    assert list(FirstSeconds(case, tmp_path).differences()) == []


@pytest.mark.parametrize(("kinds", "after_s"), [({"video": False}, 5.1), ({"audio": False}, 8.1)], ids=["sound alone", "pictures alone"])
def test_one_kind_of_media_is_held_back_and_then_there_at_once(kinds: dict[str, Any], after_s: float, tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, streams=[])
    emulator.connect("default/app/s", **kinds)
    emulator.clock.advance(after_s - 0.05)
    headers = {"Authorization": emulator.authorization}
    client = emulator.app.test_client()
    assert client.get(STREAMS, headers=headers).data == b'{"message":"OK","response":[],"statusCode":200}'
    emulator.clock.advance(0.1)
    assert client.get(STREAMS, headers=headers).data == b'{"message":"OK","response":["s"],"statusCode":200}'
    assert emulator.start_dump("d1", stream="default/app/s").enabled


def test_srt_holds_nothing_back(tmp_path: Path) -> None:
    """It is recorded of RTMP alone."""
    emulator = Emulator(root=tmp_path, streams=[])
    emulator.connect("default/app/s", video=False, protocol="srt")
    emulator.clock.advance(1)
    assert emulator.start_dump("d1", stream="default/app/s").enabled


def test_test_can_stand_in_every_phase_of_a_stream(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, streams=[])
    players = emulator.llhls_app.test_client()
    assert players.get("/app/s/llhls.m3u8").status_code == 404
    emulator.connect("default/app/s", ready=True)
    seen = []
    for seconds in (0.0, 0.08, 4.5, 1.0):  # 503 is where a socket's request would be held
        emulator.clock.advance(seconds)
        seen.append(players.get("/app/s/llhls.m3u8").status_code)
    assert seen == [201, 503, 503, 200]
