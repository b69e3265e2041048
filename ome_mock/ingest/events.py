"""The events of a connection: frozen values for its listener, in the order in which they happened."""

from __future__ import annotations

from dataclasses import dataclass

from .publish_url import PublishUrl


@dataclass(frozen=True)
class Event:
    """The base class of events."""


@dataclass(frozen=True)
class VideoTrack:
    """The video track; its size is from the sequence header, its rates from the metadata, 0 if unknown."""

    id: int
    codec: str
    """`H264` or `H265`."""
    width: int
    height: int
    framerate: float
    bitrate: int
    """Bits per second."""


@dataclass(frozen=True)
class AudioTrack:
    """The audio track; its rate and channels are from the sequence header, its bit rate from the metadata."""

    id: int
    codec: str
    """`AAC`."""
    sample_rate: int
    channels: int
    bitrate: int
    """Bits per second."""


@dataclass(frozen=True)
class Tracks:
    """The tracks of a stream, without its data track."""

    video: VideoTrack | None
    audio: AudioTrack | None
    data_id: int


@dataclass(frozen=True)
class PublishRequested(Event):
    """A publisher asks to begin. The connection reads nothing more until `accept` or `refuse`."""

    url: PublishUrl
    tc_url: str
    user_agent: str
    """The `flashVer` of connect; empty if it had none."""


@dataclass(frozen=True)
class TracksKnown(Event):
    """The stream exists. Only now it takes its name; if another stream has it, the listener ends the connection."""

    tracks: Tracks


@dataclass(frozen=True)
class TracksChanged(Event):
    """A new sequence header has changed the tracks of the stream."""

    tracks: Tracks


@dataclass(frozen=True)
class Ended(Event):
    """The connection has ended; the listener sends the remaining bytes and closes the socket."""

    reason: str
