"""Faults of media: each spoils the samples of a segment as it is written, which players may forgive or stumble over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..media.cmaf import DECODE_TIME_OFFSET
from ..media.fragments import LONG, Fragment, MediaDamaged, read_fragments
from .fault import checked
from .write_faults import WriteFault

if TYPE_CHECKING:
    from .spoilable import SpoilableWrite


@dataclass(frozen=True, kw_only=True)
class TimeJump(WriteFault):
    """The times in the segment are later than they should be by `segments` of its own length, or earlier if that is less than 0."""

    lasts = True

    file: str = "seg_*"
    segments: float = checked(-1.0, lambda segments: -100 <= segments <= 100, "is between -100 and 100")

    def spoil(self, write: SpoilableWrite) -> None:
        data, parts = bytearray(write.data), _parts(write.data)
        shift = round(self.segments * sum(part.duration for part in parts))
        for part in parts:
            LONG.pack_into(data, part.offset + DECODE_TIME_OFFSET, max(0, part.decode_time + shift))
        write.data = bytes(data)


@dataclass(frozen=True, kw_only=True)
class MediaGap(WriteFault):
    """The second half of the segment is missing, so that there is a gap before the next one."""

    lasts = True

    file: str = "seg_*_audio_*"

    def spoil(self, write: SpoilableWrite) -> None:
        parts = _parts(write.data)
        for part in parts[(len(parts) + 1) // 2 :][:1]:
            write.data = write.data[: part.offset]


@dataclass(frozen=True, kw_only=True)
class MissingKeyFrame(WriteFault):
    """The first part of the segment is missing, and with it the key frame that the pictures after it need."""

    lasts = True

    file: str = "seg_*_video_*"

    def spoil(self, write: SpoilableWrite) -> None:
        for part in _parts(write.data)[1:2]:
            write.data = write.data[part.offset :]


def _parts(data: bytes) -> list[Fragment]:
    """The parts of a segment; none of another file."""
    try:
        return list(read_fragments(data))
    except MediaDamaged:
        return []
