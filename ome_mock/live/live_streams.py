"""The answers to players of live streams, and their instants (live-llhls.md#requests)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from ..dialect import UnreadyMaster
from ..engine.engine import Engine
from ..engine.stream import OutputStream, TrackOnAir
from ..engine.track import OutputTrack
from ..hls.delivery_directives import DeliveryDirectives, differing_directives
from ..hls.file_names import ChunklistFile, InitFile, LiveFile, MasterPlaylistFile, PartFile, SegmentFile
from ..player_refusals import LiveFileNotFound, ReloadRefused, StreamNotStarted
from ..settings import CacheControl
from .live_list import LiveList

FIRST_RELOAD = (2, 0)
"""The segment and part for which a chunklist without directives waits (recorded: live-delivery; live-llhls.md#held-requests)."""
QUERY = "\x1a"
"""A placeholder in cached lists for the query after each name."""
LISTS_KEPT = 64
ADVANCE_PART_LIMIT_S = 3
ADVANCE_SEGMENT_LIMIT = 2


class Viewing(NamedTuple):
    """A player's request.

    `carried_on` is the part of its query that URIs in playlists repeat; where `finds_all_here`, they are names without a path.
    """

    stream: OutputStream
    file: LiveFile
    directives: DeliveryDirectives
    carried_on: str
    finds_all_here: bool = False


class ContentType(Enum):
    """The content types of files."""

    PLAYLIST = "application/vnd.apple.mpegurl"
    VIDEO = "video/mp4"
    AUDIO = "audio/mp4"
    SUBTITLE = "text/vtt"


class Served(NamedTuple):
    """A file; `max_age_s` is the time for which it may be cached, 0 for none, less for no header."""

    body: bytes
    content_type: ContentType
    max_age_s: int


FirstDumped = Callable[[OutputStream], int | None]
"""The number of the first segment that a running dump of a stream holds, if any does."""


class LiveStreams:
    """Serves the live streams of an engine; the answer depends only on the instant that is given."""

    def __init__(self, engine: Engine, zone: tzinfo | None, first_dumped: FirstDumped) -> None:
        self._engine = engine
        self._dialect = engine.dialect
        self._zone = zone
        self._first_dumped = first_dumped
        self._render = lru_cache(maxsize=LISTS_KEPT)(self._render_chunklist)
        self._changed_ns = lru_cache(maxsize=LISTS_KEPT)(self._find_changed_ns)

    def due_ns(self, viewing: Viewing, now_ns: int) -> int | None:
        """The instant of the answer, which may be past, or None for never. Raises NotServed."""
        viewing = _counted_from_zero(viewing)
        stream = viewing.stream
        stream.require_started(now_ns)
        due_ns: int | None
        match viewing.file:
            case MasterPlaylistFile(name=name):
                if stream.find_playlist(name) is None:
                    raise LiveFileNotFound
                due_ns = stream.ready_ns if all(track.segment(0) for track in stream.on_air) else None
                if now_ns < stream.ready_ns and self._dialect.unready_master is UnreadyMaster.NOT_STARTED:
                    raise StreamNotStarted
            case ChunklistFile(track_id=track_id):
                due_ns = self._reload_due_ns(viewing, _track(stream, track_id), now_ns)
            case PartFile() as file:
                track = self._keyed_track(stream, file, now_ns)
                due_ns = track.part_complete_ns(file.msn, file.part_index)
            case InitFile() | SegmentFile():
                due_ns = now_ns
        return self._due_before_end(stream, due_ns)

    def serve_held(self, viewing: Viewing, due_ns: int) -> Served:
        """The answer to a request that was held, at the instant at which it is due. Raises NotServed."""
        if isinstance(viewing.file, MasterPlaylistFile) and self._dialect.unready_master is UnreadyMaster.HELD_AND_REFUSED:
            raise LiveFileNotFound
        return self.serve(viewing, due_ns)

    def serve(self, viewing: Viewing, now_ns: int) -> Served:
        """The answer at an instant, which must not be before it is due. Raises NotServed."""
        viewing = _counted_from_zero(viewing)
        stream, file = viewing.stream, viewing.file
        if stream.ended_ns is not None and now_ns >= stream.ended_ns:
            raise LiveFileNotFound
        match file:
            case MasterPlaylistFile(name=name):
                return self._serve_master(viewing, name)
            case ChunklistFile(track_id=track_id):
                return self._serve_chunklist(viewing, _track(stream, track_id), now_ns)
            case InitFile():
                on_air = self._keyed_track(stream, file, now_ns)
                if not on_air.track.has_init or file.version not in on_air.kept_versions(now_ns):
                    raise LiveFileNotFound
                track = on_air.track
                return _media(track, track.packager.init_section(), self._cache_control(stream).segment_max_age)
            case SegmentFile():
                return self._serve_segment(stream, file, now_ns)
            case PartFile():
                return self._serve_part(stream, file, now_ns)

    def _due_before_end(self, stream: OutputStream, due_ns: int | None) -> int | None:
        """The instant of an answer; if the stream is concluded or ends before it, that instant or None, as the dialect has it."""
        end_ns = min((ns for ns in (stream.concluded_ns, stream.ended_ns) if ns is not None), default=None)
        if end_ns is None or (due_ns is not None and due_ns <= end_ns):
            return due_ns
        return end_ns if self._dialect.answers_held_at_end else None

    def _reload_due_ns(self, viewing: Viewing, track: TrackOnAir, now_ns: int) -> int | None:
        directives, stream = viewing.directives, viewing.stream
        if directives.msn is None:
            if directives.part is not None and self._dialect.refuses_part_without_msn:
                raise ReloadRefused
            due_ns = track.part_complete_ns(*FIRST_RELOAD)
            return stream.concluded_ns if due_ns is None else due_ns
        if directives.part is None and not self._dialect.part_reloads_alone_are_held:
            return now_ns
        if directives.part is None and self._dialect.reload_waits_for_whole_segment:
            segment = track.segment(directives.msn)
            due_ns = None if segment is None else stream.pace.instant_ns(segment.complete_ns)
        else:
            due_ns = track.part_complete_ns(directives.msn, directives.part or 0)
        is_held = due_ns is None or due_ns > now_ns
        if is_held and self._dialect.refuses_distant_reload and stream.concluded_ns is None:
            self._refuse_distant(viewing, track, now_ns)
        return due_ns

    def _refuse_distant(self, viewing: Viewing, track: TrackOnAir, now_ns: int) -> None:
        """Refuse a reload too far ahead, as RFC 8216bis, section 6.2.5.2, asks.

        That is two segments after the last complete one, or the Advance Part Limit after the last part.
        """
        live_list = self._list(track)
        directives = viewing.directives
        last_msn = track.completed(now_ns) - 1
        last_part = live_list.last_part(now_ns)
        part_limit = max(ADVANCE_PART_LIMIT_S, ADVANCE_PART_LIMIT_S * 1000 // live_list.part_target_ms)
        is_far_part = directives.part is not None and directives.part > (last_part.part_index if last_part else 0) + part_limit
        if is_far_part or (directives.msn or 0) > last_msn + ADVANCE_SEGMENT_LIMIT:
            raise ReloadRefused

    def _serve_master(self, viewing: Viewing, name: str) -> Served:
        stream = viewing.stream
        playlist = stream.find_playlist(name)
        if playlist is None:
            raise LiveFileNotFound
        prefix = "" if viewing.finds_all_here else _chunklist_prefix(stream, playlist.chunklist_path_depth)
        differing = differing_directives(viewing.directives, stream.default_directives)
        text = stream.master_playlist(
            playlist, self._dialect, prefix=prefix, query="&".join(filter(None, (viewing.carried_on, differing)))
        ).render()
        return Served(text.encode(), ContentType.PLAYLIST, self._cache_control(stream).master_playlist_max_age)

    def _serve_chunklist(self, viewing: Viewing, track: TrackOnAir, now_ns: int) -> Served:
        stream, directives = viewing.stream, viewing.directives
        is_concluded = stream.concluded_ns is not None and now_ns >= stream.concluded_ns
        first_dumped = self._first_dumped(stream) if is_concluded else None
        template = self._render(track, self._changed_ns(stream, now_ns, is_concluded), directives.legacy, directives.rewind, first_dumped)
        cache = self._cache_control(stream)
        max_age_s = cache.chunklist_max_age if directives.msn is None else cache.chunklist_with_directives_max_age
        query = viewing.carried_on and f"?{viewing.carried_on}"
        return Served(template.replace(QUERY, query).encode(), ContentType.PLAYLIST, max_age_s)

    def _render_chunklist(self, track: TrackOnAir, now_ns: int, legacy: bool, rewind: bool, first_dumped: int | None) -> str:
        directives = DeliveryDirectives(legacy=legacy, rewind=rewind)
        return self._list(track).render(now_ns, directives, QUERY, first_dumped)

    def _find_changed_ns(self, stream: OutputStream, now_ns: int, is_concluded: bool) -> int:
        """The instant of the last change of the lists."""
        changes_ns = [self._list(track).changed_ns(now_ns) for track in stream.on_air]
        if is_concluded and stream.concluded_ns is not None:
            changes_ns.append(stream.concluded_ns)
        return max(changes_ns)

    def _serve_segment(self, stream: OutputStream, file: SegmentFile, now_ns: int) -> Served:
        """The answer with a segment; one in progress is served as far as it exists."""
        on_air = self._keyed_track(stream, file, now_ns)
        segment = on_air.find_segment(file.msn, now_ns)
        if segment is None:
            raise LiveFileNotFound
        return _media(on_air.track, on_air.data(segment), self._cache_control(stream).segment_max_age)

    def _serve_part(self, stream: OutputStream, file: PartFile, now_ns: int) -> Served:
        """The answer with a part; the number after a segment's last part means the first of the next."""
        on_air = self._keyed_track(stream, file, now_ns)
        segment = on_air.find_segment(file.msn, now_ns)
        if segment is not None:
            parts = list(segment.parts)
            if file.part_index < len(parts):
                body = on_air.part_data(parts[file.part_index])
                return _media(on_air.track, body, self._cache_control(stream).partial_segment_max_age)
            if file.msn < on_air.completed(now_ns):
                return self._serve_part(stream, PartFile(file.track_id, file.msn + 1, 0, file.key), now_ns)
        raise LiveFileNotFound

    def _keyed_track(self, stream: OutputStream, file: InitFile | SegmentFile | PartFile, now_ns: int) -> TrackOnAir:
        """The track of a media file that is still kept; its name must have the stream's key, unless the publisher is an origin."""
        on_air = _track(stream, file.track_id)
        is_origin = stream.publisher is not None and stream.publisher.origin_mode
        is_gone = not isinstance(file, InitFile) and file.msn < self._list(on_air).first_kept(now_ns)
        if is_gone or (file.key != on_air.track.key and not is_origin):
            raise LiveFileNotFound
        return on_air

    def _list(self, track: TrackOnAir) -> LiveList:
        return LiveList(track, self._dialect, self._zone)

    def _cache_control(self, stream: OutputStream) -> CacheControl:
        return stream.publisher.cache_control if stream.publisher else CacheControl()


def _counted_from_zero(viewing: Viewing) -> Viewing:
    """The request with segment numbers counted from 0."""
    file, directives = viewing.file, viewing.directives
    if isinstance(file, MasterPlaylistFile | InitFile):
        return viewing
    first_number = _track(viewing.stream, file.track_id).track.first_number
    if first_number == 0:
        return viewing
    if isinstance(file, ChunklistFile):
        msn = None if directives.msn is None else max(0, directives.msn - first_number)
        return viewing._replace(directives=directives._replace(msn=msn))
    if file.msn < first_number:
        raise LiveFileNotFound
    return viewing._replace(file=file._replace(msn=file.msn - first_number))


def _track(stream: OutputStream, track_id: int) -> TrackOnAir:
    for track in (*stream.tracks, *stream.subtitles):
        if track.id == track_id:
            return TrackOnAir(stream, track)
    raise LiveFileNotFound


def _media(track: OutputTrack, body: bytes, max_age_s: int) -> Served:
    return Served(body, ContentType[track.kind.name], max_age_s)


def _chunklist_prefix(stream: OutputStream, depth: int) -> str:
    """The path before the name of a chunklist in a live master playlist (playlists.md#master-playlist)."""
    return {0: "", 1: f"../{stream.name}/", 2: f"../../{stream.app}/{stream.name}/"}.get(depth, f"/{stream.app}/{stream.name}/")
