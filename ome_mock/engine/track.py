"""Output tracks: which encoded samples a stream's track repeats, under which names and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from ..media.cutting import CutRule, SampleTimes, part_target_ms
from ..media.loop import LoopTrack, MediaKind, load_loop
from ..media.packager import Packager, SegmentCache
from ..media.timeline import Timeline
from ..settings import AudioEncode, LlhlsPublisher, OutputProfile, VideoEncode

AAC_PRIMING_MS = Fraction(64, 3)
"""Video beside audio starts 1024 audio samples late, an encoder's priming; alone at 0 (recorded: stories overlapping-dumps, stop-all)."""

TRANSCODER_OFFSET_MS = Fraction(1, 2)
"""A transcoded track starts at 0, and its times are rounded instead of floored (recorded: story abr-two-playlists, seg_1_2)."""

TRANSCODER_LATENCY_NS = 333_000_000
"""How far a transcoded track lags behind (recorded: story abr-two-playlists, items 15 and 21 of the info file)."""

BYPASS_TICKS_PER_MS = 1
TRANSCODED_VIDEO_TICKS_PER_MS = 90


@dataclass(frozen=True)
class InputTracks:
    """What an encoder sends; its video has track id 0, its audio 1 (recorded: every story's `input_tracks`)."""

    video: bool = True
    audio: bool = True


@dataclass(frozen=True, eq=False)
class OutputTrack:
    """One packaged track of an output stream; `key` is the stream's."""

    id: int
    kind: MediaKind
    variant: str
    key: str
    packager: Packager
    bitrate: int
    codec: str
    width: int = 0
    height: int = 0
    frame_rate: Fraction = Fraction(0)
    channels: int = 0

    @property
    def timeline(self) -> Timeline:
        return self.packager.timeline

    @property
    def public_name(self) -> str:
        """What `NAME` says: the input track's name and id, not this track's (recorded: `Audio_1` beside chunklist_2)."""
        return f"{self.kind.value.capitalize()}_{0 if self.kind is MediaKind.VIDEO else 1}"

    @property
    def init_name(self) -> str:
        return f"init_{self.id}_{self.kind.value}_{self.key}_llhls.m4s"

    @property
    def chunklist_name(self) -> str:
        return f"chunklist_{self.id}_{self.kind.value}_{self.key}_llhls.m3u8"

    def segment_name(self, msn: int) -> str:
        return f"seg_{self.id}_{msn}_{self.kind.value}_{self.key}_llhls.m4s"


@dataclass(frozen=True)
class TrackMaker:
    """Makes the output tracks of one input stream in one application."""

    input_tracks: InputTracks
    publisher: LlhlsPublisher
    cache: SegmentCache

    def tracks(self, profile: OutputProfile, first_id: int, key: str) -> Iterator[OutputTrack]:
        """Videos before audios, whatever their order in the profile (recorded: story abr-two-playlists)."""
        track_id = first_id
        for video in profile.videos if self.input_tracks.video else ():
            yield self._video(video, track_id, key)
            track_id += 1
        for audio in profile.audios if self.input_tracks.audio else ():
            yield self._audio(audio, track_id, key)
            track_id += 1

    def _video(self, encode: VideoEncode, track_id: int, key: str) -> OutputTrack:
        loop = load_loop()
        if encode.bypass:
            source = loop.videos[0]
            offset_ms = AAC_PRIMING_MS if self.input_tracks.audio else Fraction(0)
            timeline = self._timeline(source, offset_ms, latency_ns=0)
            packager = Packager(source, timeline, BYPASS_TICKS_PER_MS, source.bitrate, self.cache)
            size, frame_rate, bitrate = (source.width, source.height), source.frame_rate, source.bitrate
        else:
            source = loop.video_nearest(encode.height)
            timeline = self._timeline(source, TRANSCODER_OFFSET_MS, TRANSCODER_LATENCY_NS)
            packager = Packager(source, timeline, TRANSCODED_VIDEO_TICKS_PER_MS, source.bitrate, self.cache)
            size = (encode.width or source.width, encode.height or source.height)
            frame_rate, bitrate = encode.framerate or source.frame_rate, encode.bitrate or source.bitrate
        return OutputTrack(track_id, MediaKind.VIDEO, encode.name, key, packager, bitrate, source.codec, *size, frame_rate)

    def _audio(self, encode: AudioEncode, track_id: int, key: str) -> OutputTrack:
        source = load_loop().audio
        bitrate = encode.bitrate or source.bitrate
        if encode.bypass:
            timeline, ticks_per_ms = self._timeline(source, Fraction(0), latency_ns=0), BYPASS_TICKS_PER_MS
        else:
            timeline = self._timeline(source, TRANSCODER_OFFSET_MS, TRANSCODER_LATENCY_NS)
            ticks_per_ms = source.sample_rate // 1000
        packager = Packager(source, timeline, ticks_per_ms, bitrate, self.cache)
        return OutputTrack(track_id, MediaKind.AUDIO, encode.name, key, packager, bitrate, source.codec, channels=source.channels)

    def _timeline(self, source: LoopTrack, offset_ms: Fraction, latency_ns: int) -> Timeline:
        target_ms = part_target_ms(self.publisher.chunk_duration_ms, source.sample_duration_ms)
        rule = CutRule(self.publisher.segment_duration_ms, target_ms)
        return timeline_of(source, SampleTimes(offset_ms, source.sample_duration_ms), rule, latency_ns)


@lru_cache(maxsize=256)
def timeline_of(source: LoopTrack, times: SampleTimes, rule: CutRule, latency_ns: int) -> Timeline:
    """One timeline for all tracks that are cut alike: it depends on nothing else."""
    return Timeline(times, source.is_key, rule, latency_ns)
