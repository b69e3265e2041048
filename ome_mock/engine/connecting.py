"""Makes an input stream and its outputs, of an application and of what an encoder or a channel sends."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from ..dialect import ENGINE_0_21, Readiness, VersionRules
from ..hls.stream_key import stream_key, text_hash
from ..media.packager import SegmentCache
from ..player_refusals import LiveFileNotFound, StreamNotStarted
from ..settings import ApplicationSettings, LlhlsPublisher, OutputProfile
from ..timestamps import NS_PER_MS
from .input_tracks import InputTracks, RateHistory
from .pace import Pace
from .relay import Feed
from .renditions import playlists, with_templates
from .sources import Sources
from .stream import RTMP, InputStream, OutputStream, StreamPath, StreamSource, encoder_source
from .track import OutputTrack, TrackMaker, UnpackagedTrack


class _OutputMaker(NamedTuple):
    """Makes the output streams of one input stream; each draws its key from `key_seed`."""

    path: StreamPath
    application: ApplicationSettings
    pace: Pace
    key_seed: str
    rates: RateHistory
    ready_with: Readiness

    def key(self, name: str) -> str:
        is_origin = self.application.llhls is not None and self.application.llhls.origin_mode
        return text_hash(name) if is_origin else stream_key(f"{self.key_seed}/{self.path}/{name}")

    def output(self, name: str, made: list[OutputTrack | UnpackagedTrack], profile: OutputProfile) -> OutputStream:
        publisher = self.application.llhls
        first_number = _first_number(publisher or LlhlsPublisher(), self.pace.published_ns)
        tracks = tuple(replace(track, first_number=first_number) for track in made if isinstance(track, OutputTrack))
        unpackaged = tuple(track for track in made if isinstance(track, UnpackagedTrack))
        by_name = {each.file_name: with_templates(each, made) for each in playlists(profile, publisher, tracks)}
        vhost, app, hls = self.path.vhost, self.path.app, self.application.hls
        return OutputStream(vhost, app, name, self.pace, tracks, by_name, publisher, unpackaged, self.rates, self.ready_with, hls=hls)


def connect_stream(
    path: StreamPath,
    application: ApplicationSettings,
    input_tracks: InputTracks,
    sources: Sources,
    published_ns: int,
    key_seed: str,
    cache: SegmentCache,
    source: StreamSource | None = None,
    feed: Feed | None = None,
    created_ns: int | None = None,
    rules: VersionRules = ENGINE_0_21,
) -> InputStream:
    """Make an input stream and its outputs, which it has yet to show. A channel has a `feed`."""
    sources = sources.of_one_stream()
    tracks = TrackMaker(input_tracks, sources, application.llhls or LlhlsPublisher(), cache, rules)
    rates = RateHistory(None if sources.real_sizes or not input_tracks.video else input_tracks.video.bitrate or None)
    maker = _OutputMaker(path, application, Pace(published_ns), key_seed, rates, rules.ready_with)
    relay = None if feed is None else _relay(maker, feed, tracks)
    outputs, next_id = [], 0
    for profile in () if feed and feed.bypasses_transcoder else application.output_profiles:
        name = profile.output_name(path.stream)
        made = [_as_of(relay, track) for track in tracks.tracks(profile, next_id, maker.key(name))]
        next_id += len(made)
        outputs.append(maker.output(name, made, profile))
        outputs[-1].before_taken_up = LiveFileNotFound if feed else None
    if relay is not None and feed is not None and feed.bypasses_transcoder:
        outputs.append(relay)
    shown_ns, source = published_ns if created_ns is None else created_ns, source or encoder_source(path)
    if feed is None and source.type == RTMP:
        for output in outputs:
            output.passes_ns = shown_ns + passes_after_ns(input_tracks, rules)
    return InputStream(path, maker.pace, input_tracks, sources, tuple(outputs), source, shown_ns, rates, relay)


def passes_after_ns(tracks: InputTracks, rules: VersionRules) -> int:
    """The time from the listing of an RTMP stream until dumps and players get its media (versions.md#first-seconds)."""
    if tracks.video and tracks.audio:
        return 0
    return (rules.pictures_alone_pass_after_ms if tracks.video else rules.sound_alone_passes_after_ms) * NS_PER_MS


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
