"""Faults as JSON."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from ome_mock import faults
from ome_mock.errors import ConfigurationError
from ome_mock.faults.fault import Fault


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


@pytest.mark.parametrize("kind", faults.KINDS.values(), ids=lambda kind: kind.kind())
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
        ({"fault": "diskFull", "nth": "3"}, "fault diskFull: nth '3' is no int"),
        ({"fault": "diskFull", "nth": True}, "fault diskFull: nth True is no int"),
        ({"fault": "diskFull", "times": "all"}, "fault diskFull: times 'all' is no int or null"),
        ({"fault": "diskFull", "nth": 0}, "fault diskFull: nth 0 is wrong, it is 1 or more"),
    ],
    ids=str,
)
def test_mistake_names_the_key_and_the_value(value: dict[str, Any] | list[Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        faults.read_fault(value)
    assert str(raised.value).startswith(message)


def test_documentation_has_every_fault_in_the_words_of_its_code() -> None:
    rows = [f"| `{kind.__name__}` | {' '.join((inspect.getdoc(kind) or '').split())} |" for kind in faults.KINDS.values()]
    text = (Path(__file__).parents[2] / "docs" / "testing.md").read_text()
    assert text.partition("|---|---|\n")[2].partition("\n\n")[0] == "\n".join(rows)
