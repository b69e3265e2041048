"""The recorder, tested with the fixture `ome`."""

from __future__ import annotations

from pathlib import Path

import pytest
from recorder import Recorder, recorded_files

from ome_mock import OmeMock, faults


@pytest.fixture
def recorder(ome: OmeMock) -> Recorder:
    return Recorder(ome.url, ome.access_token)


def test_a_minute_is_recorded(ome: OmeMock, recorder: Recorder, tmp_path: Path) -> None:
    recorder.start("d1", "/recordings/d1")  # the emulator puts it below tmp_path
    ome.clock.advance(60)  # returns once everything is on disk
    recorder.stop("d1")
    files = recorded_files(tmp_path / "recordings/d1.info")
    assert len([name for name in files if "/seg_0_" in name]) == 10  # of six seconds each
    assert ome.dumps["d1"].status == "Completed"


def test_start_is_tried_again_when_the_server_fails(ome: OmeMock, recorder: Recorder) -> None:
    ome.faults.arm(faults.Status(500, route=":startHlsDump", times=2))
    recorder.start("d1", "/recordings/d1")
    ome.journal.assert_called(":startHlsDump", times=3)


def test_refusal_is_raised_in_the_words_of_the_server(ome: OmeMock) -> None:
    with pytest.raises(RuntimeError, match="Could not find the application"):
        Recorder(ome.url, ome.access_token, "default/nowhere/stream").start("d1", "/recordings/d1")
