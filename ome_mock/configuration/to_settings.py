"""Makes settings of the values of a configuration
(configuration-reader.md#keys, dump-output.md#configured-dumps, live-llhls.md#publisher-options).
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..dialect import VersionRules
from ..settings import (
    TEMPLATE_APPLICATION,
    ApplicationSettings,
    AudioEncode,
    CacheControl,
    CertificateFiles,
    CrossDomains,
    DumpSettings,
    DvrSettings,
    HlsPublisher,
    ImageEncode,
    LlhlsPublisher,
    OutputProfile,
    PlaylistSettings,
    RenditionSettings,
    RenditionTemplate,
    SubtitleRendition,
    ThumbnailPublisher,
    TrackTemplate,
    VideoEncode,
    VirtualHostSettings,
)
from .application_grammar import WORKER_SETTINGS
from .callbacks import admission_webhooks
from .grammar import Node, first_double
from .output_profile_grammar import names_of

FEWEST_SEGMENTS = 3
"""The least SegmentCount; smaller ones are raised to it (live-llhls.md#publisher-options)."""

LONGEST_DURATION_S = Decimal(86_400)
"""The longest duration; longer ones are cut to it. The engine has no such bound."""

DUMP_ID_ALPHABET = string.digits + string.ascii_letters
DUMP_ID_LENGTH = 8


def virtual_host(node: Node, llhls_defaults: LlhlsPublisher) -> VirtualHostSettings:
    """The settings of a `<VirtualHost>`; its `document` is without its applications, which have their own."""
    name = node.get("name")
    applications = [application(each, name, llhls_defaults) for each in node.all("applications")]
    return VirtualHostSettings(
        name=name,
        host_names=tuple(node.node("host").all("names")),
        applications=tuple(each for each in applications if each.name != TEMPLATE_APPLICATION),
        template=next((each for each in applications if each.name == TEMPLATE_APPLICATION), None),
        admission_webhooks=admission_webhooks(node.get("admissionWebhooks")),
        certificate=certificate_files(node.node("host")),
        cross_domains=cross_domains(node),
        document={key: value for key, value in node.document.items() if key != "applications"},
    )


def certificate_files(host: Node) -> CertificateFiles | None:
    """The files of the `<TLS>` in a `<Host>`."""
    tls = host.get("tls")
    return None if tls is None else CertificateFiles(tls.get("certPath"), tls.get("keyPath"), tls.get("chainCertPath", ""))


def application(node: Node, vhost: str, llhls_defaults: LlhlsPublisher) -> ApplicationSettings:
    """The settings of an `<Application>` of a virtual host."""
    name, publishers = node.get("name"), node.get("publishers")
    llhls, hls, thumbnail = (publishers.get(publisher) if publishers else None for publisher in ("llhls", "hls", "thumbnail"))
    return ApplicationSettings(
        name=name,
        type=node.get("type"),
        output_profiles=tuple(map(output_profile, node.node("outputProfiles").all("outputProfile"))),
        llhls=None if llhls is None else llhls_publisher(llhls, f"{vhost}/{name}", llhls_defaults),
        hls=None if hls is None else hls_publisher(hls, f"{vhost}/{name}/hls"),
        thumbnail=None if thumbnail is None else ThumbnailPublisher(cross_domains(thumbnail)),
        providers=frozenset(node.node("providers").values),
        mpegts_streams=tuple((each.get("name"), each.get("port", ((), ""))[0]) for each in node.node("providers", "mpegts").all("streams")),
        publishers=frozenset(node.node("publishers").values.keys() - WORKER_SETTINGS),
        subtitles=subtitles(node.node("subtitles")) or subtitles(node.node("outputProfiles", "mediaOptions", "subtitles")),
        document=node.document,
    )


def subtitles(node: Node) -> tuple[SubtitleRendition, ...]:
    """The renditions of a `<Subtitles>`, none unless it is enabled."""
    default = node.get("defaultLabel", "")
    return tuple(
        SubtitleRendition(
            each.get("label"), each.get("language"), each.get("autoSelect", False), each.get("forced", False), each.get("label") == default
        )
        for each in (node.all("rendition") if node.get("enable", False) else ())
    )


def doubled_output_stream(settings: ApplicationSettings) -> str | None:
    """The complaint about output profiles with an empty or repeated name, or None; such an application can't be made."""
    profiles = settings.output_profiles
    for what, names in (
        ("output profile name", [profile.name for profile in profiles]),
        ("output stream name", [profile.output_stream_name for profile in profiles]),
    ):
        if "" in names:
            return f"an {what} is empty"
        if (doubled := first_double(names)) is not None:
            return f"the {what} {doubled} stands more than once"
    return None


# Output profiles


def output_profile(node: Node) -> OutputProfile:
    """The settings of an `<OutputProfile>`."""
    encodes = node.node("encodes")
    return OutputProfile(
        name=node.get("name"),
        output_stream_name=node.get("outputStreamName"),
        videos=tuple(map(_video, encodes.all("videos"), names_of(encodes, "videos"))),
        audios=tuple(map(_audio, encodes.all("audios"), names_of(encodes, "audios"))),
        images=tuple(map(_image, encodes.all("images"), names_of(encodes, "images"))),
        playlists=tuple(map(_playlist, node.all("playlists"))),
        document=node.document,
    )


def _video(node: Node, name: str) -> VideoEncode:
    return VideoEncode(
        name=name,
        **node.given("bitrate", "width", "height"),
        bypass=node.get("bypass", False),
        framerate=Fraction(node.get("framerate", 0)),
        codec=node.get("codec", "").lower(),
        key_frame_interval=round(node.get("keyFrameInterval", 0)),
        bypass_if_match=tuple(node.node("bypassIfMatch").values.items()),
    )


def _audio(node: Node, name: str) -> AudioEncode:
    return AudioEncode(
        name=name,
        **node.given("bitrate", "samplerate"),
        bypass=node.get("bypass", False),
        codec=node.get("codec", "").lower(),
        channels=node.get("channel", 0),
        bypass_if_match=tuple(node.node("bypassIfMatch").values.items()),
    )


def _image(node: Node, name: str) -> ImageEncode:
    return ImageEncode(
        name=name,
        **node.given("width", "height"),
        codec=node.get("codec", "").lower(),
        framerate=Fraction(node.get("framerate", 0)),
    )


def _playlist(node: Node) -> PlaylistSettings:
    options, default = node.node("options"), PlaylistSettings("", "", ())
    file_name = node.get("fileName")
    return PlaylistSettings(
        name=node.get("name") or file_name,
        file_name=file_name,
        renditions=tuple(
            RenditionSettings(each.get("name"), each.get("video") or None, each.get("audio") or None) for each in node.all("renditions")
        ),
        chunklist_path_depth=options.get("hlsChunklistPathDepth", default.chunklist_path_depth),
        webrtc_auto_abr=options.get("webRtcAutoAbr", default.webrtc_auto_abr),
        **options.given("enable_ts_packaging", "enable_subtitles"),
        templates=tuple(
            RenditionTemplate(each.get("name"), _template(each.get("video_template")), _template(each.get("audio_template")))
            for each in node.all("rendition_templates")
        ),
    )


def _template(node: Node | None) -> TrackTemplate | None:
    if node is None:
        return None
    qualities = ("Width", "Height", "Framerate", "Bitrate", "Samplerate", "Channel")
    bounds = ((quality, node.get(f"min_{quality.lower()}", 0), node.get(f"max_{quality.lower()}", 0)) for quality in qualities)
    return TrackTemplate(
        variant=node.get("variant_name", ""),
        encoding=node.get("encoding_type", "all"),
        bounds=tuple(bound for bound in bounds if any(bound[1:])),
    )


# LL-HLS


def llhls_publisher(node: Node, where: str, default: LlhlsPublisher) -> LlhlsPublisher:
    """The settings of `<LLHLS>`; ids that the engine draws at random are computed from `where`."""
    return default._replace(
        **_of_both_publishers(node, where, default),
        **node.given("enable_preload_hint", "origin_mode", "server_time_based_segment_numbering"),
        chunk_duration_ms=_milliseconds(node, "chunkDuration", default.chunk_duration_ms),
        part_hold_back_ms=_milliseconds(node, "partHoldBack", default.part_hold_back_ms),
        default_query_legacy=_default_query(node).get("_HLS_legacy", default.default_query_legacy),
        cache_control=CacheControl(**node.node("cacheControl").given(*CacheControl._fields)),
    )


def hls_publisher(node: Node, where: str) -> HlsPublisher:
    """The settings of `<HLS>`; ids that the engine draws at random are computed from `where`."""
    default = HlsPublisher()
    return default._replace(**_of_both_publishers(node, where, default))


def _of_both_publishers(node: Node, where: str, default: LlhlsPublisher | HlsPublisher) -> dict[str, Any]:
    """The settings that `<LLHLS>` and `<HLS>` have alike, by their names."""
    return node.given("create_default_playlist") | {
        "segment_duration_ms": _milliseconds(node, "segmentDuration", default.segment_duration_ms),
        "segment_count": max(node.get("segmentCount", default.segment_count), FEWEST_SEGMENTS),
        "default_query_rewind": _default_query(node).get("_HLS_rewind", default.default_query_rewind),
        "cross_domains": cross_domains(node),
        "dumps": tuple(_dumps(node.node("dumps"), where)),
        "dvr": _dvr(node.node("dvr")),
    }


def _dvr(node: Node) -> DvrSettings | None:
    """The settings of an enabled `<DVR>`, whose duration is in seconds."""
    default = DvrSettings()
    if not node.get("enable", False):
        return None
    return DvrSettings(
        storage_path=node.get("tempStoragePath") or default.storage_path,
        max_duration_ms=node.get("maxDuration", default.max_duration_ms // 1000) * 1000,
        event_playlist_type=node.get("eventPlaylistType", default.event_playlist_type),
    )


def llhls_defaults(rules: VersionRules) -> LlhlsPublisher:
    """The values of an empty `<LLHLS>`."""
    return LlhlsPublisher(segment_duration_ms=rules.default_segment_duration_ms)


def cross_domains(node: Node) -> CrossDomains | None:
    """The settings of the `<CrossDomains>` of a group; None if it has none."""
    rules = node.get("crossDomains")
    if rules is None:
        return None
    return CrossDomains(tuple(rules.all("urls")), tuple((each.get("key"), each.get("value")) for each in rules.all("headers")))


def _milliseconds(node: Node, name: str, default_ms: int) -> int:
    """A duration; the default if it is no number, 0 or less (recorded: configuration/SegmentDuration text)."""
    milliseconds = int(min(node.get(name, Decimal(0)), LONGEST_DURATION_S) * 1000)
    return milliseconds if milliseconds > 0 else default_ms


def _default_query(node: Node) -> dict[str, bool]:
    """The given defaults of the query's switches; YES in upper or lower case is true (live-llhls.md#requests)."""
    return {each.get("key"): each.get("value").upper() == "YES" for each in node.node("defaultQueryString").all("queries")}


def _dumps(node: Node, where: str) -> Iterable[DumpSettings]:
    """The enabled dumps. An empty id is replaced by a drawn one, an absent id stays empty (dump-output.md#identity)."""
    for number, each in enumerate(node.all("dump")):
        if each.get("enable"):
            dump_id = each.get("id", "") or (_drawn_id(f"{where}/{number}") if "id" in each.values else "")
            yield DumpSettings(each.get("targetStreamName"), each.get("outputPath"), tuple(each.node("playlists").all("playlist")), dump_id)


def _drawn_id(seed: str) -> str:
    return "".join(random.Random(ascii(seed)).choices(DUMP_ID_ALPHABET, k=DUMP_ID_LENGTH))  # noqa: S311
