"""Dumps of an emulator: running ones, and those that its faults have spoilt."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from check.looking import findings_of

from ome_mock import OmeMock, faults
from ome_mock.check import NoDump, check_dump
from ome_mock.dumps.dump_view import DumpView
from ome_mock.emulator import Emulator
from ome_mock.timestamps import iso_time


@pytest.fixture(params=["docs", "engine-0.21"])
def emulator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Emulator]:
    emulator = Emulator(dialect=request.param, root=tmp_path)
    yield emulator
    emulator.close()


def start(emulator: Emulator, **options: Any) -> DumpView:
    return emulator.start_dump("d1", playlist=["llhls.m3u8", "abr.m3u8"], info_file="/d1.info", **options)


def test_nothing_is_wrong_at_any_instant(emulator: Emulator, tmp_path: Path) -> None:
    dump = start(emulator)
    for _ in range(20):
        assert findings_of(tmp_path) == dump.check() == []
        emulator.clock.advance(1.7)


def test_nothing_is_wrong_while_a_dump_waits_for_its_stream(emulator: Emulator, tmp_path: Path) -> None:
    emulator.connect("default/app/late", ready=True)
    dump = start(emulator, stream="default/app/late")
    with pytest.raises(NoDump):
        check_dump(tmp_path)
    for _ in range(70):
        emulator.clock.advance(0.1)
        assert dump.check() == []
    assert dump.files
    assert findings_of(tmp_path) == []


@pytest.mark.parametrize("end", ["stop_dump", "disconnect", "stall", "reconnect", "concludeHlsLive"])
def test_nothing_is_wrong_with_what_ends_as_it_should(emulator: Emulator, tmp_path: Path, end: str) -> None:
    dump = start(emulator)
    emulator.clock.advance(20)
    if end == "stall":
        emulator.stall("default/app/stream", 10)
    elif end == "stop_dump":
        emulator.stop_dump("d1")
    elif end == "concludeHlsLive":
        emulator.app.test_client().post(
            "/v1/vhosts/default/apps/app/streams/stream:concludeHlsLive", headers={"Authorization": emulator.authorization}
        )
    else:
        emulator.disconnect("default/app/stream")
        if end == "reconnect":
            emulator.reconnect("default/app/stream")
    emulator.clock.advance(20)
    assert findings_of(tmp_path) == dump.check() == []


FAULTS = [
    (faults.DiskFull(file="seg_0_*", nth=3), {"docs": {"dump-failed"}, "engine-0.21": {"segment-empty"}}),
    (
        faults.DiskFull(file="chunklist_0_*", nth=3, times=None),
        {"docs": {"dump-failed"}, "engine-0.21": {"playlist-unreadable", "segment-unlisted"}},
    ),
    (faults.ReadOnly(file="seg_0_*", nth=3), {"docs": {"dump-failed"}, "engine-0.21": {"info-stale"}}),
    (faults.VanishedDirectory(file="seg_0_*", nth=4), {"segment-missing", "init-missing", "info-names-missing"}),
    (faults.ZeroBytes(nth=5), {"segment-empty"}),
    (faults.Torn(nth=4, times=None), {"info-not-xml", "info-lacks-file"}),
    (faults.Torn(file="seg_0_*", nth=3), {"segment-damaged"}),
    (faults.Torn(file="abr.m3u8"), {"playlist-cut", "playlist-syntax", "master-empty"}),
    (faults.SkippedFile(file="seg_0_*", nth=3), {"segment-missing", "info-names-missing"}),
    (faults.SkippedFile(file="chunklist_0_*", times=None), {"list-missing", "playlist-missing", "info-names-missing"}),
    (faults.MissingInit(), {"init-missing", "info-names-missing"}),
    (faults.FrozenInfoFile(), {"info-lacks-file"}),
    (faults.Crash(file="chunklist_0_*", nth=3), {"info-lacks-file", "info-stale"}),
]


@pytest.mark.parametrize(("fault", "wanted"), FAULTS, ids=lambda value: str(value) if isinstance(value, faults.Fault) else "")
def test_fault_of_the_emulators_is_found(emulator: Emulator, fault: faults.Fault, wanted: set[str] | dict[str, set[str]]) -> None:
    emulator.faults.arm(fault)
    dump = start(emulator)
    for _ in range(14):
        emulator.clock.advance(3)
    assert {each.rule.name for each in dump.check()} == (wanted if isinstance(wanted, set) else wanted[emulator.dialect.name])


def test_fixture_s_dump_checks_itself(ome: OmeMock) -> None:
    ome.start_dump("d1")
    ome.clock.advance(20)
    assert ome.dumps["d1"].check() == []
    [path for path in ome.dumps["d1"].files if path.match("seg_0_*")][-1].unlink()
    assert {each.rule.name for each in ome.dumps["d1"].check()} == {"segment-missing"}


def test_running_for_long_without_a_write_is_found(tmp_path: Path) -> None:
    """A dump of the system's clock: the times in its info file are those of the file system."""
    emulator = Emulator(root=tmp_path)
    emulator.clock.advance_to(datetime.now(UTC))
    start(emulator)
    os.utime(tmp_path / "d1.info", ns=(emulator.clock.now_ns(),) * 2)
    assert check_dump(tmp_path) == []
    long_ago_ns = time.time_ns() - 3600 * 10**9
    text = (tmp_path / "d1.info").read_text()
    now, then = iso_time(emulator.clock.now_ns(), emulator.clock.zone), iso_time(long_ago_ns, emulator.clock.zone)
    (tmp_path / "d1.info").write_text(text.replace(now, then))
    os.utime(tmp_path / "d1.info", ns=(long_ago_ns, long_ago_ns))
    (found,) = check_dump(tmp_path)
    assert (found.rule.name, found.problem) == ("info-stale", "its status is Running, and nothing was written for 3600 s")


# What changes while it is looked at


def test_what_one_look_alone_shows_is_no_finding(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that was half-written when it was read, and is whole when it is read again."""
    start(emulator)
    emulator.clock.advance(20)
    chunklist = next(tmp_path.glob("dumps/d1/chunklist_0_*"))
    whole = chunklist.read_text()
    chunklist.write_text(whole[:100])
    monkeypatch.setattr("time.sleep", lambda _: chunklist.write_text(whole))
    assert check_dump(tmp_path) == []


def test_what_every_look_shows_is_a_finding_however_much_changes(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(emulator)
    emulator.clock.advance(20)
    next(tmp_path.glob("dumps/d1/init_0_*")).unlink()
    monkeypatch.setattr("time.sleep", lambda _: emulator.clock.advance(6))
    assert {each.rule.name for each in check_dump(tmp_path)} == {"init-missing", "info-names-missing"}
