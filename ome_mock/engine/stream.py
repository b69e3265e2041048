"""Input streams, and the output streams that an application's output profiles make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import cached_property
from typing import NamedTuple
from zlib import crc32

from ..dialect import Dialect
from ..errors import ConfigurationError
from ..hls.delivery_directives import DeliveryDirectives, differing_directives
from ..hls.media_playlist import MediaSegment
from ..hls.multivariant_playlist import AudioRendition, MultivariantPlaylist, Variant
from ..media.loop import MediaKind
from ..media.packager import SegmentCache
from ..media.timeline import Segment
from ..settings import ApplicationSettings, LlhlsPublisher, OutputProfile, PlaylistSettings, RenditionSettings
from ..timestamps import NS_PER_MS, iso_time
from .input_tracks import InputTracks
from .pace import Pace
from .sources import Sources
from .stream_key import origin_key, stream_key
from .track import FIRST_VERSION, OutputTrack, TrackMaker, UnpackagedTrack

FIRST_EPHEMERAL_PORT, EPHEMERAL_PORTS = 32_768, 28_232
DEFAULT_PLAYLIST = "llhls"
BANDWIDTH_WHEN_UNKNOWN = 1_000_000
SEGMENTS_AFTER_WINDOW = 3
"""How many segments that have left the list can still be fetched."""


class StreamPath(NamedTuple):
    """Where an input stream lives; written `vhost/app/stream`."""

    vhost: str
    app: str
    stream: str

    def __str__(self) -> str:
        return f"{self.vhost}/{self.app}/{self.stream}"

    @classmethod
    def parse(cls, text: str) -> StreamPath:
        """Read `vhost/app/stream`; raises ConfigurationError."""
        names = text.split("/")
        if len(names) != 3 or not all(names) or not text.isprintable():
            raise ConfigurationError(f"stream {text!r} is not VHOST/APP/STREAM")
        return cls(*names)


@dataclass(eq=False)
class OutputStream:
    """One output stream: its packaged tracks in order of their id, the others, its playlists by file name.

    `publisher` is None where the application does not publish LL-HLS. Its media follows the `pace` of its input. Everything but its end is
    known from the start: `concluded_ns` is when `concludeHlsLive` ended its lists, `ended_ns` when its encoder went.
    """

    vhost: str
    app: str
    name: str
    pace: Pace
    tracks: tuple[OutputTrack, ...]
    playlists: dict[str, PlaylistSettings]
    publisher: LlhlsPublisher | None
    unpackaged: tuple[UnpackagedTrack, ...] = ()
    concluded_ns: int | None = None
    ended_ns: int | None = None

    def __str__(self) -> str:
        return f"{self.vhost}/{self.app}/{self.name}"

    @property
    def published_ns(self) -> int:
        """When the input was published: media time 0."""
        return self.pace.published_ns

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

    @property
    def started_ns(self) -> int:
        """When every track has begun to arrive."""
        return self.pace.instant_ns(max(track.timeline.first_arrival_ns() for track in self.tracks))

    @property
    def ready_ns(self) -> int:
        """When every track has completed a segment."""
        ready_ns = self.pace.instant_ns(max(track.timeline.segment(0).complete_ns for track in self.tracks))
        return ready_ns if self.concluded_ns is None else min(ready_ns, self.concluded_ns)

    def completed(self, track: OutputTrack, now_ns: int) -> int:
        """How many segments of a track are complete."""
        last = self._last_segment(track)
        if last is None or self.concluded_ns is None or now_ns < self.concluded_ns:
            return track.timeline.completed(self.pace.media_ns(now_ns))
        return last.msn + bool(last.part_sizes)

    def completes_ns(self, track: OutputTrack, count: int, now_ns: int) -> int:
        """When so many more segments of a track will be complete."""
        return self.pace.instant_ns(track.timeline.segment(self.completed(track, now_ns) + count - 1).complete_ns)

    def segment(self, track: OutputTrack, msn: int) -> Segment | None:
        """The complete segment of this number, whether or not it exists yet; None where it never will."""
        last = self._last_segment(track)
        if last is None or msn < last.msn:
            return track.timeline.segment(msn)
        return last if msn == last.msn and last.part_sizes else None

    def open_segment(self, track: OutputTrack, now_ns: int) -> Segment | None:
        """The segment in progress as far as its parts are complete; None once the stream is concluded."""
        if self.concluded_ns is not None and now_ns >= self.concluded_ns:
            return None
        return track.timeline.open_segment(self.pace.media_ns(now_ns))

    def part_complete_ns(self, track: OutputTrack, msn: int, part_index: int) -> int | None:
        """When a part is complete, or None where it never will be; after a segment's last part comes the next one's first."""
        last = self._last_segment(track)
        complete_ns = self.pace.instant_ns(track.timeline.part_complete_ns(msn, part_index))
        if last is None or self.concluded_ns is None:
            return complete_ns
        return min(complete_ns, self.concluded_ns) if (msn, part_index) < (last.msn, len(last.part_sizes)) else None

    def _last_segment(self, track: OutputTrack) -> Segment | None:
        """What a concluded stream's track ends with; it may have no part."""
        return None if self.concluded_ns is None else track.timeline.last_segment(self.pace.media_ns(self.concluded_ns))

    def media_segment(self, track: OutputTrack, segment: Segment, zone: tzinfo | None, *, is_first: bool) -> MediaSegment:
        """How a chunklist lists a segment: its date is the publishing time plus its distance from the first sample of any track.

        The first one's init section stands at the head of the list.
        """
        date, follows = self.program_date_time(segment, zone), self.follows_interruption(track, segment)
        map_uri = None if is_first else self.new_init_name(track, segment.msn)
        return MediaSegment(track.segment_name(segment.msn), segment.duration_ms, date, is_discontinuous=follows, map_uri=map_uri)

    def content_version(self, track: OutputTrack, msn: int) -> int:
        """Which init section a segment needs: what changes is the video, or the audio of a stream that has nothing else."""
        changes = track.kind is MediaKind.VIDEO or self._has_sound_alone
        return FIRST_VERSION + (self.interruptions_before(track, msn) if changes else 0)

    @cached_property
    def _has_sound_alone(self) -> bool:
        return all(track.kind is MediaKind.AUDIO for track in self.tracks)

    def new_init_name(self, track: OutputTrack, msn: int) -> str | None:
        """The init section that a segment is the first to need, if it is."""
        if not self.pace.interruptions_ns:
            return None
        version = self.content_version(track, msn)
        return track.init_name_of(version) if msn > 0 and version > self.content_version(track, msn - 1) else None

    def kept_versions(self, track: OutputTrack, now_ns: int) -> list[int]:
        """The versions whose init sections are kept: the first one, and those of segments that can be fetched (dump reference, 1.7)."""
        completed = self.completed(track, now_ns)
        window = (self.publisher or LlhlsPublisher()).segment_count + SEGMENTS_AFTER_WINDOW
        return sorted({FIRST_VERSION, *(self.content_version(track, msn) for msn in range(max(0, completed - window), completed + 1))})

    def follows_interruption(self, track: OutputTrack, segment: Segment) -> bool:
        """Whether the encoder changed something after the segment before this one had begun."""
        before = self.interruptions_before(track, segment.msn - 1)
        return self.interruptions_before(track, segment.msn) > before

    def interruptions_before(self, track: OutputTrack, msn: int) -> int:
        """How often the encoder had changed something when a segment began."""
        if msn < 0 or not self.pace.interruptions_ns:
            return 0
        begins_ns = track.timeline.segment(msn).dts_ms * NS_PER_MS
        return sum(interruption_ns <= begins_ns for interruption_ns in self.pace.interruptions_ns)

    def program_date_time(self, segment: Segment, zone: tzinfo | None) -> str:
        return iso_time(self.published_ns + (segment.dts_ms - self._first_dts_ms) * NS_PER_MS, zone)

    @cached_property
    def _first_dts_ms(self) -> int:
        return min(track.timeline.times.dts_ms(0) for track in self.tracks)

    def find_playlist(self, file_name: str) -> PlaylistSettings | None:
        """The playlist of a name such as `llhls.m3u8`: what follows the last dot is not looked at."""
        stem, dot, _ = file_name.rpartition(".")
        return self.playlists.get(stem if dot else file_name)

    def dumped_master_playlist(self, file_name: str) -> MultivariantPlaylist | None:
        """The master playlist that a dump writes, if there is one: its URIs are names, and say what differs from the defaults."""
        playlist = self.find_playlist(file_name)
        query = differing_directives(DeliveryDirectives(), self.default_directives)
        return None if playlist is None else self.master_playlist(playlist, query=query)

    @property
    def default_directives(self) -> DeliveryDirectives:
        """What `<DefaultQueryString>` says."""
        publisher = self.publisher or LlhlsPublisher()
        return DeliveryDirectives(legacy=publisher.default_query_legacy, rewind=publisher.default_query_rewind)

    def master_playlist(self, playlist: PlaylistSettings, *, prefix: str = "", query: str = "") -> MultivariantPlaylist:
        """Dump reference, section 2.1: an audio group wherever a rendition has both kinds.

        `prefix` and `query` stand before and after the names of chunklists.
        """
        by_variant: dict[str, list[OutputTrack]] = {}
        for track in self.tracks:
            by_variant.setdefault(track.variant, []).append(track)

        def uri(track: OutputTrack) -> str:
            return f"{prefix}{track.chunklist_name}{query and '?'}{query}"

        variants, groups = [], set()
        for rendition in playlist.renditions:
            videos = by_variant.get(rendition.video or "", [])
            audios = by_variant.get(rendition.audio or "", [])
            if (videos and audios) or len(audios) > 1:
                groups.add(audios[0].variant)
            variants += [_variant(track, audios, uri) for track in videos] or [_variant(track, audios, uri) for track in audios[:1]]
        renditions = [
            AudioRendition(group, track.public_name, track.channels, uri(track), default=position == 0)
            for group in sorted(groups, key=str.encode)
            for position, track in enumerate(by_variant[group])
        ]
        return MultivariantPlaylist(tuple(renditions), tuple(variants))


def _variant(track: OutputTrack, audios: list[OutputTrack], uri: Callable[[OutputTrack], str]) -> Variant:
    if track.kind is MediaKind.AUDIO:
        group = track.variant if len(audios) > 1 else None
        return Variant(track.bitrate or BANDWIDTH_WHEN_UNKNOWN, (track.codec,), uri(track), audio_group=group)
    audio = audios[:1]
    bandwidth = track.bitrate + sum(each.bitrate for each in audio)
    return Variant(
        bandwidth or BANDWIDTH_WHEN_UNKNOWN,
        (track.codec, *(each.codec for each in audio)),
        uri(track),
        (track.width, track.height),
        track.frame_rate,
        audio[0].variant if audio else None,
    )


class StreamSource(NamedTuple):
    """Where an input stream comes from: the engine's name for its kind, and its URL, which an encoder's stream has from its socket."""

    type: str
    url: str


@dataclass(frozen=True, eq=False)
class InputStream:
    """One connected encoder and what is made of it, in the order of the output profiles."""

    path: StreamPath
    pace: Pace
    input_tracks: InputTracks
    sources: Sources
    outputs: tuple[OutputStream, ...]
    source: StreamSource

    @property
    def published_ns(self) -> int:
        """When its encoder came: media time 0."""
        return self.pace.published_ns

    def find_output(self, name: str) -> OutputStream | None:
        return next((output for output in self.outputs if output.name == name), None)


def encoder_source(path: StreamPath) -> StreamSource:
    """An encoder on this machine, at a port of its own (recorded: documents/get .../streams/stream)."""
    port = FIRST_EPHEMERAL_PORT + crc32(str(path).encode("utf-8", "surrogatepass")) % EPHEMERAL_PORTS
    return StreamSource("Rtmp", f"TCP://127.0.0.1:{port}/tcp")


def connect_stream(
    path: StreamPath,
    application: ApplicationSettings,
    input_tracks: InputTracks,
    sources: Sources,
    published_ns: int,
    key_seed: str,
    cache: SegmentCache,
    source: StreamSource | None = None,
) -> InputStream:
    """Make an input stream and its outputs; each output stream draws its key from `key_seed`."""
    publisher = application.llhls or LlhlsPublisher()
    maker = TrackMaker(input_tracks, sources, publisher, cache)
    first_number = _first_number(publisher, published_ns)
    pace = Pace(published_ns)
    outputs, next_id = [], 0
    for profile in application.output_profiles:
        name = profile.output_name(path.stream)
        key = origin_key(name) if publisher.origin_mode else stream_key(f"{key_seed}/{path}/{name}")
        made = list(maker.tracks(profile, next_id, key))
        next_id += len(made)
        tracks = tuple(replace(track, first_number=first_number) for track in made if isinstance(track, OutputTrack))
        unpackaged = tuple(track for track in made if isinstance(track, UnpackagedTrack))
        playlists = {playlist.file_name: playlist for playlist in _playlists(profile, application.llhls, tracks)}
        outputs.append(OutputStream(path.vhost, path.app, name, pace, tracks, playlists, application.llhls, unpackaged))
    return InputStream(path, pace, input_tracks, sources, tuple(outputs), source or encoder_source(path))


def _first_number(publisher: LlhlsPublisher, published_ns: int) -> int:
    """With `<ServerTimeBasedSegmentNumbering>` segments are numbered as if they had begun in 1970 (dump reference, section 1.1)."""
    return published_ns // NS_PER_MS // publisher.segment_duration_ms if publisher.server_time_based_segment_numbering else 0


def _playlists(profile: OutputProfile, publisher: LlhlsPublisher | None, tracks: tuple[OutputTrack, ...]) -> Iterator[PlaylistSettings]:
    """The default playlist, of the first video and the first audio, and those of the profile, which may take its name."""
    if publisher and publisher.create_default_playlist:
        video = next((track.variant for track in tracks if track.kind is MediaKind.VIDEO), None)
        audio = next((track.variant for track in tracks if track.kind is MediaKind.AUDIO), None)
        yield default_playlist(f"{DEFAULT_PLAYLIST}_default", DEFAULT_PLAYLIST, video, audio)
    yield from profile.playlists


def default_playlist(name: str, file_name: str, video: str | None, audio: str | None) -> PlaylistSettings:
    """A playlist that a publisher makes by itself (recorded: story abr-two-playlists)."""
    return PlaylistSettings(name, file_name, (RenditionSettings("default", video, audio),), webrtc_auto_abr=False)


def is_default(playlist: PlaylistSettings) -> bool:
    """Whether LL-HLS made this playlist by itself."""
    return playlist.name == f"{DEFAULT_PLAYLIST}_default"
