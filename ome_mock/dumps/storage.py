"""Where bytes go: files below the allowed directories, written so that nobody reads a torn one.

Every write starts from an allowed directory and walks to its own with directory descriptors that follow no links, so a directory
that is swapped for a link meanwhile leads nowhere. POSIX only.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count

from ..dialect import WriteMode
from ..errors import EngineCrashed, FileExists, WriteFailed
from ..faults import (
    Crash,
    DiskFull,
    FaultPlan,
    ReadOnly,
    SkippedFile,
    SlowWrite,
    Torn,
    VanishedDirectory,
    WriteFault,
    ZeroBytes,
)
from ..faults.write_faults import WriteEvent
from ..text import printable
from .confinement import Confinement, Place

log = logging.getLogger("ome_mock.dumps")

DIRECTORY_MODE = 0o755
FILE_MODE = 0o666
BATCH_SIZE = 1024 * 1024
_OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a named pipe without a reader is an error, not a wait
_WITHOUT_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
_temporary_numbers = count()
"""Names that no other thread of this process uses; nothing else depends on it."""


Put = Callable[[int, str, bytes], None]
"""Puts bytes into a file, by the descriptor of its directory and its name."""


class Storage:
    """Files of dumps, by the paths that clients give."""

    def __init__(
        self,
        confinement: Confinement,
        mode: WriteMode,
        *,
        notices_short_writes: bool = True,
        faults: FaultPlan | None = None,
        on_write: Callable[[str, str, str, int], None] = lambda stream, dump, path, size: None,  # noqa: ARG005
    ) -> None:
        self.confinement = confinement
        self.mode = mode
        self.notices_short_writes = notices_short_writes
        self.faults = faults
        self.on_write = on_write
        """Told of each file written: for which output stream and dump, under which path, how many bytes."""

    def refuse_existing(self, path: str) -> None:
        """Raise FileExists where anything has this name; nothing is made."""
        if self.holds(path):
            raise FileExists(f"{printable(path)} exists")

    def holds(self, path: str) -> bool:
        """Whether anything has this name."""
        place, name = self.confinement.locate_file(path)
        return os.path.lexists(os.path.join(str(place), name))

    @contextmanager
    def session(self, stream: str = "", dump: str = "") -> Iterator[Session]:
        """A few writes in a row, of a dump of an output stream: a directory that several of them name is walked to once."""
        session = Session(self, stream, dump)
        try:
            yield session
        finally:
            session.close()


class Session:
    """Writes, each by the client's path. All raise WriteFailed, or what a fault has them raise."""

    def __init__(self, storage: Storage, stream: str, dump: str) -> None:
        self._storage = storage
        self._stream = stream
        self._dump = dump
        self._places: dict[str, Place] = {}
        self._descriptors: dict[Place, int] = {}

    def close(self) -> None:
        for descriptor in self._descriptors.values():
            os.close(descriptor)
        self._descriptors.clear()
        self._places.clear()

    def write(self, path: str, data: bytes) -> None:
        """Write a file: a new one directly under its name, one that is there, and may have readers, as the storage's mode says."""
        self._put(path, data, _rewrite_file if self._storage.mode is WriteMode.IN_PLACE else _write_or_replace)

    def update(self, path: str, data: bytes) -> None:
        """Write a file that is complete from its first moment on where the storage's mode allows it."""
        self._put(path, data, _rewrite_file if self._storage.mode is WriteMode.IN_PLACE else _replace_file)

    def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist; raises FileExists where it does, and leaves that one alone."""
        self._put(path, data, _create_file)

    def replace(self, path: str, pieces: Callable[[], Iterable[bytes]]) -> None:
        """Write a file that may be large and is complete from its first moment on, whatever the storage's mode."""
        self._perform(path, lambda directory, name: _replace_file(directory, name, pieces()))

    def probe(self, path: str) -> None:
        """Fail as writing this file would, and write nothing that stays; directories that are missing are made."""
        self._perform(path, _probe)

    def remove(self, path: str) -> None:
        """Remove a file that may be gone already."""
        if self._storage.holds(path):
            self._perform(path, _remove_file)

    def _put(self, path: str, data: bytes, put: Put) -> None:
        for fault in self._faults(path):
            match fault:
                case SlowWrite():
                    time.sleep(fault.seconds)
                case VanishedDirectory():
                    self._move_aside(path)
                case Crash():
                    raise EngineCrashed(f"before writing {printable(path)}")
                case SkippedFile():
                    return
                case ZeroBytes():
                    data = b""
                case Torn():
                    data, put = data[: len(data) // 2], _rewrite_file
                case ReadOnly():
                    put = _refuse_read_only
                case DiskFull():
                    put = _fill_disk if self._storage.mode is WriteMode.IN_PLACE else _refuse_full_disk
        self._perform(path, lambda directory, name: put(directory, name, data))
        self._storage.on_write(self._stream, self._dump, path, len(data))

    def _faults(self, path: str) -> Sequence[WriteFault]:
        if self._storage.faults is None or self._storage.faults.is_empty:
            return ()
        return self._storage.faults.of_write(WriteEvent(self._stream, self._dump, os.path.basename(path)))

    def _move_aside(self, path: str) -> None:
        """Give the directory of a file another name: what it held is not lost."""
        place = self._storage.confinement.locate(os.path.dirname(path))
        self.close()
        for number in count(1):
            aside = f"{place}.vanished-{number}"
            if not os.path.lexists(aside):
                with suppress(FileNotFoundError):
                    os.rename(str(place), aside)
                return

    def _perform(self, path: str, action: Callable[[int, str], None]) -> None:
        directory, name = os.path.split(path)
        try:
            try:
                self._act(directory, name, action)
            except FileNotFoundError:  # the directory was removed after it was opened: it comes back, as with the engine
                self.close()
                self._act(directory, name, action)
        except FileExistsError:
            raise FileExists(f"{printable(path)} exists") from None
        except _WrittenShort as error:
            if self._storage.notices_short_writes:
                raise WriteFailed(f"could not write {printable(path)}: {error.strerror}") from error
            log.warning("%s is cut short, which OME doesn't notice: %s", printable(path), error.strerror)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise WriteFailed(f"could not write {printable(path)}: {reason}") from error

    def _act(self, directory: str, name: str, action: Callable[[int, str], None]) -> None:
        if directory not in self._places:
            self._places[directory] = self._storage.confinement.locate(directory)
        place = self._places[directory]
        try:
            action(self._open(place), name)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            target = os.path.realpath(os.path.join(str(place), name))
            action(self._open(self._storage.confinement.place(os.path.dirname(target))), os.path.basename(target))

    def _open(self, place: Place) -> int:
        if place not in self._descriptors:
            self._descriptors[place] = _walk(place)
        return self._descriptors[place]


def _walk(place: Place) -> int:
    """Open a directory, making what is missing on the way and following no link."""
    descriptor = os.open(place.allowed, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    for name in place.names:
        parent = descriptor
        try:
            descriptor = _open_or_make(parent, name)
        finally:
            os.close(parent)
    return descriptor


def _open_or_make(parent: int, name: str) -> int:
    try:
        return os.open(name, _OPEN_DIRECTORY, dir_fd=parent)
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.mkdir(name, DIRECTORY_MODE, dir_fd=parent)
        return os.open(name, _OPEN_DIRECTORY, dir_fd=parent)


def _refuse_irregular(directory: int, name: str) -> None:
    """Fail as opening a link, a pipe or the like does, for writing that would not open it."""
    with suppress(FileNotFoundError):
        mode = os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode
        if not stat.S_ISREG(mode):
            number = errno.ELOOP if stat.S_ISLNK(mode) else errno.ENXIO
            raise OSError(number, os.strerror(number))


class _WrittenShort(OSError):
    """A file was opened, but not everything could be written into it."""


def _write_file(directory: int, name: str, flags: int, data: bytes | Iterable[bytes]) -> None:
    descriptor = os.open(name, _WRITE | flags, FILE_MODE, dir_fd=directory)
    try:
        for piece in [data] if isinstance(data, bytes) else _batched(data):
            rest = memoryview(piece)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
    except OSError as error:
        raise _WrittenShort(error.errno, error.strerror) from error
    finally:
        os.close(descriptor)


def _batched(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth a write."""
    batch: list[bytes] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece)
        if size >= BATCH_SIZE:
            yield b"".join(batch)
            batch, size = [], 0
    yield b"".join(batch)


def _probe(directory: int, name: str) -> None:
    _refuse_irregular(directory, name)
    with _temporary_file(directory, b""):
        pass


def _rewrite_file(directory: int, name: str, data: bytes) -> None:
    _write_file(directory, name, os.O_CREAT | os.O_TRUNC, data)


def _refuse_read_only(directory: int, name: str, data: bytes) -> None:  # noqa: ARG001
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


def _refuse_full_disk(directory: int, name: str, data: bytes) -> None:  # noqa: ARG001
    raise _WrittenShort(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _fill_disk(directory: int, name: str, data: bytes) -> None:
    """Open the file, which truncates it, and find no space."""
    _rewrite_file(directory, name, b"")
    _refuse_full_disk(directory, name, data)


def _write_or_replace(directory: int, name: str, data: bytes) -> None:
    try:
        _write_file(directory, name, os.O_CREAT | os.O_EXCL, data)
    except FileExistsError:
        _replace_file(directory, name, data)


def _replace_file(directory: int, name: str, data: bytes | Iterable[bytes]) -> None:
    _refuse_irregular(directory, name)
    with _temporary_file(directory, data) as temporary:
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    _close_after_write(directory, name)


def _create_file(directory: int, name: str, data: bytes) -> None:
    with _temporary_file(directory, data) as temporary:
        try:
            os.link(temporary, name, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _WITHOUT_HARD_LINKS:
                raise
            _write_file_or_none(directory, name, data)
    _close_after_write(directory, name)


def _write_file_or_none(directory: int, name: str, data: bytes | Iterable[bytes]) -> None:
    """Write a new file; a failure leaves none behind."""
    try:
        _write_file(directory, name, os.O_CREAT | os.O_EXCL, data)
    except FileExistsError:
        raise
    except OSError:
        _remove_file(directory, name)
        raise


def _remove_file(directory: int, name: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory)


@contextmanager
def _temporary_file(directory: int, data: bytes | Iterable[bytes]) -> Iterator[str]:
    """A complete file under a name of its own, gone afterwards."""
    name = ""
    while not name:
        with suppress(FileExistsError):  # left by a process of the same number that was killed
            candidate = f".ome-mock-{os.getpid()}-{next(_temporary_numbers)}"
            _write_file_or_none(directory, candidate, data)
            name = candidate
    try:
        yield name
    finally:
        _remove_file(directory, name)


def _close_after_write(directory: int, name: str) -> None:
    """Let watchers that wait for close-after-write see the name they know; whoever took the file away meanwhile may have it."""
    with suppress(OSError):
        os.close(os.open(name, _WRITE | os.O_APPEND, dir_fd=directory))
