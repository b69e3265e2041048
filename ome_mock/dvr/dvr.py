"""The files of DVR: written when a segment leaves memory, removed when it is too old or its stream is gone (live-llhls.md#dvr)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from ..agenda import Agenda
from ..disk.storage import Storage
from ..engine.follower import WorkFollower
from ..engine.input_stream import InputStream
from ..engine.stream import OutputStream
from ..errors import WriteFailed

log = logging.getLogger("ome_mock.dvr")


class Tape(Protocol):
    """A live list whose segments are kept."""

    @property
    def directories(self) -> tuple[str, ...]:
        """The directory of its files, then those around it that go with the stream."""

    def stored(self, now_ns: int) -> range:
        """The numbers of the segments on disk at an instant."""

    def changes_ns(self, now_ns: int) -> int | None:
        """The next instant at which that changes, or None."""

    def file_name(self, msn: int) -> str: ...

    def data(self, msn: int) -> bytes: ...


@dataclass(eq=False)
class _Recorder:
    """Keeps the files of one tape as they should be at an instant."""

    tape: Tape
    storage: Storage
    on_disk: set[int] = field(default_factory=set)
    failed: bool = False

    def due_ns(self, now_ns: int) -> int | None:
        return self.tape.changes_ns(now_ns)

    def advance(self, now_ns: int) -> None:
        """Write and remove what is due; segments that came and went in the meantime are not written."""
        stored = set(self.tape.stored(now_ns))
        try:
            with self.storage.session() as session:
                session.due_ns = now_ns
                for msn in sorted(stored - self.on_disk):
                    session.write(self._path(msn), self.tape.data(msn))
                    self.on_disk.add(msn)
                self._remove(self.on_disk - stored)
        except WriteFailed as error:
            self.failed = True
            log.warning("DVR writes no more into %s: %s", self.tape.directories[0], error)

    def _remove(self, gone: set[int]) -> None:
        with self.storage.session() as session:
            for msn in sorted(gone):
                session.remove(self._path(msn))
        self.on_disk -= gone

    def clear(self) -> None:
        """Remove everything."""
        try:
            self._remove(set(self.on_disk))
            with self.storage.session() as session:
                for directory in self.tape.directories:
                    session.remove_directory(directory)
        except WriteFailed as error:
            log.warning("DVR leaves files behind: %s", error)

    def _path(self, msn: int) -> str:
        return f"{self.tape.directories[0]}/{self.tape.file_name(msn)}"


class Dvr(WorkFollower[_Recorder]):
    """The recorders of all streams, which it follows."""

    def __init__(self, agenda: Agenda, storage: Storage, find_tapes: Callable[[OutputStream], Iterable[Tape]]) -> None:
        super().__init__(agenda, lambda output: [_Recorder(tape, storage) for tape in find_tapes(output)])

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            for recorder in self._workers.pop(stream, []):
                recorder.clear()
        self._set_alarm(now_ns)
