"""Init sections and parts as the engine lays them out (ISO/IEC 14496-12, 23000-19; media.md#init-section, #chunk).

Boxes, their order, versions and flags are the engine's: a parsed file of the engine is rendered again byte for byte.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from .loop_track import LoopTrack, MediaKind
from .nal_units import SYNTAXES

KEY_SAMPLE = 0x02000000
OTHER_SAMPLE = 0x01010000
UNITY_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
UNDETERMINED_LANGUAGE = 0x55C4
COMPRESSOR = b"\x0fOvenMediaEngine".ljust(32, b"\0")
SEQUENCE_NUMBER_OFFSET = 20
"""The offset in a part of the 32-bit number of its mfhd."""
DECODE_TIME_OFFSET = 76
"""The offset in a part of the 64-bit time of its tfdt."""
NUMBER_TO_TIME = struct.Struct(f">I{DECODE_TIME_OFFSET - SEQUENCE_NUMBER_OFFSET - 4}sQ")
"""The bytes of a part from its number to its time; its repetitions differ only in these two."""


def box(kind: bytes, *payload: bytes) -> bytes:
    size = 8 + sum(map(len, payload))
    return b"".join((struct.pack(">I4s", size, kind), *payload))


def full_box(kind: bytes, version: int, flags: int, *payload: bytes) -> bytes:
    return box(kind, struct.pack(">I", version << 24 | flags), *payload)


NO_SAMPLES = tuple(full_box(kind, 0, 0, bytes(size)) for kind, size in ((b"stts", 4), (b"stsc", 4), (b"stsz", 8), (b"stco", 4)))
"""The tables of an init section, whose samples come in fragments."""


def init_section(track: LoopTrack, timescale: int, bitrate: int) -> bytes:
    """The init section of a track; `timescale` in ticks a second, `bitrate` in bits a second as an audio track declares it."""
    is_video = track.kind is MediaKind.VIDEO
    brands = b"iso6\0\0\0\0iso6mp42" + (track.coding if is_video else b"") + b"dashhlsfaid3"
    return box(b"ftyp", brands) + box(
        b"moov",
        movie_header(timescale, 0, 0xFFFFFFFF),
        box(b"trak", track_header(track, 7, 1, 0), media_box(track, timescale, 0, bitrate, NO_SAMPLES)),
        box(b"mvex", full_box(b"trex", 0, 0, struct.pack(">5I", 1, 1, 0, 0, 0))),
    )


def movie_header(timescale: int, duration: int, next_track_id: int) -> bytes:
    header = struct.pack(">4IIHH8x", 0, 0, timescale, duration, 0x10000, 0x100, 0)
    return full_box(b"mvhd", 0, 0, header, UNITY_MATRIX, bytes(24), struct.pack(">I", next_track_id))


def track_header(track: LoopTrack, flags: int, track_id: int, duration: int) -> bytes:
    """The header of a track; the duration is in ticks of the movie."""
    volume = 0 if track.kind is MediaKind.VIDEO else 0x100
    header = struct.pack(">5I8xHHHH", 0, 0, track_id, 0, duration, 0, 0, volume, 0)
    return full_box(b"tkhd", 0, flags, header, UNITY_MATRIX, struct.pack(">II", track.width << 16, track.height << 16))


def media_box(track: LoopTrack, timescale: int, duration: int, bitrate: int, tables: Iterable[bytes]) -> bytes:
    """The media of a track (`mdia`): the duration in ticks, the bit rate as an audio track declares it, and the tables of its samples."""
    if track.kind is MediaKind.VIDEO:
        handler, name, header, entry = b"vide", b"Video\0", full_box(b"vmhd", 0, 1, bytes(8)), _visual_entry(track)
    else:
        handler, name, header, entry = b"soun", b"Audio\0", full_box(b"smhd", 0, 0, bytes(4)), _mp4a(track, bitrate)
    return box(
        b"mdia",
        full_box(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, timescale, duration, UNDETERMINED_LANGUAGE, 0)),
        full_box(b"hdlr", 0, 0, bytes(4), handler, bytes(12), name),
        box(
            b"minf",
            header,
            box(b"dinf", full_box(b"dref", 0, 0, struct.pack(">I", 1), full_box(b"url ", 0, 1))),
            box(b"stbl", full_box(b"stsd", 0, 0, struct.pack(">I", 1), entry), *tables),
        ),
    )


def _visual_entry(track: LoopTrack) -> bytes:
    dots_per_inch = 72 << 16
    return box(
        track.coding,
        struct.pack(">6xH16xHHIIIH", 1, track.width, track.height, dots_per_inch, dots_per_inch, 0, 1),
        COMPRESSOR,
        struct.pack(">Hh", 0x18, -1),
        box(SYNTAXES[track.coding].config_box, track.decoder_config),
    )


def _mp4a(track: LoopTrack, bitrate: int) -> bytes:
    """The audio entry; descriptor lengths take one byte each (ISO/IEC 14496-1, section 7.2.6)."""
    decoder = struct.pack(">BB3xII", 0x40, 0x15, bitrate, bitrate) + _descriptor(5, track.decoder_config)
    elementary_stream = struct.pack(">HB", 1, 0) + _descriptor(4, decoder) + _descriptor(6, b"\x02")
    entry = struct.pack(">6xH8xHHHHI", 1, track.channels, 16, 0, 0, track.sample_rate << 16)
    return box(b"mp4a", entry, full_box(b"esds", 0, 0, _descriptor(3, elementary_stream)))


def _descriptor(tag: int, payload: bytes) -> bytes:
    return bytes([tag, len(payload)]) + payload


def part(sequence_number: int, decode_time: int, samples: Sequence[bytes], durations: Sequence[int], keys: Sequence[bool] | None) -> bytes:
    """One moof and mdat. Times in ticks; `keys` is None for audio, whose samples carry no flags."""
    if keys is None:
        version, flags = 0, 0x000301
        rows = [struct.pack(">II", duration, len(sample)) for sample, duration in zip(samples, durations, strict=True)]
    else:
        version, flags = 1, 0x000F01
        rows = [
            struct.pack(">IIIi", duration, len(sample), KEY_SAMPLE if key else OTHER_SAMPLE, 0)
            for sample, duration, key in zip(samples, durations, keys, strict=True)
        ]
    moof_size = 104 + sum(map(len, rows))
    moof = box(
        b"moof",
        full_box(b"mfhd", 0, 0, struct.pack(">I", sequence_number)),
        box(
            b"traf",
            full_box(b"tfhd", 0, 0x02003A, struct.pack(">5I", 1, 1, 33, 0, 0)),
            full_box(b"tfdt", 1, 0, struct.pack(">Q", decode_time)),
            full_box(b"trun", version, flags, struct.pack(">II", len(samples), moof_size + 8), *rows),
        ),
    )
    return moof + box(b"mdat", *samples)
