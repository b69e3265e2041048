"""One record: its files, and its state.

A file begins as the record does and grows with every packet, under a temporary name. It is done at a split, at a stop, or at the end of the
stream (records-and-pushes.md#record-states).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from enum import Enum
from threading import Lock
from typing import NamedTuple, Protocol

from ..engine.stream import OutputStream
from ..engine.track import ChosenTracks
from ..errors import WriteFailed
from ..media.run import MediaTrack, TimedSample
from ..text import printable
from .containers import container_of
from .open_file import OpenFile, RecordedTracks
from .record_path import RecordMoment, RecordPaths
from .split_schedule import SplitSchedule

log = logging.getLogger("ome_mock.records")


class SegmentationRule(Enum):
    """The rule for times in further files: they begin again, or continue."""

    CONTINUITY = "continuity"
    DISCONTINUITY = "discontinuity"


class RecordRequest(NamedTuple):
    """A client's request for a record, with its strings unchanged."""

    id: str
    chosen: ChosenTracks
    file_path: str = ""
    info_path: str = ""
    interval_ms: int = 0
    schedule: str = ""
    metadata: str = ""
    segmentation_rule: SegmentationRule = SegmentationRule.DISCONTINUITY


class RecordState(Enum):
    """The states of a record, in the engine's words (rest-api.md#times-and-enums)."""

    READY = "ready"
    RECORDING = "recording"
    STOPPING = "stopping"
    ERROR = "error"


class RecordedFile(NamedTuple):
    """One file of a record, open or done, as the API and the information file show it."""

    path: str
    info_path: str
    sequence: int
    created_ns: int
    start_ns: int
    finish_ns: int = 0
    byte_count: int = 0
    duration_ms: int = 0
    is_last: bool = False


class RecordWriter(Protocol):
    """Writes the files of one record, one after the other."""

    def open(self, path: str, tracks: Sequence[MediaTrack], start_ms: int) -> None:
        """Begin the file of a path; its times begin at `start_ms` of the stream. Raises WriteFailed."""

    def append(self, samples: Sequence[TimedSample]) -> None:
        """Write further samples into the open file. Raises WriteFailed."""

    def finish(self, file: RecordedFile) -> None:
        """Complete the open file, give it its name, and list it in the information file. Raises WriteFailed."""

    def abandon(self) -> None:
        """Leave the open file as it is."""


class RecordStatus(NamedTuple):
    """The status of a record at an instant; `file` is the open file, or else the last one.

    `sequence` is that of the open file, or of the next one. The totals are those of all files.
    """

    state: RecordState
    created_ns: int
    file: RecordedFile | None = None
    sequence: int = 0
    byte_count: int = 0
    duration_ms: int = 0
    total_bytes: int = 0
    total_ms: int = 0


class Record:
    """One record of an application. Its methods may be called from any thread.

    Its lock guards its files. The status is one value that is replaced as a whole, so that reading it never waits for a disk.
    """

    def __init__(
        self,
        request: RecordRequest,
        schedule: SplitSchedule | None,
        paths: RecordPaths,
        names: Mapping[str, str],
        writer: RecordWriter,
        created_ns: int,
        zone: tzinfo | None,
    ) -> None:
        self.request = request
        self._schedule = schedule
        self._paths = paths
        self._names = names
        self._writer = writer
        self._zone = zone
        self._lock = Lock()
        self._state: tuple[RecordStatus, OpenFile | None] = (RecordStatus(RecordState.READY, created_ns), None)
        self.due_ns: int | None = None
        """The instant at which the open file grows, or ends; None without one."""

    def __str__(self) -> str:
        return f"record {printable(self.request.id)}"

    def start(self, stream: OutputStream, now_ns: int) -> None:
        """Begin to record an output stream; do nothing if the record runs or has failed."""
        with self._lock:
            if self._status.state is RecordState.READY:
                self._become(self._status._replace(state=RecordState.RECORDING), None)
                tracks = [track for track in stream.tracks if self.request.chosen.include(track)]
                self._open_file(RecordedTracks(stream, tracks, now_ns), now_ns)

    def advance(self, now_ns: int) -> None:
        """Let the open file grow, end the files that are due, and begin the next ones."""
        with self._lock:
            self._advance(now_ns)

    def interrupt(self, now_ns: int) -> None:
        """End the open file because its stream has ended; the record waits for the stream to come back."""
        with self._lock:
            self._finish(now_ns, is_last=False)
            if self._status.state is RecordState.RECORDING:
                self._become(self._status._replace(state=RecordState.READY), None)

    def stop(self, now_ns: int) -> RecordStatus:
        """End the record finally; returns its last status."""
        with self._lock:
            self._advance(now_ns)
            status = self.status(now_ns)._replace(state=RecordState.STOPPING)
            self._finish(now_ns, is_last=True)
            return status

    def fail(self) -> None:
        """End the record because of an unexpected exception."""
        with self._lock:
            self._give_up()

    def cut(self) -> None:
        """End the record as it is, because the engine has crashed: the open file keeps its temporary name."""
        with self._lock:
            self._leave_file()

    def status(self, now_ns: int) -> RecordStatus:
        """The status of the record at an instant."""
        before, opened = self._state
        if opened is None or before.file is None:
            return before
        byte_count, duration_ms = _byte_count(before.file, opened, now_ns + 1), opened.duration_ms(now_ns + 1)
        return before._replace(
            file=before.file._replace(start_ns=opened.start_ns(now_ns + 1)),
            byte_count=byte_count,
            duration_ms=duration_ms,
            total_bytes=before.total_bytes + byte_count,
            total_ms=before.total_ms + duration_ms,
        )

    @property
    def _status(self) -> RecordStatus:
        return self._state[0]

    def _become(self, status: RecordStatus, opened: OpenFile | None) -> None:
        self._state = (status, opened)

    def _advance(self, now_ns: int) -> None:
        while (opened := self._state[1]) is not None and (cut_ns := self._cut_ns(opened)) is not None and cut_ns <= now_ns:
            self._end_file(opened, cut_ns, finish_ns=cut_ns, is_last=False)
            if self._status.state is RecordState.RECORDING:
                self._open_file(opened.recorded, cut_ns)
        if opened is not None:
            self._grow(opened, now_ns + 1)
        self._set_due(now_ns)

    def _set_due(self, now_ns: int) -> None:
        opened = self._state[1]
        if opened is None:
            self.due_ns = None
            return
        cut_ns, grows_ns = self._cut_ns(opened), opened.recorded.next_packet_ns(now_ns + 1)
        self.due_ns = grows_ns if cut_ns is None else min(cut_ns, grows_ns)

    def _cut_ns(self, opened: OpenFile) -> int | None:
        """The instant of the next split."""
        if self._schedule is not None:
            return opened.scheduled_cut_ns(self._schedule, self._zone)
        return opened.interval_cut_ns(self.request.interval_ms) if self.request.interval_ms else None

    def _open_file(self, recorded: RecordedTracks, now_ns: int) -> None:
        """Begin a file. Its name holds the end of the file before, and stays so until it is done (recorded: records/requests refused)."""
        before = self._status
        file = self._file(now_ns, before.file.finish_ns if before.file else 0, created_ns=before.created_ns)
        self._become(before._replace(file=file), None)
        try:
            opened = self._opened(recorded, file, now_ns)
        except WriteFailed as error:
            self._fail(error)
        else:
            self._become(self._status, opened)
            self._set_due(now_ns)
            log.info("%s writes %s", self, printable(file.path))

    def _opened(self, recorded: RecordedTracks, file: RecordedFile, now_ns: int) -> OpenFile:
        if not recorded.tracks:
            raise WriteFailed("the stream has none of its tracks")
        opened = OpenFile(recorded, file.sequence, now_ns)
        before_ms = self._status.total_ms if self.request.segmentation_rule is SegmentationRule.CONTINUITY else 0
        self._writer.open(file.path, opened.media, opened.first_ms - before_ms)
        return opened

    def _grow(self, opened: OpenFile, before_ns: int) -> None:
        """Write what has arrived before an instant."""
        try:
            if samples := opened.take(before_ns):
                self._writer.append(samples)
        except WriteFailed as error:
            self._fail(error)

    def _finish(self, now_ns: int, *, is_last: bool) -> None:
        self._advance(now_ns)
        opened = self._state[1]
        if opened is not None:
            self._end_file(opened, now_ns + 1, finish_ns=now_ns, is_last=is_last)

    def _end_file(self, opened: OpenFile, before_ns: int, *, finish_ns: int, is_last: bool) -> None:
        """Complete the open file with what has arrived before an instant."""
        self._grow(opened, before_ns)
        before = self._status
        if before.state is not RecordState.RECORDING:
            return
        named = self._file(opened.start_ns(before_ns), finish_ns, created_ns=before.created_ns)
        byte_count, duration_ms = _byte_count(named, opened, before_ns), opened.duration_ms(before_ns)
        file = named._replace(finish_ns=finish_ns, byte_count=byte_count, duration_ms=duration_ms, is_last=is_last)
        total_bytes, total_ms = before.total_bytes + byte_count, before.total_ms + duration_ms
        self._become(before._replace(file=file, sequence=before.sequence + 1, total_bytes=total_bytes, total_ms=total_ms), None)
        self.due_ns = None
        try:
            self._writer.finish(file)
        except WriteFailed as error:
            self._fail(error)

    def _fail(self, error: WriteFailed) -> None:
        log.warning("%s ended: %s", self, error)
        self._give_up()

    def _give_up(self) -> None:
        self._leave_file()
        self._become(self._status._replace(state=RecordState.ERROR), None)

    def _leave_file(self) -> None:
        self.due_ns = None
        self._writer.abandon()
        self._become(self._status, None)

    def _file(self, start_ns: int, end_ns: int, *, created_ns: int) -> RecordedFile:
        """A file as its name is with these instants in it."""
        sequence = self._status.sequence
        moment = RecordMoment({**self._names, "Sequence": str(sequence)}, start_ns, end_ns, self._zone)
        paths = moment.expand(self._paths.file_path), moment.expand(self._paths.info_path)
        return RecordedFile(*paths, sequence, created_ns, start_ns)


def _byte_count(file: RecordedFile, opened: OpenFile, before_ns: int) -> int:
    """The bytes of the samples of an open file, as its container counts them."""
    return sum(map(container_of(file.path).payload_size, opened.runs(before_ns)))
