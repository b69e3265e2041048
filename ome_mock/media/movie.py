"""What can be known of a movie file without playing it: its size, frame rate and length (ISO/IEC 14496-12, `mvhd`, `tkhd`, `stts`)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from fractions import Fraction
from typing import BinaryIO, NamedTuple

from .demuxer import boxes, leaf_boxes

LONGEST_TABLES = 64 * 1024 * 1024


class Movie(NamedTuple):
    """A movie that can be shown; size and frame rate are 0 where it has sound alone."""

    width: int
    height: int
    length_ms: int
    frame_rate: Fraction = Fraction(0)


def read_movie(file: BinaryIO) -> Movie | None:
    """Read the head of an MP4 file; None where it is something else."""
    try:
        moov = _find_moov(file)
        return None if moov is None else _read_moov(moov)
    except (LookupError, ValueError, struct.error):
        return None


def _find_moov(file: BinaryIO) -> bytes | None:
    """The payload of the movie box, wherever it is."""
    while len(header := file.read(8)) == 8:
        size, kind = struct.unpack(">I4s", header)
        payload_size = struct.unpack(">Q", file.read(8))[0] - 16 if size == 1 else size - 8
        if kind == b"moov":
            moov = file.read(min(payload_size, LONGEST_TABLES)) if payload_size > 0 else b""
            return moov if len(moov) == payload_size else None
        if payload_size < 0:
            return None
        file.seek(file.tell() + payload_size)
    return None


def _read_moov(moov: bytes) -> Movie | None:
    movie = Movie(0, 0, 0)
    for kind, payload in boxes(moov):
        if kind == b"mvhd":
            timescale, duration = struct.unpack_from(*((">IQ", payload, 20) if payload[0] else (">II", payload, 12)))
            movie = movie._replace(length_ms=duration * 1000 // timescale if timescale else 0)
        elif kind == b"trak":
            leaves = dict(leaf_boxes(payload))
            width, height = (side >> 16 for side in struct.unpack(">II", leaves[b"tkhd"][-8:]))  # a sound has none
            if width:
                movie = movie._replace(width=width, height=height, frame_rate=_frame_rate(leaves))
    return movie if movie.length_ms else None


def _frame_rate(leaves: Mapping[bytes, bytes]) -> Fraction:
    """On average: `stts` holds how many frames last how long, in units of `mdhd`."""
    mdhd = leaves[b"mdhd"]
    (timescale,) = struct.unpack_from(">I", mdhd, 20 if mdhd[0] else 12)
    runs = list(struct.iter_unpack(">II", leaves[b"stts"][8:]))
    duration = sum(count * each for count, each in runs)
    return Fraction(timescale * sum(count for count, _ in runs), duration) if duration else Fraction(0)
