"""The encoded samples that every stream repeats: `loop.mp4`, made by `fixtures/loop/make.py`.

Eight seconds: H.264 at three sizes (240 samples), AAC in stereo and mono (375 samples of 1024), so all tracks wrap at the same instant.
Other frame rates and another sample rate are the same samples, shown faster or slower.
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

H264, H265 = b"avc1", b"hvc1"
LONGEST_INTERVAL = 600

SAMPLES_PER_AAC_FRAME = 1024

SAMPLE_RATE_INDEXES = {48_000: 3, 44_100: 4}
"""The sample rates at which the loop's sound can be declared: AAC codes both alike (ISO/IEC 14496-3, sections 1.6.3.4 and 4.5.4)."""

_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl"}


class MediaKind(Enum):
    """The kind of a track, as it stands in file names."""

    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, eq=False)
class LoopTrack:
    """One track of the loop, equal to itself alone; `decoder_config` is the avcC record or the AudioSpecificConfig."""

    kind: MediaKind
    sample_duration_ms: Fraction
    samples: tuple[bytes, ...]
    is_key: tuple[bool, ...]
    """Which samples are key frames; it repeats after a period of its own, of whole turns."""
    decoder_config: bytes
    width: int = 0
    height: int = 0
    sample_rate: int = 0
    channels: int = 0
    coding: bytes = H264
    """Of a video, the coding name of its sample entry (ISO/IEC 14496-15)."""

    @property
    def bitrate(self) -> int:
        """Bits per second, measured over one turn."""
        return round(self._bytes_before[-1] * 8000 / ((len(self._bytes_before) - 1) * self.sample_duration_ms))

    def sample(self, number: int) -> bytes:
        """The bytes of a sample, however often the loop has turned before it."""
        return self.samples[number % len(self.samples)]

    def sample_size(self, number: int) -> int:
        """How many bytes a sample has."""
        return len(self.samples[number % len(self.samples)])

    def is_key_sample(self, number: int) -> bool:
        return self.is_key[number % len(self.is_key)]

    def bytes_before(self, sample: int) -> int:
        """How many bytes all samples before this one have, however often the loop has turned."""
        turns, rest = divmod(sample, len(self._bytes_before) - 1)
        return turns * self._bytes_before[-1] + self._bytes_before[rest]

    def key_from(self, sample: int) -> int:
        """The number of the first key sample that is not before this one."""
        return next(number for number in range(sample, sample + len(self.is_key)) if self.is_key_sample(number))

    def key_before(self, sample: int) -> int:
        """The number of the last key sample that is not after this one."""
        return next(number for number in range(sample, -1, -1) if self.is_key_sample(number))

    @cached_property
    def most_bytes_in_a_second(self) -> int:
        """The most that any second can carry, its first and its last sample included."""
        count = int(1000 / self.sample_duration_ms) + 1
        return max(self.bytes_before(first + count) - self.bytes_before(first) for first in range(len(self._bytes_before) - 1))

    @cached_property
    def _bytes_before(self) -> tuple[int, ...]:
        """How many bytes there are before each sample of a turn, and in all of it."""
        return tuple(accumulate(map(len, self.samples), initial=0))

    @property
    def frame_rate(self) -> Fraction:
        return 1000 / self.sample_duration_ms

    @property
    def closed_gop(self) -> int:
        """How many samples lie between two key frames."""
        return self.is_key.index(True, 1)

    @property
    def codec(self) -> str:
        """The RFC 6381 name, e.g. `avc1.42c01e`, `hvc1.1.6.L60.90` or `mp4a.40.2`."""
        if self.kind is MediaKind.AUDIO:
            return f"mp4a.40.{self.decoder_config[0] >> 3}"
        return _hevc_codec(self.decoder_config) if self.coding == H265 else f"avc1.{self.decoder_config[1:4].hex()}"


def _hevc_codec(config: bytes) -> str:
    """Profile, compatibility, tier with level, and constraints without the zeros at their end (ISO/IEC 14496-15, annex E)."""
    (compatibility,) = struct.unpack_from(">I", config, 2)
    space = ("", "A", "B", "C")[config[1] >> 6]
    profile, tier = config[1] & 0b11111, "H" if config[1] >> 5 & 1 else "L"
    constraints = "".join(f".{byte:x}" for byte in config[6:12].rstrip(b"\0"))
    return f"hvc1.{space}{profile}.{int(f'{compatibility:032b}'[::-1], 2):x}.{tier}{config[12]}{constraints}"


@dataclass(frozen=True)
class Loop:
    """The tracks of the loop; videos from the largest to the smallest, audios from the most channels to the fewest."""

    videos: tuple[LoopTrack, ...]
    audios: tuple[LoopTrack, ...]

    def video(self, height: int, frame_rate: Fraction = Fraction(30), key_frame_interval: int = 0) -> LoopTrack:
        """The video whose height is the nearest, at a frame rate, with a key frame every so many frames; 0 is about a second.

        Intervals are multiples of those at which a frame can be a key frame.
        """
        track = self.nearest_video(height)
        frames = min(key_frame_interval or round(frame_rate), LONGEST_INTERVAL)
        return shown_as(track, frame_rate, max(1, round(frames / track.closed_gop)) * track.closed_gop)

    def nearest_video(self, height: int) -> LoopTrack:
        return min(self.videos, key=lambda track: abs(track.height - height))

    def nearest_audio(self, channels: int) -> LoopTrack:
        return min(self.audios, key=lambda track: abs(track.channels - channels))

    def audio(self, channels: int = 2, sample_rate: int = 48_000) -> LoopTrack:
        """The audio whose number of channels is the nearest, at the nearest sample rate there is."""
        return declared_as(self.nearest_audio(channels), min(SAMPLE_RATE_INDEXES, key=lambda rate: abs(rate - sample_rate)))


@lru_cache(maxsize=64)
def shown_as(track: LoopTrack, frame_rate: Fraction, key_frame_interval: int) -> LoopTrack:
    """A video track shown faster or slower, of whose key frames some count as such; one track, so that all share what is cached of it."""
    if (track.frame_rate, track.closed_gop) == (frame_rate, key_frame_interval):
        return track
    count = lcm(len(track.samples), key_frame_interval)
    keys = tuple(number % key_frame_interval == 0 for number in range(count))
    return replace(track, sample_duration_ms=1000 / frame_rate, is_key=keys)


@lru_cache(maxsize=8)
def declared_as(track: LoopTrack, sample_rate: int) -> LoopTrack:
    """An audio track that declares another sample rate, and is played faster or slower for it."""
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
    """Read the tracks of an MP4 file (ISO/IEC 14496-12) whose samples all last equally long."""
    moov = next(payload for kind, payload in _boxes(mp4) if kind == b"moov")
    return [_read_track(mp4, dict(_leaves(payload))) for kind, payload in _boxes(moov) if kind == b"trak"]


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset = 0
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        yield kind, data[offset + 8 : offset + size]
        offset += size


def _leaves(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, payload in _boxes(data):
        if kind in _CONTAINERS:
            yield from _leaves(payload)
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
        esds = dict(_boxes(entry[28:]))[b"esds"]
        keys = (True,) * len(samples)
        config = _audio_specific_config(esds)
        channels = config[1] >> 3 & 0b1111  # the sample entry says 2 of mono too (ISO/IEC 14496-14, section 5.6.1)
        return LoopTrack(MediaKind.AUDIO, duration_ms, samples, keys, config, sample_rate=rate, channels=channels)
    width, height = struct.unpack_from(">HH", entry, 24)
    sync = set(struct.unpack_from(f">{len(leaves[b'stss']) // 4 - 2}I", leaves[b"stss"], 8))
    keys = tuple(number in sync for number in range(1, len(samples) + 1))
    return LoopTrack(MediaKind.VIDEO, duration_ms, samples, keys, dict(_boxes(entry[78:]))[b"avcC"], width, height)


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
