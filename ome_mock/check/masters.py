"""A master playlist, against the chunklists that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..hls.multivariant_playlist import Variant
from ..hls.reading import ReadMultivariantPlaylist, parse_multivariant_playlist
from .files import DumpFiles, file_of
from .finding import Finding, finding
from .lists import TrackList
from .texts import mistakes, read_playlist

SAME_CODEC = {"avc3": "avc1", "hev1": "hvc1"}
"""Sample entries that differ in where parameter sets may stand; OME before 0.21 says `hev1`."""
ENCRYPTED = {"encv", "enca"}


def check_master(files: DumpFiles, path: Path, lists: Mapping[str, TrackList]) -> list[Finding]:
    """Check a master playlist; `lists` are the chunklists by their names."""
    text, found = read_playlist(path)
    if not text:
        return found
    read = parse_multivariant_playlist(text)
    found += mistakes(path, read.mistakes)
    if not read.playlist.variants:
        found.append(finding(path, "", "master-empty", "it names no variant"))
    for line, uri in read.references:
        name = file_of(uri)
        if name is None:
            found.append(finding(path, f"line {line}", "uri-leads-elsewhere", f"{uri[:120]!r} is not a name"))
        elif name not in files:
            found.append(finding(path, f"line {line}", "playlist-missing", f"{name} is not there"))
    for variant, line in zip(read.playlist.variants, read.variant_lines, strict=True):
        found += _check_codecs(path, line, variant, read, lists)
    return found


def _check_codecs(path: Path, line: int, variant: Variant, read: ReadMultivariantPlaylist, lists: Mapping[str, TrackList]) -> list[Finding]:
    """CODECS names what every track of a variant is coded as, and nothing else."""
    renditions = [each for each in read.playlist.audio_renditions if each.group_id == variant.audio_group]
    tracks = [lists.get(file_of(uri) or "") for uri in (variant.uri, *(each.uri for each in renditions))]
    codecs = {track.init.codec for track in tracks if track is not None and track.init is not None}
    if not variant.codecs or None in tracks or codecs & ENCRYPTED or any(track.init is None for track in tracks if track):
        return []
    said = {_family(codec.partition(".")[0]) for codec in variant.codecs}
    held = {_family(codec) for codec in codecs}
    if said == held:
        return []
    problem = f"CODECS names {', '.join(sorted(said))}, and the tracks are {', '.join(sorted(held))}"
    return [finding(path, f"line {line}", "codecs-differ", problem)]


def _family(codec: str) -> str:
    return SAME_CODEC.get(codec, codec)
