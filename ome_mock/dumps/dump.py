"""One dump: its writes, their due times, and its state.

The engine says which writes fall due (`Write`); a `DumpWriter` does them. Writes are in the order in which the recorded engine
made them: due time, track id, segment before chunklist.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from enum import Enum
from heapq import merge
from itertools import chain, takewhile
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..dialect import Dialect
from ..engine.stream import OutputStream, TrackOnAir
from ..engine.track import OutputTrack
from ..errors import WriteFailed
from ..hls.file_names import FIRST_VERSION
from ..media.timeline import Segment
from ..text import printable
from ..timestamps import iso_time
from .written_files import WrittenFiles

if TYPE_CHECKING:
    from ..check.finding import Finding

log = logging.getLogger("ome_mock.dumps")

NEVER_NS = 1 << 63
"""Later than any date that can be written: nothing more falls due."""


class DumpRequest(NamedTuple):
    """A client's request for a dump, with its strings unchanged."""

    output_stream_name: str
    id: str
    output_path: str
    playlists: tuple[str, ...] = ()
    info_file: str = ""
    user_data: str = ""

    def path(self, name: str) -> str:
        """The output path and a name, as the engine joins them and the info file shows them (dump-output.md#disk-writes)."""
        separator = "" if self.output_path.endswith("/") or name.startswith("/") else "/"
        return f"{self.output_path}{separator}{name}"


class DumpState(Enum):
    """Running (or queued until the stream is ready), ended by a stop or with the stream, by a failed write, or with the engine's life."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    KILLED = "killed"

    def status(self, dialect: Dialect) -> str:
        """The status that an info file has in this state."""
        if self is DumpState.FAILED:
            return dialect.failed_write_status
        return "Completed" if self is DumpState.COMPLETED and dialect.info_files_are_finished else "Running"


class InitWrite(NamedTuple):
    """The init section of a track's content version."""

    due_ns: int
    track: OutputTrack
    version: int = FIRST_VERSION

    @property
    def name(self) -> str:
        return self.track.files.init(self.version)


class SegmentWrite(NamedTuple):
    """A segment of a track; one that is not complete holds whole parts and is not listed."""

    due_ns: int
    track: OutputTrack
    segment: Segment
    is_complete: bool

    @property
    def name(self) -> str:
        return self.track.segment_name(self.segment.msn)


class ChunklistWrite(NamedTuple):
    """The chunklist of a track, with every complete segment written so far."""

    due_ns: int
    track: OutputTrack

    @property
    def name(self) -> str:
        return self.track.chunklist_name


class MasterPlaylistWrite(NamedTuple):
    """A master playlist, by the name that the client gave."""

    due_ns: int
    name: str


Write = InitWrite | SegmentWrite | ChunklistWrite | MasterPlaylistWrite


class DumpWriter(Protocol):
    """Does the writes of one dump and keeps its info file."""

    def prepare(self, *, is_queued: bool, kept_since_ns: int) -> Path | None:
        """Check the paths before the first write; those of a queued dump are checked later. Raises WriteFailed.

        What was in the live window at `kept_since_ns` is kept in memory. Returns the path of the info file on disk, or None if none was
        requested.
        """

    def write(self, writes: Iterable[Write]) -> Iterator[Write]:
        """Do the writes, and yield each when it is done, and update the info file.

        Raises WriteFailed, after completing what came before it.
        """

    def locate(self, name: str) -> Path:
        """The real path of a written file."""

    def set_state(self, state: DumpState, now_ns: int) -> None:
        """Rewrite the info file with the status of this state, which the dump came to at an instant. Raises WriteFailed."""

    def withdraw(self) -> None:
        """Remove the files that a failed start must not leave."""


class Dump:
    """A dump of one output stream. Its methods may be called from any thread; `lock` guards its files."""

    def __init__(self, request: DumpRequest, stream: OutputStream, writer: DumpWriter, dialect: Dialect, zone: tzinfo | None) -> None:
        self.request = request
        self.stream = stream
        self.state = DumpState.RUNNING
        self.is_listed = False
        """True once the start has succeeded, so that lists show the dump; its id is taken earlier."""
        self.lock = Lock()
        self._writer = writer
        self._dialect = dialect
        self._zone = zone
        self.written = WrittenFiles()
        self.info_file: Path | None = None
        """The path of the info file on disk, or None if none was requested."""
        self._started_ns = 0
        self._next_msn: dict[int, int] = {}
        self._awaits_ready = False
        self.due_ns = 0
        """The instant of the next write."""
        self.first_msn = 0
        """The number of the first segment that it holds."""
        self.kept_since_ns = 0
        """The instant since which the stream keeps all segments: when the first dump began that ran until this one, or it did."""

    def __str__(self) -> str:
        return f"dump {printable(self.id)} of {self.stream}"

    @property
    def id(self) -> str:
        return self.request.id

    @property
    def enabled(self) -> bool:
        return self.state is DumpState.RUNNING

    @property
    def files(self) -> tuple[Path, ...]:
        """The files on disk, each once, in the order of their first write; the info file is not among them."""
        return tuple(map(self._writer.locate, self.written.names()))

    @property
    def items(self) -> list[tuple[str, str]]:
        """Every write so far, time and path as the info file has them, whether or not there is one."""
        return [(iso_time(due_ns, self._zone), self.request.path(name)) for due_ns, name in self.written]

    def locate(self, name: str) -> Path:
        """The real path of a written file."""
        return self._writer.locate(name)

    @property
    def status(self) -> str:
        """The status in the info file, even if there is none: `Running`, `Completed` or `Error`."""
        return self.state.status(self._dialect)

    def check(self) -> list[Finding]:
        """Check the files on disk, as `ome_mock.check` does."""
        from ..check import check_directory  # noqa: PLC0415 (lazy: few dumps are checked)

        with self.lock:
            directory = next((path.parent for path in self.files), None)
            return check_directory(directory, self.info_file, is_running=self.enabled)

    def start(self, now_ns: int, others: Iterable[Dump] = ()) -> None:
        """Write the first files, or nothing before the stream is ready; `others` of the stream run already.

        The caller holds `lock`. Raises WriteFailed.
        """
        self._started_ns = now_ns
        self._awaits_ready = now_ns < self.stream.ready_ns
        begun_ns = self.stream.published_ns if self._awaits_ready else now_ns
        self.kept_since_ns = min((other.kept_since_ns for other in others), default=begun_ns)
        self.info_file = self._writer.prepare(is_queued=self._awaits_ready, kept_since_ns=self.kept_since_ns)
        if self._awaits_ready:
            self._next_msn = dict.fromkeys((track.id for track in self.stream.tracks), 0)
            self.due_ns = self._find_due_ns()
            log.info("%s queued until the stream is ready", self)
            return
        try:
            self._write(self._first_writes(now_ns))
        except WriteFailed:
            self._writer.withdraw()
            raise
        self.due_ns = self._find_due_ns()
        log.info("%s started in %s", self, printable(self.request.output_path))

    def advance(self, now_ns: int) -> None:
        """Do what has fallen due by now; a failed write ends the dump."""
        with self.lock:
            self._advance(now_ns)

    def reconsider(self, now_ns: int) -> None:
        """Look at the stream again when time goes on: it may have more to write than it seemed."""
        with self.lock:
            self.due_ns = min(self.due_ns, now_ns)

    def conclude(self, now_ns: int) -> None:
        """Write what a concluded stream ends with; the dump goes on running (dump-output.md#stopping-and-ending)."""
        with self.lock:
            self.due_ns = now_ns
            self._advance(now_ns)

    def stop(self, now_ns: int) -> None:
        """End the dump after what has fallen due; stopping again rewrites the info file (dump-output.md#stopping-and-ending)."""
        with self.lock:
            if not self.is_listed or self.state is DumpState.KILLED:  # its start has failed, or the engine has crashed
                return
            self._advance(now_ns)
            if self.enabled:
                log.info("%s completed", self)
            if self.enabled or not self._dialect.failure_is_final:
                self.state = DumpState.COMPLETED
            self._write_state(now_ns)

    def kill(self) -> None:
        """End the dump without a write, because the engine has crashed."""
        self.state = DumpState.KILLED

    def fail(self) -> None:
        """End the dump because of an unexpected exception."""
        with self.lock:
            self.state = DumpState.FAILED

    def _advance(self, now_ns: int) -> None:
        if not self.enabled or now_ns < self.due_ns:
            return
        try:
            writes = self._due_writes(now_ns)
            first = next(writes, None)
            if first is not None:  # None if the encoder has stalled since
                self._write(chain([first], writes))
            self.due_ns = self._find_due_ns()
        except WriteFailed as error:
            log.warning("%s ended: %s", self, error)
            self.state = DumpState.FAILED
            self._write_state(self.due_ns)

    def _write(self, writes: Iterable[Write]) -> None:
        for done in self._writer.write(writes):
            self.written.add(done.due_ns, done.name)

    def _write_state(self, now_ns: int) -> None:
        if not self._dialect.info_files_are_finished:
            return
        try:
            self._writer.set_state(self.state, now_ns)
        except WriteFailed as error:
            log.warning("%s: its info file is not up to date: %s", self, error)

    def _first_writes(self, now_ns: int) -> list[Write]:
        """The first writes of a dump of a ready stream (dump-output.md#immediate-starts).

        Every track begins with the same number; the open segment is written as far as it exists.
        """
        self._next_msn = {each.track.id: each.completed(now_ns) for each in self.stream.on_air}
        self.first_msn = max(0, min(each.newest(now_ns, self._dialect) for each in self.stream.on_air) - self._subtitles_behind(now_ns))
        writes: list[Write] = []
        for on_air in self.stream.on_air:
            track = on_air.track
            writes += _init_writes(now_ns, on_air)
            for segment in _segments(on_air, self.first_msn, now_ns):
                writes += self._segment_writes(now_ns, on_air, segment)
            open_segment = on_air.open_segment(now_ns) or on_air.segment_to_come(now_ns)
            if open_segment is not None and open_segment.msn <= on_air.newest(now_ns, self._dialect):
                writes.append(SegmentWrite(now_ns, track, open_segment, is_complete=False))
            if not isinstance(writes[-1], ChunklistWrite):
                writes.append(ChunklistWrite(now_ns, track))
        return [*writes, *self._subtitle_writes(now_ns), *self._master_playlist_writes(now_ns)]

    def _due_writes(self, now_ns: int) -> Iterator[Write]:
        """The writes that are due by now, in order, as a generator, so that a week of them takes no more memory than a minute."""
        rows = [self._due_segments(each, now_ns) for each in self.stream.on_air]
        if self._awaits_ready and self.stream.ready_ns <= now_ns:
            self._awaits_ready = False
            rows.append(iter([(self.stream.ready_ns, -1, self._ready_writes(self.stream.ready_ns))]))
        for self.due_ns, _, writes in merge(*rows, key=itemgetter(0, 1)):
            yield from writes

    def _due_segments(self, on_air: TrackOnAir, now_ns: int) -> Iterator[tuple[int, int, list[Write]]]:
        """The writes of each segment that has fallen due, with the instant and the track's id."""
        track_id, due_ns = on_air.track.id, 0
        for segment in _segments(on_air, self._next_msn[track_id], now_ns):
            due_ns = max(due_ns, self._segment_due_ns(segment))  # none before those that wait until the stream is ready
            if due_ns > now_ns:
                return
            self._next_msn[track_id] = segment.msn + 1
            yield due_ns, track_id, self._segment_writes(due_ns, on_air, segment)

    def _segment_due_ns(self, segment: Segment) -> int:
        """The due time of a segment: its completion, or for one complete before the request the instant at which the stream is ready."""
        complete_ns = self.stream.pace.instant_ns(segment.complete_ns)
        return complete_ns if complete_ns > self._started_ns else self.stream.ready_ns

    def _find_due_ns(self) -> int:
        segments = [each.segment(self._next_msn[each.track.id]) for each in self.stream.on_air]
        due_ns = min((self._segment_due_ns(segment) for segment in segments if segment is not None), default=NEVER_NS)
        return min(due_ns, self.stream.ready_ns) if self._awaits_ready else due_ns

    def _ready_writes(self, ready_ns: int) -> list[Write]:
        """The writes that a queued dump had to wait for (dump-output.md#queued-starts)."""
        inits = [write for on_air in self.stream.on_air for write in _init_writes(ready_ns, on_air)]
        masters = self._master_playlist_writes(ready_ns)
        if not self._dialect.disables_dump_without_master:
            masters = list(takewhile(lambda write: self.stream.find_dumped_playlist(write.name, self._dialect) is not None, masters))
        return [*inits, *self._subtitle_writes(ready_ns), *masters]

    def _subtitles_behind(self, now_ns: int) -> int:
        """The number of segments that subtitles are behind: one at a stream's beginning (recorded: events/subtitles-none-sent)."""
        third_ns = (each.part_complete_ns(2, 0) for each in self.stream.on_air) if self.stream.subtitles else ()
        return int(any(due_ns is not None and now_ns < due_ns for due_ns in third_ns))

    def _subtitle_writes(self, due_ns: int) -> list[InitWrite]:
        """The init sections of subtitles, at which a dump fails: they have none (dump-output.md#subtitle-tracks)."""
        return [InitWrite(due_ns, track) for track in self.stream.subtitles]

    def _segment_writes(self, due_ns: int, on_air: TrackOnAir, segment: Segment) -> list[Write]:
        """A segment; where the next one begins another content version, what is written then (dump-output.md#discontinuities)."""
        track = on_air.track
        writes: list[Write] = [SegmentWrite(due_ns, track, segment, is_complete=True), ChunklistWrite(due_ns, track)]
        if on_air.new_init_name(segment.msn + 1) is not None:
            writes += [*_init_writes(due_ns, on_air), *self._master_playlist_writes(due_ns)]
        return writes

    def _master_playlist_writes(self, due_ns: int) -> list[MasterPlaylistWrite]:
        return [MasterPlaylistWrite(due_ns, name) for name in self.request.playlists]


def _segments(on_air: TrackOnAir, first_msn: int, now_ns: int) -> Iterator[Segment]:
    """The complete segments of a track from a number on."""
    for msn in range(first_msn, on_air.completed(now_ns)):
        segment = on_air.segment(msn)
        if segment is not None:
            yield segment


def _init_writes(due_ns: int, on_air: TrackOnAir) -> list[Write]:
    return [InitWrite(due_ns, on_air.track, version) for version in on_air.kept_versions(due_ns)]
