"""The grammar of an application: its providers and publishers, beside its output profiles (configuration-reader.md#application-keys)."""

from __future__ import annotations

from .common_grammar import CROSS_DOMAINS, OLD, OLDER, STREAM_MAP_FILE
from .grammar import ANYTHING, Field, flags, flat, group, many, not_emulated, numbers, one, texts, without_effect
from .output_profile_grammar import MEDIA_SUBTITLES, OUTPUT_PROFILES
from .scalars import FLAG, MOST, NUMBER, PORT_RANGE, WHOLE, not_supported, one_of, whole

# Providers

UNIQUE_STREAMS = not_emulated(*flags("BlockDuplicateStreamName"), usual=True)
TIMESTAMP_MODE = one_of("zerobased", "original", refusal="Invalid TimestampMode value: {} (expected: ZeroBased, Original)")


def _common(provider: str, *supported: str) -> tuple[Field, ...]:
    """The fields of every provider; the engine refuses the time-outs that a provider doesn't support."""
    silence = whole(0, MOST, "PacketSilenceTimeoutMs must not be negative")
    first_media = whole(1, MOST, "FirstMediaWaitTimeoutMs requires a positive value")
    timeouts = {"PacketSilenceTimeoutMs": silence, "FirstMediaWaitTimeoutMs": first_media}
    return without_effect(
        *numbers("MaxConnection"),
        one("TimestampMode", TIMESTAMP_MODE),
        *flags("UseIncomingTimestamp"),
        *(
            one(name, taken if name in supported else not_supported(f"{name} is not supported for this provider type: {provider}"))
            for name, taken in timeouts.items()
        ),
    )


AUDIO_MAP = one("AudioMap", group(many("Item", group(one("Name", required=True), *texts("Language", "Characteristics")))))
RTMP_EVENTS = group(
    many(
        "Event",
        group(one("Trigger", required=True), one("HLSID3v2", group(*texts("EventType", "FrameType", "Info", "Data")), json="hlsID3v2")),
    )
)

PROVIDERS = group(
    one(
        "RTMP",
        group(
            *_common("RTMP", "PacketSilenceTimeoutMs", "FirstMediaWaitTimeoutMs"),
            *UNIQUE_STREAMS,
            *not_emulated(one("EventGenerator", RTMP_EVENTS)),
            *without_effect(*flags("PassthroughOutputProfile")),
        ),
        json="rtmp",
    ),
    one("RTSPPull", group(*_common("RTSPPull"), *UNIQUE_STREAMS), json="rtspPull"),
    one("RTSP", group(*_common("RTSP")), json="rtsp"),
    one("OVT", group(*_common("OVT")), json="ovt"),
    one("SRT", group(*_common("SRT", "PacketSilenceTimeoutMs"), *UNIQUE_STREAMS, *not_emulated(AUDIO_MAP)), json="srt"),
    one(
        "WebRTC",
        group(
            *_common("WebRTC", "PacketSilenceTimeoutMs"),
            *without_effect(
                *numbers("Timeout"),
                one("FIRInterval", WHOLE, json="firInterval"),
                *flags("RtcpBasedTimestamp"),
                one("Rtx", group(*flags("Enable"), *numbers("MaxHoldMs"))),
                one("CrossDomains", CROSS_DOMAINS),
            ),
        ),
        json="webrtc",
    ),
    one("FILE", ANYTHING, json="file"),
    one("Schedule", group(*_common("Schedule"), *texts("MediaRootDir", "ScheduleFilesDir", required=True))),
    one("Multiplex", group(*_common("Multiplex", "PacketSilenceTimeoutMs"), *texts("MuxFilesDir", required=True))),
    one(
        "MPEGTS",
        group(
            *_common("MPEGTS", "PacketSilenceTimeoutMs"),
            flat("StreamMap", "Stream", group(one("Name", required=True), one("Port", PORT_RANGE)), json="streams"),
            *not_emulated(AUDIO_MAP),
            *without_effect(*flags("PacketReordering")),
        ),
        json="mpegts",
    ),
)

# Publishers

MAX_CONNECTION = without_effect(*numbers("MaxConnection"))
DUMPS = group(
    many(
        "Dump",
        group(
            one("Id"), one("Enable", FLAG, required=True), *texts("TargetStreamName", "OutputPath", required=True),
            one("Playlists", group(many("Playlist"))),
        ),
    )
)  # fmt: skip
CACHE_CONTROL = group(
    *numbers("MasterPlaylistMaxAge", "ChunklistMaxAge", "ChunklistWithDirectivesMaxAge", "SegmentMaxAge", "PartialSegmentMaxAge")
)
DEFAULT_QUERY_STRING = group(many("Query", group(*texts("Key", "Value", required=True)), json="queries"))
DVR = group(*flags("Enable"), one("TempStoragePath"), *numbers("MaxDuration"), *flags("EventPlaylistType"))

LLHLS = group(
    *MAX_CONNECTION,
    *flags("OriginMode", "ServerTimeBasedSegmentNumbering"),
    *numbers("SegmentCount"),
    *numbers("SegmentDuration", content=NUMBER),
    one("CrossDomains", CROSS_DOMAINS),
    one("DVR", DVR, json="dvr"),
    one("Dumps", DUMPS),
    one("CacheControl", CACHE_CONTROL),
    one("DefaultQueryString", DEFAULT_QUERY_STRING),
    *flags("CreateDefaultPlaylist"),
    *numbers("ChunkDuration", "PartHoldBack", content=NUMBER),
    *flags("EnablePreloadHint"),
    *not_emulated(one("DRM", group(*flags("Enable"), one("InfoFile")), json="drm")),
)
HLS = group(
    *MAX_CONNECTION,
    *without_effect(*flags("OriginMode", "ServerTimeBasedSegmentNumbering")),
    *numbers("SegmentCount"),
    *numbers("SegmentDuration", content=NUMBER),
    one("CrossDomains", CROSS_DOMAINS),
    one("DVR", DVR, json="dvr"),
    one("Dumps", DUMPS),
    *without_effect(one("CacheControl", CACHE_CONTROL)),
    one("DefaultQueryString", DEFAULT_QUERY_STRING),
    *flags("CreateDefaultPlaylist"),
)
BANDWIDTH_ESTIMATION = one_of("remb", "transportcc", "all", "", refusal="Invalid value for BWE. Valid values are 'TransportCC' or 'REMB'")
WEBRTC = group(
    *MAX_CONNECTION,
    *without_effect(
        *numbers("Timeout"),
        *flags("JitterBuffer", "Rtx", "Ulpfec"),
        one("PlayoutDelay", group(*numbers("Min", "Max", required=True))),
    ),
    *flags("CreateDefaultPlaylist"),
    *without_effect(one("BandwidthEstimation", BANDWIDTH_ESTIMATION)),
)
FILE = group(
    *MAX_CONNECTION,
    *texts("RootPath", "FilePath", "InfoPath"),
    *not_emulated(one("Record", STREAM_MAP_FILE), one("StreamMap", STREAM_MAP_FILE)),
)
PUSH = group(*not_emulated(one("StreamMap", STREAM_MAP_FILE)), *without_effect(*numbers("ConnectionTimeout", "SendTimeout")))
WITH_CROSS_DOMAINS = group(*MAX_CONNECTION, *without_effect(one("CrossDomains", CROSS_DOMAINS)))

PUBLISHERS = group(
    *without_effect(*numbers("AppWorkerCount", "StreamWorkerCount", "DelayBufferTimeMs")),
    one("WebRTC", WEBRTC, json="webrtc"),
    one("LLHLS", LLHLS, json="llhls"),
    one("HLS", HLS, json="hls"),
    one("OVT", group(*MAX_CONNECTION), json="ovt"),
    one("FILE", FILE, json="file"),
    one("Thumbnail", group(*MAX_CONNECTION, one("CrossDomains", CROSS_DOMAINS))),
    one("Push", PUSH),
    one("SRT", group(*MAX_CONNECTION), json="srt"),
    one("MPEGTSPush", WITH_CROSS_DOMAINS, json="mpegtsPush"),
    one("RTMPPush", group(*MAX_CONNECTION), json="rtmpPush"),
    one("SRTPush", group(*MAX_CONNECTION), json="srtPush"),
    gone={"DASH": OLD, "LLDASH": OLD, "LLDash": OLD, "SessionLoadBalancingThreadCount": OLDER},
)
WORKER_SETTINGS = frozenset({"appWorkerCount", "streamWorkerCount", "delayBufferTimeMs"})
"""The fields of `<Publishers>` that are not publishers."""

# Applications

TRANSCODE_WEBHOOK = group(
    one("Enable", FLAG, required=True),
    *texts("ControlServerUrl", "SecretKey", required=True),
    *numbers("Timeout"),
    *flags("UseLocalProfilesOnConnectionFailure", "UseLocalProfilesOnServerDisallow", "UseLocalProfilesOnErrorResponse"),
)
PERSISTENT_STREAMS = group(many("Stream", group(one("Name", required=True), *texts("OriginStreamName", "FallbackStreamName"))))
DECODES = group(one("Video", group(one("HardwareAcceleration", FLAG, required=True))), *numbers("H264hasBframes"))

APPLICATION = group(
    one("Name", required=True),
    one("Type", one_of("live", "vod", refusal="Unknown type: {}", any_case=False), required=True),
    *without_effect(one("Decodes", DECODES)),
    one("OutputProfiles", OUTPUT_PROFILES),
    one("Providers", PROVIDERS),
    one("Publishers", PUBLISHERS),
    *not_emulated(
        one("PersistentStreams", PERSISTENT_STREAMS),
        one("TranscodeWebhook", TRANSCODE_WEBHOOK),
        one("EventGenerator", group(*flags("Enable"), one("Path"))),
    ),
    one("Subtitles", MEDIA_SUBTITLES),
    gone={"Webhooks": OLDER},
)
