"""The grammar of an application: its providers and publishers, beside its output profiles (reference: REST API, appendix B.2)."""

from __future__ import annotations

from .grammar import ANYTHING, Use, flat, group, many, one, tuned, tuning, unemulated
from .output_profile_grammar import OUTPUT_PROFILES
from .scalars import FLAG, TEXT, WHOLE, duration_s, one_of, whole

NOT_EMULATED = Use.NOT_EMULATED
WITHOUT_EFFECT = Use.WITHOUT_EFFECT

# Providers

CROSS_DOMAINS = group(
    many("Url", json="urls"), many("Header", group(one("Key", required=True), one("Value", required=True)), json="headers")
)
RTX = group(one("Enable", FLAG), one("MaxHoldMs", WHOLE))
STREAM_MAP = group(one("Enable", FLAG), one("Path"))
COMMON_OF_PROVIDERS = (
    tuned("MaxConnection"),
    tuned("TimestampMode", TEXT),
    tuned("UseIncomingTimestamp", FLAG),
    tuned("PacketSilenceTimeoutMs"),
    tuned("FirstMediaWaitTimeoutMs"),
)
UNIQUE_STREAMS = one("BlockDuplicateStreamName", FLAG, use=NOT_EMULATED)

PROVIDERS = group(
    one("RTMP", group(UNIQUE_STREAMS, *COMMON_OF_PROVIDERS, tuned("PassthroughOutputVideo", FLAG)), json="rtmp"),
    one("RTSPPull", group(UNIQUE_STREAMS, *COMMON_OF_PROVIDERS), json="rtspPull"),
    one("RTSP", group(*COMMON_OF_PROVIDERS), json="rtsp"),
    one("OVT", group(*COMMON_OF_PROVIDERS), json="ovt"),
    one("SRT", group(UNIQUE_STREAMS, *COMMON_OF_PROVIDERS, *unemulated("StreamMap", "AudioMap")), json="srt"),
    one(
        "WebRTC",
        group(
            tuned("Timeout"),
            one("CrossDomains", CROSS_DOMAINS, use=WITHOUT_EFFECT),
            tuned("FIRInterval", json="firInterval"),
            tuned("RtcpBasedTimestamp", FLAG),
            tuned("Rtx", RTX),
            *COMMON_OF_PROVIDERS,
        ),
        json="webrtc",
    ),
    one("FILE", group(tuned("RootPath", TEXT), *unemulated("StreamMap"), *COMMON_OF_PROVIDERS), json="file"),
    one(
        "Schedule",
        group(one("MediaRootDir", required=True, use=WITHOUT_EFFECT), one("ScheduleFilesDir", required=True, use=WITHOUT_EFFECT)),
    ),
    one("Multiplex", group(one("MuxFilesDir", required=True, use=WITHOUT_EFFECT))),
    one(
        "MPEGTS",
        group(flat("StreamMap", "Stream", group(one("Name", required=True), one("Port")), json="streams"), *COMMON_OF_PROVIDERS),
        json="mpegts",
    ),
)

# Publishers

MAX_CONNECTION = tuned("MaxConnection")
DUMP = group(
    one("Id"),
    one("Enable", FLAG, required=True),
    one("TargetStreamName", required=True),
    one("OutputPath", required=True),
    one("Playlists", group(many("Playlist", required=True))),
)
CACHE_CONTROL = group(
    one("MasterPlaylistMaxAge", whole(-1)),
    one("ChunklistMaxAge", whole(-1)),
    one("ChunklistWithDirectivesMaxAge", whole(-1)),
    one("SegmentMaxAge", whole(-1)),
    one("PartialSegmentMaxAge", whole(-1)),
)
LLHLS = group(
    one("OriginMode", FLAG),
    one("ServerTimeBasedSegmentNumbering", FLAG),
    one("SegmentCount", WHOLE),
    one("SegmentDuration", duration_s()),
    one("CrossDomains", CROSS_DOMAINS),
    one("DVR", ANYTHING, json="dvr", use=NOT_EMULATED),
    one("Dumps", group(many("Dump", DUMP))),
    one("CacheControl", CACHE_CONTROL),
    one("DefaultQueryString", group(many("Query", group(one("Key", required=True), one("Value", required=True))))),
    one("CreateDefaultPlaylist", FLAG),
    one("ChunkDuration", duration_s()),
    one("PartHoldBack", duration_s("0")),
    one("EnablePreloadHint", FLAG),
    one("DRM", ANYTHING, json="drm", use=NOT_EMULATED),
    one("PropagateQueryString", FLAG, use=NOT_EMULATED),
    MAX_CONNECTION,
)
HLS = group(
    tuned("SegmentCount"),
    tuned("SegmentDuration", duration_s()),
    one("CrossDomains", CROSS_DOMAINS, use=WITHOUT_EFFECT),
    one("CreateDefaultPlaylist", FLAG),
    one("DVR", ANYTHING, json="dvr", use=NOT_EMULATED),
    one("DRM", ANYTHING, json="drm", use=NOT_EMULATED),
    *unemulated("Dumps", "CacheControl", "DefaultQueryString", "OriginMode", "ServerTimeBasedSegmentNumbering", "PropagateQueryString"),
    MAX_CONNECTION,
)
WEBRTC = group(
    tuned("Timeout"),
    tuned("Rtx", RTX),
    tuned("Ulpfec", FLAG),
    tuned("PlayoutDelay", group(one("Min", WHOLE, required=True), one("Max", WHOLE, required=True))),
    tuned("JitterBuffer", FLAG),
    one("CreateDefaultPlaylist", FLAG),
    tuned("BandwidthEstimation", TEXT),
    one("CrossDomains", CROSS_DOMAINS, use=WITHOUT_EFFECT),
    MAX_CONNECTION,
)
FILE = group(
    one("RootPath", TEXT),
    one("FilePath", TEXT),
    one("InfoPath", TEXT),
    tuned("Record", ANYTHING),
    one("StreamMap", STREAM_MAP, use=NOT_EMULATED),
    MAX_CONNECTION,
)
PUSH = group(one("StreamMap", STREAM_MAP, use=NOT_EMULATED), tuned("ConnectionTimeout"), tuned("SendTimeout"), MAX_CONNECTION)
THUMBNAIL = group(one("CrossDomains", CROSS_DOMAINS, use=WITHOUT_EFFECT), MAX_CONNECTION)

PUBLISHERS = group(
    tuned("AppWorkerCount"),
    tuned("StreamWorkerCount"),
    tuned("DelayBufferTimeMs"),
    one("WebRTC", WEBRTC, json="webrtc"),
    one("LLHLS", LLHLS, json="llhls"),
    one("HLS", HLS, json="hls"),
    one("OVT", group(MAX_CONNECTION), json="ovt"),
    one("FILE", FILE, json="file"),
    one("Thumbnail", THUMBNAIL),
    one("Push", PUSH),
    one("SRT", group(*unemulated("StreamMap"), MAX_CONNECTION), json="srt"),
    one("MPEGTSPush", PUSH, json="mpegtsPush"),
    one("RTMPPush", PUSH, json="rtmpPush"),
    one("SRTPush", PUSH, json="srtPush"),
)
WORKER_SETTINGS = frozenset({"appWorkerCount", "streamWorkerCount", "delayBufferTimeMs"})
"""The fields of `<Publishers>` that are no publishers."""

APPLICATION = group(
    one("Name", required=True),
    one("Type", one_of("live", "vod", refusal="Unknown type: {}"), required=True),
    *tuning("Decodes"),
    one("OutputProfiles", OUTPUT_PROFILES),
    one("Providers", PROVIDERS),
    one("Publishers", PUBLISHERS),
    *unemulated("PersistentStreams", "TranscodeWebhook", "EventGenerator", "Subtitles"),
)


def is_publisher(name: str) -> bool:
    """Whether a field of `<Publishers>` is one."""
    return name not in WORKER_SETTINGS
