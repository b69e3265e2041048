"""The files of DVR: written when a segment leaves memory, removed when it is too old or its stream is gone (live-llhls.md#dvr)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from ..agenda import Agenda
from ..disk.storage import Storage
from ..engine.follower import Follower
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

    def advance(self, now_ns: int) -> None:
        """Write and remove what is due; segments that came and went in the meantime are not written."""
        if self.failed:
            return
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


class Dvr(Follower):
    """The recorders of all streams, which it follows."""

    def __init__(self, agenda: Agenda, storage: Storage, find_tapes: Callable[[OutputStream], Iterable[Tape]]) -> None:
        self._storage = storage
        self._find_tapes = find_tapes
        self._alarm = agenda.alarm(self._advance)
        self._lock = Lock()
        self._recorders: dict[InputStream, list[_Recorder]] = {}

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        tapes = [tape for output in stream.outputs for tape in self._find_tapes(output)]
        with self._lock:
            self._recorders[stream] = [_Recorder(tape, self._storage) for tape in tapes]
        self._set_alarm(now_ns)

    def stream_changed(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        self._set_alarm(now_ns)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            ended = self._recorders.pop(stream, [])
            for recorder in ended:
                recorder.clear()
        self._set_alarm(now_ns)

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:
        """Leave the files as they are."""
        with self._lock:
            self._recorders.pop(stream, None)
        self._set_alarm(now_ns)

    def _advance(self, now_ns: int) -> None:
        with self._lock:
            for recorder in self._all():
                recorder.advance(now_ns)
        self._set_alarm(now_ns)

    def _set_alarm(self, now_ns: int) -> None:
        with self._lock:
            due_ns = [recorder.tape.changes_ns(now_ns) for recorder in self._all()]
        self._alarm.set(min((each for each in due_ns if each is not None), default=None))

    def _all(self) -> list[_Recorder]:
        return [recorder for recorders in self._recorders.values() for recorder in recorders]
