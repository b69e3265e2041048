"""The answers to players of HLS over MPEG-TS, which are never held (live-llhls.md#hls-over-ts)."""

from __future__ import annotations

from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

from ..engine.renditions import subtitle_renditions
from ..engine.stream import OutputStream
from ..engine.track import OutputTrack
from ..hls.delivery_directives import DeliveryDirectives, FindParameter, differing_directives
from ..hls.ts_playlists import TsMediaPlaylist, render_ts_master
from ..hls.window import first_within
from ..player_refusals import LiveFileNotFound
from .rendition import TsRendition, all_renditions, renditions_of, subtitles_of, ts_playlists
from .ts_file import TsFile, TsMasterPlaylistFile, TsMediaPlaylistFile, TsSegmentFile

SEGMENTS_AFTER_WINDOW = 2
"""The number of segments kept after they have left the list (recorded: hls/dvr and rewind, files after 46 s)."""
SEGMENTS_KEPT = 16


PLAYLIST_TYPE = "application/vnd.apple.mpegurl"


class ServedTs(NamedTuple):
    """A playlist, or a segment."""

    body: bytes
    content_type: str


class TsStreams:
    """Serves the live streams; the answer depends only on the instant that is given."""

    def __init__(self, zone: tzinfo | None) -> None:
        self._zone = zone

    def serve(self, stream: OutputStream, file: TsFile, find_parameter: FindParameter, now_ns: int) -> ServedTs:
        """The answer at an instant; of the query only `_HLS_rewind` counts. Raises NotServed."""
        stream.require_started(now_ns)
        rewind = DeliveryDirectives.parse(find_parameter, _usual(stream)).rewind
        match file:
            case TsMasterPlaylistFile(name=name):
                return ServedTs(master_playlist(stream, name, rewind=rewind, now_ns=now_ns).encode(), PLAYLIST_TYPE)
            case TsMediaPlaylistFile(rendition=name):
                text = media_playlist(_find(stream, name), self._zone, rewind=rewind, now_ns=now_ns)
                return ServedTs(text.encode(), PLAYLIST_TYPE)
            case TsSegmentFile(rendition=name, msn=msn):
                rendition = _find(stream, name)
                if not first_kept(rendition, now_ns) <= msn < rendition.completed(now_ns):
                    raise LiveFileNotFound
                return ServedTs(segment_data(rendition, msn), rendition.content_type)


def master_playlist(stream: OutputStream, file_name: str, *, rewind: bool, now_ns: int) -> str:
    """A master playlist once each of its renditions has a segment. Raises LiveFileNotFound."""
    playlist = ts_playlists(stream).get(file_name.rpartition(".")[0] or file_name)
    renditions = [] if playlist is None else list(renditions_of(stream, playlist))
    if playlist is None or not renditions or not all(rendition.completed(now_ns) for rendition in renditions):
        raise LiveFileNotFound
    query = differing_directives(DeliveryDirectives(rewind=rewind), _usual(stream))
    found = subtitles_of(stream, playlist)
    uris: dict[OutputTrack, str] = {each.track: f"{each.playlist_name}{query and '?'}{query}" for each in found}
    subtitles = subtitle_renditions([each.track for each in found], uris.__getitem__)
    return render_ts_master((rendition.variant(query, now_ns) for rendition in renditions), subtitles)


def media_playlist(rendition: TsRendition, zone: tzinfo | None, *, rewind: bool, now_ns: int) -> str:
    """The list of a rendition from its first segment on. Raises LiveFileNotFound."""
    completed, concluded_ns = rendition.completed(now_ns), rendition.stream.concluded_ns
    if not completed:
        raise LiveFileNotFound
    dvr, first = rendition.hls.dvr, first_listed(rendition, rewind=rewind, now_ns=now_ns)
    head = TsMediaPlaylist(
        target_duration_s(rendition),
        first,
        is_event=dvr is not None and dvr.event_playlist_type and rewind,
        is_finished=concluded_ns is not None and now_ns >= concluded_ns,
    )
    return head.render("".join(rendition.listed(msn, zone).render() for msn in range(first, completed)))


def target_duration_s(rendition: TsRendition) -> int:
    return (rendition.hls.segment_duration_ms + 500) // 1000


def first_listed(rendition: TsRendition, *, rewind: bool, now_ns: int) -> int:
    """The number of the first listed segment: with DVR all that is kept, or without rewinding one more than usual."""
    completed, count, dvr = rendition.completed(now_ns), rendition.hls.segment_count, rendition.hls.dvr
    if dvr is None:
        return max(0, completed - count)
    if not rewind:
        return max(0, completed - count - 1)
    return first_within(lambda msn: rendition.on_air.existing_segment(msn).duration_ms, completed - count, dvr.max_duration_ms)


def first_kept(rendition: TsRendition, now_ns: int) -> int:
    """The number of the first segment that can still be fetched."""
    return max(0, first_listed(rendition, rewind=True, now_ns=now_ns) - SEGMENTS_AFTER_WINDOW)


@lru_cache(maxsize=SEGMENTS_KEPT)
def segment_data(rendition: TsRendition, msn: int) -> bytes:
    """The bytes of an existing segment; players and dumps want the newest ones at the same time."""
    return rendition.data(msn)


def _find(stream: OutputStream, name: str) -> TsRendition:
    rendition = all_renditions(stream).get(name)
    if rendition is None:
        raise LiveFileNotFound
    return rendition


def _usual(stream: OutputStream) -> DeliveryDirectives:
    """The directives of `<DefaultQueryString>`."""
    return DeliveryDirectives(rewind=stream.hls is None or stream.hls.default_query_rewind)
