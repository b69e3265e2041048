"""Input streams, and the output streams that an application's output profiles make of them."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from zlib import crc32

from ..hls.media_playlist import MediaSegment
from ..hls.multivariant_playlist import AudioRendition, MultivariantPlaylist, Variant
from ..media.loop import MediaKind
from ..media.packager import SegmentCache
from ..media.timeline import Segment
from ..settings import ApplicationSettings, LlhlsPublisher, OutputProfile, PlaylistSettings, RenditionSettings
from ..timestamps import NS_PER_MS, iso_time
from .input_tracks import InputTracks
from .track import OutputTrack, TrackMaker, UnpackagedTrack

STREAM_KEY_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
STREAM_KEY_LENGTH = 8
FIRST_EPHEMERAL_PORT, EPHEMERAL_PORTS = 32_768, 28_232
DEFAULT_PLAYLIST = "llhls"
BANDWIDTH_WHEN_UNKNOWN = 1_000_000


@dataclass(frozen=True)
class StreamPath:
    """Where an input stream lives; written `vhost/app/stream`."""

    vhost: str
    app: str
    stream: str

    def __str__(self) -> str:
        return f"{self.vhost}/{self.app}/{self.stream}"


@dataclass(frozen=True, eq=False)
class OutputStream:
    """One output stream: its packaged tracks in order of their id, the others, its playlists by file name.

    `publisher` is None where the application does not publish LL-HLS. Media time 0 is at `published_ns`.
    """

    vhost: str
    app: str
    name: str
    published_ns: int
    tracks: tuple[OutputTrack, ...]
    playlists: dict[str, PlaylistSettings]
    publisher: LlhlsPublisher | None
    unpackaged: tuple[UnpackagedTrack, ...] = ()

    def __str__(self) -> str:
        return f"{self.vhost}/{self.app}/{self.name}"

    @property
    def all_tracks(self) -> list[OutputTrack | UnpackagedTrack]:
        """Every track in the order of their ids."""
        tracks: list[OutputTrack | UnpackagedTrack] = [*self.tracks, *self.unpackaged]
        return sorted(tracks, key=lambda track: track.id)

    @property
    def is_packaged(self) -> bool:
        return self.publisher is not None and bool(self.tracks)

    @property
    def target_duration_s(self) -> int:
        """The segment duration, rounded; never raised for a longer segment (dump reference, section 2.2)."""
        return (self.publisher.segment_duration_ms + 500) // 1000 if self.publisher else 0

    @property
    def ready_ns(self) -> int:
        """When every track has completed a segment."""
        return self.published_ns + max(track.timeline.segment(0).complete_ns for track in self.tracks)

    def completed(self, track: OutputTrack, now_ns: int) -> int:
        """How many segments of a track are complete."""
        return track.timeline.completed(now_ns - self.published_ns)

    def media_segment(self, track: OutputTrack, segment: Segment, zone: tzinfo | None) -> MediaSegment:
        """How a chunklist lists a segment: its date is the publishing time plus its distance from the first sample of any track."""
        first_dts_ms = min(t.timeline.times.dts_ms(0) for t in self.tracks)
        date_ns = self.published_ns + (segment.dts_ms - first_dts_ms) * NS_PER_MS
        return MediaSegment(track.segment_name(segment.msn), segment.duration_ms, iso_time(date_ns, zone))

    def find_master_playlist(self, file_name: str) -> MultivariantPlaylist | None:
        """The master playlist of a name such as `llhls.m3u8`: what follows the last dot is not looked at."""
        stem, dot, _ = file_name.rpartition(".")
        playlist = self.playlists.get(stem if dot else file_name)
        return None if playlist is None else self._master_playlist(playlist)

    def _master_playlist(self, playlist: PlaylistSettings) -> MultivariantPlaylist:
        """Dump reference, section 2.1: an audio group wherever a rendition has both kinds."""
        by_variant: dict[str, list[OutputTrack]] = {}
        for track in self.tracks:
            by_variant.setdefault(track.variant, []).append(track)
        variants, groups = [], set()
        for rendition in playlist.renditions:
            videos = by_variant.get(rendition.video or "", [])
            audios = by_variant.get(rendition.audio or "", [])
            if (videos and audios) or len(audios) > 1:
                groups.add(audios[0].variant)
            variants += [_variant(track, audios) for track in videos] or [_variant(track, audios) for track in audios[:1]]
        renditions = [
            AudioRendition(group, track.public_name, track.channels, track.chunklist_name, default=position == 0)
            for group in sorted(groups, key=str.encode)
            for position, track in enumerate(by_variant[group])
        ]
        return MultivariantPlaylist(tuple(renditions), tuple(variants))


def _variant(track: OutputTrack, audios: list[OutputTrack]) -> Variant:
    if track.kind is MediaKind.AUDIO:
        group = track.variant if len(audios) > 1 else None
        return Variant(track.bitrate or BANDWIDTH_WHEN_UNKNOWN, (track.codec,), track.chunklist_name, audio_group=group)
    audio = audios[:1]
    bandwidth = track.bitrate + sum(each.bitrate for each in audio)
    return Variant(
        bandwidth or BANDWIDTH_WHEN_UNKNOWN,
        (track.codec, *(each.codec for each in audio)),
        track.chunklist_name,
        (track.width, track.height),
        track.frame_rate,
        audio[0].variant if audio else None,
    )


@dataclass(frozen=True)
class StreamSource:
    """Where an input stream comes from: the engine's name for its kind, and its URL, which an encoder's stream has from its socket."""

    type: str
    url: str


@dataclass(frozen=True, eq=False)
class InputStream:
    """One connected encoder and what is made of it, in the order of the output profiles."""

    path: StreamPath
    published_ns: int
    input_tracks: InputTracks
    outputs: tuple[OutputStream, ...]
    source: StreamSource

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
    published_ns: int,
    key_seed: str,
    cache: SegmentCache,
    source: StreamSource | None = None,
) -> InputStream:
    """Make an input stream and its outputs; each output stream draws its key from `key_seed`."""
    publisher = application.llhls or LlhlsPublisher()
    maker = TrackMaker(input_tracks, publisher, cache)
    outputs, next_id = [], 0
    for profile in application.output_profiles:
        name = profile.output_name(path.stream)
        made = list(maker.tracks(profile, next_id, stream_key(f"{key_seed}/{path}/{name}")))
        next_id += len(made)
        tracks = tuple(track for track in made if isinstance(track, OutputTrack))
        unpackaged = tuple(track for track in made if isinstance(track, UnpackagedTrack))
        playlists = {playlist.file_name: playlist for playlist in _playlists(profile, application.llhls, tracks)}
        outputs.append(OutputStream(path.vhost, path.app, name, published_ns, tracks, playlists, application.llhls, unpackaged))
    return InputStream(path, published_ns, input_tracks, tuple(outputs), source or encoder_source(path))


def stream_key(seed: str) -> str:
    """Eight characters, none of them twice, as the engine draws them (dump reference, section 1.1)."""
    return "".join(random.Random(seed).sample(STREAM_KEY_ALPHABET, STREAM_KEY_LENGTH))  # noqa: S311


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
