"""One track of encoded samples that repeat for ever."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass, field, fields
from enum import Enum
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

H264, H265 = b"avc1", b"hvc1"
"""Coding names of sample entries (ISO/IEC 14496-15)."""

SAMPLES_PER_AAC_FRAME = 1024


class MediaKind(Enum):
    """The kind of a track, as it stands in file names."""

    VIDEO = "video"
    AUDIO = "audio"
    SUBTITLE = "subtitle"


@dataclass(frozen=True, eq=False)
class LoopTrack:
    """One track of the loop, equal to itself alone; `decoder_config` is the avcC record or the AudioSpecificConfig."""

    kind: MediaKind
    sample_duration_ms: Fraction
    samples: tuple[bytes, ...]
    is_key: tuple[bool, ...]
    """True for each sample that is a key frame; the length is one or several turns of the loop."""
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
        """The number of bytes of a sample."""
        return len(self.samples[number % len(self.samples)])

    def pattern(self, first: int, count: int) -> Hashable:  # noqa: ARG002
        """The key of what samples repeat: equal keys and equal places in a turn mean equal bytes."""
        return self

    def is_key_sample(self, number: int) -> bool:
        return self.is_key[number % len(self.is_key)]

    def bytes_before(self, sample: int) -> int:
        """The number of bytes of all samples before this one, over all turns of the loop."""
        turns, rest = divmod(sample, len(self._bytes_before) - 1)
        return turns * self._bytes_before[-1] + self._bytes_before[rest]

    def keys_before(self, sample: int) -> int:
        """The number of key samples before this one, over all turns of the loop."""
        turns, rest = divmod(sample, len(self.is_key))
        return turns * self._keys_before[-1] + self._keys_before[rest]

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
        """The number of bytes before each sample of a turn, and in the whole turn."""
        return tuple(accumulate(map(len, self.samples), initial=0))

    @cached_property
    def _keys_before(self) -> tuple[int, ...]:
        """The number of key samples before each sample of a turn, and in the whole turn."""
        return tuple(accumulate(self.is_key, initial=0))

    @property
    def frame_rate(self) -> Fraction:
        return 1000 / self.sample_duration_ms

    @property
    def closed_gop(self) -> int:
        """The number of samples from one key frame to the next."""
        return next((number for number in range(1, len(self.is_key)) if self.is_key[number]), len(self.is_key))

    @property
    def codec(self) -> str:
        """The RFC 6381 name, e.g. `avc1.42c01e`, `hvc1.1.6.L60.90` or `mp4a.40.2`."""
        if self.kind is MediaKind.AUDIO:
            return f"mp4a.40.{self.decoder_config[0] >> 3}"
        return _hevc_codec(self.decoder_config) if self.coding == H265 else f"avc1.{self.decoder_config[1:4].hex()}"


@dataclass(frozen=True, eq=False)
class VaryingTrack(LoopTrack):
    """A track whose samples weigh more or less from some of them on; otherwise they are the same."""

    weights: list[tuple[int, LoopTrack]] = field(default_factory=list)
    """The number of the first sample of each weight, and the track that has it."""

    @classmethod
    def of(cls, track: LoopTrack) -> VaryingTrack:
        return cls(**{each.name: getattr(track, each.name) for each in fields(LoopTrack)}, weights=[(0, track)])

    def weigh_from(self, first: int, track: LoopTrack) -> None:
        """Have the samples from this one on be those of another track."""
        self.weights.append((first, track))

    def sample(self, number: int) -> bytes:
        return self._at(number).sample(number)

    def sample_size(self, number: int) -> int:
        return self._at(number).sample_size(number)

    def pattern(self, first: int, count: int) -> Hashable:
        track = self._at(first)
        return track if self._at(first + count - 1) is track else (self, first)

    def bytes_before(self, sample: int) -> int:
        ends = [*(first for first, _ in self.weights[1:]), sample]
        return sum(
            track.bytes_before(min(end, sample)) - track.bytes_before(first)
            for (first, track), end in zip(self.weights, ends, strict=True)
            if first < sample
        )

    @property
    def bitrate(self) -> int:
        """That of the last weight."""
        return self.weights[-1][1].bitrate

    @property
    def most_bytes_in_a_second(self) -> int:
        return max(track.most_bytes_in_a_second for _, track in self.weights)

    def _at(self, number: int) -> LoopTrack:
        return self.weights[bisect_right(self.weights, number, key=lambda weight: weight[0]) - 1][1]


def _hevc_codec(config: bytes) -> str:
    """Profile, compatibility, tier with level, and constraints without the zeros at their end (ISO/IEC 14496-15, annex E)."""
    (compatibility,) = struct.unpack_from(">I", config, 2)
    space = ("", "A", "B", "C")[config[1] >> 6]
    profile, tier = config[1] & 0b11111, "H" if config[1] >> 5 & 1 else "L"
    constraints = "".join(f".{byte:x}" for byte in config[6:12].rstrip(b"\0"))
    return f"hvc1.{space}{profile}.{int(f'{compatibility:032b}'[::-1], 2):x}.{tier}{config[12]}{constraints}"
