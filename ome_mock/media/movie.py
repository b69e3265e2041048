"""What can be known of a movie file without playing it: its size and its length (ISO/IEC 14496-12, `mvhd` and `tkhd`)."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

from .loop import boxes

LONGEST_TABLES = 64 * 1024 * 1024


class Movie(NamedTuple):
    """A movie that can be shown; `width` and `height` are 0 where it has sound alone."""

    width: int
    height: int
    length_ms: int


def read_movie(file: BinaryIO) -> Movie | None:
    """Read the head of an MP4 file; None where it is something else."""
    try:
        moov = _find_moov(file)
        return None if moov is None else _read_moov(moov)
    except (ValueError, struct.error):
        return None


def _find_moov(file: BinaryIO) -> bytes | None:
    """The payload of the movie box, wherever it is."""
    while len(header := file.read(8)) == 8:
        size, kind = struct.unpack(">I4s", header)
        payload_size = struct.unpack(">Q", file.read(8))[0] - 16 if size == 1 else size - 8
        if kind == b"moov":
            return file.read(payload_size) if 0 < payload_size <= LONGEST_TABLES else None
        if payload_size < 0:
            return None
        file.seek(file.tell() + payload_size)
    return None


def _read_moov(moov: bytes) -> Movie | None:
    width = height = length_ms = 0
    for kind, payload in boxes(moov):
        if kind == b"mvhd":
            timescale, duration = struct.unpack_from(*((">IQ", payload, 20) if payload[0] else (">II", payload, 12)))
            length_ms = duration * 1000 // timescale if timescale else 0
        elif kind == b"trak":
            tkhd = next((each for name, each in boxes(payload) if name == b"tkhd"), b"")
            sizes = struct.unpack(">II", tkhd[-8:])  # in 1/65536 pixels; a sound has none
            width, height = max((width, height), (sizes[0] >> 16, sizes[1] >> 16))
    return Movie(width, height, length_ms) if length_ms else None
