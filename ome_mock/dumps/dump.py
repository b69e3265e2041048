"""One dump: what it writes, when, and what becomes of it.

The engine says which writes fall due (`Write`); a `DumpWriter` does them. Writes are in the order in which the recorded engine
made them: due time, track id, segment before chunklist.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from heapq import merge
from itertools import chain, takewhile
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import NamedTuple, Protocol

from ..dialect import Dialect
from ..engine.stream import OutputStream
from ..engine.track import FIRST_VERSION, OutputTrack
from ..errors import WriteFailed
from ..media.timeline import Segment
from ..text import printable

log = logging.getLogger("ome_mock.dumps")

NEVER_NS = 1 << 63
"""Later than any date that can be written: nothing more falls due."""


class DumpRequest(NamedTuple):
    """What a client asked for, each string as it was given."""

    output_stream_name: str
    id: str
    output_path: str
    playlists: tuple[str, ...] = ()
    info_file: str = ""
    user_data: str = ""


class DumpState(Enum):
    """Running (or queued until the stream is ready), ended by a stop or with the stream, by a failed write, or with the engine's life."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    KILLED = "killed"


class InitWrite(NamedTuple):
    """The init section of a track's content version."""

    due_ns: int
    track: OutputTrack
    version: int = FIRST_VERSION


class SegmentWrite(NamedTuple):
    """A segment of a track; one that is not complete holds whole parts and is not listed."""

    due_ns: int
    track: OutputTrack
    segment: Segment
    is_complete: bool


class ChunklistWrite(NamedTuple):
    """The chunklist of a track, with every complete segment written so far."""

    due_ns: int
    track: OutputTrack


class MasterPlaylistWrite(NamedTuple):
    """A master playlist, by the name that the client gave."""

    due_ns: int
    name: str


Write = InitWrite | SegmentWrite | ChunklistWrite | MasterPlaylistWrite


class DumpWriter(Protocol):
    """Does the writes of one dump and keeps its info file."""

    @property
    def files(self) -> Sequence[Path]:
        """The files written so far, each once, in the order of their first write; the info file is not among them."""

    @property
    def info_file(self) -> Path | None:
        """Where the info file is, if one was asked for."""

    @property
    def items(self) -> Sequence[tuple[str, str]]:
        """Every write so far, time and path, in its order."""

    def status(self, state: DumpState) -> str:
        """What the info file says in a state."""

    def prepare(self, *, is_queued: bool) -> None:
        """Refuse what must not be written, before anything is; of a queued dump that is found out later. Raises WriteFailed."""

    def write(self, writes: Iterable[Write]) -> None:
        """Do the writes, each when the one before it is done, and update the info file.

        Raises WriteFailed, after completing what came before it.
        """

    def set_state(self, state: DumpState) -> None:
        """Rewrite the info file with the status of this state. Raises WriteFailed."""

    def withdraw(self) -> None:
        """Take back what a failed start must not leave."""


class Dump:
    """A dump of one output stream. Its methods may be called from any thread; `lock` guards its files."""

    def __init__(self, request: DumpRequest, stream: OutputStream, writer: DumpWriter, dialect: Dialect) -> None:
        self.request = request
        self.stream = stream
        self.state = DumpState.RUNNING
        self.is_listed = False
        """Whether the start has succeeded, so that lists show the dump; its id is taken before that."""
        self.lock = Lock()
        self._writer = writer
        self._dialect = dialect
        self._started_ns = 0
        self._next_msn: dict[int, int] = {}
        self._awaits_ready = False
        self.due_ns = 0
        """When the next write falls due."""
        self.first_msn = 0
        """The number of the first segment that it holds."""

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
        return tuple(self._writer.files)

    @property
    def info_file(self) -> Path | None:
        """Where the info file is on disk, if one was asked for."""
        return self._writer.info_file

    @property
    def items(self) -> list[tuple[str, str]]:
        """Every write so far, time and path as the info file has them, whether or not there is one."""
        return list(self._writer.items)

    @property
    def status(self) -> str:
        """What the info file says, or would say: `Running`, `Completed` or `Error`."""
        return self._writer.status(self.state)

    def start(self, now_ns: int) -> None:
        """Write what there is; before the stream is ready, write nothing yet. The caller holds `lock`. Raises WriteFailed."""
        self._started_ns = now_ns
        self._awaits_ready = now_ns < self.stream.ready_ns
        self._writer.prepare(is_queued=self._awaits_ready)
        if self._awaits_ready:
            self._next_msn = dict.fromkeys((track.id for track in self.stream.tracks), 0)
            self.due_ns = self._find_due_ns()
            log.info("%s queued until the stream is ready", self)
            return
        try:
            self._writer.write(self._first_writes(now_ns))
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
            if not self.is_listed or self.state is DumpState.KILLED:  # its start has failed meanwhile, or the engine is no more
                return
            self._advance(now_ns)
            if self.enabled:
                log.info("%s completed", self)
            if self.enabled or not self._dialect.failure_is_final:
                self.state = DumpState.COMPLETED
            self._write_state()

    def kill(self) -> None:
        """End the dump as it is: the engine that wrote it is no more."""
        self.state = DumpState.KILLED

    def fail(self) -> None:
        """End the dump because of a defect that is none of its own."""
        with self.lock:
            self.state = DumpState.FAILED

    def _advance(self, now_ns: int) -> None:
        if not self.enabled or now_ns < self.due_ns:
            return
        try:
            writes = self._due_writes(now_ns)
            first = next(writes, None)
            if first is not None:  # none where the encoder has stalled meanwhile
                self._writer.write(chain([first], writes))
            self.due_ns = self._find_due_ns()
        except WriteFailed as error:
            log.warning("%s ended: %s", self, error)
            self.state = DumpState.FAILED
            self._write_state()

    def _write_state(self) -> None:
        try:
            self._writer.set_state(self.state)
        except WriteFailed as error:
            log.warning("%s: its info file is not up to date: %s", self, error)

    def _first_writes(self, now_ns: int) -> list[Write]:
        """Of a ready stream, every track from the same number on, and the open segment as far as it exists
        (dump-output.md#immediate-starts).
        """
        self._next_msn = {track.id: self.stream.completed(track, now_ns) for track in self.stream.tracks}
        self.first_msn = min(self._next_msn.values())
        writes: list[Write] = []
        for track in self.stream.tracks:
            writes += self._init_writes(now_ns, track)
            for segment in self._segments(track, self.first_msn, now_ns):
                writes += self._segment_writes(now_ns, track, segment)
            open_segment = self.stream.open_segment(track, now_ns)
            if open_segment is not None:
                writes.append(SegmentWrite(now_ns, track, open_segment, is_complete=False))
            writes.append(ChunklistWrite(now_ns, track))
        return [*writes, *self._master_playlist_writes(now_ns)]

    def _due_writes(self, now_ns: int) -> Iterator[Write]:
        """What has fallen due by now, in its order; made while it is written, so that a week takes no more memory than a minute."""
        rows = [self._due_segments(track, now_ns) for track in self.stream.tracks]
        if self._awaits_ready and self.stream.ready_ns <= now_ns:
            self._awaits_ready = False
            rows.append(iter([(self.stream.ready_ns, -1, self._ready_writes(self.stream.ready_ns))]))
        for _, _, writes in merge(*rows, key=itemgetter(0, 1)):
            yield from writes

    def _due_segments(self, track: OutputTrack, now_ns: int) -> Iterator[tuple[int, int, list[Write]]]:
        """The writes of each segment that has fallen due, with the instant and the track's id."""
        due_ns = 0
        for segment in self._segments(track, self._next_msn[track.id], now_ns):
            due_ns = max(due_ns, self._segment_due_ns(segment))  # none before those that wait until the stream is ready
            if due_ns > now_ns:
                return
            self._next_msn[track.id] = segment.msn + 1
            yield due_ns, track.id, self._segment_writes(due_ns, track, segment)

    def _segments(self, track: OutputTrack, first_msn: int, now_ns: int) -> Iterator[Segment]:
        """The complete segments from a number on."""
        for msn in range(first_msn, self.stream.completed(track, now_ns)):
            segment = self.stream.segment(track, msn)
            if segment is not None:
                yield segment

    def _segment_due_ns(self, segment: Segment) -> int:
        """When a segment is to be written: once it is complete, or once the stream is ready if it was complete before the request."""
        complete_ns = self.stream.pace.instant_ns(segment.complete_ns)
        return complete_ns if complete_ns > self._started_ns else self.stream.ready_ns

    def _find_due_ns(self) -> int:
        segments = [self.stream.segment(track, self._next_msn[track.id]) for track in self.stream.tracks]
        return min((self._segment_due_ns(segment) for segment in segments if segment is not None), default=NEVER_NS)

    def _ready_writes(self, ready_ns: int) -> list[Write]:
        """What a queued dump was still without (dump-output.md#queued-starts)."""
        inits = [write for track in self.stream.tracks for write in self._init_writes(ready_ns, track)]
        masters = self._master_playlist_writes(ready_ns)
        if not self._dialect.disables_dump_without_master:
            masters = list(takewhile(lambda write: self.stream.find_playlist(write.name) is not None, masters))
        return [*inits, *masters]

    def _segment_writes(self, due_ns: int, track: OutputTrack, segment: Segment) -> list[Write]:
        """A segment; where the next one begins another content version, also what the engine writes then (section 1.4)."""
        writes: list[Write] = [SegmentWrite(due_ns, track, segment, is_complete=True), ChunklistWrite(due_ns, track)]
        if self.stream.new_init_name(track, segment.msn + 1) is not None:
            writes += [*self._init_writes(due_ns, track), *self._master_playlist_writes(due_ns)]
        return writes

    def _init_writes(self, now_ns: int, track: OutputTrack) -> list[Write]:
        return [InitWrite(now_ns, track, version) for version in self.stream.kept_versions(track, now_ns)]

    def _master_playlist_writes(self, due_ns: int) -> list[MasterPlaylistWrite]:
        return [MasterPlaylistWrite(due_ns, name) for name in self.request.playlists]
