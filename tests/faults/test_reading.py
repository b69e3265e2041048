"""Faults as JSON."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from faults.faults_table import PAGE, faults_table, table_of

from ome_mock import faults
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError
from ome_mock.faults.fault import Fault
from ome_mock.faults.spoilable import SpoilableWrite


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"fault": "diskFull"}, faults.DiskFull()),
        ({"fault": "diskFull", "file": "seg_*", "dump": "d1", "nth": 3}, faults.DiskFull(file="seg_*", dump="d1", nth=3)),
        ({"fault": "status", "status": 503, "route": ":startHlsDump", "times": 2}, faults.Status(503, route=":startHlsDump", times=2)),
        ({"fault": "status", "times": None, "after": True}, faults.Status(times=None, after=True)),
        ({"fault": "stall", "seconds": 5, "afterS": 1.5}, faults.Stall(5, after_s=1.5)),
    ],
    ids=str,
)
def test_fault_is_read_and_described(value: dict[str, Any], fault: Fault) -> None:
    assert faults.read_fault(value) == fault
    assert faults.read_fault(faults.describe_fault(fault)) == fault


@pytest.mark.parametrize("kind", faults.kinds().values(), ids=lambda kind: kind.kind())
def test_every_fault_is_read_by_its_name(kind: type[Fault]) -> None:
    assert faults.read_fault({"fault": kind.kind()}) == kind()
    assert faults.describe_fault(kind()) == {"fault": kind.kind()}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "a fault is an object, not []"),
        ({}, "fault None is not one of status,"),
        ({"fault": "nope"}, "fault 'nope' is not one of status,"),
        ({"fault": "diskFull", "files": "x"}, "fault diskFull: there is no 'files'; it has nth, times, afterS,"),
        ({"fault": "diskFull", "nth": "3"}, "fault diskFull: nth '3' is no integer"),
        ({"fault": "diskFull", "nth": True}, "fault diskFull: nth True is no integer"),
        ({"fault": "diskFull", "times": "all"}, "fault diskFull: times 'all' is no integer or null"),
        ({"fault": "diskFull", "nth": 0}, "fault diskFull: nth 0 is wrong, it is 1 or more"),
    ],
    ids=str,
)
def test_mistake_names_the_key_and_the_value(value: dict[str, Any] | list[Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        faults.read_fault(value)
    assert str(raised.value).startswith(message)


def test_documentation_has_every_fault_in_the_words_of_its_code() -> None:
    assert table_of(PAGE.read_text()) == faults_table(), f"write it anew: python {Path(faults_table.__code__.co_filename)}"


def test_fault_of_ones_own_is_one_class(tmp_path: Path) -> None:
    @dataclass(frozen=True, kw_only=True)
    class Shouted(faults.WriteFault):
        """The file is written in capitals."""

        file: str = "chunklist_*"

        def spoil(self, write: SpoilableWrite) -> None:
            write.data = write.data.upper()

    try:
        assert faults.read_fault({"fault": "shouted"}) == Shouted()
    finally:
        faults.WriteFault.kinds.remove(Shouted)
    emulator = Emulator(root=tmp_path)
    emulator.faults.arm(Shouted(times=None))
    emulator.start_dump("d1", output_path="/")
    emulator.clock.advance(10)
    (chunklist,) = tmp_path.glob("chunklist_0_*")
    assert "SEG_0_10_VIDEO_" in chunklist.read_text()


def test_every_fault_is_read_in_a_process_that_has_named_none() -> None:
    program = "from ome_mock import faults; print(faults.read_fault({'fault': 'timeJump'}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "timeJump()\n"
