"""The files that players ask a live stream for, by their names (dump-output.md#file-names)."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class MasterPlaylistFile:
    """A master playlist."""

    name: str


@dataclass(frozen=True)
class ChunklistFile:
    """The chunklist of a track; the key in its name is not looked at."""

    track_id: int


@dataclass(frozen=True)
class InitFile:
    """The init section of a track's content version."""

    track_id: int
    key: str
    version: int = 1


@dataclass(frozen=True)
class SegmentFile:
    """A segment of a track."""

    track_id: int
    msn: int
    key: str


@dataclass(frozen=True)
class PartFile:
    """A part of a segment."""

    track_id: int
    msn: int
    part_index: int
    key: str


LiveFile = MasterPlaylistFile | ChunklistFile | InitFile | SegmentFile | PartFile

NUMBER = r"(\d{1,18})"
KEYED = r"(?:video|audio)_([0-9A-Za-z]+)"
KIND_AND_KEY = rf"{KEYED}_llhls"
CHUNKLIST = re.compile(rf"chunklist_{NUMBER}_{KIND_AND_KEY}\.m3u8")
INIT = re.compile(rf"init_{NUMBER}_{KEYED}(?:_v([2-9]|[1-9]\d{{1,8}}))?_llhls\.m4s")
SEGMENT = re.compile(rf"seg_{NUMBER}_{NUMBER}_{KIND_AND_KEY}\.m4s")
PART = re.compile(rf"part_{NUMBER}_{NUMBER}_{NUMBER}_{KIND_AND_KEY}\.m4s")


def parse_live_file(name: str) -> LiveFile | None:
    """What a name stands for, or None for one that the publisher doesn't take for its own (recorded: live-delivery, `nope.m4s`)."""
    if match := CHUNKLIST.fullmatch(name):
        return ChunklistFile(int(match[1]))
    if name.endswith(".m3u8"):
        return MasterPlaylistFile(name)
    if match := INIT.fullmatch(name):
        return InitFile(int(match[1]), match[2], int(match[3] or 1))
    if match := SEGMENT.fullmatch(name):
        return SegmentFile(int(match[1]), int(match[2]), match[3])
    if match := PART.fullmatch(name):
        return PartFile(int(match[1]), int(match[2]), int(match[3]), match[4])
    return None
