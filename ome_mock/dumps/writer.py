"""Writes the files of a dump.

Writes come as the engine would make them; files that change many times within one batch are written once, at its end: segments
first, then the playlists that list them, then the info file that names both. So nothing is listed that isn't there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
from pathlib import Path

from ..dialect import Dialect, WriteMode
from ..disk.growing_text import GrowingText
from ..disk.storage import Storage, WriteSession
from ..engine.stream import OutputStream, TrackOnAir
from ..engine.track import OutputTrack
from ..errors import PathRefused, StartFailure, WriteFailed
from ..hls.file_names import FIRST_VERSION
from ..settings import LlhlsPublisher
from ..timestamps import iso_time
from .dump import (
    ChunklistWrite,
    DumpRequest,
    DumpState,
    InitWrite,
    MasterPlaylistWrite,
    SegmentWrite,
    Write,
)
from .info_file import InfoFile

FAILURES = {
    InitWrite: StartFailure.INIT_SEGMENT,
    SegmentWrite: StartFailure.SEGMENT,
    ChunklistWrite: StartFailure.SEGMENT,
    MasterPlaylistWrite: StartFailure.MASTER_PLAYLIST,
}
"""The reason that a start gives if a write of this kind fails (dump-output.md#failed-starts)."""


class DiskDumpWriter:
    """Writes the files of one dump. Not thread-safe: the dump's lock guards it."""

    def __init__(self, storage: Storage, dialect: Dialect, zone: tzinfo | None, request: DumpRequest, stream: OutputStream) -> None:
        self._storage = storage
        self._session = storage.session(str(stream), request.id)
        self._dialect = dialect
        self._zone = zone
        self._request = request
        self._stream = stream
        self._info_file = InfoFile(dialect, user_data=request.user_data, vhost=stream.vhost, app=stream.app, output_stream=stream.name)
        self._has_info_file = False
        self._kept_since_ns = 0
        self._listed_ns: int | None = None
        """The due time of the last write that is listed; None before the first."""
        self._tracks = {track.id: _WrittenTrack(track) for track in stream.tracks}
        self._stale_masters: dict[str, tuple[int, str]] = {}
        """The due time and the text of each that is to be written."""
        self._directories: dict[str, str] = {}
        """Their real directories, by the part of a name before its last slash."""

    def prepare(self, *, is_queued: bool, kept_since_ns: int) -> Path | None:
        """Refuse an info file that exists, where the dialect does, and paths outside the allowed directories.

        The engine looks at the paths of a queued dump when it first writes (dump-output.md#queued-starts). Returns where the info file is.
        """
        info_file = None
        self._kept_since_ns = kept_since_ns
        try:
            if self._request.info_file:
                directory, name = os.path.split(self._request.info_file)
                is_file = bool(name)  # else its first write fails
                place = self._storage.confinement.locate_file(self._request.info_file)[0] if is_file else None
                info_file = Path(str(place or self._storage.confinement.locate(directory)), name)
                if self._dialect.refuses_existing_info_file and is_file:
                    self._storage.refuse_existing(self._request.info_file)
            self._storage.confinement.locate(self._request.output_path)
        except PathRefused as error:
            error.means(StartFailure.INIT_SEGMENT)
            if not is_queued:
                raise
        return info_file

    def write(self, writes: Iterable[Write]) -> Iterator[Write]:
        """Do the writes and update the info file; yields each when it is done. Raises WriteFailed, after completing what came before it."""
        with self._session as session:
            try:
                for write in writes:
                    self._perform(session, write)
                    yield write
                    if not self._has_info_file:
                        self._take_info_file(session)
            except WriteFailed:
                if self._listed_ns is not None:
                    with suppress(WriteFailed):
                        self._flush(session)
                raise
            self._flush(session)

    def locate(self, name: str) -> Path:
        """The real path of a written file."""
        directory, _, base_name = name.rpartition("/")
        return Path(self._directories[directory], base_name)

    def set_state(self, state: DumpState, now_ns: int) -> None:
        """Rewrite the info file with the status of this state. Raises WriteFailed."""
        with self._session as session:
            session.due_ns = now_ns
            self._write_info_file(session, state)

    def withdraw(self) -> None:
        """Remove the info file of a failed start, if the next start would be refused because of it."""
        if self._has_info_file and self._dialect.refuses_existing_info_file:
            with self._session as session, suppress(WriteFailed):
                session.remove(self._request.info_file)

    def _perform(self, session: WriteSession, write: Write) -> None:
        """Write a file, or note that it changed, and list it."""
        name, session.due_ns = write.name, write.due_ns
        try:
            match write:
                case SegmentWrite():
                    self._write_segment(session, write)
                case ChunklistWrite(track=track):
                    self._tracks[track.id].chunklist_due_ns = write.due_ns
                case InitWrite(track=track, version=version):
                    self._write_init(session, track, version)
                case MasterPlaylistWrite():
                    self._stale_masters[name] = write.due_ns, self._render_master(name)
            self._locate_directory(name)
        except WriteFailed as error:
            error.means(FAILURES[type(write)])
            raise
        self._listed_ns = write.due_ns
        if self._request.info_file:
            self._info_file.add(iso_time(write.due_ns, self._zone), self._request.path(name))

    def _write_init(self, session: WriteSession, track: OutputTrack, version: int) -> None:
        if not track.has_init:
            raise WriteFailed(f"subtitles have no init section, and {self._stream} has them: OvenMediaEngine can't dump it")
        if version not in self._tracks[track.id].inits:
            session.write(self._request.path(track.files.init(version)), track.packager.init_section())
            self._tracks[track.id].inits.add(version)

    def _write_segment(self, session: WriteSession, write: SegmentWrite) -> None:
        on_air, written = TrackOnAir(self._stream, write.track), self._tracks[write.track.id]
        session.write(self._request.path(write.name), on_air.data(write.segment), is_open=not write.is_complete)
        is_first = not written.listed
        if is_first:
            written.version = on_air.content_version(write.segment.msn)
            if self._dialect.dumped_lists_are_live:
                self._list_window(on_air, written, write)
                is_first = not written.listed
        written.begun = None
        if not write.is_complete and self._dialect.legacy_lists_date_the_open_segment:
            written.begun = on_air.media_segment(write.segment, self._zone)._replace(is_complete=False).render()
        if write.is_complete:
            listed = on_air.media_segment(write.segment, self._zone, is_first=is_first)
            written.listed.add(listed.render().encode())
            written.is_interrupted |= listed.is_discontinuous
            written.newest = write.segment.msn

    def _list_window(self, on_air: TrackOnAir, written: _WrittenTrack, first: SegmentWrite) -> None:
        """List the complete segments before the first one that is dumped that are kept: those of the window when a dump first ran."""
        written.slides = first.segment.msn == 0
        for msn in range(on_air.first_in_window(min(first.due_ns, self._kept_since_ns), self._dialect), first.segment.msn):
            segment = on_air.segment(msn)
            if segment is not None:
                written.listed.add(on_air.media_segment(segment, self._zone, is_first=not written.listed).render().encode())

    def _sliding_list(self, written: _WrittenTrack) -> str:
        """A live list of what was dumped last, for a dump that began with the stream."""
        on_air = TrackOnAir(self._stream, written.track)
        first = max(0, written.newest + 1 - (self._stream.publisher or LlhlsPublisher()).segment_count)
        segments = (on_air.segment(msn) for msn in range(first, written.newest + 1))
        listed = "".join(on_air.media_segment(each, self._zone).render() for each in segments if each is not None)
        head = self._stream.chunklist(self._dialect, written.track.files.init(written.version), first)
        return head._replace(is_finished=False).render(listed)

    def _render_master(self, name: str) -> str:
        playlist = self._stream.dumped_master_playlist(name, self._dialect)
        if playlist is None:
            raise WriteFailed(f"{self._stream} has no playlist {name!r}")
        return playlist.render()

    def _flush(self, session: WriteSession) -> None:
        """Write the changed files, each after those that it names; one that fails doesn't keep the others from being written."""
        masters, self._stale_masters = self._stale_masters, {}
        updates = [
            *((written.chunklist_due_ns, partial(self._write_chunklist, session, written)) for written in self._tracks.values()),
            *((due_ns, partial(self._write_master, session, name, text)) for name, (due_ns, text) in masters.items()),
            (self._listed_ns, partial(self._write_info_file, session, DumpState.RUNNING)),
        ]
        failures: list[WriteFailed] = []
        for due_ns, update in updates:
            if due_ns is None:
                continue
            session.due_ns = due_ns
            try:
                update()
            except WriteFailed as error:
                failures.append(error)
        if failures:
            raise failures[0]

    def _write_master(self, session: WriteSession, name: str, text: str) -> None:
        try:
            session.update(self._request.path(name), text.encode())
        except WriteFailed as error:
            error.means(StartFailure.MASTER_PLAYLIST)
            raise

    def _write_chunklist(self, session: WriteSession, written: _WrittenTrack) -> None:
        """A queued dump's first chunklist falls due before the init section that it names: that is written first."""
        track = written.track
        if self._storage.mode is WriteMode.REPLACE:
            self._write_init(session, track, written.version)
        discontinuities = 0 if written.is_interrupted else None
        playlist = self._stream.chunklist(self._dialect, track.files.init(written.version))
        playlist = playlist._replace(discontinuity_sequence=discontinuities)
        text = self._sliding_list(written) if written.slides else playlist.render(bytes(written.listed).decode() + (written.begun or ""))
        session.update(self._request.path(track.chunklist_name), text.encode())
        written.chunklist_due_ns = None

    def _take_info_file(self, session: WriteSession) -> None:
        """Write the info file with the first file, so that its name is taken; a start that can't have it fails as if there were no init."""
        try:
            self._write_info_file(session, DumpState.RUNNING)
        except WriteFailed as error:
            error.means(StartFailure.INIT_SEGMENT)
            raise

    def _write_info_file(self, session: WriteSession, state: DumpState) -> None:
        if not self._request.info_file:
            return
        if self._dialect.info_file_needs_slash and "/" not in self._request.info_file:
            raise WriteFailed(f"an infoFile without a slash, {self._request.info_file!r}, crashes a real OvenMediaEngine")
        put = session.update if self._has_info_file or not self._dialect.refuses_existing_info_file else session.create
        put(self._request.info_file, self._info_file.render(state))
        self._has_info_file = True

    def _locate_directory(self, name: str) -> None:
        """Keep the real path of a file's directory at the first write to it. Raises PathRefused."""
        directory, _, _ = name.rpartition("/")
        if directory not in self._directories:
            self._directories[directory] = str(self._storage.confinement.locate(os.path.dirname(self._request.path(name))))


@dataclass
class _WrittenTrack:
    """The state of one track's files on disk."""

    track: OutputTrack
    inits: set[int] = field(default_factory=set)
    version: int = FIRST_VERSION
    """The content version of what is listed first."""
    listed: GrowingText = field(default_factory=GrowingText)
    is_interrupted: bool = False
    newest: int = -1
    """The number of the last complete segment; -1 before the first."""
    begun: str | None = None
    """The text of a segment that was written before it was complete, where a list shows it."""
    slides: bool = False
    """True if only the last segments are listed, as in a live list."""
    chunklist_due_ns: int | None = None
    """The due time of the chunklist that is to be written; None if it is up to date."""
