"""Writes the files of a record."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence
from datetime import tzinfo

from ..disk.growing_file import GrowingFile
from ..disk.storage import Storage
from ..errors import WriteFailed
from ..media.run import MediaTrack, TimedSample
from ..text import printable
from .containers import Container, container_of
from .info_xml import append_file
from .record import RecordedFile, log
from .records import RecordOrigin

TEMPORARY_NAME_LENGTH = 32


class DiskRecordWriter:
    """Writes the files of one record. Not thread-safe: the record's lock guards it."""

    def __init__(self, storage: Storage, zone: tzinfo | None, origin: RecordOrigin) -> None:
        self._zone = zone
        self._origin = origin
        self._session = storage.session(f"{origin.vhost}/{origin.app}/{origin.request.chosen.stream_name}", origin.request.id)
        self._open: tuple[GrowingFile, Container] | None = None

    def open(self, path: str, tracks: Sequence[MediaTrack], start_ms: int) -> None:
        """Begin the file of a path under a temporary name beside it. Raises WriteFailed."""
        container = container_of(path)(tracks, start_ms)
        self._open = GrowingFile(self._session, path, _temporary_name(), container.head), container

    def append(self, samples: Sequence[TimedSample]) -> None:
        """Write further samples into the open file. Raises WriteFailed."""
        if self._open is not None:
            file, container = self._open
            file.append(container.add(samples))

    def finish(self, file: RecordedFile) -> None:
        """Complete the open file, give it its name, and list it in the information file.

        Raises WriteFailed, but not for the information file: that the engine fails to write it ends no record.
        """
        if self._open is None:
            return
        self._session.due_ns = file.finish_ns
        (growing, container), self._open = self._open, None
        growing.append([container.tail()])
        growing.finish(file.path, container.patch())
        if file.info_path:
            try:
                with self._session as session:
                    session.update(file.info_path, append_file(session.read(file.info_path), self._origin, file, self._zone))
            except WriteFailed as error:
                log.warning("%s is not listed: %s", printable(file.path), error)

    def abandon(self) -> None:
        """Leave the open file as it is."""
        if self._open is not None:
            self._open[0].close()
            self._open = None


def _temporary_name() -> str:
    """A name that no other record has, not even one of another emulator with the same seed."""
    return "tmp_" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(TEMPORARY_NAME_LENGTH))
