"""The encoded samples that every stream repeats: `loop.mp4`, made by `fixtures/loop/make.py`.

Eight seconds: H.264 at two sizes (240 samples) and AAC (375 samples of 1024), so both tracks wrap at the same instant.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cache
from importlib.resources import files

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
    decoder_config: bytes
    width: int = 0
    height: int = 0
    sample_rate: int = 0
    channels: int = 0

    @property
    def bitrate(self) -> int:
        """Bits per second, measured over one turn."""
        return round(sum(map(len, self.samples)) * 8000 / (len(self.samples) * self.sample_duration_ms))

    @property
    def frame_rate(self) -> Fraction:
        return 1000 / self.sample_duration_ms

    @property
    def codec(self) -> str:
        """The RFC 6381 name, e.g. `avc1.42c01e` or `mp4a.40.2`."""
        if self.kind is MediaKind.VIDEO:
            return f"avc1.{self.decoder_config[1:4].hex()}"
        return f"mp4a.40.{self.decoder_config[0] >> 3}"


@dataclass(frozen=True)
class Loop:
    """The tracks of the loop; videos from the largest to the smallest."""

    videos: tuple[LoopTrack, ...]
    audio: LoopTrack

    def video_nearest(self, height: int) -> LoopTrack:
        return min(self.videos, key=lambda track: abs(track.height - height))


@cache
def load_loop() -> Loop:
    """Read the loop from the package."""
    tracks = read_mp4(files(__package__).joinpath("loop.mp4").read_bytes())
    videos = sorted((track for track in tracks if track.kind is MediaKind.VIDEO), key=lambda track: -track.height)
    return Loop(tuple(videos), next(track for track in tracks if track.kind is MediaKind.AUDIO))


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
        channels, _, _, rate = struct.unpack_from(">HHIH", entry, 16)
        esds = dict(_boxes(entry[28:]))[b"esds"]
        keys = (True,) * len(samples)
        config = _audio_specific_config(esds)
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
