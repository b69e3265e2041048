"""An encoder: the protocol that it speaks, and where it connects from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..engine.input_stream import RTMP, StreamSource, encoder_port
from ..engine.stream import StreamPath
from ..errors import ConfigurationError
from ..settings import VirtualHostSettings
from .stream_url import parse_stream_url

DEFAULT_ADDRESS = "127.0.0.1"


class Protocol(NamedTuple):
    """An encoder's protocol: the scheme and port of its URLs, and the source type and URL prefix of its streams."""

    scheme: str
    port: int
    source_type: str
    transport: str


PROTOCOLS = {
    "rtmp": Protocol("rtmp", 1935, RTMP, "TCP"),
    "srt": Protocol("srt", 9999, "SRT", "SRT"),
    "webrtc": Protocol("http", 3333, "WebRTC", "UDP"),
}


@dataclass(frozen=True)
class Encoder:
    """The connection of an encoder; an absent URL or port is made of its stream's names."""

    protocol: str = "rtmp"
    url: str | None = None
    address: str = DEFAULT_ADDRESS
    port: int | None = None
    user_agent: str | None = None

    def __post_init__(self) -> None:
        if self.protocol not in PROTOCOLS:
            raise ConfigurationError(f"protocol {self.protocol!r} of an encoder is not one of {', '.join(PROTOCOLS)}")
        if self.url is not None and (parse_stream_url(self.url) is None or not self.url.isprintable()):
            raise ConfigurationError(f"url {self.url!r} of an encoder is not a URL")
        if self.port is not None and not 0 < self.port <= 65_535:
            raise ConfigurationError(f"port {self.port} of an encoder is not between 1 and 65535")

    @property
    def may_be_silent(self) -> bool:
        """True if it may send nothing: by WHIP an encoder is let in before its media can come."""
        return self.protocol == "webrtc"


class ConnectedEncoder(Encoder):
    """An encoder on a socket, whose URL is whatever it sent."""

    def __post_init__(self) -> None:
        """Take everything."""


def default_url(path: StreamPath, vhost: VirtualHostSettings, protocol: Protocol) -> str:
    """The URL of an encoder that names its virtual host by the first name that is one."""
    host = next((name for name in vhost.host_names if not set(name) & set("*?")), DEFAULT_ADDRESS)
    return f"{protocol.scheme}://{host}:{protocol.port}/{path.app}/{path.stream}" + ("?direction=whip" if protocol.scheme == "http" else "")


def source_of(path: StreamPath, encoder: Encoder) -> StreamSource:
    protocol = PROTOCOLS[encoder.protocol]
    port = encoder.port or encoder_port(path)
    end = "/tcp" if protocol.transport == "TCP" else ""
    return StreamSource(protocol.source_type, f"{protocol.transport}://{encoder.address}:{port}{end}")
