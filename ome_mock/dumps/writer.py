"""Which bytes a dump writes, in which order.

Writes come as the engine would make them; files that change many times within one batch are written once, at its end: segments
first, then the playlists that list them, then the info file that names both. So nothing is listed that isn't there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path

from ..dialect import Dialect, WriteMode
from ..disk.growing_text import GrowingText
from ..disk.storage import Storage, WriteSession
from ..engine.stream import OutputStream
from ..engine.track import FIRST_VERSION, OutputTrack
from ..errors import PathRefused, StartFailure, WriteFailed
from ..hls.media_playlist import MediaPlaylist
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
from .info_file import InfoFile, Item

FAILURES = {
    InitWrite: StartFailure.INIT_SEGMENT,
    SegmentWrite: StartFailure.SEGMENT,
    ChunklistWrite: StartFailure.SEGMENT,
    MasterPlaylistWrite: StartFailure.MASTER_PLAYLIST,
}
"""What a start says when a write of this kind fails (dump-output.md#failed-starts)."""


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
        self._info_file_on_disk: Path | None = None
        self._has_info_file = False
        self._tracks = {track.id: _WrittenTrack(track) for track in stream.tracks}
        self._stale_masters: dict[str, str] = {}
        self._names = GrowingText()
        """Of the files that were written, each ended by a NUL; those that were written again may come again."""
        self._directories: dict[str, str] = {}
        """Where they are, by what stands before the last slash of a name."""

    @property
    def files(self) -> Sequence[Path]:
        """The files written so far, each once, in the order of their first write; the info file is not among them."""
        names = bytes(self._names).decode("utf-8", "surrogatepass").split("\0")[:-1]
        return [self._on_disk(name) for name in dict.fromkeys(names)]

    @property
    def info_file(self) -> Path | None:
        """Where the info file is, if one was asked for."""
        return self._info_file_on_disk

    @property
    def items(self) -> Sequence[tuple[str, str]]:
        """Every write so far, time and path, in its order: the items of the info file, whether or not there is one."""
        return [(item.time, item.file) for item in self._info_file.items]

    def status(self, state: DumpState) -> str:
        """What the info file says in a state."""
        return self._info_file.status(state)

    def prepare(self, *, is_queued: bool) -> None:
        """Refuse an info file that exists, where the dialect does, and paths outside the allowed directories.

        The engine looks at the paths of a queued dump when it first writes (dump-output.md#queued-starts).
        """
        try:
            if self._request.info_file:
                place, name = self._storage.confinement.locate_file(self._request.info_file)
                self._info_file_on_disk = Path(str(place), name)
                if self._dialect.refuses_existing_info_file:
                    self._storage.refuse_existing(self._request.info_file)
            self._storage.confinement.locate(self._request.output_path)
        except PathRefused as error:
            error.means(StartFailure.INIT_SEGMENT)
            if not is_queued:
                raise

    def write(self, writes: Iterable[Write]) -> None:
        """Do the writes and update the info file. Raises WriteFailed, after completing what came before it."""
        with self._session as session:
            try:
                for write in writes:
                    self._perform(session, write)
                    if not self._has_info_file:
                        self._take_info_file(session)
            except WriteFailed:
                if self._names:
                    with suppress(WriteFailed):
                        self._flush(session)
                raise
            self._flush(session)

    def set_state(self, state: DumpState) -> None:
        """Rewrite the info file with the status of this state. Raises WriteFailed."""
        with self._session as session:
            self._write_info_file(session, state)

    def withdraw(self) -> None:
        """Remove the info file that a failed start has made, where the next start would be refused because of it."""
        if self._has_info_file and self._dialect.refuses_existing_info_file:
            with self._session as session, suppress(WriteFailed):
                session.remove(self._request.info_file)

    def _perform(self, session: WriteSession, write: Write) -> None:
        try:
            name = self._put(session, write)
            self._locate_directory(name)
        except WriteFailed as error:
            error.means(FAILURES[type(write)])
            raise
        self._names.add(f"{name}\0".encode("utf-8", "surrogatepass"))
        self._info_file.add(Item(iso_time(write.due_ns, self._zone), self._path(name)))

    def _put(self, session: WriteSession, write: Write) -> str:
        """Write a file, or note that it changed; returns its name."""
        match write:
            case SegmentWrite(track=track, segment=segment):
                self._write_segment(session, write)
                return track.segment_name(segment.msn)
            case ChunklistWrite(track=track):
                self._tracks[track.id].chunklist_is_stale = True
                return track.chunklist_name
            case InitWrite(track=track, version=version):
                self._write_init(session, track, version)
                return track.init_name_of(version)
            case MasterPlaylistWrite(name=name):
                self._render_master(name)
                return name

    def _write_init(self, session: WriteSession, track: OutputTrack, version: int) -> None:
        if version not in self._tracks[track.id].inits:
            session.write(self._path(track.init_name_of(version)), track.packager.init_section())
            self._tracks[track.id].inits.add(version)

    def _write_segment(self, session: WriteSession, write: SegmentWrite) -> None:
        session.write(self._path(write.track.segment_name(write.segment.msn)), write.track.packager.segment(write.segment))
        written = self._tracks[write.track.id]
        is_first = not written.listed
        if is_first:
            written.version = self._stream.content_version(write.track, write.segment.msn)
        if write.is_complete:
            listed = self._stream.media_segment(write.track, write.segment, self._zone, is_first=is_first)
            written.listed.add(listed.render().encode())
            written.is_interrupted |= listed.is_discontinuous

    def _render_master(self, name: str) -> None:
        playlist = self._stream.dumped_master_playlist(name)
        if playlist is None:
            raise WriteFailed(f"{self._stream} has no playlist {name!r}")
        self._stale_masters[name] = playlist.render()

    def _flush(self, session: WriteSession) -> None:
        """Write the files that changed, each after those that it names; what can't be written keeps nothing else from it."""
        failures: list[WriteFailed] = []
        for written in self._tracks.values():
            if written.chunklist_is_stale:
                try:
                    self._write_chunklist(session, written)
                except WriteFailed as error:
                    failures.append(error)
        masters, self._stale_masters = self._stale_masters, {}
        for name, text in masters.items():
            try:
                session.update(self._path(name), text.encode())
            except WriteFailed as error:
                error.means(StartFailure.MASTER_PLAYLIST)
                failures.append(error)
        try:
            self._write_info_file(session, DumpState.RUNNING)
        except WriteFailed as error:
            failures.append(error)
        if failures:
            raise failures[0]

    def _write_chunklist(self, session: WriteSession, written: _WrittenTrack) -> None:
        """A queued dump's first chunklist falls due before the init section that it names: that is written first."""
        track = written.track
        if self._storage.mode is WriteMode.REPLACE:
            self._write_init(session, track, written.version)
        discontinuities = 0 if written.is_interrupted else None
        target_s = self._stream.target_duration_s(self._dialect)
        playlist = MediaPlaylist(target_s, track.init_name_of(written.version), discontinuity_sequence=discontinuities)
        session.update(self._path(track.chunklist_name), playlist.render(bytes(written.listed).decode()).encode())
        written.chunklist_is_stale = False

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

    def _on_disk(self, name: str) -> Path:
        """Where a file is that was written."""
        directory, _, base_name = name.rpartition("/")
        return Path(self._directories[directory], base_name)

    def _locate_directory(self, name: str) -> None:
        """Remember where the directory of a file is when it is first written to. Raises PathRefused."""
        directory, _, _ = name.rpartition("/")
        if directory not in self._directories:
            self._directories[directory] = str(self._storage.confinement.locate(os.path.dirname(self._path(name))))

    def _path(self, name: str) -> str:
        """The output path and a name, as the engine joins them and the info file shows them (dump-output.md#disk-writes)."""
        separator = "" if self._request.output_path.endswith("/") or name.startswith("/") else "/"
        return f"{self._request.output_path}{separator}{name}"


@dataclass
class _WrittenTrack:
    """What is on disk of one track."""

    track: OutputTrack
    inits: set[int] = field(default_factory=set)
    version: int = FIRST_VERSION
    """The content version of what is listed first."""
    listed: GrowingText = field(default_factory=GrowingText)
    is_interrupted: bool = False
    chunklist_is_stale: bool = False
