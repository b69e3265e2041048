"""A multiplex channel: tracks of several streams as one stream (rtmp-and-channels.md#multiplex-channels)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction
from typing import Any, NamedTuple

from ..engine.stream import OutputStream
from ..engine.track import OutputTrack
from ..media.loop import MediaKind
from ..settings import PlaylistSettings, RenditionSettings
from .feeds import Relayed


class MultiplexState(Enum):
    """The states of a multiplex channel, in the engine's words."""

    PULLING = "Pulling"
    PLAYING = "Playing"


class SourceStream(NamedTuple):
    """An output stream of this server and the tracks taken from it, as the request gave them."""

    name: str
    url: str
    path: tuple[str, str, str]
    """The virtual host, application and stream in the URL."""
    track_map: tuple[dict[str, Any], ...] = ()


class MultiplexChannel(NamedTuple):
    """A requested channel; its playlists are kept as the request gave them."""

    name: str
    sources: tuple[SourceStream, ...]
    bypass_transcoder: bool = False
    playlists: tuple[dict[str, Any], ...] = ()


def relayed_of(channel: MultiplexChannel, outputs: Mapping[tuple[str, str, str], OutputStream]) -> list[Relayed]:
    """The tracks of a channel's sources that its track maps name, in the order of the sources."""
    return [
        Relayed(
            track,
            str(entry["newTrackName"]),
            entry.get("bitrateConf", 0),
            Fraction(entry.get("framerateConf", 0)),
            entry.get("language", ""),
        )
        for source in channel.sources
        for track, number in _numbered(outputs[source.path])
        for entry in source.track_map
        if entry["sourceTrackName"] == track.variant and _is_chosen(track, number, entry)
    ]


def _numbered(output: OutputStream) -> Iterator[tuple[OutputTrack, int]]:
    """Yields every track with its number among the tracks of its name."""
    seen: dict[str, int] = {}
    for track in output.tracks:
        number = seen[track.variant] = seen.get(track.variant, -1) + 1
        yield track, number


def _is_chosen(track: OutputTrack, number: int, entry: Mapping[str, Any]) -> bool:
    """Says if an entry means a track; `audioIndex` chooses among several audio tracks of a name."""
    return track.kind is not MediaKind.AUDIO or entry.get("audioIndex", number) == number


def playlists_of(channel: MultiplexChannel) -> tuple[PlaylistSettings, ...]:
    return tuple(_playlist(each) for each in channel.playlists)


def _playlist(given: Mapping[str, Any]) -> PlaylistSettings:
    options = given["options"] or {}
    renditions = tuple(RenditionSettings(each["name"], each.get("video"), each.get("audio")) for each in given["renditions"])
    return PlaylistSettings(
        given["name"],
        given["fileName"],
        renditions,
        options.get("hlsChunklistPathDepth", -1),
        options.get("webrtcAutoAbr", False),
        options.get("enableTsPackaging", False),
    )
