"""What is listed, answered, accepted and written at which moment after an encoder connects, as recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from contract.first_seconds import FirstSeconds
from contract.recordings import RECORDINGS, read_cases

from ome_mock import AudioInput, VideoInput
from ome_mock.emulator import Emulator

STREAMS = "/v1/vhosts/default/apps/app/streams"


@pytest.mark.parametrize("case", read_cases("first-seconds"), ids=lambda case: case["case"])
def test_first_seconds_are_the_recorded_ones(case: dict[str, Any], tmp_path: Path) -> None:
    assert list(FirstSeconds(case, tmp_path).differences()) == []


ONE_KIND = {
    "sound": ({"video": False}, 5.1),
    "sound of 44.1 kHz": ({"video": False, "audio": AudioInput(44_100)}, 5.57),
    "pictures": ({"audio": False}, 8.1),
    "15 pictures a second": ({"audio": False, "video": VideoInput(framerate=15)}, 16.43),
}


@pytest.mark.parametrize(("kinds", "after_s"), ONE_KIND.values(), ids=ONE_KIND.keys())
def test_one_kind_of_media_is_held_back_and_then_there_at_once(kinds: dict[str, Any], after_s: float, tmp_path: Path) -> None:
    """For 250 frames, of which the first half second comes at once."""
    emulator = Emulator(root=tmp_path, streams=[])
    emulator.connect("default/app/s", **kinds)
    emulator.clock.advance(after_s - 0.05)
    headers = {"Authorization": emulator.authorization}
    client = emulator.app.test_client()
    assert client.get(STREAMS, headers=headers).data == b'{"message":"OK","response":[],"statusCode":200}'
    emulator.clock.advance(0.1)
    assert client.get(STREAMS, headers=headers).data == b'{"message":"OK","response":["s"],"statusCode":200}'
    assert emulator.start_dump("d1", stream="default/app/s").enabled


def test_module_that_reads_metadata_holds_nothing_back(tmp_path: Path) -> None:
    config = tmp_path / "Server.xml"
    text = (RECORDINGS / "stories" / "Server.xml").read_text()
    config.write_text(text.replace("<Modules>", "<Modules><ERTMP><Enable>true</Enable></ERTMP>"))
    emulator = Emulator(config=config, root=tmp_path, streams=[])
    emulator.connect("default/short/s", video=False)
    emulator.clock.advance(0.9)
    assert emulator.start_dump("d1", stream="default/short/s").enabled


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
