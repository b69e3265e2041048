"""A file that is written piece by piece under a temporary name, and then gets its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from .. import faults as kinds
from ..errors import EngineCrashed, WriteFailed
from ..text import printable
from .files import append_to, new_file, patch_file
from .storage import WriteSession


class GrowingFile:
    """An open file. It stays open, so that it grows even where its directory was moved or removed, as with the engine.

    Each method raises WriteFailed, or EngineCrashed if a fault asks for it; from then on the file is closed, and stays as it is.
    """

    def __init__(self, session: WriteSession, path: str, temporary_name: Callable[[], str]) -> None:
        self._session = session
        self._path = path
        self._descriptor = -1
        self._temporary = ""
        with self._closing(), session:
            self._spoilt([])
            self._temporary = os.path.join(os.path.dirname(path), temporary_name())
            self._descriptor = session.act(self._temporary, new_file)

    def append(self, pieces: Iterable[bytes]) -> None:
        with self._closing():
            append_to(self._descriptor, self._spoilt(pieces))

    def finish(self, path: str, patch: tuple[int, bytes] | None) -> None:
        """Write `patch`, its place and its bytes, and rename the file, whose directory is made if it is missing."""
        with self._closing(), self._session as session:
            if patch is not None:
                patch_file(self._descriptor, *patch)
            size = os.fstat(self._descriptor).st_size
            session.act(path, self._rename)
        self.close()
        self._session.note(path, size)

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

    def _spoilt(self, pieces: Iterable[bytes]) -> Iterable[bytes]:
        """The pieces as faults leave them."""
        for fault in self._session.faults(self._path):
            match fault:
                case kinds.SlowWrite():
                    time.sleep(fault.seconds)
                case kinds.VanishedDirectory():
                    self._session.move_aside(self._path)
                case kinds.Crash():
                    raise EngineCrashed(f"before writing {printable(self._path)}")
                case kinds.SkippedFile() | kinds.ZeroBytes():
                    pieces = []
                case kinds.Torn():
                    data = b"".join(pieces)
                    pieces = [data[: len(data) // 2]]
                case kinds.ReadOnly() | kinds.DiskFull():
                    raise WriteFailed(f"could not write {printable(self._path)}: {fault.kind()}")
        return pieces
