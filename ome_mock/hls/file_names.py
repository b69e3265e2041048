"""The names of a stream's files, live and dumped: made of what they hold, and read again (dump-output.md#file-names)."""

from __future__ import annotations

import re
from typing import NamedTuple

SUBTITLE = "subtitle"
"""The kind of a track of subtitles, whose segments are text."""
FIRST_VERSION = 1
"""The content version of a track's first init section."""


class TrackFileNames(NamedTuple):
    """Makes the names of one track's files. `kind` is `video`, `audio` or `subtitle`, `key` the stream's.

    Numbers count from the stream's begin.
    """

    track_id: int
    kind: str
    key: str

    def init(self, version: int = FIRST_VERSION) -> str:
        """The init section of a content version, which the first one doesn't tell (recorded: scheduled channels)."""
        told = "" if version == FIRST_VERSION else f"_v{version}"
        return f"init_{self.track_id}_{self.kind}_{self.key}{told}_llhls.m4s"

    def chunklist(self) -> str:
        return f"chunklist_{self.track_id}_{self.kind}_{self.key}_llhls.m3u8"

    def segment(self, number: int) -> str:
        return f"seg_{self.track_id}_{number}_{self.kind}_{self.key}_llhls.{self._extension}"

    def part(self, number: int, part_index: int) -> str:
        return f"part_{self.track_id}_{number}_{part_index}_{self.kind}_{self.key}_llhls.{self._extension}"

    @property
    def _extension(self) -> str:
        return "vtt" if self.kind == SUBTITLE else "m4s"


class MasterPlaylistFile(NamedTuple):
    """A master playlist."""

    name: str


class ChunklistFile(NamedTuple):
    """The chunklist of a track; the key in its name is ignored."""

    track_id: int


class InitFile(NamedTuple):
    """The init section of a track's content version."""

    track_id: int
    key: str
    version: int = FIRST_VERSION


class SegmentFile(NamedTuple):
    """A segment of a track."""

    track_id: int
    msn: int
    key: str


class PartFile(NamedTuple):
    """A part of a segment."""

    track_id: int
    msn: int
    part_index: int
    key: str


LiveFile = MasterPlaylistFile | ChunklistFile | InitFile | SegmentFile | PartFile

NUMBER = r"(\d{1,18})"
KEYED = r"(?:video|audio)_([0-9A-Za-z]+)"
MEDIA = rf"(?:{KEYED}_llhls\.m4s|{SUBTITLE}_([0-9A-Za-z]+)_llhls\.vtt)"
CHUNKLIST = re.compile(rf"chunklist_{NUMBER}_(?:video|audio|{SUBTITLE})_[0-9A-Za-z]+_llhls\.m3u8")
INIT = re.compile(rf"init_{NUMBER}_{KEYED}(?:_v([2-9]|[1-9]\d{{1,8}}))?_llhls\.m4s")
SEGMENT = re.compile(rf"seg_{NUMBER}_{NUMBER}_{MEDIA}")
PART = re.compile(rf"part_{NUMBER}_{NUMBER}_{NUMBER}_{MEDIA}")


def parse_file_name(name: str) -> LiveFile | None:
    """Read a file name; None if the publisher doesn't know its form (recorded: live-delivery, `nope.m4s`)."""
    if match := CHUNKLIST.fullmatch(name):
        return ChunklistFile(int(match[1]))
    if name.endswith(".m3u8"):
        return MasterPlaylistFile(name)
    if match := INIT.fullmatch(name):
        return InitFile(int(match[1]), match[2], int(match[3] or FIRST_VERSION))
    if match := SEGMENT.fullmatch(name):
        return SegmentFile(int(match[1]), int(match[2]), match[3] or match[4])
    if match := PART.fullmatch(name):
        return PartFile(int(match[1]), int(match[2]), int(match[3]), match[4] or match[5])
    return None
