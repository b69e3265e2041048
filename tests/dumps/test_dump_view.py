"""Dumps as tests see them: views that tell how things stand, and change nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from ome_mock.dumps.dump_view import DumpView
from ome_mock.emulator import Emulator


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    return Emulator(root=tmp_path)


def test_view_tells_how_things_stand_now(emulator: Emulator, tmp_path: Path) -> None:
    dump = emulator.start_dump("d1", info_file="/d1.info")
    assert (dump.id, dump.stream, dump.status, dump.enabled) == ("d1", "default/app/stream", "Running", True)
    assert dump.info_file == tmp_path / "d1.info"
    before = dump.files
    emulator.clock.advance(60)
    assert dump.files[: len(before)] == before
    assert len(dump.files) > len(before)
    assert dump.items[0][1] == f"/dumps/d1/{before[0].name}"
    emulator.stop_dump("d1")
    assert (dump.status, dump.enabled, dump.check()) == ("Completed", False, [])


def test_view_changes_nothing(emulator: Emulator) -> None:
    dump = emulator.start_dump("d1")
    for name in ("id", "status", "enabled", "files"):
        with pytest.raises((FrozenInstanceError, AttributeError)):
            setattr(dump, name, None)
    public = {name for name in dir(dump) if not name.startswith("_")}
    assert public == {"check", "enabled", "files", "id", "info_file", "items", "status", "stream"}


def test_views_of_a_dump_are_equal_and_of_others_not(emulator: Emulator) -> None:
    one, two = emulator.start_dump("d1"), emulator.start_dump("d2")
    assert one == emulator.dumps["d1"] != two
    assert len({one, emulator.dumps["d1"], two}) == 2


def test_repr_says_what_and_where(emulator: Emulator, tmp_path: Path) -> None:
    dump = emulator.start_dump("d1", info_file="/d1.info")
    files = len(dump.files)
    where = f"{files} files in {tmp_path}/dumps/d1, info file {tmp_path}/d1.info"
    assert repr(dump) == f"<dump d1 of default/app/stream: Running, {where}>"
    emulator.stop_dump("d1")
    emulator.connect("default/app/late", ready=True)
    assert repr(emulator.start_dump("d2", stream="default/app/late")) == "<dump d2 of default/app/late: Running, no file yet>"
    assert repr(emulator.dumps) == "<dumps: d1 of default/app/stream (Completed), d2 of default/app/late (Running)>"


def test_every_ended_dump_stays_reachable(emulator: Emulator) -> None:
    ended: list[DumpView] = []
    for _ in range(3):
        emulator.connect("default/app/x", ready=True)
        ended.append(emulator.start_dump("d1", stream="default/app/x"))
        emulator.disconnect("default/app/x")
    assert list(emulator.dumps.all) == ended
    assert emulator.dumps["d1"] == ended[-1]
    assert [dump.status for dump in emulator.dumps.all] == ["Completed"] * 3


def test_many_dumps_of_one_stream_stay_when_it_goes(emulator: Emulator) -> None:
    for number in range(150):
        emulator.start_dump(f"d{number}", output_path="/d")
    emulator.disconnect("default/app/stream")
    assert len(emulator.dumps) == 150
