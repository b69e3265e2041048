"""Output tracks: the samples that they repeat, and their names and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from ..dialect import VersionRules
from ..hls.file_names import TrackFileNames
from ..media.cutting import CutRule, SampleTimes, part_target_ms
from ..media.interrupted import InterruptedTimeline
from ..media.loop import LoopTrack, MediaKind
from ..media.marked import MarkedTimeline, Marker
from ..media.packager import Packager, SegmentCache
from ..media.timeline import Timeline
from ..settings import AudioEncode, Encode, ImageEncode, LlhlsPublisher, OutputProfile, SubtitleRendition, VideoEncode
from ..timestamps import NS_PER_MS
from .bypass import audio_for, video_for
from .input_tracks import RTMP_IDS, AudioInput, InputTracks, VideoInput
from .scaling import with_both_sides
from .sources import Sources

if TYPE_CHECKING:
    from ..media.webvtt import Cues

BYPASS_TIMESCALE = 1_000

TRANSCODER_OFFSET_MS = ROUNDED = Fraction(1, 2)
"""A transcoded track starts at 0, and its times are rounded (recorded: story abr-two-playlists, seg_1_2)."""

TRANSCODED_VIDEO_TIMESCALE = 90_000

PACKAGED_CODECS = {MediaKind.VIDEO: {"", "h264", "h265", "hevc", "av1"}, MediaKind.AUDIO: {"", "aac"}}
"""The codecs that LL-HLS supports (media.md#codecs). Playlists and init sections name the codec of the samples."""


SUBTITLES = "subtitle"
"""The group of all subtitles in a master playlist, and the name of their tracks in documents."""


@dataclass(frozen=True, eq=False)
class OutputTrack:
    """One packaged track of an output stream; `key` is the stream's. `encode` is its element in the output profile."""

    id: int
    kind: MediaKind
    variant: str
    key: str
    encode: VideoEncode | AudioEncode
    packager: Packager
    bitrate: int
    codec: str
    width: int = 0
    height: int = 0
    frame_rate: Fraction = Fraction(0)
    channels: int = 0
    first_number: int = 0
    """The number in its first segment's name; the code counts segments from 0."""
    input_id: int | None = None
    """The id of its input track, if its kind doesn't determine it."""
    language: str = ""

    @property
    def timeline(self) -> Timeline:
        return self.packager.timeline

    @property
    def public_name(self) -> str:
        """The value of `NAME`: the input track's name and id, not this track's (story abr-two-playlists: `Audio_1` beside chunklist_2)."""
        usual_id = RTMP_IDS.video if self.kind is MediaKind.VIDEO else RTMP_IDS.audio
        return f"{self.kind.value.capitalize()}_{usual_id if self.input_id is None else self.input_id}"

    @cached_property
    def files(self) -> TrackFileNames:
        """The names of the track's files."""
        return TrackFileNames(self.id, self.kind.value, self.key)

    @property
    def has_init(self) -> bool:
        """True for media; subtitles have no init section."""
        return self.kind is not MediaKind.SUBTITLE

    @property
    def chunklist_name(self) -> str:
        return self.files.chunklist()

    def segment_name(self, msn: int) -> str:
        return self.files.segment(self.first_number + msn)

    def part_name(self, msn: int, part_index: int) -> str:
        return self.files.part(self.first_number + msn, part_index)


@dataclass(frozen=True, eq=False, kw_only=True)
class SubtitleTrack(OutputTrack):
    """A track of cues beside the packaged tracks of an output stream."""

    rendition: SubtitleRendition
    cues: Cues


class ChosenTracks(NamedTuple):
    """The tracks that a client chooses of the output stream of a name: by ids and variant names, or all of them without any."""

    stream_name: str
    track_ids: tuple[int, ...] = ()
    variant_names: tuple[str, ...] = ()

    def include(self, track: OutputTrack) -> bool:
        return not (self.track_ids or self.variant_names) or track.id in self.track_ids or track.variant in self.variant_names


class UnpackagedTrack(NamedTuple):
    """A track of an output stream that LL-HLS doesn't support; it has an id too. `encode` is None for the data track."""

    id: int
    variant: str
    encode: Encode | None = None


class TrackMaker(NamedTuple):
    """Makes the output tracks of one input stream in one application."""

    input_tracks: InputTracks
    sources: Sources
    publisher: LlhlsPublisher
    cache: SegmentCache
    rules: VersionRules

    def tracks(self, profile: OutputProfile, first_id: int, key: str) -> Iterator[OutputTrack | UnpackagedTrack]:
        """The tracks of a profile: videos, images, audios, then the data track that every output has.

        Recorded: story abr-two-playlists; configurations, `e68b93a6.mended`.
        """
        ids = count(first_id)
        if given_video := self.input_tracks.video:
            for video in profile.videos:
                encode = with_both_sides(video_for(video, given_video), given_video)
                yield self._video(encode, given_video, next(ids), key)
            for image in profile.images:
                yield UnpackagedTrack(next(ids), image.name, self._sized(with_both_sides(image, given_video), given_video))
        if given_audio := self.input_tracks.audio:
            for audio in profile.audios:
                yield self._audio(audio_for(audio, given_audio), given_audio, next(ids), key)
        yield UnpackagedTrack(next(ids), "Data")

    def _video(self, encode: VideoEncode, given: VideoInput, track_id: int, key: str) -> OutputTrack | UnpackagedTrack:
        if encode.codec not in PACKAGED_CODECS[MediaKind.VIDEO] and not encode.bypass:
            return UnpackagedTrack(track_id, encode.name, encode)
        if encode.bypass:
            source = self.sources.video(self.input_tracks, given)
            packager = self._packager(source, video_offset_ms(self.input_tracks, self.sources), 0, BYPASS_TIMESCALE, source.bitrate)
            width, height, bitrate = given.width, given.height, source.bitrate
        else:
            source = self.sources.encoded_video(self.input_tracks, given, encode)
            packager = self._packager(source, TRANSCODER_OFFSET_MS, self._lag_ns, TRANSCODED_VIDEO_TIMESCALE, source.bitrate)
            width, height = self._coded(encode.width or given.width), self._coded(encode.height or given.height)
            bitrate = self.sources.claimed(source, encode.bitrate)
        return OutputTrack(
            track_id,
            MediaKind.VIDEO,
            encode.name,
            key,
            encode,
            packager,
            bitrate,
            source.codec,
            width,
            height,
            source.frame_rate,
            input_id=self.input_tracks.ids.video,
        )

    def _audio(self, encode: AudioEncode, given: AudioInput, track_id: int, key: str) -> OutputTrack | UnpackagedTrack:
        if encode.codec not in PACKAGED_CODECS[MediaKind.AUDIO] and not encode.bypass:
            return UnpackagedTrack(track_id, encode.name, encode)
        if encode.bypass:
            source = self.sources.audio(self.input_tracks, given)
            bitrate = self.sources.claimed(source, encode.bitrate)
            packager = self._packager(source, audio_offset_ms(source), 0, BYPASS_TIMESCALE, bitrate)
        else:
            source = self.sources.encoded_audio(self.input_tracks, given, encode)
            bitrate = self.sources.claimed(source, encode.bitrate)
            packager = self._packager(source, TRANSCODER_OFFSET_MS, self._lag_ns, source.sample_rate, bitrate)
        return OutputTrack(
            track_id,
            MediaKind.AUDIO,
            encode.name,
            key,
            encode,
            packager,
            bitrate,
            source.codec,
            channels=source.channels,
            input_id=self.input_tracks.ids.audio,
        )

    def _sized(self, image: ImageEncode, given: VideoInput) -> ImageEncode:
        """An image encode, with the size of the input for missing values."""
        width, height = self._coded(image.width or given.width), self._coded(image.height or given.height)
        bitrate = self.sources.video(self.input_tracks, given).bitrate
        return image._replace(width=width, height=height, framerate=image.framerate or given.framerate, bitrate=bitrate)

    @property
    def _lag_ns(self) -> int:
        """The delay of a transcoded track (recorded: story abr-two-playlists, items 15 and 21 of the info file)."""
        return self.rules.encoders_lag_ms * NS_PER_MS

    def _coded(self, length: int) -> int:
        """The length of a side as the engine's encoders take it: a multiple of 4 (story abr-two-playlists: 160x90 became 160x92)."""
        multiple = self.rules.encoded_sides_are_multiples_of
        return -(-length // multiple) * multiple

    def _packager(self, source: LoopTrack, offset_ms: Fraction, latency_ns: int, timescale: int, bitrate: int) -> Packager:
        target_ms = part_target_ms(self.publisher.chunk_duration_ms, source.sample_duration_ms)
        ends_with_segments = source.kind is MediaKind.VIDEO or self.rules.audio_parts_end_with_segments
        rule = CutRule(
            self.publisher.segment_duration_ms,
            target_ms,
            parts_end_with_segments=ends_with_segments,
            next_part_completes=self.rules.next_part_completes_segment,
        )
        timeline = timeline_of(source.is_key, SampleTimes(offset_ms, source.sample_duration_ms), rule, latency_ns)
        return Packager(source, timeline, timescale, bitrate, self.cache)


def subtitle_track(rendition: SubtitleRendition, track_id: int, leading: OutputTrack, cues: Cues) -> SubtitleTrack:
    """The track of one rendition; its segments are those of the `leading` track."""
    from ..media.cue_packager import CuePackager  # noqa: PLC0415 (lazy: few streams have subtitles)

    source = leading.packager
    packager = CuePackager(source.track, source.timeline, source.timescale, 0, source.cache, cues)
    first_number = leading.first_number
    return SubtitleTrack(
        track_id,
        MediaKind.SUBTITLE,
        SUBTITLES,
        leading.key,
        leading.encode,
        packager,
        0,
        "",
        first_number=first_number,
        language=rendition.language,
        rendition=rendition,
        cues=cues,
    )


@lru_cache(maxsize=256)
def interrupted(timeline: Timeline, leading: Timeline, instants_ns: tuple[int, ...]) -> InterruptedTimeline:
    """A timeline whose encoding changes at instants of stream time: with the next key frame of the `leading` one, which may be itself."""

    def change(instant_ns: int) -> int:
        sample = leading.key_from(leading.times.count_before(-(-instant_ns // NS_PER_MS)))
        return sample if leading is timeline else timeline.times.count_before(leading.times.dts_ms(sample))

    return InterruptedTimeline(timeline, map(change, instants_ns))


@lru_cache(maxsize=256)
def marked(timeline: Timeline, markers: tuple[Marker, ...], *, is_video: bool) -> MarkedTimeline:
    """A timeline whose segments end at markers too."""
    return MarkedTimeline(timeline, markers, is_video=is_video)


def video_offset_ms(tracks: InputTracks, sources: Sources) -> Fraction:
    """Video beside audio starts one audio frame late, in whole milliseconds; alone at 0 (stories overlapping-dumps, stop-all).

    The audio encoder's priming comes before the first picture, and the sender counts from it. Each time is rounded (recorded: media,
    `29.97-fps-h264-high`).
    """
    return ROUNDED + (_priming_ms(sources.audio(tracks, tracks.audio)) if tracks.audio else 0)


def audio_offset_ms(source: LoopTrack) -> Fraction:
    """Audio starts at 0: its times, rounded before it, are counted from its priming (recorded: media, `aac-44100-mono`)."""
    return ROUNDED + _priming_ms(source) - source.sample_duration_ms


def _priming_ms(source: LoopTrack) -> int:
    return round(source.sample_duration_ms)


def input_times(tracks: InputTracks, sources: Sources) -> Iterator[tuple[LoopTrack, SampleTimes]]:
    """Each track that an encoder sends, with the times of its samples."""
    if tracks.video:
        source = sources.video(tracks, tracks.video)
        yield source, SampleTimes(video_offset_ms(tracks, sources), source.sample_duration_ms)
    if tracks.audio:
        source = sources.audio(tracks, tracks.audio)
        yield source, SampleTimes(audio_offset_ms(source), source.sample_duration_ms)


@lru_cache(maxsize=256)
def timeline_of(is_key: tuple[bool, ...], times: SampleTimes, rule: CutRule, latency_ns: int) -> Timeline:
    """The timeline of a track; tracks with the same key frames, times and rule share one."""
    return Timeline(times, is_key, rule, latency_ns)
