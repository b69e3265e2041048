"""One record: its files, their samples and ends, and its state.

A file begins with a key frame and is written when it ends: at a split, a stop, or the end of the stream. Until then its content is
computed from the time. The temporary file to which the engine writes is not emulated.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import Enum
from threading import Lock
from typing import Protocol

from ..engine.stream import OutputStream
from ..engine.track import OutputTrack
from ..errors import WriteFailed
from ..media.loop import MediaKind
from ..media.run import Run
from ..text import printable
from ..timestamps import NS_PER_MS
from .record_path import RecordMoment, RecordPaths
from .split_schedule import SplitSchedule

log = logging.getLogger("ome_mock.records")


class SegmentationRule(Enum):
    """The rule for times in further files: they begin again, or continue."""

    CONTINUITY = "continuity"
    DISCONTINUITY = "discontinuity"


@dataclass(frozen=True)
class RecordRequest:
    """A client's request for a record, with its strings unchanged; without tracks and variants it records all tracks."""

    id: str
    output_stream_name: str
    track_ids: tuple[int, ...] = ()
    variant_names: tuple[str, ...] = ()
    file_path: str = ""
    info_path: str = ""
    interval_ms: int = 0
    schedule: str = ""
    metadata: str = ""
    segmentation_rule: SegmentationRule = SegmentationRule.DISCONTINUITY

    def selects(self, track: OutputTrack) -> bool:
        return track.is_chosen(self.track_ids, self.variant_names)


class RecordState(Enum):
    """The states of a record, in the engine's words (rest-api.md#times-and-enums)."""

    READY = "ready"
    RECORDING = "recording"
    STOPPING = "stopping"
    ERROR = "error"


@dataclass(frozen=True)
class RecordedFile:
    """One file of a record, open or finished, with its samples in `runs`; `offset_ms` is the stream time at which its times begin."""

    path: str
    info_path: str
    sequence: int
    created_ns: int
    start_ns: int
    finish_ns: int
    runs: tuple[Run, ...]
    offset_ms: int
    is_last: bool

    @property
    def byte_count(self) -> int:
        return sum(run.byte_count for run in self.runs)

    @property
    def duration_ms(self) -> int:
        return self.runs[0].duration_ms if self.runs else 0


class RecordWriter(Protocol):
    """Writes the files of one record."""

    def prepare(self, path: str, info_path: str) -> None:
        """Check early if the paths can be written. Raises WriteFailed if not."""

    def write(self, file: RecordedFile) -> None:
        """Write a finished file, and list it in the information file. Raises WriteFailed."""


@dataclass(frozen=True)
class RecordStatus:
    """The status of a record at an instant; `file` is the open file, or else the last one."""

    state: RecordState
    created_ns: int
    file: RecordedFile | None = None
    finished_ns: int | None = None
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
        self._state: tuple[RecordStatus, _OpenFile | None] = (RecordStatus(RecordState.READY, created_ns), None)
        self.due_ns: int | None = None
        """The instant at which the open file ends, if it is known."""

    def __str__(self) -> str:
        return f"record {printable(self.request.id)}"

    def start(self, stream: OutputStream, now_ns: int) -> None:
        """Begin to record an output stream with its next key frame; do nothing if the record runs or has failed."""
        with self._lock:
            if self._status.state is RecordState.READY:
                self._become(replace(self._status, state=RecordState.RECORDING), None)
                try:
                    self._begin(stream, now_ns)
                except WriteFailed as error:
                    self._fail(error, now_ns)

    def advance(self, now_ns: int) -> None:
        """End the files that are due, and begin the next ones."""
        with self._lock:
            self._advance(now_ns)

    def interrupt(self, now_ns: int) -> None:
        """End the open file because its stream has ended; the record waits for the stream to come back (not recorded)."""
        with self._lock:
            self._finish(now_ns)
            if self._status.state is RecordState.RECORDING:
                self._become(replace(self._status, state=RecordState.READY), None)

    def stop(self, now_ns: int) -> RecordStatus:
        """End the record finally; returns its last status."""
        with self._lock:
            self._advance(now_ns)
            status = replace(self.status(now_ns), state=RecordState.STOPPING)
            self._finish(now_ns)
            return status

    def fail(self, now_ns: int) -> None:
        """End the record because of an unexpected exception."""
        with self._lock:
            self._give_up(now_ns)

    def status(self, now_ns: int) -> RecordStatus:
        """The status of the record at an instant."""
        before, opened = self._state
        if opened is None:
            return before
        file = self._file(before, opened, now_ns)
        return replace(before, file=file, total_bytes=before.total_bytes + file.byte_count, total_ms=before.total_ms + file.duration_ms)

    @property
    def _status(self) -> RecordStatus:
        return self._state[0]

    @property
    def _open(self) -> _OpenFile | None:
        return self._state[1]

    def _become(self, status: RecordStatus, opened: _OpenFile | None) -> None:
        self._state = (status, opened)

    def _advance(self, now_ns: int) -> None:
        while self._open and self.due_ns is not None and self.due_ns <= now_ns:
            split_ns, stream, sequence = self.due_ns, self._open.stream, self._open.sequence
            self._end_file(split_ns, is_last=False)
            if self._status.state is RecordState.RECORDING:
                try:
                    self._begin(stream, split_ns, sequence + 1)
                except WriteFailed as error:
                    self._fail(error, split_ns)

    def _begin(self, stream: OutputStream, now_ns: int, sequence: int = 0) -> None:
        tracks = [track for track in stream.tracks if self.request.selects(track)]
        tracks.sort(key=lambda track: track.kind is not MediaKind.VIDEO)
        if not tracks:
            raise WriteFailed(f"{stream} has none of its tracks")
        opened = _OpenFile(stream, tuple(tracks), sequence, now_ns)
        file = self._file(self._status, opened, opened.start_ns)
        self._writer.prepare(file.path, file.info_path)
        self._become(self._status, opened)
        self.due_ns = self._split_ns(opened)
        log.info("%s writes %s", self, printable(file.path))

    def _split_ns(self, opened: _OpenFile) -> int | None:
        """The instant of the next split, which is at a key frame so that every file begins with one."""
        if self._schedule is not None:
            return opened.key_ns(self._schedule.next_ns(opened.start_ns, self._zone))
        if self.request.interval_ms:
            return opened.key_ns(opened.start_ns + self.request.interval_ms * NS_PER_MS)
        return None

    def _finish(self, now_ns: int) -> None:
        self._advance(now_ns)
        if self._open:
            self._end_file(now_ns, is_last=True)

    def _end_file(self, end_ns: int, *, is_last: bool) -> None:
        """Write the open file as it is at an instant; without a key frame it is empty, and not written."""
        if self._open is None:
            return
        before = self._status
        file = self._file(before, self._open, end_ns, is_split=not is_last)
        ended = replace(before, file=file, total_bytes=before.total_bytes + file.byte_count, total_ms=before.total_ms + file.duration_ms)
        self._become(ended if file.byte_count else before, None)
        self.due_ns = None
        if not file.byte_count:
            return
        try:
            self._writer.write(file)
        except WriteFailed as error:
            self._fail(error, end_ns)

    def _fail(self, error: WriteFailed, now_ns: int) -> None:
        log.warning("%s ended: %s", self, error)
        self._give_up(now_ns)

    def _give_up(self, now_ns: int) -> None:
        self.due_ns = None
        self._become(replace(self._status, state=RecordState.ERROR, finished_ns=now_ns), None)

    def _file(self, before: RecordStatus, opened: _OpenFile, now_ns: int, *, is_split: bool = False) -> RecordedFile:
        """The open file as it is at an instant, which is also the `${EndTime}` in its path."""
        has_begun = now_ns >= opened.start_ns
        start_ns = opened.start_ns if has_begun else opened.created_ns
        moment = RecordMoment({**self._names, "Sequence": str(opened.sequence)}, start_ns, max(start_ns, now_ns), self._zone)
        runs = opened.runs(now_ns, is_split=is_split)
        continues = self.request.segmentation_rule is SegmentationRule.CONTINUITY
        return RecordedFile(
            path=moment.expand(self._paths.file_path),
            info_path=moment.expand(self._paths.info_path),
            sequence=opened.sequence,
            created_ns=opened.created_ns,
            start_ns=start_ns,
            finish_ns=now_ns,
            runs=runs,
            offset_ms=opened.first_ms - (before.total_ms if continues else 0),
            is_last=not is_split,
        )


class _OpenFile:
    """A growing file; its first track decides where it begins."""

    def __init__(self, stream: OutputStream, tracks: tuple[OutputTrack, ...], sequence: int, created_ns: int) -> None:
        self.stream = stream
        self.tracks = tracks
        self.sequence = sequence
        self.created_ns = created_ns
        lead = tracks[0]
        self._first = lead.packager.track.key_from(lead.timeline.arrived(stream.pace.media_ns(created_ns - 1)))
        self.first_ms = lead.timeline.times.dts_ms(self._first)
        self.start_ns = stream.pace.instant_ns(lead.timeline.arrival_ns(self._first))

    def key_ns(self, after_ns: int) -> int:
        """The arrival of the first key frame at an instant or after it."""
        lead = self.tracks[0]
        sample = lead.timeline.arrived(self.stream.pace.media_ns(after_ns - 1))
        return self.stream.pace.instant_ns(lead.timeline.arrival_ns(lead.packager.track.key_from(sample)))

    def runs(self, now_ns: int, *, is_split: bool) -> tuple[Run, ...]:
        """The samples of the first track that arrived before an instant, and those of the other tracks for the same time.

        At a split late samples of other tracks are included, so that none is lost between two files.
        """
        elapsed_ns = self.stream.pace.media_ns(now_ns - 1)
        lead = self.tracks[0].timeline
        end_ms = lead.times.dts_ms(lead.arrived(elapsed_ns))
        return tuple(run for track in self.tracks if (run := self._run(track, elapsed_ns, end_ms, is_split=is_split)) is not None)

    def _run(self, track: OutputTrack, elapsed_ns: int, end_ms: int, *, is_split: bool) -> Run | None:
        times = track.timeline.times
        first, end = times.count_before(self.first_ms), times.count_before(end_ms)
        if not is_split:
            end = min(end, track.timeline.arrived(elapsed_ns))
        return Run(track.packager.track, times, first, end) if end > first else None
