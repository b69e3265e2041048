"""The grammar of output profiles: encodes and playlists (reference: REST API, appendix B.2)."""

from __future__ import annotations

from .grammar import ANYTHING, Use, Values, group, many, one, tuned, unemulated
from .scalars import BITRATE, FLAG, NUMBER, TEXT, WHOLE, one_of, whole

NOT_EMULATED = Use.NOT_EMULATED
WITHOUT_EFFECT = Use.WITHOUT_EFFECT


def _codec_rule(values: Values) -> str | None:
    if values.get("bypass") or values.get("codec"):
        return None
    return "Codec must be specified when bypass is false"


def _bitrate_rule(values: Values) -> str | None:
    if values.get("bypass") or values.get("bitrate"):
        return None
    return "Bitrate must be greater than 0" if "bitrate" in values else "Bitrate must be specified when bypass is false"


MATCH = one_of("eq", "gte", "lte")
BYPASS_IF_MATCH = one(
    "BypassIfMatch",
    group(
        one("Codec", MATCH),
        one("Framerate", MATCH),
        one("Width", MATCH),
        one("Height", MATCH),
        one("Samplerate", MATCH),
        one("Channel", MATCH),
        one("SAR", MATCH, json="sar"),
    ),
)

VIDEO = group(
    one("Name"),
    one("Bypass", FLAG),
    one("Codec"),
    one("Modules", TEXT),
    one("Bitrate", BITRATE),
    one("Width", WHOLE),
    one("Height", WHOLE),
    one("Framerate", NUMBER),
    one("SkipFrames", whole(-1, 120), use=NOT_EMULATED),
    tuned("Preset", one_of("slower", "slow", "medium", "fast", "faster")),
    tuned("ThreadCount"),
    one("KeyFrameIntervalType", one_of("frame", "time"), use=NOT_EMULATED),
    one("KeyFrameInterval", NUMBER),
    tuned("BFrames", whole(0, 16)),
    BYPASS_IF_MATCH,
    tuned("Profile", one_of("baseline", "main", "high")),
    tuned("Lookahead"),
    tuned("ExtraOptions", TEXT),
    rules=(_codec_rule, _bitrate_rule),
)

AUDIO = group(
    one("Name"),
    one("Bypass", FLAG),
    one("Codec"),
    one("Modules", TEXT),
    one("Bitrate", BITRATE),
    one("Samplerate", WHOLE),
    one("Channel", WHOLE),
    BYPASS_IF_MATCH,
)

IMAGE = group(
    one("Name"),
    one("Codec"),
    one("Modules"),
    one("Width", WHOLE),
    one("Height", WHOLE),
    one("Framerate", NUMBER),
    one("SkipFrames", whole(-1, 120)),
    BYPASS_IF_MATCH,
)

RENDITION = group(
    one("Name", required=True),
    one("Video"),
    one("Audio"),
    one("VideoIndexHint", WHOLE, json="video_index_hint", use=NOT_EMULATED),
    one("AudioIndexHint", WHOLE, json="audio_index_hint", use=NOT_EMULATED),
)

RENDITION_TEMPLATE = group(
    one("Name", required=True),
    one("VideoTemplate", ANYTHING, json="video_template"),
    one("AudioTemplate", ANYTHING, json="audio_template"),
)

PLAYLIST = group(
    one("Name"),
    one("FileName", required=True),
    one(
        "Options",
        group(
            one("WebRtcAutoAbr", FLAG),
            one("HLSChunklistPathDepth", whole(-1), json="hlsChunklistPathDepth"),
            one("EnableTsPackaging", FLAG),
            one("EnableSubtitles", FLAG, use=NOT_EMULATED),
        ),
    ),
    many("Rendition", RENDITION, json="renditions"),
    many("RenditionTemplate", RENDITION_TEMPLATE, json="rendition_templates", use=NOT_EMULATED),
)

TRACK = group(one("Name", required=True), one("IndexHint", WHOLE))
TRACKSET = group(one("Name", required=True), one("Strict", FLAG), many("Video", TRACK, json="videos"), many("Audio", TRACK, json="audios"))

OUTPUT_PROFILE = group(
    one("Name", required=True),
    one("OutputStreamName", required=True),
    one(
        "Encodes",
        group(
            many("Video", VIDEO, json="videos"),
            many("Audio", AUDIO, json="audios"),
            many("Image", IMAGE, json="images", use=NOT_EMULATED),
        ),
    ),
    many("Playlist", PLAYLIST, json="playlists"),
    many("Trackset", TRACKSET, json="tracksets", use=NOT_EMULATED),
)

OUTPUT_PROFILES = group(
    one("HardwareAcceleration", use=WITHOUT_EFFECT),
    one("HWAccels", ANYTHING, json="hwaccels", use=WITHOUT_EFFECT),
    one("Decodes", group(one("ThreadCount", whole(-1)), one("OnlyKeyframes", FLAG)), use=WITHOUT_EFFECT),
    *unemulated("MediaOptions"),
    many("OutputProfile", OUTPUT_PROFILE, unique=True),
)
