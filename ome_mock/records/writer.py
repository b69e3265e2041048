"""Writes the files of a record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from ..disk.storage import Storage
from ..errors import WriteFailed
from ..media.mp4 import mp4_file
from ..media.mpegts import mpegts_file
from ..text import printable
from .info_xml import RecordInfo
from .record import RecordedFile
from .records import RecordOrigin

CONTAINERS = {".mp4": mp4_file, ".ts": mpegts_file}
"""The containers by the suffix of a path (documentation of recording: the path selects the container)."""


class DiskRecordWriter:
    """Writes the files of one record. Not thread-safe: the record's lock guards it."""

    def __init__(self, storage: Storage, zone: tzinfo | None, origin: RecordOrigin) -> None:
        self._storage = storage
        self._info = RecordInfo(origin, zone)

    def prepare(self, path: str, info_path: str) -> None:
        """Refuse a path that selects no container or can't be written to. Raises WriteFailed."""
        _container(path)
        with self._storage.session() as session:
            session.probe(path)
            if info_path:
                session.probe(info_path)

    def write(self, file: RecordedFile) -> None:
        """Write a finished file, then the information file that lists it. Raises WriteFailed."""
        with self._storage.session() as session:
            session.replace(file.path, lambda: _bytes(file))
            if file.info_path:
                session.due_ns = file.finish_ns
                session.update(file.info_path, self._info.add(file))


def _bytes(file: RecordedFile) -> Iterator[bytes]:
    return CONTAINERS[_container(file.path)](file.runs, file.offset_ms)


def _container(path: str) -> str:
    for extension in CONTAINERS:
        if path.endswith(extension):
            return extension
    raise WriteFailed(f"could not write {printable(path)}: a recording ends in {' or '.join(CONTAINERS)}")
