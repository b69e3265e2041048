"""A multiplex channel: tracks of several streams as one stream (reference: REST API, section 3.12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class MultiplexState(Enum):
    """In the engine's words."""

    PULLING = "Pulling"
    PLAYING = "Playing"


@dataclass(frozen=True)
class SourceStream:
    """An output stream of this server, and the tracks of it, as they were asked for."""

    name: str
    url: str
    path: tuple[str, str, str]
    """Virtual host, application and stream that the URL names."""
    track_map: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class MultiplexChannel:
    """A channel that was asked for; its playlists are kept as they were given."""

    name: str
    sources: tuple[SourceStream, ...]
    bypass_transcoder: bool = False
    playlists: tuple[dict[str, Any], ...] = field(default=())
