"""The tracks of a rendition, multiplexed: their segments in MPEG-TS (playlists.md#ts-lists)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cached_property
from typing import ClassVar

from ..engine.meter import output_meter
from ..engine.renditions import BANDWIDTH_WHEN_UNKNOWN, default_playlist, first_variants
from ..engine.stream import OutputStream, TrackOnAir
from ..engine.track import OutputTrack, SubtitleTrack, timeline_of
from ..hls.multivariant_playlist import Variant
from ..hls.stream_key import text_hash
from ..hls.ts_playlists import TsSegment
from ..media.cutting import ts_rule
from ..media.mpegts import Tags, mpegts_segment
from ..media.run import Run
from ..media.timeline import Segment
from ..media.webvtt import render
from ..settings import HlsPublisher, PlaylistSettings
from ..timestamps import NS_PER_MS, iso_time

DEFAULT_NAME, DEFAULT_FILE_NAME = "hls_default", "playlist"
UNTOLD_INDEX = -1
"""The index of a track that a rendition names by its variant alone."""
AUDIO_BEHIND = 2
"""The number of sounds by which sound lags behind pictures where a segment ends (recorded: hls/configured dumps)."""
DATA_BEHIND_MS = 43
"""The time by which events lag behind pictures there, as sound does (recorded: events/id3-odd-bodies)."""


@dataclass(frozen=True)
class TsRendition:
    """One video track, one audio track, or both. The video decides where segments end."""

    stream: OutputStream
    hls: HlsPublisher
    video: OutputTrack | None
    audio: OutputTrack | None
    content_type: ClassVar[str] = "video/mp2t"

    @cached_property
    def name(self) -> str:
        """The hash in the names of its files: that of its variants, equal for all streams (recorded: hls/ts playlists as served)."""
        variants = ("" if track is None else track.variant for track in (self.video, self.audio))
        return text_hash("_".join(f"{variant}{UNTOLD_INDEX}" for variant in variants))

    @property
    def playlist_name(self) -> str:
        return f"medialist_{self.name}_hls.m3u8"

    def segment_name(self, msn: int) -> str:
        return f"seg_{self.name}_{msn}_hls.ts"

    @cached_property
    def on_air(self) -> TrackOnAir:
        """The track that decides where segments end, cut as this publisher cuts it."""
        main = self.video or self.audio
        if main is None:
            raise ValueError(f"a rendition of {self.stream} has no track")
        rule = ts_rule(self.hls.segment_duration_ms, has_video=self.video is not None)
        timeline = timeline_of(main.packager.track.is_key, main.timeline.times, rule, main.timeline.latency_ns)
        return TrackOnAir(self.stream, replace(main, packager=replace(main.packager, timeline=timeline)))

    def completed(self, now_ns: int) -> int:
        """The number of complete segments."""
        return self.on_air.completed(now_ns)

    def data(self, msn: int) -> bytes:
        """The bytes of an existing segment."""
        segment, main = self.on_air.existing_segment(msn), self.on_air.track
        runs = [_run(main, segment.first_sample, segment.first_sample + sum(segment.part_sizes))]
        if self.video is not None and self.audio is not None:
            runs.append(_run(self.audio, *(self._sounds_before(ms) for ms in (segment.dts_ms, segment.dts_ms + segment.duration_ms))))
        return mpegts_segment(runs, msn, self._tags(segment))

    def _tags(self, segment: Segment) -> Tags:
        """The events in a segment, of whatever kind (events-and-subtitles.md#events-in-media)."""
        first_ms, end_ms = segment.dts_ms - DATA_BEHIND_MS, segment.dts_ms + segment.duration_ms - DATA_BEHIND_MS
        before, until = self.stream.events.before(first_ms), self.stream.events.before(end_ms)
        return Tags([(each.time_ms, each.tag) for each in until[len(before) :]], [len(each.tag) for each in before])

    def _sounds_before(self, ms: int) -> int:
        """The number of sounds in the segments that end at an instant of stream time."""
        return 0 if self.audio is None else max(0, self.audio.timeline.times.count_before(ms + 1) - AUDIO_BEHIND)

    def listed(self, msn: int, zone: tzinfo | None) -> TsSegment:
        """A segment as lists show it; the first one's date is that of the publishing."""
        segment, on_air = self.on_air.existing_segment(msn), self.on_air
        since_ms = segment.dts_ms - on_air.track.timeline.times.dts_ms(0)
        follows = on_air.timeline.changes_before(msn) > on_air.timeline.changes_before(msn - 1)
        date = iso_time(self.stream.published_ns + since_ms * NS_PER_MS, zone)
        return TsSegment(self.segment_name(msn), segment.duration_ms, date, is_discontinuous=follows)

    def variant(self, query: str, now_ns: int) -> Variant:
        """Its line in a master playlist: the bit rate of the last second, and that on the average."""
        tracks = [track for track in (self.video, self.audio) if track is not None]
        average = sum(track.bitrate for track in tracks) or BANDWIDTH_WHEN_UNKNOWN
        return Variant(
            sum(_latest_bitrate(self.stream, track, now_ns) for track in tracks) or average,
            tuple(track.codec for track in tracks),
            f"{self.playlist_name}{query and '?'}{query}",
            None if self.video is None else (self.video.width, self.video.height),
            None if self.video is None else self.video.frame_rate,
            average_bandwidth=average,
        )


@dataclass(frozen=True)
class TsSubtitles(TsRendition):
    """The cues of one track, in segments that end with those of another rendition (events-and-subtitles.md#subtitles-in-media)."""

    track: SubtitleTrack
    content_type: ClassVar[str] = "text/vtt"

    @cached_property
    def name(self) -> str:
        """The hash in the names of its files (recorded: events/subtitles-two-labels)."""
        return text_hash(f"{self.track.rendition.label}{self.track.id}_{self.track.variant}{UNTOLD_INDEX}")

    def segment_name(self, msn: int) -> str:
        return f"seg_{self.name}_{msn}_hls.vtt"

    def data(self, msn: int) -> bytes:
        segment = self.on_air.existing_segment(msn)
        return render(segment.dts_ms, self.track.cues.between(segment.dts_ms, segment.dts_ms + segment.duration_ms))


def _run(track: OutputTrack, first: int, end: int) -> Run:
    return Run(track.packager.track, track.timeline.times, first, end)


def _latest_bitrate(stream: OutputStream, track: OutputTrack, now_ns: int) -> int:
    """The bit rate of the last second; of an encoded track the configured one, which the loop's media don't have."""
    return output_meter(stream, track).latest_bytes(now_ns) * 8 if track.encode.bypass else track.bitrate


def ts_playlists(stream: OutputStream) -> dict[str, PlaylistSettings]:
    """The playlists for MPEG-TS by file name: the default one of the first tracks, and those configured for it."""
    if stream.hls is None:
        return {}
    found = {}
    if stream.hls.create_default_playlist:
        found[DEFAULT_FILE_NAME] = default_playlist(DEFAULT_NAME, DEFAULT_FILE_NAME, *first_variants(stream.tracks))
    return found | {name: playlist for name, playlist in stream.playlists.items() if playlist.enable_ts_packaging}


def renditions_of(stream: OutputStream, playlist: PlaylistSettings) -> Iterator[TsRendition]:
    """The renditions of a playlist that have tracks and no others than MPEG-TS can carry."""
    by_variant = {track.variant: track for track in reversed(stream.tracks)}
    for rendition in playlist.renditions:
        named = [variant for variant in (rendition.video, rendition.audio) if variant]
        unpackaged = {track.variant for track in stream.unpackaged}
        video, audio = (by_variant.get(variant or "") for variant in (rendition.video, rendition.audio))
        if stream.hls is not None and (video or audio) and not unpackaged & set(named):
            yield TsRendition(stream, stream.hls, video, audio)


def subtitles_of(stream: OutputStream, playlist: PlaylistSettings) -> list[TsSubtitles]:
    """The subtitles beside the renditions of a playlist."""
    first = next(renditions_of(stream, playlist), None)
    if first is None or not playlist.enable_subtitles:
        return []
    return [TsSubtitles(stream, first.hls, first.video, first.audio, track) for track in stream.subtitles]


def all_renditions(stream: OutputStream) -> dict[str, TsRendition]:
    """The renditions of all playlists by their names, each once."""
    playlists = ts_playlists(stream).values()
    found = [each for playlist in playlists for each in (*renditions_of(stream, playlist), *subtitles_of(stream, playlist))]
    return {each.name: each for each in found}
