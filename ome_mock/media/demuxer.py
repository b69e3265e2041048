"""Tracks read from an MP4 file (ISO/IEC 14496-12) that is not fragmented."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, repeat
from typing import NamedTuple

from ..errors import ConfigurationError
from .loop_track import H264, H265, SAMPLES_PER_AAC_FRAME, LoopTrack, MediaKind
from .nal_units import SYNTAXES

CONTAINERS = {b"trak", b"mdia", b"minf", b"stbl"}
CODINGS = {b"avc1": H264, b"hvc1": H265, b"hev1": H265}
VISUAL_ENTRY, AUDIO_ENTRY = 78, 28
"""The offset at which the boxes in a sample entry begin."""
SAMPLE_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
"""By their index in an AudioSpecificConfig (ISO/IEC 14496-3, section 1.6.3.4)."""
CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)
"""By the channel configuration there."""
DECODER_CONFIG, DECODER_SPECIFIC = 4, 5
AAC, LOW_COMPLEXITY = 0x40, 2

Leaves = dict[bytes, bytes]


class Demuxed(NamedTuple):
    """A track, and whether its pictures are shown in another order than that of their decoding."""

    track: LoopTrack
    is_reordered: bool = False


def read_mp4(mp4: bytes) -> list[Demuxed]:
    """The video and audio tracks of a file, in its order. Raises ConfigurationError where it can't be read."""
    try:
        top = dict(boxes(mp4))
        if b"moov" not in top:
            raise ConfigurationError("is not an MP4 file" if b"ftyp" not in top else "holds no table of its samples (moov)")
        return list(_read_tracks(mp4, top[b"moov"]))
    except (struct.error, KeyError, IndexError, ValueError, StopIteration):
        raise ConfigurationError("is not an MP4 file, or a part of one") from None


def _read_tracks(mp4: bytes, moov: bytes) -> Iterator[Demuxed]:
    kinds = list(boxes(moov))
    if any(kind == b"mvex" for kind, _ in kinds):
        raise ConfigurationError("is fragmented: its samples are in one table only")
    for kind, payload in kinds:
        leaves = dict(leaf_boxes(payload)) if kind == b"trak" else {}
        handler = leaves.get(b"hdlr", b"")[8:12]
        if handler == b"vide":
            offsets = struct.iter_unpack(">II", leaves.get(b"ctts", b"")[8:])
            yield Demuxed(_read_video(mp4, leaves), len({offset for _, offset in offsets}) > 1)
        elif handler == b"soun":
            yield Demuxed(_read_audio(mp4, leaves))


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kinds and payloads; a size of 1 is a longer one behind the kind, 0 means the rest (section 4.2). Raises ValueError, struct.error."""
    offset = 0
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        header = 8
        if size == 1:
            (size,), header = struct.unpack_from(">Q", data, offset + 8), 16
        end = offset + size if size else len(data)
        if not offset + header <= end <= len(data):
            raise ValueError(f"a box of {end - offset} bytes")
        yield kind, data[offset + header : end]
        offset = end


def leaf_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    for kind, payload in boxes(data):
        if kind in CONTAINERS:
            yield from leaf_boxes(payload)
        else:
            yield kind, payload


def _entry(leaves: Leaves) -> tuple[bytes, bytes]:
    """The coding name and the payload of the sample entry."""
    (found, *others) = boxes(leaves[b"stsd"][8:])
    if others:
        raise ConfigurationError("changes its codec on the way")
    return found


def _read_video(mp4: bytes, leaves: Leaves) -> LoopTrack:
    name, entry = _entry(leaves)
    coding = CODINGS.get(name)
    if coding is None:
        raise ConfigurationError(f"has video {name.decode('latin-1')!r}, not H.264 (avc1) or H.265 (hvc1)")
    config = dict(boxes(entry[VISUAL_ENTRY:]))[SYNTAXES[coding].config_box]
    samples = tuple(_read_samples(mp4, leaves))
    width, height = struct.unpack_from(">HH", entry, 24)
    duration_ms = _sample_duration_ms(leaves)
    keys = _keys(leaves, len(samples))
    return LoopTrack(MediaKind.VIDEO, duration_ms, samples, keys, config, width, height, coding=coding)


def _keys(leaves: Leaves, count: int) -> tuple[bool, ...]:
    """True for each sample at which decoding can begin; without a table, for all of them (section 8.6.2)."""
    if b"stss" not in leaves:
        return (True,) * count
    sync = set(_numbers(leaves[b"stss"], "I"))
    return tuple(number in sync for number in range(1, count + 1))


def _sample_duration_ms(leaves: Leaves) -> Fraction:
    """The duration of each picture; durations may differ by one tick if ticks are coarse, and their mean is exact."""
    (timescale,) = struct.unpack_from(">I", leaves[b"mdhd"], 20 if leaves[b"mdhd"][0] else 12)
    runs = list(struct.iter_unpack(">II", leaves[b"stts"][8:]))
    durations = {ticks for _, ticks in runs}
    if not durations:
        raise ConfigurationError("has a video without pictures")
    if max(durations) - min(durations) > 1:
        raise ConfigurationError("has pictures that are not shown equally long: its frame rate varies")
    return Fraction(1000 * sum(count * ticks for count, ticks in runs), timescale * sum(count for count, _ in runs))


def _read_audio(mp4: bytes, leaves: Leaves) -> LoopTrack:
    name, entry = _entry(leaves)
    descriptors = dict(_descriptors(dict(boxes(entry[AUDIO_ENTRY:]))[b"esds"][4:])) if name == b"mp4a" else {}
    config = descriptors.get(DECODER_SPECIFIC, b"\0\0")
    if descriptors.get(DECODER_CONFIG, b"\0")[0] != AAC or config[0] >> 3 != LOW_COMPLEXITY:
        raise ConfigurationError(f"has audio {name.decode('latin-1')!r} that is not AAC-LC")
    bits = int.from_bytes(config[:2])
    rate, channels = SAMPLE_RATES[bits >> 7 & 0b1111], CHANNELS[bits >> 3 & 0b1111]
    samples = tuple(_read_samples(mp4, leaves))
    duration_ms = Fraction(1000 * SAMPLES_PER_AAC_FRAME, rate)
    return LoopTrack(MediaKind.AUDIO, duration_ms, samples, (True,) * len(samples), config, sample_rate=rate, channels=channels)


def _descriptors(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The descriptors of an esds box by their tags, those in others too (ISO/IEC 14496-1, section 7.2.6)."""
    inside = {3: 3, DECODER_CONFIG: 13}
    position = 0
    while position < len(data):
        tag, size = data[position], 0
        more = True
        while more:
            position += 1
            size, more = size << 7 | data[position] & 0x7F, bool(data[position] & 0x80)
        payload = data[position + 1 : position + 1 + size]
        position += 1 + size
        yield tag, payload
        if tag in inside:
            yield from _descriptors(payload[inside[tag] :])


def _read_samples(mp4: bytes, leaves: Leaves) -> Iterator[bytes]:
    size, count = struct.unpack_from(">II", leaves[b"stsz"], 4)
    sizes = repeat(size, count) if size else iter(_numbers(leaves[b"stsz"][4:], "I"))
    chunks = _numbers(leaves[b"co64"], "Q") if b"co64" in leaves else _numbers(leaves[b"stco"], "I")
    for offset, samples in zip(chunks, _samples_per_chunk(leaves[b"stsc"]), strict=False):
        position = offset
        for _ in range(samples):
            size = next(sizes)
            yield mp4[position : position + size]
            position += size


def _samples_per_chunk(stsc: bytes) -> Iterator[int]:
    """The number of samples in each chunk (section 8.7.4)."""
    runs = list(struct.iter_unpack(">III", stsc[8:]))
    for (first, samples, _), (following, _, _) in pairwise(runs):
        yield from repeat(samples, following - first)
    yield from repeat(runs[-1][1])


def _numbers(table: bytes, code: str) -> tuple[int, ...]:
    """A count and as many numbers, behind version and flags."""
    (count,) = struct.unpack_from(">I", table, 4)
    return struct.unpack_from(f">{count}{code}", table, 8)
