"""A file that is written piece by piece under a temporary name, and then gets its own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from ..dialect import WriteMode
from ..errors import EngineCrashed, WriteFailed
from ..text import printable
from .files import append_to, new_file
from .storage import WriteSession


class GrowingFile:
    """An open file. It stays open, so that it grows even where its directory was moved or removed, as with the engine.

    Each method raises WriteFailed, or EngineCrashed if a fault asks for it; from then on the file is closed, and stays as it is.
    """

    def __init__(self, session: WriteSession, path: str, temporary_name: str, head: bytes) -> None:
        self._session = session
        self._path = path
        self._descriptor = -1
        self._temporary = os.path.join(os.path.dirname(path), temporary_name)
        self.append([head])

    def append(self, pieces: Iterable[bytes]) -> None:
        """Write at the end of the file, as faults leave that."""
        with self._closing():
            if not self._session.may_be_spoilt:
                self._put(pieces)
                return
            from .spoilt_write import SpoiltAppend  # noqa: PLC0415 (lazy: most emulators never have a fault)

            def put(directory: int, name: str, data: bytes) -> None:  # noqa: ARG001
                self._put([data])

            write = SpoiltAppend(self._path, b"".join(pieces), put, WriteMode.REPLACE, self._session.move_aside, self._session.sleep)
            self._session.spoil(write)
            if not write.is_skipped:
                write.put(self._descriptor, self._path, write.data)

    def finish(self, path: str, patch: tuple[int, bytes] | None) -> None:
        """Write `patch`, its place and its bytes, and rename the file, whose directory is made if it is missing."""
        with self._closing(), self._session as session:
            if patch is not None:
                os.pwrite(self._descriptor, patch[1], patch[0])
            size = os.fstat(self._descriptor).st_size
            session.act(path, self._rename)
        self.close()
        self._session.note(path, size)

    def _put(self, pieces: Iterable[bytes]) -> None:
        if self._descriptor < 0:
            with self._session as session:
                self._descriptor = session.act(self._temporary, new_file)
        append_to(self._descriptor, pieces)

    def _rename(self, directory: int, name: str) -> None:
        temporary = os.path.basename(self._temporary)
        os.rename(temporary, name, src_dir_fd=self._session.open_directory(self._temporary), dst_dir_fd=directory)

    def close(self) -> None:
        """Leave the file as it is; closing again does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        with suppress(OSError):
            self.close()

    @contextmanager
    def _closing(self) -> Iterator[None]:
        """Close the file where something fails."""
        try:
            yield
        except (WriteFailed, EngineCrashed):
            self.close()
            raise
        except OSError as error:
            self.close()
            raise WriteFailed(f"could not write {printable(self._path)}: {error.strerror}") from error
