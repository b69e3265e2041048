"""Makes input streams and their outputs, of an application and of what an encoder or a channel sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..dialect import Readiness, VersionRules
from ..events.ad_breaks import AdBreaks
from ..events.stream_events import EventNumbers, StreamEvents
from ..hls.stream_key import stream_key, text_hash
from ..media.packager import SegmentCache
from ..player_refusals import LiveFileNotFound, StreamNotStarted
from ..settings import ApplicationSettings, LlhlsPublisher, OutputProfile, PlaylistSettings, SubtitleRendition
from ..timestamps import NS_PER_MS
from .input_stream import RTMP, InputStream, StreamSource, encoder_source
from .input_tracks import InputTracks, RateHistory
from .pace import Pace
from .renditions import playlists, with_templates
from .sources import Sources
from .stream import OutputStream, StreamPath
from .track import OutputTrack, TrackMaker, UnpackagedTrack, subtitle_track

if TYPE_CHECKING:
    from ..media.webvtt import Cues


class Feed(Protocol):
    """The source of the tracks that a channel sends; the transcoder relays or encodes them."""

    @property
    def input_tracks(self) -> InputTracks:
        """The first track of each kind, which the output profiles encode."""

    @property
    def bypasses_transcoder(self) -> bool: ...

    @property
    def playlists(self) -> tuple[PlaylistSettings, ...]: ...

    @property
    def is_held(self) -> bool:
        """True as long as nothing is sent."""

    def tracks(self, maker: TrackMaker, key: str) -> list[OutputTrack | UnpackagedTrack]:
        """The tracks, in the order of their ids."""


class StreamMaker(NamedTuple):
    """Makes the input streams of an engine, with the outputs that each has yet to show."""

    sources: Sources
    cache: SegmentCache
    rules: VersionRules
    numbers: EventNumbers

    def make(
        self,
        path: StreamPath,
        application: ApplicationSettings,
        input_tracks: InputTracks,
        published_ns: int,
        key_seed: str,
        source: StreamSource | None = None,
        feed: Feed | None = None,
        created_ns: int | None = None,
    ) -> InputStream:
        """Make the stream of an encoder, or of a channel, which has a `feed`. It is listed at `created_ns`, or as it is published."""
        sources = self.sources.of_one_stream()
        tracks = TrackMaker(input_tracks, sources, application.llhls or LlhlsPublisher(), self.cache, self.rules)
        rates = RateHistory(None if sources.real_sizes or not input_tracks.video else input_tracks.video.bitrate or None)
        ad_breaks = AdBreaks(self.rules)
        maker = _OutputMaker(path, application, Pace(published_ns), key_seed, rates, self.rules.ready_with, self.numbers, ad_breaks)
        relay = None if feed is None else _relay(maker, feed, tracks)
        cues = _no_cues(application.subtitles) if application.subtitles else {}
        is_relayed = relay is not None and feed is not None and feed.bypasses_transcoder
        stream = InputStream(
            path=path,
            pace=maker.pace,
            input_tracks=input_tracks,
            sources=sources,
            made=(relay,) if relay and is_relayed else tuple(maker.outputs(tracks, relay, cues)),
            source=source or encoder_source(path),
            created_ns=published_ns if created_ns is None else created_ns,
            rates=rates,
            cues=cues,
            ad_breaks=ad_breaks,
            relay=relay,
        )
        if feed is None and stream.source.type == RTMP:
            for output in stream.made:
                output.passes_ns = stream.created_ns + passes_after_ns(input_tracks, self.rules)
        return stream


class _OutputMaker(NamedTuple):
    """Makes the output streams of one input stream; each draws its key from `key_seed`."""

    path: StreamPath
    application: ApplicationSettings
    pace: Pace
    key_seed: str
    rates: RateHistory
    ready_with: Readiness
    numbers: EventNumbers
    ad_breaks: AdBreaks

    def key(self, name: str) -> str:
        is_origin = self.application.llhls is not None and self.application.llhls.origin_mode
        return text_hash(name) if is_origin else stream_key(f"{self.key_seed}/{self.path}/{name}")

    def outputs(self, tracks: TrackMaker, relay: OutputStream | None, cues: Mapping[str, Cues]) -> Iterator[OutputStream]:
        """The output of each profile; their tracks, those of subtitles too, are numbered through."""
        next_id = 0
        for profile in self.application.output_profiles:
            name = profile.output_name(self.path.stream)
            made = [_as_of(relay, track) for track in tracks.tracks(profile, next_id, self.key(name))]
            next_id += len(made)
            output = self.output(name, made, profile)
            if output.tracks:
                renditions = enumerate(self.application.subtitles, next_id)
                output.subtitles = tuple(subtitle_track(each, number, output.tracks[0], cues[each.label]) for number, each in renditions)
                next_id += len(output.subtitles)
            output.before_taken_up = LiveFileNotFound if relay else None
            yield output

    def output(self, name: str, made: list[OutputTrack | UnpackagedTrack], profile: OutputProfile) -> OutputStream:
        publisher = self.application.llhls
        first_number = _first_number(publisher or LlhlsPublisher(), self.pace.published_ns)
        tracks = tuple(replace(track, first_number=first_number) for track in made if isinstance(track, OutputTrack))
        return OutputStream(
            vhost=self.path.vhost,
            app=self.path.app,
            name=name,
            pace=self.pace,
            tracks=tracks,
            unpackaged=tuple(track for track in made if isinstance(track, UnpackagedTrack)),
            playlists={each.file_name: with_templates(each, made) for each in playlists(profile, publisher, tracks)},
            publisher=publisher,
            hls=self.application.hls,
            rates=self.rates,
            ready_with=self.ready_with,
            events=StreamEvents(self.numbers),
            ad_breaks=self.ad_breaks,
        )


def passes_after_ns(tracks: InputTracks, rules: VersionRules) -> int:
    """The time from the listing of an RTMP stream until dumps and players get its media (versions.md#first-seconds)."""
    if tracks.video and tracks.audio:
        return 0
    return (rules.pictures_alone_pass_after_ms if tracks.video else rules.sound_alone_passes_after_ms) * NS_PER_MS


def _no_cues(subtitles: Iterable[SubtitleRendition]) -> dict[str, Cues]:
    """The cues of subtitles before the first is sent, by their labels."""
    from ..media.webvtt import Cues  # noqa: PLC0415 (lazy: few streams have subtitles)

    return {each.label: Cues() for each in subtitles}


def _as_of(relay: OutputStream | None, track: OutputTrack | UnpackagedTrack) -> OutputTrack | UnpackagedTrack:
    """A track with the id of the channel's track of its kind as `input_id`; unchanged if the stream is no channel's."""
    if relay is None or not isinstance(track, OutputTrack):
        return track
    return replace(track, input_id=next((each.input_id for each in relay.tracks if each.kind is track.kind), None))


def _relay(maker: _OutputMaker, feed: Feed, tracks: TrackMaker) -> OutputStream:
    """The stream that a channel sends, with the channel's name."""
    name = maker.path.stream
    relay = maker.output(name, feed.tracks(tracks, maker.key(name)), OutputProfile(name, name, playlists=feed.playlists))
    relay.before_taken_up = StreamNotStarted
    if feed.is_held:
        maker.pace.hold(maker.pace.published_ns)
    return relay


def _first_number(publisher: LlhlsPublisher, published_ns: int) -> int:
    """The first segment's number; with `<ServerTimeBasedSegmentNumbering>` numbers count from 1970 (dump-output.md#file-names)."""
    return published_ns // NS_PER_MS // publisher.segment_duration_ms if publisher.server_time_based_segment_numbering else 0
