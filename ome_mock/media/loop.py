"""The encoded samples that every stream repeats: `loop.mp4`, made by `fixtures/loop/make.py`.

It has eight seconds of H.264 at three sizes (240 samples) and AAC in stereo and mono (375 samples of 1024), so all tracks end at the
same instant. Tracks with another frame rate or sample rate have the same samples, played faster or slower.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from itertools import accumulate
from math import lcm

LONGEST_INTERVAL = 600

SAMPLES_PER_AAC_FRAME = 1024

SAMPLE_RATE_INDEXES = {48_000: 3, 44_100: 4}
"""The sample rates for the loop's audio; AAC encodes both in the same way (ISO/IEC 14496-3, sections 1.6.3.4 and 4.5.4)."""

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


class MediaKind(Enum):
    """The kind of a track, as in file names."""

    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, eq=False)
class LoopTrack:
    """One track of the loop, compared by identity; `decoder_config` is the avcC record or the AudioSpecificConfig."""

    kind: MediaKind
    sample_duration_ms: Fraction
    samples: tuple[bytes, ...]
    is_key: tuple[bool, ...]
    """For each sample, True for a key frame; its length is one or several turns of the loop."""
    decoder_config: bytes
    width: int = 0
    height: int = 0
    sample_rate: int = 0
    channels: int = 0

    @property
    def bitrate(self) -> int:
        """Bits per second, measured over one turn."""
        return round(sum(map(len, self.samples)) * 8000 / (len(self.samples) * self.sample_duration_ms))

    def bytes_before(self, sample: int) -> int:
        """The number of bytes of all samples before this one, over all turns of the loop."""
        turns, rest = divmod(sample, len(self.samples))
        return turns * self._sizes[-1] + self._sizes[rest]

    def key_from(self, sample: int) -> int:
        """The index of the first key sample at or after this sample."""
        return next(number for number in range(sample, sample + len(self.is_key)) if self.is_key[number % len(self.is_key)])

    def key_before(self, sample: int) -> int:
        """The index of the last key sample at or before this sample."""
        return next(number for number in range(sample, -1, -1) if self.is_key[number % len(self.is_key)])

    @cached_property
    def most_bytes_in_a_second(self) -> int:
        """The largest number of bytes in any second, including the samples at its ends."""
        count = int(1000 / self.sample_duration_ms) + 1
        return max(self.bytes_before(first + count) - self.bytes_before(first) for first in range(len(self.samples)))

    @cached_property
    def _sizes(self) -> tuple[int, ...]:
        return tuple(accumulate(map(len, self.samples), initial=0))

    @property
    def frame_rate(self) -> Fraction:
        return 1000 / self.sample_duration_ms

    @property
    def closed_gop(self) -> int:
        """The number of samples from one key frame to the next."""
        return self.is_key.index(True, 1)

    @property
    def codec(self) -> str:
        """The RFC 6381 name, e.g. `avc1.42c01e` or `mp4a.40.2`."""
        if self.kind is MediaKind.VIDEO:
            return f"avc1.{self.decoder_config[1:4].hex()}"
        return f"mp4a.40.{self.decoder_config[0] >> 3}"


@dataclass(frozen=True)
class Loop:
    """The tracks of the loop; videos from the largest to the smallest, audios from the most channels to the fewest."""

    videos: tuple[LoopTrack, ...]
    audios: tuple[LoopTrack, ...]

    def video(self, height: int, frame_rate: Fraction = Fraction(30), key_frame_interval: int = 0) -> LoopTrack:
        """The video with the nearest height, shown at a frame rate.

        `key_frame_interval` is in frames, a multiple of the distance of key frames in the loop; 0 is about a second.
        """
        track = min(self.videos, key=lambda track: abs(track.height - height))
        frames = min(key_frame_interval or round(frame_rate), LONGEST_INTERVAL)
        return shown_as(track, frame_rate, max(1, round(frames / track.closed_gop)) * track.closed_gop)

    def audio(self, channels: int = 2, sample_rate: int = 48_000) -> LoopTrack:
        """The audio with the nearest number of channels, at the nearest possible sample rate."""
        track = min(self.audios, key=lambda track: abs(track.channels - channels))
        return declared_as(track, min(SAMPLE_RATE_INDEXES, key=lambda rate: abs(rate - sample_rate)))


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
    tracks = read_mp4(files(__package__).joinpath("loop.mp4").read_bytes())
    videos = sorted((track for track in tracks if track.kind is MediaKind.VIDEO), key=lambda track: -track.height)
    audios = sorted((track for track in tracks if track.kind is MediaKind.AUDIO), key=lambda track: -track.channels)
    return Loop(tuple(videos), tuple(audios))


def read_mp4(mp4: bytes) -> list[LoopTrack]:
    """Read the tracks of an MP4 file (ISO/IEC 14496-12); in each, all samples have the same duration."""
    moov = next(payload for kind, payload in boxes(mp4) if kind == b"moov")
    return [_read_track(mp4, dict(leaf_boxes(payload))) for kind, payload in boxes(moov) if kind == b"trak"]


BOX_HEADER = 8


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset = 0
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size < BOX_HEADER:
            raise ValueError(f"a box of {size} bytes")
        yield kind, data[offset + 8 : offset + size]
        offset += size


def leaf_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, payload in boxes(data):
        if kind in _CONTAINERS:
            yield from leaf_boxes(payload)
        else:
            yield kind, payload


def _read_track(mp4: bytes, leaves: dict[bytes, bytes]) -> LoopTrack:
    samples = tuple(_read_samples(mp4, leaves))
    (timescale,) = struct.unpack_from(">I", leaves[b"mdhd"], 12)
    (ticks,) = struct.unpack_from(">I", leaves[b"stts"], 12)
    duration_ms = Fraction(1000 * ticks, timescale)
    entry = leaves[b"stsd"][16:]
    if b"stss" not in leaves:
        (rate,) = struct.unpack_from(">H", entry, 24)
        esds = dict(boxes(entry[28:]))[b"esds"]
        keys = (True,) * len(samples)
        config = _audio_specific_config(esds)
        channels = config[1] >> 3 & 0b1111  # the sample entry has 2 even for mono (ISO/IEC 14496-14, section 5.6.1)
        return LoopTrack(MediaKind.AUDIO, duration_ms, samples, keys, config, sample_rate=rate, channels=channels)
    width, height = struct.unpack_from(">HH", entry, 24)
    sync = set(struct.unpack_from(f">{len(leaves[b'stss']) // 4 - 2}I", leaves[b"stss"], 8))
    keys = tuple(number in sync for number in range(1, len(samples) + 1))
    return LoopTrack(MediaKind.VIDEO, duration_ms, samples, keys, dict(boxes(entry[78:]))[b"avcC"], width, height)


def _audio_specific_config(esds: bytes) -> bytes:
    """The payload of the DecoderSpecificInfo descriptor, tag 5 (ISO/IEC 14496-1, section 7.2.6.7)."""
    start = esds.index(b"\x05\x80\x80\x80") + 4
    return esds[start + 1 : start + 1 + esds[start]]


def _read_samples(mp4: bytes, leaves: dict[bytes, bytes]) -> Iterator[bytes]:
    (count,) = struct.unpack_from(">I", leaves[b"stsz"], 8)
    sizes = iter(struct.unpack_from(f">{count}I", leaves[b"stsz"], 12))
    chunk_offsets = struct.unpack_from(f">{len(leaves[b'stco']) // 4 - 2}I", leaves[b"stco"], 8)
    runs = list(struct.iter_unpack(">III", leaves[b"stsc"][8:]))
    samples_per_chunk = 0
    for number, start in enumerate(chunk_offsets, start=1):
        offset = start
        if runs and runs[0][0] == number:
            samples_per_chunk = runs.pop(0)[1]
        for _ in range(samples_per_chunk):
            size = next(sizes)
            yield mp4[offset : offset + size]
            offset += size
