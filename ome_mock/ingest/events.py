"""The events that a connection gives its listener: frozen facts, in the order in which they came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .publish_url import PublishUrl


@dataclass(frozen=True)
class Event:
    """The root: something that a listener may act upon."""


class VideoTrack(NamedTuple):
    """The picture as the encoder sends it; sizes are the sequence header's, rates the metadata's. 0 is what nobody said."""

    id: int
    codec: str
    """`H264` or `H265`."""
    width: int
    height: int
    framerate: float
    bitrate: int
    """Bits per second."""


class AudioTrack(NamedTuple):
    """The sound as the encoder sends it; rate and channels are the sequence header's, the bit rate the metadata's."""

    id: int
    codec: str
    """`AAC`."""
    sample_rate: int
    channels: int
    bitrate: int
    """Bits per second."""


class Tracks(NamedTuple):
    """The tracks of a stream; beside them each stream has one of data."""

    video: VideoTrack | None
    audio: AudioTrack | None
    data_id: int


@dataclass(frozen=True)
class PublishRequested(Event):
    """A publisher wants to begin. Until that is decided the connection reads nothing further."""

    url: PublishUrl
    tc_url: str
    user_agent: str
    """`flashVer` of connect; empty where it said none."""


@dataclass(frozen=True)
class TracksKnown(Event):
    """The stream is there: only now its name is taken, so that a listener ends the connection if another has it."""

    tracks: Tracks


@dataclass(frozen=True)
class TracksChanged(Event):
    """A sequence header said something new: the same stream, with these tracks from now on."""

    tracks: Tracks


@dataclass(frozen=True)
class Ended(Event):
    """The connection is over, whoever ended it: send what is left to send and close."""

    reason: str
