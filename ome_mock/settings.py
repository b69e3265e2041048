"""What can be configured: the world of virtual hosts, applications and output profiles, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

DEFAULT_ACCESS_TOKEN = "ome-access-token"  # noqa: S105

ORIGIN_STREAM_NAME = "${OriginStreamName}"
"""The macro in an output profile's OutputStreamName that stands for the input stream's name."""


@dataclass(frozen=True)
class VideoEncode:
    """One `<Video>` of an output profile; size and rates are those of the input where it is bypassed."""

    name: str
    bypass: bool = True
    bitrate: int = 0
    width: int = 0
    height: int = 0
    framerate: Fraction = Fraction(0)


@dataclass(frozen=True)
class AudioEncode:
    """One `<Audio>` of an output profile."""

    name: str
    bypass: bool = True
    bitrate: int = 0


@dataclass(frozen=True)
class RenditionSettings:
    """One `<Rendition>`: a video variant, an audio variant, or both."""

    name: str
    video: str | None = None
    audio: str | None = None


@dataclass(frozen=True)
class PlaylistSettings:
    """One `<Playlist>`; `file_name` has no extension."""

    name: str
    file_name: str
    renditions: tuple[RenditionSettings, ...]


@dataclass(frozen=True)
class OutputProfile:
    """One `<OutputProfile>`: it makes one output stream of each input stream."""

    name: str
    output_stream_name: str
    videos: tuple[VideoEncode, ...] = ()
    audios: tuple[AudioEncode, ...] = ()
    playlists: tuple[PlaylistSettings, ...] = ()

    def output_name(self, input_stream: str) -> str:
        return self.output_stream_name.replace(ORIGIN_STREAM_NAME, input_stream)


@dataclass(frozen=True)
class LlhlsPublisher:
    """`<Publishers><LLHLS>`; durations in milliseconds, defaults those of the engine (dump reference, section 6.3)."""

    segment_duration_ms: int = 10_000
    chunk_duration_ms: int = 500
    segment_count: int = 5
    create_default_playlist: bool = True


@dataclass(frozen=True)
class ApplicationSettings:
    """One `<Application>`; without `llhls` its streams can't be dumped."""

    name: str
    type: str = "live"
    output_profiles: tuple[OutputProfile, ...] = ()
    llhls: LlhlsPublisher | None = None


@dataclass(frozen=True)
class VirtualHostSettings:
    """One `<VirtualHost>`."""

    name: str
    host_names: tuple[str, ...] = ()
    applications: tuple[ApplicationSettings, ...] = ()


@dataclass(frozen=True)
class World:
    """Everything that one Server.xml says."""

    virtual_hosts: tuple[VirtualHostSettings, ...] = ()
    access_token: str = DEFAULT_ACCESS_TOKEN
    cross_domains: tuple[str, ...] = ()
