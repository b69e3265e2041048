"""The dumps of HLS over MPEG-TS that the configuration asks for; the REST API doesn't know them (dump-output.md#ts-dumps)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import tzinfo

from ..agenda import Agenda
from ..disk.dump_target import expand_macros, name_fits
from ..disk.storage import Storage, WriteSession
from ..engine.follower import WorkFollower
from ..engine.input_stream import InputStream
from ..engine.stream import OutputStream
from ..errors import WriteFailed
from ..hls.ts_playlists import TsMediaPlaylist
from ..player_refusals import LiveFileNotFound
from ..settings import DumpSettings
from ..timestamps import local_time
from .rendition import TsRendition, all_renditions
from .ts_streams import master_playlist, segment_data, target_duration_s

log = logging.getLogger("ome_mock.dumps")

SEGMENTS_BEFORE_MASTER = 2
"""The number of segments of every rendition for which the master playlists wait."""


class TsDump:
    """One dump of one output stream. Lists are only ever appended to, and have no end."""

    def __init__(self, settings: DumpSettings, stream: OutputStream, storage: Storage, zone: tzinfo | None) -> None:
        self._stream = stream
        self._storage = storage
        self._zone = zone
        self._path = expand_macros(settings.output_path, stream.vhost, stream.app, stream.name, local_time(stream.published_ns, zone))
        self._dump_id = settings.id
        self._masters = list(settings.playlists)
        """The names of the master playlists that are still to be written."""
        self._written = dict.fromkeys(all_renditions(stream), 0)
        """The number of written segments by the name of their rendition."""
        self.failed = False

    def due_ns(self, now_ns: int) -> int | None:  # noqa: ARG002
        """The instant at which the next segment is complete, or None."""
        segments = [(each, each.on_air.segment(self._written[name])) for name, each in self._renditions()]
        return min((each.stream.pace.instant_ns(segment.complete_ns) for each, segment in segments if segment is not None), default=None)

    def advance(self, now_ns: int) -> None:
        """Write what is due; the first write that fails ends the dump."""
        try:
            with self._storage.session(str(self._stream), self._dump_id) as session:
                for name, rendition in self._renditions():
                    self._write_segments(session, name, rendition, now_ns)
                if self._masters and all(count >= SEGMENTS_BEFORE_MASTER for count in self._written.values()):
                    self._write_masters(session, now_ns)
        except WriteFailed as error:
            self.failed = True
            log.warning("the TS dump of %s into %s ends: %s", self._stream, self._path, error)

    def _write_segments(self, session: WriteSession, name: str, rendition: TsRendition, now_ns: int) -> None:
        first, completed = self._written[name], rendition.completed(now_ns)
        if first == completed:
            return
        for msn in range(first, completed):
            session.due_ns = self._stream.pace.instant_ns(rendition.on_air.existing_segment(msn).complete_ns)
            session.write(self._join(rendition.segment_name(msn)), segment_data(rendition, msn))
        entries = "".join(rendition.listed(msn, self._zone).render() for msn in range(first, completed))
        text = entries if first else TsMediaPlaylist(target_duration_s(rendition)).render(entries)
        session.append(self._join(rendition.playlist_name), text.encode())
        self._written[name] = completed

    def _write_masters(self, session: WriteSession, now_ns: int) -> None:
        """Write the master playlists in their order, up to the first that there is none of (recorded: hls/configured dumps)."""
        names, self._masters = self._masters, []
        for name in names:
            try:
                text = master_playlist(self._stream, name, rewind=False, now_ns=now_ns)
            except LiveFileNotFound:
                log.warning("the TS dump of %s writes no %s: there is no such playlist", self._stream, name)
                return
            session.update(self._join(name), text.encode())

    def _renditions(self) -> Iterator[tuple[str, TsRendition]]:
        return ((name, each) for name, each in all_renditions(self._stream).items() if name in self._written)

    def _join(self, name: str) -> str:
        return f"{self._path}{'' if self._path.endswith('/') else '/'}{name}"


class TsDumps(WorkFollower[TsDump]):
    """The running dumps, which begin and end with their streams."""

    def __init__(self, agenda: Agenda, storage: Storage, zone: tzinfo | None) -> None:
        def make(output: OutputStream) -> Iterator[TsDump]:
            for settings in output.hls.dumps if output.hls else ():
                if name_fits(settings.target_stream_name, output.name):
                    yield TsDump(settings, output, storage, zone)

        super().__init__(agenda, make)

    def stream_concluded(self, stream: InputStream, outputs: list[OutputStream], now_ns: int) -> None:  # noqa: ARG002
        """Write the last segments, which are shorter."""
        self.advance(now_ns)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        """Write what is complete, and no more."""
        self.advance(now_ns)
        self.stream_lost(stream, now_ns)
