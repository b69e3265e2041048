"""What a configuration means: settings of the values that were read (reference: REST API, appendix B; dump output, sections 5 and 6)."""

from __future__ import annotations

import logging
import random
import string
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from ..settings import (
    TEMPLATE_APPLICATION,
    ApplicationSettings,
    AudioEncode,
    CacheControl,
    CrossDomains,
    DumpSettings,
    LlhlsPublisher,
    OutputProfile,
    PlaylistSettings,
    RenditionSettings,
    VideoEncode,
    VirtualHostSettings,
)
from ..text import printable
from .application_grammar import is_publisher
from .reading import Node

log = logging.getLogger("ome_mock.configuration")

FEWEST_SEGMENTS = 3
"""What a smaller SegmentCount is raised to (dump reference, section 6.3)."""

DUMP_ID_ALPHABET = string.digits + string.ascii_letters
DUMP_ID_LENGTH = 8


def virtual_host(node: Node) -> VirtualHostSettings:
    """The settings of a `<VirtualHost>`; its `written` is without its applications, which have their own."""
    name = node.get("name")
    applications = [application(each, name) for each in node.all("applications")]
    return VirtualHostSettings(
        name=name,
        host_names=tuple(node.node("host").all("names")),
        applications=tuple(each for each in applications if each.name != TEMPLATE_APPLICATION),
        template=next((each for each in applications if each.name == TEMPLATE_APPLICATION), None),
        written={key: value for key, value in node.written.items() if key != "applications"},
    )


def application(node: Node, vhost: str) -> ApplicationSettings:
    """The settings of an `<Application>` of a virtual host."""
    name, publishers = node.get("name"), node.get("publishers")
    llhls = publishers.get("llhls") if publishers else None
    return ApplicationSettings(
        name=name,
        type=node.get("type"),
        output_profiles=tuple(output_profile(each, f"{vhost}/{name}") for each in node.node("outputProfiles").all("outputProfile")),
        llhls=None if llhls is None else llhls_publisher(llhls, f"{vhost}/{name}"),
        providers=frozenset(node.node("providers").values),
        publishers=frozenset(filter(is_publisher, node.node("publishers").values)),
        written=node.written,
    )


# Output profiles


def output_profile(node: Node, where: str) -> OutputProfile:
    """The settings of an `<OutputProfile>`; `where` says in the log which application it belongs to."""
    encodes = node.node("encodes")
    videos = tuple(_video(each, number) for number, each in enumerate(encodes.all("videos")))
    audios = tuple(_audio(each, number) for number, each in enumerate(encodes.all("audios")))
    where = f"{where}, output profile {printable(node.get('name'))}"
    known = ({video.name for video in videos}, {audio.name for audio in audios})
    return OutputProfile(
        name=node.get("name"),
        output_stream_name=node.get("outputStreamName"),
        videos=videos,
        audios=audios,
        playlists=tuple(_playlist(each, *known, where) for each in node.all("playlists")),
        written=node.written,
    )


def _video(node: Node, number: int) -> VideoEncode:
    """One without a name is called by its number (dump reference, section 2.1)."""
    return VideoEncode(
        name=node.get("name") or f"video_{number}",
        bypass=node.get("bypass", False),
        bitrate=node.get("bitrate", 0),
        width=node.get("width", 0),
        height=node.get("height", 0),
        framerate=Fraction(node.get("framerate", 0)),
        codec=node.get("codec", "").lower(),
        key_frame_interval=round(node.get("keyFrameInterval", 0)),
        bypass_if_match=tuple(node.node("bypassIfMatch").values.items()),
    )


def _audio(node: Node, number: int) -> AudioEncode:
    return AudioEncode(
        name=node.get("name") or f"audio_{number}",
        bypass=node.get("bypass", False),
        bitrate=node.get("bitrate", 0),
        codec=node.get("codec", "").lower(),
        samplerate=node.get("samplerate", 0),
        channels=node.get("channel", 0),
        bypass_if_match=tuple(node.node("bypassIfMatch").values.items()),
    )


def _playlist(node: Node, videos: set[str], audios: set[str], where: str) -> PlaylistSettings:
    options, default = node.node("options"), PlaylistSettings("", "", ())
    file_name = node.get("fileName")
    where = f"{where}, playlist {printable(file_name)}"
    return PlaylistSettings(
        name=node.get("name") or file_name,
        file_name=file_name,
        renditions=tuple(
            RenditionSettings(each.get("name"), _variant(each, "video", videos, where), _variant(each, "audio", audios, where))
            for each in node.all("renditions")
        ),
        chunklist_path_depth=options.get("hlsChunklistPathDepth", default.chunklist_path_depth),
        webrtc_auto_abr=options.get("webRtcAutoAbr", default.webrtc_auto_abr),
        enable_ts_packaging=options.get("enableTsPackaging", default.enable_ts_packaging),
    )


def _variant(rendition: Node, kind: str, known: Iterable[str], where: str) -> str | None:
    """The name of an encode; one that there is not is dropped (what the engine makes of it is not known)."""
    name: str | None = rendition.get(kind) or None
    if name is not None and name not in known:
        log.warning("%s: rendition %s names the %s %s, which is not among the encodes", where, rendition.get("name"), kind, printable(name))
        return None
    return name


# LL-HLS


def llhls_publisher(node: Node, where: str) -> LlhlsPublisher:
    """The settings of `<LLHLS>`; ids that the engine would draw at random are drawn from `where`."""
    default = LlhlsPublisher()
    legacy, rewind = _default_query(node, default)
    return LlhlsPublisher(
        segment_duration_ms=_milliseconds(node, "segmentDuration", default.segment_duration_ms),
        chunk_duration_ms=_milliseconds(node, "chunkDuration", default.chunk_duration_ms),
        segment_count=max(node.get("segmentCount", default.segment_count), FEWEST_SEGMENTS),
        create_default_playlist=node.get("createDefaultPlaylist", default.create_default_playlist),
        part_hold_back_ms=_milliseconds(node, "partHoldBack", default.part_hold_back_ms),
        enable_preload_hint=node.get("enablePreloadHint", default.enable_preload_hint),
        origin_mode=node.get("originMode", default.origin_mode),
        server_time_based_segment_numbering=node.get("serverTimeBasedSegmentNumbering", default.server_time_based_segment_numbering),
        default_query_legacy=legacy,
        default_query_rewind=rewind,
        cross_domains=cross_domains(node),
        cache_control=_cache_control(node.node("cacheControl")),
        dumps=tuple(_dumps(node.node("dumps"), where)),
    )


def cross_domains(node: Node) -> CrossDomains | None:
    """The `<CrossDomains>` of a group, if it has any."""
    rules = node.get("crossDomains")
    if rules is None:
        return None
    return CrossDomains(tuple(rules.all("urls")), tuple((each.get("key"), each.get("value")) for each in rules.all("headers")))


def _milliseconds(node: Node, name: str, default_ms: int) -> int:
    seconds: Decimal | None = node.get(name)
    return default_ms if seconds is None else int(seconds * 1000)


def _default_query(node: Node, default: LlhlsPublisher) -> tuple[bool, bool]:
    """Exactly YES, whatever its case, is true (dump reference, section 6.1)."""
    given = {each.get("key"): each.get("value").upper() == "YES" for each in node.node("defaultQueryString").all("query")}
    return given.get("_HLS_legacy", default.default_query_legacy), given.get("_HLS_rewind", default.default_query_rewind)


def _cache_control(node: Node) -> CacheControl:
    default = CacheControl()
    return CacheControl(
        master_playlist_max_age=node.get("masterPlaylistMaxAge", default.master_playlist_max_age),
        chunklist_max_age=node.get("chunklistMaxAge", default.chunklist_max_age),
        chunklist_with_directives_max_age=node.get("chunklistWithDirectivesMaxAge", default.chunklist_with_directives_max_age),
        segment_max_age=node.get("segmentMaxAge", default.segment_max_age),
        partial_segment_max_age=node.get("partialSegmentMaxAge", default.partial_segment_max_age),
    )


def _dumps(node: Node, where: str) -> Iterable[DumpSettings]:
    """The dumps that are enabled. An id that is there but empty is drawn once, one that is absent stays empty (section 5.1)."""
    for number, each in enumerate(node.all("dump")):
        if each.get("enable"):
            dump_id = each.get("id", "") or (_drawn_id(f"{where}/{number}") if "id" in each.values else "")
            yield DumpSettings(each.get("targetStreamName"), each.get("outputPath"), tuple(each.node("playlists").all("playlist")), dump_id)


def _drawn_id(seed: str) -> str:
    return "".join(random.Random(ascii(seed)).choices(DUMP_ID_ALPHABET, k=DUMP_ID_LENGTH))  # noqa: S311
