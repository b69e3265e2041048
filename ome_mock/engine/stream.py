"""The output streams that an application's output profiles make of an input stream, and their tracks as they come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cached_property
from typing import NamedTuple

from ..dialect import Dialect, Readiness
from ..errors import ConfigurationError
from ..events.ad_breaks import AdBreaks
from ..events.stream_events import StreamEvents, TimedEvent
from ..hls.delivery_directives import DeliveryDirectives, differing_directives
from ..hls.file_names import FIRST_VERSION
from ..hls.media_playlist import LowLatency, MediaPlaylist, MediaSegment
from ..hls.multivariant_playlist import MultivariantPlaylist
from ..media.loop import MediaKind
from ..media.timeline import Part, Segment, Segments
from ..player_refusals import NotServed, StreamNotStarted
from ..settings import HlsPublisher, LlhlsPublisher, PlaylistSettings
from ..timestamps import NS_PER_MS, NS_PER_SECOND, iso_time
from .input_tracks import RateHistory
from .pace import Pace
from .renditions import master_playlist
from .track import OutputTrack, SubtitleTrack, UnpackagedTrack, interrupted, marked

TAKING_UP_NS = NS_PER_SECOND
"""The time that publishers take for a new stream (recorded: story queued-with-an-unknown-playlist)."""
HOLD_BACK_TARGETS = 3
FEWEST_SEGMENTS = 3
TAKING_UP_PREPARED_NS = 20 * NS_PER_MS
"""The time that they take for one whose media has come already (recorded: rtmp, metadata missing)."""
SEGMENTS_AFTER_WINDOW = 3
"""The number of segments that can be fetched after they have left the list."""
STARTING_NS = 75 * NS_PER_MS
"""The time for which players are answered 201 (recorded: first-seconds/short av 1, one of the answers 50 ms apart)."""


READY_NS: dict[Readiness, Callable[[list[Segments]], int]] = {
    Readiness.SEGMENT_OF_EVERY_TRACK: lambda timelines: max(each.segment(0).complete_ns for each in timelines),
    Readiness.PART_AFTER_SEGMENT: lambda timelines: max(each.part_complete_ns(1, 0) for each in timelines),
    Readiness.THREE_PARTS: lambda timelines: max(each.part_complete_ns(0, 2) for each in timelines),
    Readiness.SEGMENT_OF_ANY_TRACK: lambda timelines: min(each.segment(0).complete_ns for each in timelines),
}
"""The stream time at which a stream with these tracks is ready."""


class StreamPath(NamedTuple):
    """The path of an input stream, written `vhost/app/stream`."""

    vhost: str
    app: str
    stream: str

    def __str__(self) -> str:
        return f"{self.vhost}/{self.app}/{self.stream}"

    @classmethod
    def parse(cls, text: str) -> StreamPath:
        """Read `vhost/app/stream`. Raises ConfigurationError."""
        names = text.split("/")
        if len(names) != 3 or not all(names) or not text.isprintable():
            raise ConfigurationError(f"stream {text!r} is not VHOST/APP/STREAM")
        return cls(*names)


@dataclass(eq=False, kw_only=True)
class OutputStream:
    """One output stream: its packaged tracks in order of their id, the others, its playlists by file name.

    `publisher` is None if the application does not publish LL-HLS, `hls` if it does not publish HLS over MPEG-TS. Its media follow the
    `pace` of its input, and are known from the start, except for their end: `concludeHlsLive` ends its lists at `concluded_ns`, its encoder
    disconnects at `ended_ns`.
    """

    vhost: str
    app: str
    name: str
    pace: Pace
    tracks: tuple[OutputTrack, ...]
    playlists: dict[str, PlaylistSettings]
    publisher: LlhlsPublisher | None
    hls: HlsPublisher | None
    unpackaged: tuple[UnpackagedTrack, ...]
    rates: RateHistory
    ready_with: Readiness
    events: StreamEvents
    ad_breaks: AdBreaks
    subtitles: tuple[SubtitleTrack, ...] = ()
    concluded_ns: int | None = None
    ended_ns: int | None = None
    prepared_ns: int | None = None
    before_taken_up: type[NotServed] | None = None
    """The refusal of players' requests for a channel until its publishers have taken it up."""
    passes_ns: int = 0
    """The instant before which its media reach neither dumps nor players."""
    resized_ns: tuple[int, ...] = ()
    """The instants at which the size of its video changed."""
    largest: tuple[int, int] = (0, 0)
    """The largest width and height that its video had before."""

    def __str__(self) -> str:
        return f"{self.vhost}/{self.app}/{self.name}"

    @property
    def published_ns(self) -> int:
        """The instant at which the input was published: stream time 0."""
        return self.pace.published_ns

    def is_taken_up(self, now_ns: int) -> bool:
        """Says if publishers, and the transcoder of a channel, have taken up the stream."""
        ready_ns = max(self.published_ns + TAKING_UP_NS, (self.prepared_ns or 0) + TAKING_UP_PREPARED_NS)
        return self.pace.has_begun and now_ns >= ready_ns

    @property
    def all_tracks(self) -> list[OutputTrack | UnpackagedTrack]:
        """Every track in the order of their ids."""
        tracks: list[OutputTrack | UnpackagedTrack] = [*self.tracks, *self.unpackaged]
        return sorted(tracks, key=lambda track: track.id)

    @property
    def is_packaged(self) -> bool:
        return self.publisher is not None and bool(self.tracks)

    def target_duration_s(self, dialect: Dialect) -> int:
        """The segment duration, rounded, and the same for all tracks (RFC 8216bis, section 6.2.4)."""
        longest_ms = [self.publisher.segment_duration_ms if self.publisher else 0]
        if dialect.target_covers_segments:
            longest_ms += [track.timeline.longest_segment_ms for track in self.tracks]
        return (max(longest_ms) + 500) // 1000

    def chunklist(
        self, dialect: Dialect, map_uri: str | None, media_sequence: int = 0, low_latency: LowLatency | None = None
    ) -> MediaPlaylist:
        """The head of a chunklist of any track, in the dialect's form."""
        target_s = self.target_duration_s(dialect)
        hold_back_s = HOLD_BACK_TARGETS * target_s if dialect.lists_have_hold_back else None
        return MediaPlaylist(target_s, map_uri, media_sequence, low_latency, version=dialect.chunklist_version, hold_back_s=hold_back_s)

    @property
    def started_ns(self) -> int:
        """The instant at which every track has begun to arrive, and publishers have begun to look after the output."""
        arrived_ns = self.pace.instant_ns(max(track.timeline.arrival_ns(0) for track in self.tracks))
        return max(arrived_ns, (self.prepared_ns or 0) + STARTING_NS)

    def require_started(self, now_ns: int) -> None:
        """Raise NotServed for players who come before publishers have taken up the stream, and looked after every track."""
        if self.before_taken_up and not self.is_taken_up(now_ns):
            raise self.before_taken_up
        if now_ns < self.started_ns:
            raise StreamNotStarted

    @property
    def ready_ns(self) -> int:
        """The instant at which it can be played."""
        media_ns = READY_NS[self.ready_with]([each.timeline for each in self.on_air])
        if self.subtitles:  # only their second segment counts (recorded: events/subtitles-none-sent)
            media_ns = max(media_ns, *(each.timeline.segment(1).complete_ns for each in self.live))
        ready_ns = max(self.pace.instant_ns(media_ns), self.passes_ns)
        return ready_ns if self.concluded_ns is None else min(ready_ns, self.concluded_ns)

    @property
    def on_air(self) -> list[TrackOnAir]:
        """The packaged tracks as they follow the stream's pace."""
        return [TrackOnAir(self, track) for track in self.tracks]

    @property
    def live(self) -> list[TrackOnAir]:
        """Every track that has live lists, in the order of their ids."""
        return sorted((*self.on_air, *(TrackOnAir(self, track) for track in self.subtitles)), key=lambda each: each.track.id)

    def program_date_time(self, segment: Segment, zone: tzinfo | None) -> str:
        """The date of a segment of any track: the publishing time plus its distance from the first sample of all."""
        return iso_time(self.published_ns + (segment.dts_ms - self._first_dts_ms) * NS_PER_MS, zone)

    @cached_property
    def _first_dts_ms(self) -> int:
        return min(track.timeline.times.dts_ms(0) for track in self.tracks)

    def add_event(self, event: TimedEvent, now_ns: int) -> None:
        """Put an event into the open part of each track of its kind."""
        tracks = {each.track.id: each.part_with_completes_ns for each in self.on_air if event.kind in {None, each.track.kind}}
        self.events.add(event, tracks, now_ns)

    def resize(self, width: int, height: int, now_ns: int | None) -> bool:
        """Change the size of the video at an instant, or from its beginning; returns True for a change of a running video."""
        before = next(((track.width, track.height) for track in self.tracks if track.width), (width, height))
        self.tracks = tuple(replace(track, width=width, height=height) if track.width else track for track in self.tracks)
        if now_ns is None or before == (width, height):
            return False
        self.largest = (max(self.largest[0], before[0]), max(self.largest[1], before[1]))
        self.resized_ns = (*self.resized_ns, now_ns)
        return True

    def resize_bypassed(self, width: int, height: int) -> None:
        """Change the size that is told of video that bypasses the transcoder (recorded: sequence header of another size)."""
        self.tracks = tuple(
            replace(track, width=width, height=height) if track.width and track.encode.bypass else track for track in self.tracks
        )

    def find_playlist(self, file_name: str) -> PlaylistSettings | None:
        """The playlist of a name such as `llhls.m3u8`, of which the part after the last dot is ignored; None if there is none."""
        stem, dot, _ = file_name.rpartition(".")
        return self.playlists.get(stem if dot else file_name)

    def find_dumped_playlist(self, file_name: str, dialect: Dialect) -> PlaylistSettings | None:
        """The playlist of a name that a dump asks for; None if there is none, or if the dialect wants another extension."""
        return self.find_playlist(file_name) if file_name.endswith(dialect.dumped_playlist_extension) else None

    def dumped_master_playlist(self, file_name: str, dialect: Dialect) -> MultivariantPlaylist | None:
        """The master playlist for a dump, or None; its URIs are names, with a query for values that differ from the defaults."""
        playlist = self.find_dumped_playlist(file_name, dialect)
        query = differing_directives(DeliveryDirectives(), self.default_directives)
        return None if playlist is None else self.master_playlist(playlist, dialect, query=query)

    @property
    def default_directives(self) -> DeliveryDirectives:
        """The directives of `<DefaultQueryString>`."""
        publisher = self.publisher or LlhlsPublisher()
        return DeliveryDirectives(legacy=publisher.default_query_legacy, rewind=publisher.default_query_rewind)

    def master_playlist(self, playlist: PlaylistSettings, dialect: Dialect, *, prefix: str = "", query: str = "") -> MultivariantPlaylist:
        """A playlist of the stream. `prefix` and `query` stand before and after the names of chunklists."""

        def uri(track: OutputTrack) -> str:
            return f"{prefix}{track.chunklist_name}{query and '?'}{query}"

        subtitles = self.subtitles if playlist.enable_subtitles else ()
        return master_playlist(playlist, self.tracks, {track.variant for track in self.unpackaged}, uri, dialect, subtitles)


class TrackOnAir(NamedTuple):
    """A packaged track of an output stream: its media as it comes at the stream's pace, until the stream is concluded."""

    stream: OutputStream
    track: OutputTrack

    def data(self, segment: Segment) -> bytes:
        """The bytes of a segment, complete or not, with the events that lie in it."""
        if not self.stream.events.are_in(self.track.id, segment.dts_ms, segment.dts_ms + segment.duration_ms):
            return self.track.packager.segment(segment)
        return b"".join(self.part_data(part) for part in segment.parts)

    def part_data(self, part: Part) -> bytes:
        """The bytes of a part, with its events."""
        times = self.track.timeline.times
        first_ms, end_ms = times.dts_ms(part.first_sample), times.dts_ms(part.first_sample + part.sample_count)
        return self.stream.events.messages(self.track.id, first_ms, end_ms) + self.track.packager.part(part)

    def completed(self, now_ns: int) -> int:
        """The number of complete segments."""
        last, concluded_ns = self._last_segment, self.stream.concluded_ns
        if last is None or concluded_ns is None or now_ns < concluded_ns:
            return self.timeline.completed(self.stream.pace.media_ns(now_ns))
        return last.msn + bool(last.part_sizes)

    def completes_ns(self, count: int, now_ns: int) -> int:
        """The instant at which `count` more segments will be complete."""
        return self.stream.pace.instant_ns(self.timeline.segment(self.completed(now_ns) + count - 1).complete_ns)

    def segment(self, msn: int) -> Segment | None:
        """The complete segment of this number, even if it is still to come; None if it never comes."""
        last = self._last_segment
        if last is None or msn < last.msn:
            return self.timeline.segment(msn)
        return last if msn == last.msn and last.part_sizes else None

    def existing_segment(self, msn: int) -> Segment:
        """A segment that is known to be complete."""
        segment = self.segment(msn)
        if segment is None:
            raise IndexError(f"{self.stream} has no segment {msn}")
        return segment

    def open_segment(self, now_ns: int) -> Segment | None:
        """The segment in progress as far as its parts are complete; None once the stream is concluded."""
        if self.stream.concluded_ns is not None and now_ns >= self.stream.concluded_ns:
            return None
        return self.timeline.open_segment(self.stream.pace.media_ns(now_ns))

    def segment_to_come(self, now_ns: int) -> Segment | None:
        """The segment after the last one of a concluded stream, of which nothing ever exists; None while the stream goes on."""
        if self.stream.concluded_ns is None or now_ns < self.stream.concluded_ns:
            return None
        return self.timeline.segment(self.completed(now_ns))._replace(part_sizes=())

    def find_segment(self, msn: int, now_ns: int) -> Segment | None:
        """The segment of this number as far as it exists."""
        segment = self.segment(msn) if msn < self.completed(now_ns) else self.open_segment(now_ns)
        return segment if segment is not None and segment.msn == msn else None

    def part_complete_ns(self, msn: int, part_index: int) -> int | None:
        """The instant at which a part is complete, or None for never; after a segment's last part comes the next one's first."""
        last, concluded_ns = self._last_segment, self.stream.concluded_ns
        complete_ns = self.stream.pace.instant_ns(self.timeline.part_complete_ns(msn, part_index))
        if last is None or concluded_ns is None:
            return complete_ns
        return min(complete_ns, concluded_ns) if (msn, part_index) < (last.msn, len(last.part_sizes)) else None

    def part_with_completes_ns(self, time_ms: int) -> int | None:
        """The instant at which the part with a stream time is complete, or None for never."""
        complete_ns, ended_ns = self.part_complete_ns(*self.timeline.part_at(time_ms)), self.stream.ended_ns
        return None if complete_ns is None or (ended_ns is not None and complete_ns > ended_ns) else complete_ns

    @property
    def _last_segment(self) -> Segment | None:
        """The last segment of a concluded stream, which may have no part; None if the stream goes on."""
        concluded_ns = self.stream.concluded_ns
        return None if concluded_ns is None else self.timeline.last_segment(self.stream.pace.media_ns(concluded_ns))

    def newest(self, now_ns: int, dialect: Dialect) -> int:
        """The number of the newest segment, less than 0 for none; it is the open one, unless that is there only with its first part."""
        completed, open_segment = self.completed(now_ns), self.open_segment(now_ns)
        has_begun = not dialect.segments_begin_with_a_part or (open_segment is not None and bool(open_segment.part_sizes))
        return completed if has_begun else completed - 1

    def first_in_window(self, now_ns: int, dialect: Dialect) -> int:
        """The first number of the live window, which holds the newest segment too."""
        count = max((self.stream.publisher or LlhlsPublisher()).segment_count, FEWEST_SEGMENTS)
        return max(0, self.newest(now_ns, dialect) + 1 - count)

    def media_segment(self, segment: Segment, zone: tzinfo | None, *, is_first: bool = False) -> MediaSegment:
        """A segment as chunklists list it. `is_first` omits its init section, which the head of the list names."""
        follows = self.timeline.changes_before(segment.msn) > self.timeline.changes_before(segment.msn - 1)
        date, map_uri = self.stream.program_date_time(segment, zone), None if is_first else self.new_init_name(segment.msn)
        name = self.track.segment_name(segment.msn)
        return MediaSegment(name, segment.duration_ms, date, is_discontinuous=follows, map_uri=map_uri)

    def content_version(self, msn: int) -> int:
        """The version of a segment's init section; it changes for each video, or for the first audio without one."""
        changes = self.track.kind is MediaKind.VIDEO or self.track is self.stream.tracks[0]
        return FIRST_VERSION + (self.timeline.changes_before(msn) if changes else 0)

    def new_init_name(self, msn: int) -> str | None:
        """The name of the init section that a segment is the first to need, or None."""
        if not self.stream.pace.interruptions_ns:
            return None
        version = self.content_version(msn)
        return self.track.files.init(version) if msn > 0 and version > self.content_version(msn - 1) else None

    def kept_versions(self, now_ns: int) -> list[int]:
        """The versions whose init sections are kept (dump-output.md#discontinuities): the first one, and those of the segments to fetch."""
        completed, publisher = self.completed(now_ns), self.stream.publisher or LlhlsPublisher()
        if publisher.dvr is not None:
            return list(range(FIRST_VERSION, self.content_version(completed) + 1))
        window = publisher.segment_count + SEGMENTS_AFTER_WINDOW
        return sorted({FIRST_VERSION, *(self.content_version(msn) for msn in range(max(0, completed - window), completed + 1))})

    @property
    def timeline(self) -> Segments:
        """The segments, cut short where the encoding changes, or else by cues."""
        changes_ns, markers, own = self.stream.pace.interruptions_ns, self.stream.ad_breaks.markers, self.track.timeline
        if changes_ns:
            return interrupted(own, own if self.track.kind is MediaKind.VIDEO else self.stream.tracks[0].timeline, changes_ns)
        return marked(own, markers, is_video=self.track.packager.track.kind is MediaKind.VIDEO) if markers else own
