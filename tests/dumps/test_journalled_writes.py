"""The journal says when each write of a dump fell due, however far the clock was turned at once."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from ome_mock import faults
from ome_mock.emulator import Emulator
from ome_mock.timestamps import iso_time


@pytest.fixture
def emulator(root: Path) -> Emulator:
    """An emulator whose streams have been there for a minute."""
    made = Emulator(root=root)
    made.clock.advance(63.2)
    return made


def start(emulator: Emulator) -> None:
    emulator.start_dump("d1", output_path="/out", info_file="/d1.info")
    emulator.journal.clear()


def noted(emulator: Emulator) -> list[tuple[str, str]]:
    """The minute's seconds and the file of each write, without the stream's key."""
    return [(iso_time(write.at_ns, UTC)[14:23], write.path.replace("_9BfpuA3z_llhls", "")) for write in emulator.journal.writes]


def test_write_has_the_instant_at_which_it_fell_due(emulator: Emulator) -> None:
    start(emulator)
    emulator.clock.advance(10)

    assert noted(emulator) == [
        ("01:08.810", "/out/seg_2_21_audio.m4s"),
        ("01:08.821", "/out/seg_0_21_video.m4s"),
        ("01:09.133", "/out/seg_1_21_video.m4s"),
        ("01:08.821", "/out/chunklist_0_video.m3u8"),
        ("01:09.133", "/out/chunklist_1_video.m3u8"),
        ("01:08.810", "/out/chunklist_2_audio.m3u8"),
        ("01:09.133", "/d1.info"),
    ]


def test_segments_of_ten_minutes_are_noted_as_the_info_file_lists_them(emulator: Emulator) -> None:
    start(emulator)
    emulator.clock.advance(600)

    segments = [(iso_time(write.at_ns, UTC), write.path) for write in emulator.journal.writes if "/seg_" in write.path]
    listed = [item for item in emulator.dumps["d1"].items if "/seg_" in item[1]][3:]  # but for the open ones of the start
    assert segments == listed
    assert len({instant for instant, _ in segments}) == 300


def test_instants_do_not_depend_on_how_often_the_clock_is_turned(tmp_path: Path) -> None:
    once, stepwise = Emulator(root=tmp_path / "once"), Emulator(root=tmp_path / "stepwise")
    for emulator in (once, stepwise):
        emulator.clock.advance(63.2)
        start(emulator)
    once.clock.advance(60)
    for _ in range(120):
        stepwise.clock.advance(0.5)

    assert set(noted(once)) <= set(noted(stepwise))
    assert [each for each in noted(once) if "seg" in each[1]] == [each for each in noted(stepwise) if "seg" in each[1]]


def test_end_of_a_dump_is_noted_when_it_was_stopped(emulator: Emulator) -> None:
    start(emulator)
    emulator.clock.advance(8)
    emulator.stop_dump("d1")

    assert noted(emulator)[-2:] == [("01:09.133", "/d1.info"), ("01:11.200", "/d1.info")]


def test_end_of_a_dump_is_noted_when_the_write_fell_due_that_failed(emulator: Emulator) -> None:
    start(emulator)
    emulator.faults.arm(faults.DiskFull(file="seg_0_22_*"))
    emulator.clock.advance(60)

    assert noted(emulator)[-2:] == [("01:14.805", "/d1.info"), ("01:14.821", "/d1.info")]
