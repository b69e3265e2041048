"""The encoded samples that every stream repeats: `loop.mp4`, made by `fixtures/loop/make.py`.

It has eight seconds of H.264 at three sizes (240 samples) and AAC in stereo and mono (375 samples of 1024), so all tracks end at the
same instant. Tracks with another frame rate or sample rate have the same samples, played faster or slower.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from math import lcm
from typing import NamedTuple

from .demuxer import read_mp4
from .loop_track import SAMPLES_PER_AAC_FRAME, LoopTrack, MediaKind

__all__ = ["SAMPLE_RATE_INDEXES", "Loop", "LoopTrack", "MediaKind", "load_loop", "loop_of"]

LONGEST_INTERVAL = 600

SAMPLE_RATE_INDEXES = {48_000: 3, 44_100: 4}
"""The sample rates for the loop's audio; AAC encodes both in the same way (ISO/IEC 14496-3, sections 1.6.3.4 and 4.5.4)."""


class Loop(NamedTuple):
    """The tracks of the loop; videos from the largest to the smallest, audios from the most channels to the fewest."""

    videos: tuple[LoopTrack, ...]
    audios: tuple[LoopTrack, ...]

    def video(self, height: int, frame_rate: Fraction = Fraction(30), key_frame_interval: int = 0) -> LoopTrack:
        """The video with the nearest height, shown at a frame rate.

        `key_frame_interval` is in frames, a multiple of the distance of key frames in the loop; 0 is about a second.
        """
        track = self.nearest_video(height)
        frames = min(key_frame_interval or round(frame_rate), LONGEST_INTERVAL)
        return shown_as(track, frame_rate, max(1, round(frames / track.closed_gop)) * track.closed_gop)

    def nearest_video(self, height: int) -> LoopTrack:
        return min(self.videos, key=lambda track: abs(track.height - height))

    def nearest_audio(self, channels: int) -> LoopTrack:
        return min(self.audios, key=lambda track: abs(track.channels - channels))

    def audio(self, channels: int = 2, sample_rate: int = 48_000) -> LoopTrack:
        """The audio with the nearest number of channels, at the nearest possible sample rate."""
        return declared_as(self.nearest_audio(channels), min(SAMPLE_RATE_INDEXES, key=lambda rate: abs(rate - sample_rate)))


def loop_of(tracks: Iterable[LoopTrack]) -> Loop:
    tracks = list(tracks)
    videos = sorted((track for track in tracks if track.kind is MediaKind.VIDEO), key=lambda track: -track.height)
    audios = sorted((track for track in tracks if track.kind is MediaKind.AUDIO), key=lambda track: -track.channels)
    return Loop(tuple(videos), tuple(audios))


@lru_cache(maxsize=64)
def shown_as(track: LoopTrack, frame_rate: Fraction, key_frame_interval: int) -> LoopTrack:
    """A video track at another frame rate, with fewer frames marked as key frames; cached, so that users share one track."""
    if (track.frame_rate, track.closed_gop) == (frame_rate, key_frame_interval):
        return track
    count = lcm(len(track.samples), key_frame_interval)
    keys = tuple(number % key_frame_interval == 0 for number in range(count))
    return replace(track, sample_duration_ms=1000 / frame_rate, is_key=keys)


@lru_cache(maxsize=8)
def declared_as(track: LoopTrack, sample_rate: int) -> LoopTrack:
    """An audio track that declares another sample rate, at which it is played faster or slower."""
    if track.sample_rate == sample_rate:
        return track
    config = int.from_bytes(track.decoder_config) & ~(0b1111 << 7) | SAMPLE_RATE_INDEXES[sample_rate] << 7
    return replace(
        track,
        sample_rate=sample_rate,
        sample_duration_ms=Fraction(1000 * SAMPLES_PER_AAC_FRAME, sample_rate),
        decoder_config=config.to_bytes(len(track.decoder_config)),
    )


@cache
def load_loop() -> Loop:
    """Read the loop from the package."""
    return loop_of(each.track for each in read_mp4(files(__package__).joinpath("loop.mp4").read_bytes()))
