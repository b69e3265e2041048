"""Writes the files of dumps below the allowed directories.

Every write opens an allowed directory, then each directory on the way to the file from the one before it, following no link. So a
directory that is replaced by a link at the same time can't lead the write elsewhere. POSIX only.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from ..dialect import WriteMode
from ..errors import FileExists, WriteFailed
from ..faults import FaultPlan
from ..faults.events import WriteEvent
from ..text import printable
from .confinement import ConfinedPath, Confinement, Identity, identity_of
from .files import (
    Put,
    WrittenShort,
    append_file,
    create_file,
    read_file,
    remove_directory,
    remove_file,
    replace_file,
    rewrite_file,
    write_or_replace,
)

if TYPE_CHECKING:
    from .spoilt_write import SpoiltWrite

log = logging.getLogger("ome_mock.dumps")

T = TypeVar("T")

DIRECTORY_MODE = 0o755
_OPEN_ALLOWED = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_OPEN_DIRECTORY = _OPEN_ALLOWED | os.O_NOFOLLOW
_IS_A_LINK = {errno.ELOOP, errno.ENOTDIR}
"""The errors of opening a link as a directory; they depend on the system."""


class Storage:
    """The files of dumps by the paths that clients give."""

    def __init__(
        self,
        confinement: Confinement,
        mode: WriteMode,
        *,
        notices_short_writes: bool = True,
        faults: FaultPlan | None = None,
        on_write: Callable[[int, str, str, str, int], None] = lambda due_ns, stream, dump, path, size: None,  # noqa: ARG005
    ) -> None:
        self.confinement = confinement
        self.mode = mode
        self.notices_short_writes = notices_short_writes
        self.faults = FaultPlan(lambda: 0) if faults is None else faults
        self.on_write = on_write
        """Called for each written file with its due time, output stream, dump, path and size in bytes."""

    def refuse_existing(self, path: str) -> None:
        """Raise FileExists if anything has this name. Nothing is made."""
        if self.holds(path):
            raise FileExists(f"{printable(path)} exists")

    def holds(self, path: str) -> bool:
        """Says if anything has this name."""
        place, name = self.confinement.locate_file(path)
        return os.path.lexists(os.path.join(str(place), name))

    def session(self, stream: str = "", dump: str = "") -> WriteSession:
        """A session for the writes of a dump of an output stream."""
        return WriteSession(self, stream, dump)


class WriteSession:
    """Writes files by the client's paths. Every method raises WriteFailed, or EngineCrashed if a fault asks for it.

    It is a context manager that is entered for each batch of writes, within which each directory is opened once.
    """

    def __init__(self, storage: Storage, stream: str, dump: str) -> None:
        self._storage = storage
        self._stream = stream
        self._dump = dump
        self.due_ns = 0
        """The due time of the next writes, in nanoseconds since the epoch."""
        self._descriptors: dict[str | ConfinedPath, int] = {}
        self._plain: dict[str, ConfinedPath] = {}
        """The directories that had no link in their path when they were last opened."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._close()

    def _close(self) -> None:
        while self._descriptors:
            os.close(self._descriptors.popitem()[1])

    def write(self, path: str, data: bytes, *, is_open: bool = False) -> None:
        """Write a file: a new one under its name, an existing one, which may have readers, in the storage's mode.

        `is_open`: a segment that is written again once it is complete.
        """
        self._put(path, data, rewrite_file if self._storage.mode is WriteMode.IN_PLACE else write_or_replace, is_open=is_open)

    def update(self, path: str, data: bytes) -> None:
        """Write a file so that it appears complete, if the storage's mode allows it."""
        self._put(path, data, rewrite_file if self._storage.mode is WriteMode.IN_PLACE else replace_file)

    def append(self, path: str, data: bytes) -> None:
        """Write at the end of a file, which is made if it is missing."""
        self._put(path, data, append_file)

    def create(self, path: str, data: bytes) -> None:
        """Write a file that must not exist. Raises FileExists if it does, and leaves it alone."""
        self._put(path, data, create_file)

    def read(self, path: str) -> bytes:
        """The bytes of a file; none if it is missing. Missing directories are made."""
        return self.act(path, read_file)

    def remove(self, path: str) -> None:
        """Remove a file if it exists."""
        if self._storage.holds(path):
            self.act(path, remove_file)

    def remove_directory(self, path: str) -> None:
        """Remove a directory if it is there and empty."""
        if self._storage.holds(path):
            self.act(path, remove_directory)

    def _put(self, path: str, data: bytes, put: Put, *, is_open: bool = False) -> None:
        if self.may_be_spoilt:
            from .spoilt_write import SpoiltWrite  # noqa: PLC0415 (lazy: most emulators never have a fault)

            write = SpoiltWrite(path, data, put, self._storage.mode, self.move_aside, self.sleep)
            self.spoil(write, is_open=is_open)
            if write.is_skipped:
                return
            data, put = write.data, write.put
        try:
            self.act(path, put, data)
        except WrittenShort as error:
            if self._storage.notices_short_writes:
                raise WriteFailed(f"could not write {printable(path)}: {error.strerror}") from error
            log.warning("%s is cut short, which OME doesn't notice: %s", printable(path), error.strerror)
        self.note(path, len(data))

    def sleep(self, seconds: float) -> None:
        """Wait in real time, as a fault wants it."""
        self._storage.faults.sleep(seconds)

    def note(self, path: str, size: int) -> None:
        """Tell of a file that was written."""
        self._storage.on_write(self.due_ns, self._stream, self._dump, path, size)

    @property
    def may_be_spoilt(self) -> bool:
        return not self._storage.faults.is_empty

    def spoil(self, write: SpoiltWrite, *, is_open: bool = False) -> None:
        """Let the faults that fit a write spoil it."""
        for fault in self._storage.faults.of(WriteEvent(self._stream, self._dump, os.path.basename(write.path), is_open)):
            if not write.is_skipped:
                fault.spoil(write)

    def move_aside(self, path: str) -> None:
        """Rename the directory of a file, so that its content is kept."""
        place = self._storage.confinement.locate(os.path.dirname(path))
        self._close()
        for number in count(1):
            aside = f"{place}.vanished-{number}"
            if not os.path.lexists(aside):
                with suppress(FileNotFoundError):
                    os.rename(str(place), aside)
                return

    def act(self, path: str, action: Callable[..., T], *data: bytes) -> T:
        """Do something with a file by the descriptor of its directory and its name; gives what it gives. Raises WrittenShort too."""
        directory, name = os.path.split(path)
        try:
            try:
                return self._act(directory, name, action, data)
            except FileNotFoundError:  # the directory was removed after it was opened: it is made again, as by the engine
                self._close()
                return self._act(directory, name, action, data)
        except FileExistsError:
            raise FileExists(f"{printable(path)} exists") from None
        except WrittenShort:
            raise
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise WriteFailed(f"could not write {printable(path)}: {reason}") from error

    def open_directory(self, path: str) -> int:
        """The descriptor of the directory of a file, for as long as the session is entered."""
        return self._directory(os.path.dirname(path))

    def _directory(self, directory: str) -> int:
        descriptor = self._descriptors.get(directory)
        if descriptor is None:
            descriptor = self._descriptors[directory] = self._open(directory)
        return descriptor

    def _act(self, directory: str, name: str, action: Callable[..., T], data: tuple[bytes, ...]) -> T:
        try:
            return action(self._directory(directory), name, *data)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            target = os.path.realpath(os.path.join(str(self._storage.confinement.locate(directory)), name))
            place = self._storage.confinement.place(os.path.dirname(target))
            if place not in self._descriptors:
                self._descriptors[place] = walk(place)
            return action(self._descriptors[place], os.path.basename(target), *data)

    def _open(self, directory: str) -> int:
        """Open a directory by the client's path. The path is resolved again only if a link was, or is now, on the way."""
        confinement, known = self._storage.confinement, self._plain.pop(directory, None)
        if known is not None:
            try:
                descriptor = walk(known, confinement.identities[known.allowed])
            except OSError as error:
                if error.errno not in _IS_A_LINK:
                    raise
            else:
                self._plain[directory] = known
                return descriptor
        place = confinement.locate(directory)
        for passed in confinement.passed(directory):
            os.close(walk(passed))
        if confinement.is_plain(directory, place):
            self._plain[directory] = place
        return walk(place)


def open_existing(parent: int, name: str) -> int:
    """Open a directory that is there."""
    return os.open(name, _OPEN_DIRECTORY, dir_fd=parent)


def _open_or_make(parent: int, name: str) -> int:
    try:
        return open_existing(parent, name)
    except FileNotFoundError:
        with suppress(FileExistsError):
            os.mkdir(name, DIRECTORY_MODE, dir_fd=parent)
        return open_existing(parent, name)


def walk(place: ConfinedPath, identity: Identity | None = None, step: Callable[[int, str], int] = _open_or_make) -> int:
    """Open a directory, each `step` of it, following no link; with `identity`, only from an allowed directory that has it."""
    descriptor = os.open(place.allowed, _OPEN_ALLOWED)
    if identity is not None and identity_of(os.fstat(descriptor)) != identity:
        os.close(descriptor)
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    for name in place.names:
        parent = descriptor
        try:
            descriptor = step(parent, name)
        finally:
            os.close(parent)
    return descriptor
