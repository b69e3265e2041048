"""Disks that are full, read-only or failing, and directories that go away under a dump.

One of three dumps is on the bad disk: it ends with the status Error, and nothing else does; the API goes on answering.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from random import Random
from typing import NamedTuple
from unittest import mock
from xml.etree import ElementTree

from disk_calls import Disk
from dump_api import DumpApi

from ome_mock.emulator import Emulator

from .setting import Outcome, Setting

BAD = "bad"
GOOD = ("good", "better")
FAILING_CALLS = ("open", "write")
ERRORS = (errno.EIO, errno.EDQUOT, errno.EROFS, errno.ESTALE, errno.EMFILE, errno.EACCES)


class Trouble(NamedTuple):
    """Something that happens to a disk: it is there while the context lasts. `ends_dump` is False where a dump may live on."""

    name: str
    happen: Callable[[Path, Random], Iterator[None]]
    needs_mount: bool = False
    ends_dump: bool = True


def attack(setting: Setting) -> Outcome:
    outcome = Outcome()
    can_mount = _can_mount(setting.directory, outcome)
    troubles = [trouble for trouble in TROUBLES if can_mount or not trouble.needs_mount]
    for number, chance in setting.attempts():
        trouble = troubles[number % len(troubles)]
        root = setting.directory / f"root{number}"
        (root / BAD).mkdir(parents=True)
        with _mounted(root / BAD) if trouble.needs_mount else nullcontext():
            _attempt(f"{trouble.name}, attempt {number}", trouble, root, chance, outcome)
        shutil.rmtree(root, ignore_errors=True)
        outcome.count(trouble.name)
    return outcome


def _attempt(what: str, trouble: Trouble, root: Path, chance: Random, outcome: Outcome) -> None:
    emulator = Emulator(root=root, writes=chance.choice(("replace", "in-place")))
    api = DumpApi(emulator)
    for name in (BAD, *GOOD):
        started = api.start(name, outputPath=f"/{name}/x", infoFile=f"/{name}.info", playlist=["llhls.m3u8"])
        outcome.expect(started.status == 200, f"{what}: {started}")
    emulator.clock.advance(chance.uniform(0, 20))
    with contextmanager(trouble.happen)(root / BAD, chance):
        emulator.clock.advance(chance.uniform(7, 30))
        listed = {dump["id"]: dump["enabled"] for dump in api.dumps()}
        outcome.expect(api.start("late", outputPath="/late").status == 200, f"{what}: no dump starts on a good disk")
    leaked = [path.name for path in _outside(root / BAD).glob("*")]
    outcome.expect(not leaked, f"{what}: outside of its root it wrote {leaked}")
    emulator.clock.advance(7)
    outcome.expect(len(listed) == 1 + len(GOOD), f"{what}: listed are {listed}")
    status = _status(root / f"{BAD}.info")
    outcome.count(f"dump ended as {status}")
    if trouble.ends_dump:
        outcome.expect((listed.get(BAD), status) == (False, "Error"), f"{what}: enabled {listed.get(BAD)}, status {status}")
    for name in GOOD:
        found = [str(each) for each in emulator.dumps["default/app/stream", name].check()]
        outcome.expect(listed.get(name) is True and _status(root / f"{name}.info") == "Running", f"{what}: dump {name} is not running")
        outcome.expect(not found, f"{what}: dump {name}: {found[:2]}")
    emulator.close()


def _status(info_file: Path) -> str | None:
    return ElementTree.parse(info_file).findtext("Status")


# Troubles


def _fill(disk: Path, _: Random) -> Iterator[None]:
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    yield


def _make_read_only(disk: Path, _: Random) -> Iterator[None]:
    _run("mount", "-o", "remount,ro", str(disk))
    yield
    _run("mount", "-o", "remount,rw", str(disk))


def _remove(disk: Path, _: Random) -> Iterator[None]:
    shutil.rmtree(disk / "x")
    yield


def _rename(disk: Path, _: Random) -> Iterator[None]:
    (disk / "x").rename(disk / "aside")
    yield


def _link_out(disk: Path, _: Random) -> Iterator[None]:
    (disk / "x").rename(disk / "aside")
    outside = _outside(disk)
    outside.mkdir(exist_ok=True)
    (disk / "x").symlink_to(outside)
    yield


def _outside(disk: Path) -> Path:
    """A directory that no dump may write to."""
    return disk.parent.parent / "outside"


def _put_file(disk: Path, _: Random) -> Iterator[None]:
    (disk / "x").rename(disk / "aside")
    (disk / "x").write_text("a file")
    yield


def _fail(disk: Path, chance: Random) -> Iterator[None]:
    """Let one kind of system call fail for the files of this disk, as a broken one has it: what a preload would do."""
    broken = BrokenBelow(disk, chance.choice(FAILING_CALLS), chance.choice(ERRORS))
    with mock.patch("ome_mock.disk.storage.os", broken), mock.patch("ome_mock.disk.files.os", broken):
        yield


class BrokenBelow(Disk):
    """`os`, whose call of a name fails for what lies below a directory; the directory is found by the descriptor."""

    def __init__(self, disk: Path, call: str, error: int) -> None:
        super().__init__()
        self._disk, self._call, self._error = f"{disk}/", call, error

    def __getattr__(self, name: str) -> object:
        found = getattr(os, name)
        if name != self._call:
            return found

        def call(*arguments: object, **options: object) -> object:
            self._refuse(options.get("dir_fd"))
            return found(*arguments, **options)

        return call

    def write(self, descriptor: int, data: memoryview) -> int:
        if self._call == "write":
            self._refuse(descriptor)
        return os.write(descriptor, data)

    def _refuse(self, descriptor: object) -> None:
        if isinstance(descriptor, int) and f"{os.readlink(f'/proc/self/fd/{descriptor}')}/".startswith(self._disk):
            raise OSError(self._error, os.strerror(self._error))


TROUBLES = (
    Trouble("full tmpfs", _fill, needs_mount=True),
    Trouble("remounted read-only", _make_read_only, needs_mount=True),
    Trouble("directory removed", _remove, ends_dump=False),
    Trouble("directory renamed", _rename, ends_dump=False),
    Trouble("link out in its place", _link_out),
    Trouble("file in its place", _put_file),
    Trouble("system call fails", _fail),
)


# Mounts


def _can_mount(directory: Path, outcome: Outcome) -> bool:
    place = directory / "mount"
    place.mkdir()
    try:
        with _mounted(place):
            return True
    except (OSError, subprocess.CalledProcessError) as error:
        outcome.refused.append(f"full and read-only disks, as nothing can be mounted: {error}")
        return False


@contextmanager
def _mounted(place: Path) -> Iterator[None]:
    _run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place))
    try:
        yield
    finally:
        _run("umount", "--lazy", str(place))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
