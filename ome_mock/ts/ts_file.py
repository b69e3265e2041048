"""The files of live HLS over MPEG-TS, by their names (live-llhls.md#hls-over-ts)."""

from __future__ import annotations

import re
from typing import NamedTuple

PREFIX, PLAYLIST_SUFFIX = "ts:", ".m3u8"
FORMAT = "ts"


class TsMasterPlaylistFile(NamedTuple):
    """A master playlist, by its name without `ts:`."""

    name: str


class TsMediaPlaylistFile(NamedTuple):
    """The list of a rendition."""

    rendition: str


class TsSegmentFile(NamedTuple):
    """A segment of a rendition."""

    rendition: str
    msn: int


TsFile = TsMasterPlaylistFile | TsMediaPlaylistFile | TsSegmentFile

NUMBER = r"(\d+)"
MEDIA_PLAYLIST = re.compile(rf"medialist_{NUMBER}_hls\.m3u8")
SEGMENT = re.compile(rf"seg_{NUMBER}_{NUMBER}_hls\.(?:ts|vtt)")


def parse_ts_file(name: str, format_: str | None) -> TsFile | None:
    """Read a file name and the value of `format` in the query; None if the publisher doesn't know its form."""
    if match := MEDIA_PLAYLIST.fullmatch(name):
        return TsMediaPlaylistFile(match[1])
    if match := SEGMENT.fullmatch(name):
        return TsSegmentFile(match[1], int(match[2]))
    is_prefixed = name[: len(PREFIX)].lower() == PREFIX
    if name.endswith(PLAYLIST_SUFFIX) and (is_prefixed or format_ == FORMAT):
        return TsMasterPlaylistFile(name[len(PREFIX) :] if is_prefixed else name)
    return None
