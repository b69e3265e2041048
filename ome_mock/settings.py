"""Settings: the world of virtual hosts, applications and output profiles, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

DEFAULT_ACCESS_TOKEN = "ome-access-token"  # noqa: S105
DEFAULT_PORT = 8081
DEFAULT_LLHLS_PORT = 3333
DEFAULT_IDLE_TIMEOUT_S = 62.0
"""The real time after which the engine closes a silent connection (rest-api.md#connections)."""
DEFAULT_STREAMS = ("default/app/stream",)
"""The input streams of the default world."""

UNKNOWN_ELEMENTS = ("refuse", "warn")
"""The ways to treat elements of a Server.xml that the engine doesn't know."""

Document = Mapping[str, Any]
"""A configuration as the REST API shows it, with the API's names of elements (configuration-reader.md#keys).

Values from a Server.xml are text; values from the API keep their JSON types.
"""


TEMPLATE_APPLICATION = "*"
"""The name of the application that is the template for others, made when encoders connect."""

ORIGIN_STREAM_NAME = "${OriginStreamName}"
"""The macro in an output profile's OutputStreamName that stands for the input stream's name."""


BypassRule = tuple[str, str]
"""One element of `<BypassIfMatch>`: the REST API's name of a quality, and `eq`, `gte` or `lte`."""


class VideoEncode(NamedTuple):
    """One `<Video>` of an output profile; a bypassed one has the size and rates of the input."""

    name: str
    bypass: bool = True
    bitrate: int = 0
    width: int = 0
    height: int = 0
    framerate: Fraction = Fraction(0)
    codec: str = ""
    """The configured codec in lower case; empty for that of the input."""
    key_frame_interval: int = 0
    """The distance of key frames in frames; 0 if the encoder decides."""
    bypass_if_match: tuple[BypassRule, ...] = ()


class AudioEncode(NamedTuple):
    """One `<Audio>` of an output profile."""

    name: str
    bypass: bool = True
    bitrate: int = 0
    codec: str = ""
    """The configured codec in lower case; empty for that of the input."""
    samplerate: int = 0
    channels: int = 0
    bypass_if_match: tuple[BypassRule, ...] = ()


class ImageEncode(NamedTuple):
    """One `<Image>` of an output profile: thumbnails, which are in no LL-HLS playlist."""

    name: str
    codec: str = ""
    width: int = 0
    height: int = 0
    framerate: Fraction = Fraction(0)
    bypass: bool = False
    bitrate: int = 0


Encode = VideoEncode | AudioEncode | ImageEncode


class RenditionSettings(NamedTuple):
    """One `<Rendition>`: a video variant, an audio variant, or both."""

    name: str
    video: str | None = None
    audio: str | None = None


class TrackTemplate(NamedTuple):
    """One `<VideoTemplate>` or `<AudioTemplate>`: a choice of tracks for renditions."""

    variant: str = ""
    """The variant name to choose; empty for any."""
    encoding: str = "all"
    """The tracks to choose: `all`, `encoded` or `bypassed`."""
    bounds: tuple[tuple[str, int, int], ...] = ()
    """The bounds of qualities: the name of the macro, such as `Height`, the minimum and the maximum; 0 for no bound."""


class RenditionTemplate(NamedTuple):
    """One `<RenditionTemplate>`, which combines each chosen video with each chosen audio; a kind that is None is left out."""

    name: str
    """The name of the renditions, with macros such as `${Height}`."""
    video: TrackTemplate | None = None
    audio: TrackTemplate | None = None


class PlaylistSettings(NamedTuple):
    """One `<Playlist>`; `file_name` has no extension."""

    name: str
    file_name: str
    renditions: tuple[RenditionSettings, ...]
    chunklist_path_depth: int = -1
    """`<HLSChunklistPathDepth>`: the form of chunklist URIs in live master playlists (playlists.md#master-playlist)."""
    webrtc_auto_abr: bool = True
    enable_ts_packaging: bool = False
    templates: tuple[RenditionTemplate, ...] = ()
    enable_subtitles: bool = True
    """True if the application's subtitles are among its renditions."""


@dataclass(frozen=True)
class OutputProfile:
    """One `<OutputProfile>`: it makes one output stream of each input stream."""

    name: str
    output_stream_name: str
    videos: tuple[VideoEncode, ...] = ()
    audios: tuple[AudioEncode, ...] = ()
    playlists: tuple[PlaylistSettings, ...] = ()
    images: tuple[ImageEncode, ...] = ()
    document: Document = field(default_factory=dict, compare=False)

    def output_name(self, input_stream: str) -> str:
        return self.output_stream_name.replace(ORIGIN_STREAM_NAME, input_stream)


class CrossDomains(NamedTuple):
    """One `<CrossDomains>`: patterns of origins, and additional headers (rest-api.md#cors)."""

    urls: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


class DumpSettings(NamedTuple):
    """One enabled `<Dump>` of a publisher, which begins with every output stream whose name fits (dump-output.md#configured-dumps)."""

    target_stream_name: str
    """The pattern of names: `*` is anything, `?` is one character or none."""
    output_path: str
    """The directory, with macros such as `${StreamName}`."""
    playlists: tuple[str, ...] = ()
    id: str = ""


class CacheControl(NamedTuple):
    """`<CacheControl>` of a publisher, in seconds: 0 forbids caching, less than 0 omits the header (live-llhls.md#headers)."""

    master_playlist_max_age: int = 0
    chunklist_max_age: int = 0
    chunklist_with_directives_max_age: int = 60
    segment_max_age: int = -1
    partial_segment_max_age: int = -1


class DvrSettings(NamedTuple):
    """`<DVR>` of a publisher, where it is enabled (live-llhls.md#dvr)."""

    storage_path: str = "/tmp/ll_hls_dvr"  # noqa: S108 (the engine's default)
    """The directory of the segments that have left memory."""
    max_duration_ms: int = 3_600_000
    event_playlist_type: bool = False


class LlhlsPublisher(NamedTuple):
    """`<Publishers><LLHLS>`, with durations in milliseconds and the engine's defaults (live-llhls.md#publisher-options)."""

    segment_duration_ms: int = 10_000
    chunk_duration_ms: int = 500
    segment_count: int = 5
    create_default_playlist: bool = True
    part_hold_back_ms: int = 0
    enable_preload_hint: bool = True
    origin_mode: bool = False
    server_time_based_segment_numbering: bool = False
    default_query_legacy: bool = False
    """`<DefaultQueryString>`: the value of `_HLS_legacy` for requests without it."""
    default_query_rewind: bool = True
    cross_domains: CrossDomains | None = None
    cache_control: CacheControl = CacheControl()
    dumps: tuple[DumpSettings, ...] = ()
    dvr: DvrSettings | None = None


class HlsPublisher(NamedTuple):
    """`<Publishers><HLS>`, HLS over MPEG-TS, with durations in milliseconds and the engine's defaults (live-llhls.md#hls-over-ts)."""

    segment_duration_ms: int = 4_000
    segment_count: int = 3
    create_default_playlist: bool = True
    default_query_rewind: bool = True
    """`<DefaultQueryString>`: the value of `_HLS_rewind` for requests without it."""
    cross_domains: CrossDomains | None = None
    dumps: tuple[DumpSettings, ...] = ()
    dvr: DvrSettings | None = None


class ThumbnailPublisher(NamedTuple):
    """`<Publishers><Thumbnail>`."""

    cross_domains: CrossDomains | None = None


class SubtitleRendition(NamedTuple):
    """A `<Rendition>` of `<Subtitles>`; `default` is True for the one that `<DefaultLabel>` names."""

    label: str
    language: str
    auto_select: bool = False
    forced: bool = False
    default: bool = False


@dataclass(frozen=True)
class ApplicationSettings:
    """One `<Application>`; without `llhls` its streams can't be dumped."""

    name: str
    type: str = "live"
    output_profiles: tuple[OutputProfile, ...] = ()
    llhls: LlhlsPublisher | None = None
    hls: HlsPublisher | None = None
    thumbnail: ThumbnailPublisher | None = None
    providers: frozenset[str] = frozenset()
    """The configured providers by their names in the REST API: `rtmp`, `rtspPull`, `schedule`, ..."""
    publishers: frozenset[str] = frozenset()
    """The configured publishers by their names in the REST API: `llhls`, `hls`, `webrtc`, `file`, `push`, ..."""
    mpegts_streams: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """`<Providers><MPEGTS><StreamMap>`: names, with the macro `${Port}`, and ports."""
    subtitles: tuple[SubtitleRendition, ...] = ()
    """`<Subtitles>`, if they are enabled."""
    dynamic: bool = False
    """True if it was made from the template `*` when an encoder connected."""
    document: Document = field(default_factory=dict, compare=False)


CALLBACK_TIMEOUT_MS = 3000
"""The default time for which the engine waits for an answer (recorded)."""


class AdmissionWebhooks(NamedTuple):
    """`<AdmissionWebhooks>` of a virtual host; only the `providers` and `publishers` that it enables are asked about."""

    url: str
    secret_key: str = ""
    timeout_ms: int = CALLBACK_TIMEOUT_MS
    providers: frozenset[str] = frozenset({"rtmp", "srt", "webrtc"})
    publishers: frozenset[str] = frozenset({"llhls", "srt", "thumbnail", "webrtc"})


class AlertRules(NamedTuple):
    """`<Rules>` of `<Alert>`; bounds are None where there are none, bit rates in bits and frame rates in frames a second."""

    ingress_stream_status: bool = False
    egress_stream_status: bool = False
    llhls_ready: bool = False
    hls_ready: bool = False
    transcode_status: bool = False
    min_bitrate: int | None = None
    max_bitrate: int | None = None
    min_framerate: float | None = None
    max_framerate: float | None = None
    min_width: int | None = None
    min_height: int | None = None
    max_width: int | None = None
    max_height: int | None = None
    min_samplerate: int | None = None
    max_samplerate: int | None = None
    long_key_frame_interval: bool = False
    has_b_frames: bool = False


class Alerts(NamedTuple):
    """`<Alert>` of a server; without other rules every change of a stream's status is told."""

    url: str
    secret_key: str = ""
    timeout_ms: int = CALLBACK_TIMEOUT_MS
    rules: AlertRules = AlertRules(
        ingress_stream_status=True, egress_stream_status=True, llhls_ready=True, hls_ready=True, transcode_status=True
    )


class CertificateFiles(NamedTuple):
    """A `<TLS>`: the paths of a certificate, its key and the certificates that vouch for it, in PEM."""

    certificate: str
    key: str
    chain: str = ""

    def below(self, directory: Path | None) -> CertificateFiles:
        """With relative paths seen from the directory of the Server.xml."""
        return self if directory is None else CertificateFiles(*(path and str(directory / path) for path in self))


@dataclass(frozen=True)
class VirtualHostSettings:
    """One `<VirtualHost>`."""

    name: str
    host_names: tuple[str, ...] = ()
    applications: tuple[ApplicationSettings, ...] = ()
    template: ApplicationSettings | None = None
    """The application `*`, from which others are made when encoders connect."""
    admission_webhooks: AdmissionWebhooks | None = None
    certificate: CertificateFiles | None = None
    """`<Host><TLS>`."""
    cross_domains: CrossDomains | None = None
    """For publishers without their own; newer engines read it and don't heed it."""
    read_only: bool = True
    """True if it is from a Server.xml; the REST API changes only virtual hosts that it has made (rest-api.md#virtual-hosts)."""
    document: Document = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class World:
    """The content of one Server.xml."""

    virtual_hosts: tuple[VirtualHostSettings, ...] = ()
    name: str = "OvenMediaEngine"
    """`<Server><Name>`."""
    alerts: Alerts | None = None
    access_token: str = ""
    """`<Managers><API><AccessToken>`; empty if it is missing."""
    cross_domains: CrossDomains | None = None
    """`<Defaults><CrossDomains>`, for publishers and a REST API without their own."""
    api_cross_domains: CrossDomains | None = None
    """`<Managers><API><CrossDomains>`."""
    bound_publishers: frozenset[str] | None = None
    """The publishers that `<Bind>` names, in lower case; None for all. Others do nothing, even if an application has them."""
    binds_api: bool = False
    """True if `<Bind><Managers><API>` has a port, plain or for TLS."""
    api_port: int | None = None
    """`<Bind><Managers><API><Port>`."""
    llhls_port: int | None = None
    """`<Bind><Publishers><LLHLS><Port>`."""
    api_tls_port: int | None = None
    llhls_tls_port: int | None = None
    api_certificate: CertificateFiles | None = None
    """`<Managers><Host><TLS>`."""
    hls_port: int | None = None
    """`<Bind><Publishers><HLS><Port>`, which may be that of LL-HLS."""
    thumbnail_port: int | None = None
    """`<Bind><Publishers><Thumbnail><Port>`."""
    rtmp_port: int | None = None
    """`<Bind><Providers><RTMP><Port>`."""
    enables_ertmp: bool = False
    """`<Modules><ERTMP><Enable>`: the provider of RTMP that knows H.265."""
    mpegts_ports: tuple[tuple[int, ...], str] = ((), "udp")
    """The ports of `<Bind><Providers><MPEGTS>`, and their socket type."""

    def binds(self, publisher: str) -> bool:
        """Says if the server has a port for a publisher, given by its name in the REST API."""
        return self.bound_publishers is None or publisher.lower() in self.bound_publishers


LLHLS, THUMBNAIL = "llhls", "thumbnail"
"""Publishers, and what control servers are told that their players speak."""


def asked_about(vhost: VirtualHostSettings | None, publisher: str = LLHLS) -> AdmissionWebhooks | None:
    """The control server that a virtual host asks about players of a publisher, if there is one."""
    settings = None if vhost is None else vhost.admission_webhooks
    return settings if settings is not None and publisher in settings.publishers else None
