"""How bytes come to be files: one suite for both ways of writing, and what is special to each."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from disk_calls import Disk, stand_in
from dump_api import names, tree

from ome_mock.dialect import WriteMode
from ome_mock.disk.confinement import confine
from ome_mock.disk.growing_file import GrowingFile
from ome_mock.disk.storage import Storage, WriteSession
from ome_mock.errors import FileExists, PathRefused, WriteFailed

PUTS = ["write", "update", "create"]
no_space = pytest.raises(WriteFailed, match=r"^could not write /a/file: No space left on device$")


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(params=list(WriteMode), ids=lambda mode: mode.value)
def storage(request: pytest.FixtureRequest, root: Path) -> Storage:
    return Storage(confine(root=root), request.param)


@pytest.fixture
def session(storage: Storage) -> Iterator[WriteSession]:
    with storage.session() as session:
        yield session


def replacing(root: Path) -> Storage:
    return Storage(confine(root=root), WriteMode.REPLACE)


def in_place(root: Path) -> Storage:
    return Storage(confine(root=root), WriteMode.IN_PLACE)


# What both do


@pytest.mark.parametrize("put", PUTS)
@pytest.mark.parametrize("data", [b"", b"text\n", bytes(range(256)) * 1000], ids=["nothing", "a line", "256 kB"])
def test_file_holds_what_was_put(put: str, data: bytes, session: WriteSession, root: Path) -> None:
    getattr(session, put)("/file", data)

    assert (root / "file").read_bytes() == data
    assert names(root) == {"file"}


@pytest.mark.parametrize("put", ["write", "update"])
def test_file_put_again_holds_the_new_and_nothing_of_the_old(put: str, session: WriteSession, root: Path) -> None:
    getattr(session, put)("/file", b"long" * 1000)
    getattr(session, put)("/file", b"short")

    assert (root / "file").read_bytes() == b"short"
    assert names(root) == {"file"}


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("put", PUTS)
def test_files_are_0644_and_directories_0755(put: str, session: WriteSession, root: Path) -> None:
    getattr(session, put)("/a/b/c/file", b"x")

    assert stat.S_IMODE((root / "a/b/c/file").stat().st_mode) == 0o644
    assert [stat.S_IMODE((root / path).stat().st_mode) for path in ("a", "a/b", "a/b/c")] == [0o755, 0o755, 0o755]


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("put", PUTS)
def test_umask_of_the_process_takes_its_part(put: str, session: WriteSession, root: Path) -> None:
    os.umask(0o077)

    getattr(session, put)("/a/file", b"x")

    assert stat.S_IMODE((root / "a/file").stat().st_mode) == 0o600
    assert stat.S_IMODE((root / "a").stat().st_mode) == 0o700


@pytest.mark.parametrize("put", PUTS)
def test_directories_are_made_however_deep(put: str, session: WriteSession, root: Path) -> None:
    path = "/".join(["deep"] * 60)

    getattr(session, put)(f"{path}/file", b"x")

    assert (root / path / "file").read_bytes() == b"x"


@pytest.mark.parametrize("put", PUTS)
@pytest.mark.parametrize("removed", ["a/b", "a"], ids=["the directory", "the one above"])
def test_directory_removed_within_a_session_comes_back(put: str, removed: str, session: WriteSession, root: Path) -> None:
    getattr(session, put)("/a/b/first", b"1")
    shutil.rmtree(root / removed)
    getattr(session, put)("/a/b/second", b"2")
    getattr(session, put)("/a/b/third", b"3")

    assert names(root / "a" / "b") == {"second", "third"}


@pytest.mark.parametrize("put", PUTS)
def test_directory_removed_and_made_anew_within_a_session_is_written_to(put: str, session: WriteSession, root: Path) -> None:
    getattr(session, put)("/a/first", b"1")
    shutil.rmtree(root / "a")
    (root / "a").mkdir()
    getattr(session, put)("/a/second", b"2")

    assert names(root / "a") == {"second"}


def test_file_taken_away_comes_back_when_it_is_written_again(session: WriteSession, root: Path) -> None:
    session.update("/file", b"1")
    (root / "file").unlink()
    session.update("/file", b"2")

    assert (root / "file").read_bytes() == b"2"


@pytest.mark.parametrize("put", PUTS)
def test_files_of_others_are_left_alone(put: str, session: WriteSession, root: Path) -> None:
    for name in (".hidden", "other", "file.tmp", "fil"):
        (root / name).write_text(name)
    before = tree(root)

    getattr(session, put)("/file", b"x")

    (root / "file").unlink()
    assert tree(root) == before


def test_created_file_that_exists_is_left_alone(session: WriteSession, root: Path) -> None:
    (root / "a").mkdir()
    (root / "a" / "file").write_text("of somebody else")
    before = tree(root / "a" / "file"), os.stat(root / "a" / "file")

    with pytest.raises(FileExists, match=r"^/a/file exists$"):
        session.create("/a/file", b"mine")

    assert (tree(root / "a" / "file"), os.stat(root / "a" / "file")) == before
    assert (root / "a" / "file").read_text() == "of somebody else"
    assert names(root / "a") == {"file"}


@pytest.mark.parametrize("kind", ["directory", "link", "dangling link", "link to itself"])
def test_created_file_whose_name_is_taken_by_something_else_exists(kind: str, session: WriteSession, root: Path) -> None:
    if kind == "directory":
        (root / "file").mkdir()
    else:
        (root / "other").write_text("other")
        (root / "file").symlink_to({"link": "other", "dangling link": "missing", "link to itself": "file"}[kind])

    with pytest.raises(FileExists):
        session.create("/file", b"mine")
    assert not (root / "missing").exists()
    assert [name for name in names(root) if name.startswith(".")] == []


@pytest.mark.parametrize("kind", ["nothing", "file", "directory", "link", "dangling link"])
def test_existing_is_refused_whatever_it_is_and_nothing_is_made(kind: str, storage: Storage, root: Path) -> None:
    if kind == "file":
        (root / "file").write_text("x")
    elif kind == "directory":
        (root / "file").mkdir()
    elif kind != "nothing":
        (root / "file").symlink_to({"link": ".", "dangling link": "missing"}[kind])
    before = tree(root)

    if kind == "nothing":
        storage.refuse_existing("/file")
        storage.refuse_existing("/missing/directory/file")
    else:
        with pytest.raises(FileExists, match=r"^/file exists$"):
            storage.refuse_existing("/file")
    assert tree(root) == before


def test_appended_bytes_come_after_those_that_are_there(session: WriteSession, root: Path) -> None:
    for data in (b"one ", b"two"):
        session.append("/a/file", data)

    assert (root / "a" / "file").read_bytes() == session.read("/a/file") == b"one two"


@pytest.mark.parametrize("act", ["write", "update", "append"])
def test_pipe_without_a_reader_in_the_place_of_a_file_fails_the_write(act: str, session: WriteSession, root: Path) -> None:
    os.mkfifo(root / "file")

    with pytest.raises(WriteFailed, match=f"^could not write /file: {os.strerror(errno.ENXIO)}$"):
        getattr(session, act)("/file", b"mine")
    assert (root / "file").is_fifo()


def test_file_that_is_to_grow_does_not_begin_in_the_place_of_another(session: WriteSession, root: Path) -> None:
    (root / "file").write_text("of somebody else")

    with pytest.raises(FileExists):
        GrowingFile(session, "/record", "file", b"mine")
    assert (root / "file").read_text() == "of somebody else"


def test_removed_file_is_gone(session: WriteSession, root: Path) -> None:
    session.write("/a/file", b"x")
    session.remove("/a/file")

    assert names(root / "a") == set()


def test_file_that_is_gone_already_is_removed_without_ado(session: WriteSession, root: Path) -> None:
    (root / "a").mkdir()

    session.remove("/a/file")

    assert names(root / "a") == set()


def test_removing_a_file_makes_no_directory(session: WriteSession, root: Path) -> None:
    session.remove("/a/b/file")

    assert names(root) == set()


@pytest.mark.parametrize("put", [*PUTS, "remove"])
def test_path_outside_is_refused_at_every_write(put: str, session: WriteSession, root: Path) -> None:
    (root / "link").symlink_to("..")
    before = tree(root.parent)

    with pytest.raises(PathRefused):
        getattr(session, put)("/link/file", *[b"x"][: put != "remove"])
    assert tree(root.parent) == before


@pytest.mark.parametrize("put", PUTS)
@pytest.mark.parametrize(
    ("path", "reason"), [("/\ud800", "surrogates not allowed"), ("/" + "n" * 256, "File name too long"), ("/a\0b", "embedded null")]
)
def test_name_that_no_file_can_have_fails_the_write(put: str, path: str, reason: str, session: WriteSession, root: Path) -> None:
    with pytest.raises(WriteFailed, match=reason):
        getattr(session, put)(path, b"x")
    assert names(root) == set()


# When the disk does not do its part


@pytest.mark.parametrize("put", PUTS)
@pytest.mark.parametrize("at_once", [1, 7, 4096])
def test_short_writes_are_continued(put: str, at_once: int, session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, Disk(at_once=at_once))
    data = bytes(range(256)) * 20

    getattr(session, put)("/file", data)

    assert (root / "file").read_bytes() == data


@pytest.mark.parametrize("put", PUTS)
@pytest.mark.parametrize("free", [0, 1, 999])
def test_full_disk_fails_the_write_and_leaves_no_temporary_file(
    put: str, free: int, session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, Disk(free))

    with no_space:
        getattr(session, put)("/a/file", b"x" * 1000)
    assert [name for name in names(root / "a") if name != "file"] == []


def test_full_disk_leaves_no_file_where_one_was_to_be_created(session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, Disk(999))

    with no_space:
        session.create("/a/file", b"x" * 1000)
    assert names(root / "a") == set()


def test_full_disk_leaves_no_file_where_one_was_to_be_created_without_hard_links(
    session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, Disk(1999, fails_with={"link": errno.EPERM}))

    with no_space:
        session.create("/a/file", b"x" * 1000)
    assert names(root / "a") == set()


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS])
def test_file_is_created_where_there_are_no_hard_links(
    number: int, session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, Disk(fails_with={"link": number}))

    session.create("/file", b"x" * 1000)

    assert (root / "file").read_bytes() == b"x" * 1000
    assert names(root) == {"file"}


def test_created_file_that_exists_is_left_alone_where_there_are_no_hard_links(
    session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, Disk(fails_with={"link": errno.EPERM}))
    (root / "file").write_text("of somebody else")

    with pytest.raises(FileExists):
        session.create("/file", b"mine")
    assert (root / "file").read_text() == "of somebody else"
    assert names(root) == {"file"}


def test_link_that_fails_for_another_reason_fails_the_creation(session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, Disk(fails_with={"link": errno.EIO}))

    with pytest.raises(WriteFailed, match=r"^could not write /file: Input/output error$"):
        session.create("/file", b"x")
    assert names(root) == set()


@pytest.mark.parametrize("put", PUTS)
def test_write_after_a_failed_one_succeeds(put: str, session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(free=10)
    stand_in(monkeypatch, disk)
    with no_space:
        getattr(session, put)("/a/file", b"x" * 1000)
    disk.free = None

    getattr(session, "write" if put == "write" else "update")("/a/file", b"whole")

    assert (root / "a" / "file").read_bytes() == b"whole"
    assert names(root / "a") == {"file"}


@pytest.mark.parametrize("put", PUTS)
def test_temporary_file_of_a_process_that_was_killed_is_not_in_the_way(
    put: str, session: WriteSession, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a container every process may have the same number, and each counts from 0."""
    monkeypatch.setattr("ome_mock.disk.files._temporary_numbers", count())
    (root / f".ome-mock-{os.getpid()}-0").write_text("left over")

    getattr(session, put)("/file", b"x")

    assert (root / "file").read_bytes() == b"x"


@pytest.mark.parametrize("put", PUTS)
def test_descriptors_are_closed_whatever_happens(put: str, storage: Storage, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a").mkdir()
    (root / "a" / "directory").mkdir()
    before = os.open(root, os.O_RDONLY)  # the lowest free number, before and after
    os.close(before)

    for disk in (Disk(), Disk(free=3), Disk(fails_with={"rename": errno.EIO, "link": errno.EIO})):
        stand_in(monkeypatch, disk)
        for path in ("/a/file", "/a/b/c/file", "/a/directory", "/../file", "/a/" + "n" * 300, "/a/directory/\ud800"):
            with storage.session() as session:
                try:
                    getattr(session, put)(path, b"12345")
                except WriteFailed:
                    continue

    after = os.open(root, os.O_RDONLY)
    os.close(after)
    assert after == before


# What only one does


def test_replacing_update_goes_through_another_file(root: Path) -> None:
    with replacing(root).session() as session:
        session.update("/file", b"old")
        inode = (root / "file").stat().st_ino
        with (root / "file").open("rb") as reader:
            session.update("/file", b"new")
            assert reader.read() == b"old"

    assert (root / "file").read_bytes() == b"new"
    assert (root / "file").stat().st_ino != inode


def test_in_place_update_keeps_the_file(root: Path) -> None:
    with in_place(root).session() as session:
        session.update("/file", b"old")
        inode = (root / "file").stat().st_ino
        with (root / "file").open("rb") as reader:
            session.update("/file", b"new")
            assert reader.read() == b"new"

    assert (root / "file").stat().st_ino == inode


@pytest.mark.parametrize("make", [replacing, in_place], ids=["replace", "in-place"])
def test_plain_write_goes_directly_under_its_name(make: Callable[[Path], Storage], root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    class Opens(Disk):
        def open(self, path: str, *arguments: int, **options: Any) -> int:
            opened.append(path)
            return os.open(path, *arguments, **options)

    stand_in(monkeypatch, Opens())
    with make(root).session() as session:
        session.write("/seg", b"x")

    assert opened == [str(root), "seg"]


def test_replaced_file_is_opened_for_appending_and_closed_under_its_own_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that whoever waits for close-after-write hears of the name it knows."""
    opened: list[tuple[str, int]] = []

    class Opens(Disk):
        def open(self, path: str, flags: int, *arguments: int, **options: Any) -> int:
            opened.append((path, flags & (os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC)))
            return os.open(path, flags, *arguments, **options)

    stand_in(monkeypatch, Opens())
    with replacing(root).session() as session:
        session.update("/list", b"x")
        session.create("/info", b"x")

    assert [each for each in opened if each[0] in ("list", "info")] == [
        ("list", os.O_WRONLY | os.O_APPEND),
        ("info", os.O_WRONLY | os.O_APPEND),
    ]


@pytest.mark.parametrize("failing", ["write", "rename"])
def test_replacing_update_that_fails_leaves_the_old_file_whole(failing: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with replacing(root).session() as session:
        session.update("/file", b"old")
        stand_in(monkeypatch, Disk(3) if failing == "write" else Disk(fails_with={"rename": errno.EIO}))
        with pytest.raises(WriteFailed):
            session.update("/file", b"newer")

    assert (root / "file").read_bytes() == b"old"
    assert names(root) == {"file"}


def test_in_place_update_that_fails_leaves_a_torn_file_as_the_engine_does(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with in_place(root).session() as session:
        session.update("/file", b"old")
        stand_in(monkeypatch, Disk(3))
        with pytest.raises(WriteFailed):
            session.update("/file", b"newer")

    assert (root / "file").read_bytes() == b"new"


def test_replaced_file_that_somebody_takes_away_at_once_is_no_failure(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class TakenAway(Disk):
        def rename(self, *arguments: str, **options: Any) -> None:
            os.rename(*arguments, **options)
            (root / "file").unlink()

    stand_in(monkeypatch, TakenAway())
    with replacing(root).session() as session:
        session.update("/file", b"x")

    assert names(root) == set()
