"""Tracks as heavy as their bit rate says: the loop's samples, each with filler that decoders pass over.

A picture's weight is a NAL unit of filler data behind its slices, a frame of sound's are fill elements before its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from random import Random

from .loop_track import H264, LoopTrack, MediaKind
from .nal_units import SYNTAXES, Syntax

KEY_FRAME_WEIGHT = 8
"""How much heavier than another picture a key frame is: an encoder's are, six to ten times."""
PICTURE_SPREAD, GROUP_SPREAD, SOUND_SPREAD = 0.25, 0.06, 0.1
"""How far the weight of a picture, of a group of pictures, and of a frame of sound is from the middle at most."""
LARGEST_AAC_CHANNEL = 768
"""What a frame holds of a channel at most, in bytes (ISO/IEC 14496-3, section 4.5.3.1)."""


@lru_cache(maxsize=64)
def weighed(track: LoopTrack, bitrate: int, seed: int) -> LoopTrack:
    """A track that has so many bits a second; one that has more already stays as it is."""
    if bitrate <= track.bitrate:
        return track
    return _weighed_video(track, bitrate, seed) if track.kind is MediaKind.VIDEO else _weighed_audio(track, bitrate, seed)


@dataclass(frozen=True, eq=False)
class WeighedVideo(LoopTrack):
    """A video whose samples carry `filler`, bytes for each sample of the period of `is_key`, which is made when they are packed."""

    filler: tuple[int, ...] = ()
    syntax: Syntax = SYNTAXES[H264]

    def sample(self, number: int) -> bytes:
        size = self.filler[number % len(self.filler)]
        return super().sample(number) + (self.syntax.filler(size) if size else b"")

    def sample_size(self, number: int) -> int:
        return super().sample_size(number) + self.filler[number % len(self.filler)]

    @cached_property
    def _bytes_before(self) -> tuple[int, ...]:
        return tuple(accumulate(map(self.sample_size, range(len(self.filler))), initial=0))


def _weighed_video(track: LoopTrack, bitrate: int, seed: int) -> LoopTrack:
    syntax, chance = SYNTAXES[track.coding], Random(f"{seed}/{track.height}")  # noqa: S311
    missing = _missing(track, list(_picture_weights(track, chance)), bitrate)
    filler = tuple(_at_least(missing, syntax.smallest_filler))
    same = {each.name: getattr(track, each.name) for each in fields(LoopTrack)}
    return WeighedVideo(**same, filler=filler, syntax=syntax)


def _picture_weights(track: LoopTrack, chance: Random) -> Iterator[float]:
    """How heavy each picture is among the others; groups of pictures weigh about what they last."""
    starts = [number for number, key in enumerate(track.is_key) if key]
    for start, end in pairwise([*starts, len(track.is_key)]):
        group = [_around_one(chance, PICTURE_SPREAD) for _ in range(start, end)]
        group[0] *= KEY_FRAME_WEIGHT
        scale = _around_one(chance, GROUP_SPREAD) * len(group) / sum(group)
        yield from (weight * scale for weight in group)


def _around_one(chance: Random, spread: float) -> float:
    return chance.uniform(1 - spread, 1 + spread)


def _weighed_audio(track: LoopTrack, bitrate: int, seed: int) -> LoopTrack:
    chance, largest = Random(f"{seed}/{track.channels}"), LARGEST_AAC_CHANNEL * track.channels  # noqa: S311
    weights = [_around_one(chance, SOUND_SPREAD) for _ in track.samples]
    missing = _missing(track, weights, bitrate)
    samples, owed = [], 0
    for sample, more in zip(track.samples, missing, strict=True):
        filled = fill(sample, min(len(sample) + owed + more, largest))
        owed += more - (len(filled) - len(sample))
        samples.append(filled)
    return replace(track, samples=tuple(samples))


def _missing(track: LoopTrack, weights: list[float], bitrate: int) -> Iterator[int]:
    """How many bytes each sample is to have more: all of them add up to the bit rate, those that are heavy as they are get none."""
    total = float(bitrate * len(weights) * track.sample_duration_ms / 8000)
    scale = total / sum(weights)
    lacking = [max(0.0, weight * scale - track.sample_size(number)) for number, weight in enumerate(weights)]
    scale = (total - track.bytes_before(len(weights))) / sum(lacking)
    ends = [round(lack * scale) for lack in accumulate(lacking, initial=0.0)]
    return (end - start for start, end in pairwise(ends))


def _at_least(sizes: Iterable[int], smallest: int) -> Iterator[int]:
    """The same sizes, none between 0 and the smallest: what a sample can't carry, those after it do."""
    owed = 0
    for size in sizes:
        owed += size
        given = owed if owed >= smallest else 0
        owed -= given
        yield given


FILL_ELEMENT, ID_BITS, COUNT_BITS, ESCAPE = 0b110, 3, 4, 15
LONGEST_FILL = ESCAPE + 254
"""Bytes of one element whose length is written in four and eight bits."""


def fill(frame: bytes, size: int) -> bytes:
    """A frame of AAC with fill elements before its end, so that it has `size` bytes (ISO/IEC 14496-3, section 4.4.2.7)."""
    bits = int.from_bytes(frame) or 1
    padding = (bits & -bits).bit_length() - 1
    end = ID_BITS + padding
    if bits >> padding & 0b111 != 0b111:  # no frame that ends as it should: it is left alone
        return frame
    body, used = bits >> end, 8 * len(frame) - end
    room = 8 * size - used - ID_BITS
    while room >= ID_BITS + COUNT_BITS:
        element, length = _fill_element(room)
        body, used, room = body << length | element, used + length, room - length
    total = -(-(used + ID_BITS) // 8) * 8
    return ((body << ID_BITS | 0b111) << (total - used - ID_BITS)).to_bytes(total // 8)


def _fill_element(room: int) -> tuple[int, int]:
    """The longest element that takes no more than so many bits, and how many it takes; its payload is zeros."""
    count = min((room - ID_BITS - COUNT_BITS) // 8, ESCAPE - 1)
    header, length = FILL_ELEMENT << COUNT_BITS | count, ID_BITS + COUNT_BITS
    escaped = min((room - ID_BITS - COUNT_BITS - 8) // 8, LONGEST_FILL)
    if escaped >= ESCAPE:
        count = escaped
        header, length = (FILL_ELEMENT << COUNT_BITS | ESCAPE) << 8 | (count - ESCAPE + 1), ID_BITS + COUNT_BITS + 8
    return header << 8 * count, length + 8 * count
