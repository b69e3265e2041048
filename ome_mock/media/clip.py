"""A clip of one's own as a loop: what can't be repeated for ever without a seam is refused, with the reasons."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from ..errors import ConfigurationError
from .demuxer import Demuxed, read_mp4
from .loop import Loop, loop_of
from .loop_track import H265, LoopTrack, MediaKind
from .nal_units import HEVC_PARAMETER_SETS, LENGTH_SIZE, SYNTAXES, plain_hevc_config


def read_clip(mp4: bytes) -> Loop:
    """Read an MP4 file as a loop. Raises ConfigurationError, whose message says of the file why it can't be one."""
    demuxed = read_mp4(mp4)
    tracks = [each.track for each in demuxed]
    faults = [fault for each in demuxed for fault in _faults(each)] or list(_unequal(tracks))
    if not tracks:
        raise ConfigurationError("has neither video nor audio")
    if faults:
        raise ConfigurationError(f"can't loop: {'; '.join(faults)}")
    return loop_of(_as_the_engine_writes(track) for track in tracks)


def _faults(demuxed: Demuxed) -> Iterator[str]:
    track = demuxed.track
    if demuxed.is_reordered:
        yield "B-frames: its pictures are not shown in the order of their decoding"
    if not track.samples:
        yield f"its {track.kind.value} is empty"
    elif track.kind is MediaKind.VIDEO:
        yield from _video_faults(track)


def _video_faults(track: LoopTrack) -> Iterator[str]:
    syntax = SYNTAXES[track.coding]
    try:
        length_size = syntax.length_size(track.decoder_config)
        kinds = {kind for kind, _ in syntax.parameter_sets(track.decoder_config)}
    except (IndexError, struct.error):
        yield f"its {syntax.config_box.decode()} is cut off, or has an empty parameter set"
        return
    if length_size != LENGTH_SIZE:
        yield f"its NAL units have lengths of {length_size} bytes, not of {LENGTH_SIZE}"
        return
    if not kinds or (track.coding == H265 and not kinds >= set(HEVC_PARAMETER_SETS)):
        yield f"its parameter sets are not all in {syntax.config_box.decode()}"
    if not (track.is_key[0] and syntax.is_idr(track.samples[0])):
        yield "no key frame at 0"
    open_gops = [number for number, key in enumerate(track.is_key) if number and key and not syntax.is_idr(track.samples[number])]
    if open_gops:
        yield f"an open GOP at picture {open_gops[0]}: what follows its key frame refers to what came before it"


def _unequal(tracks: list[LoopTrack]) -> Iterator[str]:
    """Each track begins anew at its own end: were one shorter, sound and picture would drift apart."""
    lengths = {(track.kind.value, len(track.samples) * track.sample_duration_ms) for track in tracks}
    if len({length for _, length in lengths}) > 1:
        yield f"tracks of unequal length: {', '.join(f'{kind} {_seconds(length)}' for kind, length in sorted(lengths))}"


def _seconds(length_ms: Fraction) -> str:
    return f"{float(length_ms / 1000):.6g} s"


def _as_the_engine_writes(track: LoopTrack) -> LoopTrack:
    return replace(track, decoder_config=plain_hevc_config(track.decoder_config)) if track.coding == H265 else track
