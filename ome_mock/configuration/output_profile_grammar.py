"""The grammar of output profiles: encodes and playlists (configuration-reader.md#application-keys)."""

from __future__ import annotations

from .grammar import (
    ANYTHING,
    NOWHERE,
    Field,
    Group,
    Node,
    Values,
    first_double,
    flags,
    group,
    many,
    not_emulated,
    numbers,
    one,
    texts,
    without_effect,
)
from .scalars import BITRATE, FLAG, NUMBER, WHOLE, not_supported, one_of, whole

# Encodes


def _codec_rule(values: Values) -> str | None:
    return None if values.get("bypass") or "codec" in values else "Codec must be specified when bypass is false"


def _bitrate_rule(values: Values) -> str | None:
    if "bitrate" not in values:
        return None if values.get("bypass") else "Bitrate must be specified when bypass is false"
    return None if values["bitrate"] > 0 else "Bitrate must be greater than 0"


def _key_frames_rule(values: Values) -> str | None:
    interval = values.get("keyFrameInterval", 1)
    least, most = (1, 10_000) if values.get("keyFrameIntervalType") == "time" else (0, 600)
    return None if least <= interval <= most else f"KeyFrameInterval must be between 0 and {most}"


def _matches(*qualities: str) -> tuple[Field, ...]:
    """The fields that compare qualities of the input with those of the encode."""
    words = "BypassIfMatch.{} must specified only one of eq, lte, gte"
    return tuple(one(quality, one_of("eq", "gte", "lte", refusal=words.format(quality))) for quality in qualities)


BYPASS_IF_MATCH = one(
    "BypassIfMatch",
    group(
        one("Codec", one_of("eq", refusal="BypassIfMatch.Codec must be specified only eq")),
        one("Bitrate", not_supported("BypassIfMatch.Bitrate is not yet supported")),
        *_matches("Framerate", "Width", "Height"),
        one("SAR", one_of("eq", refusal="BypassIfMatch.SAR must specified only one of eq"), json="sar"),
        *_matches("Samplerate", "Channel"),
    ),
)
SKIP_FRAMES = one("SkipFrames", whole(-1, 120, "SkipFrames must be -1 or between 0 and 120"))
PRESETS = ("slower", "slow", "medium", "fast", "faster")

VIDEO = group(
    one("Name"),
    one("Bypass", FLAG),
    *texts("Codec", "Modules"),
    one("Bitrate", BITRATE),
    *numbers("Width", "Height"),
    one("Framerate", NUMBER),
    *not_emulated(SKIP_FRAMES),
    *without_effect(
        one("Preset", one_of(*PRESETS, refusal="Preset must be slower, slow, medium, fast, or faster")),
        *numbers("ThreadCount"),
    ),
    *not_emulated(
        one("KeyFrameIntervalType", one_of("frame", "time", refusal="KeyFrameIntervalType must be frame or time")), usual="frame"
    ),
    one("KeyFrameInterval", WHOLE),
    *without_effect(one("BFrames", whole(0, 16, "BFrames must be between 0 and 16"))),
    BYPASS_IF_MATCH,
    *without_effect(
        one("Profile", one_of("baseline", "main", "high", refusal="Profile must be baseline, main or high")),
        *numbers("Lookahead"),
        one("ExtraOptions"),
    ),
    rules=(_codec_rule, _bitrate_rule, _key_frames_rule),
)
AUDIO = group(
    one("Name"),
    one("Bypass", FLAG),
    *texts("Codec", "Modules"),
    one("Bitrate", BITRATE),
    *numbers("Samplerate", "Channel"),
    BYPASS_IF_MATCH,
    rules=(_codec_rule, _bitrate_rule),
)
IMAGE = group(
    *texts("Name", "Codec", "Modules"),
    *numbers("Width", "Height"),
    one("Framerate", NUMBER),
    SKIP_FRAMES,
    BYPASS_IF_MATCH,
    *texts("Preset"),
    *numbers("QScale", "Quality", "Method"),
    *flags("Lossless"),
    *texts("ChromaSampling"),
    *numbers("Speed", "Crf"),
    *flags("PassthroughAV1"),
)

# Playlists

ENCODING_TYPES = one_of("all", "encoded", "bypassed", refusal="Invalid EncodingType: {} (all, encoded, bypassed)", any_case=False)


def _template(*qualities: str) -> Group:
    """The group of a template, which takes all tracks of its kind or those within its bounds."""
    bounds = [f"{bound}{quality}" for quality in qualities for bound in ("Max", "Min")]
    return group(
        one("VariantName", json="variant_name"),
        one("EncodingType", ENCODING_TYPES, json="encoding_type"),
        *(one(bound, WHOLE, json=f"{bound[:3].lower()}_{bound[3:].lower()}") for bound in bounds),
    )


def _renditions_rule(values: Values) -> str | None:
    names = [rendition.get("name") for rendition in values.get("renditions", ())]
    doubled = first_double(names)
    return None if doubled is None else f"Duplicate rendition name: {doubled}"


RENDITION = group(
    one("Name", required=True),
    *texts("Video", "Audio"),
    *not_emulated(one("VideoIndexHint", WHOLE, json="video_index_hint"), one("AudioIndexHint", WHOLE, json="audio_index_hint"), usual=0),
)
RENDITION_TEMPLATE = group(
    one("Name", required=True),
    one("VideoTemplate", _template("Width", "Height", "Framerate", "Bitrate"), json="video_template"),
    one("AudioTemplate", _template("Bitrate", "Samplerate", "Channel"), json="audio_template"),
)
PLAYLIST = group(
    one("Name"),
    one("FileName", required=True),
    one(
        "Options",
        group(
            *flags("WebRtcAutoAbr"),
            one("HLSChunklistPathDepth", WHOLE, json="hlsChunklistPathDepth"),
            *flags("EnableTsPackaging"),
            *flags("EnableSubtitles"),
        ),
    ),
    many("Rendition", RENDITION, json="renditions"),
    many("RenditionTemplate", RENDITION_TEMPLATE, json="rendition_templates"),
    rules=(_renditions_rule,),
)


def _playlists_rule(values: Values) -> str | None:
    """Refuse a repeated file name, and renditions that name no encode of the profile."""
    encodes = values.get("encodes", NOWHERE)
    known = {kind: names_of(encodes, kind) for kind in ("videos", "audios")}
    playlists = values.get("playlists", ())
    for number, playlist in enumerate(playlists):
        file_name = playlist.get("fileName")
        if file_name in {each.get("fileName") for each in playlists[:number]}:
            return f"Duplicate playlist file name: {file_name}"
        for rendition in playlist.all("renditions"):
            for kind in ("Video", "Audio"):
                name = rendition.get(kind.lower())
                if name and name not in known[f"{kind.lower()}s"]:
                    return f"[Renditions] {kind} profile not found: {name}"
    return None


def names_of(encodes: Node, kind: str) -> list[str]:
    """The names of the encodes of a kind, such as `videos`; encodes without a name get one with their number, such as `video_0`."""
    names, nameless = [], 0
    for node in encodes.all(kind):
        name = node.get("name")
        if not name:
            name, nameless = f"{kind.removesuffix('s')}_{nameless}", nameless + 1
        names.append(name)
    return names


# Output profiles

TRACK = group(one("Name", required=True), *numbers("IndexHint"))
TRACKSET = group(one("Name", required=True), *flags("Strict"), many("Video", TRACK, json="videos"), many("Audio", TRACK, json="audios"))

OUTPUT_PROFILE = group(
    *texts("Name", "OutputStreamName", required=True),
    one(
        "Encodes",
        group(
            many("Audio", AUDIO, json="audios"),
            many("Video", VIDEO, json="videos"),
            many("Image", IMAGE, json="images"),
        ),
    ),
    many("Playlist", PLAYLIST, json="playlists"),
    *not_emulated(many("Trackset", TRACKSET, json="tracksets")),
    rules=(_playlists_rule,),
)

# Media options


def _subtitles_rule(values: Values) -> str | None:
    renditions = values.get("rendition", ())
    if values.get("enable") and not renditions:
        return "Subtitle is enabled but no renditions are defined"
    default = values.get("defaultLabel")
    if default and default not in {rendition.get("label") for rendition in renditions}:
        return f"Default label '{default}' not found in subtitle renditions"
    return None


MEDIA_SUBTITLES = group(
    *flags("Enable"),
    one("DefaultLabel"),
    many(
        "Rendition",
        group(*texts("Label", "Language", required=True), *flags("AutoSelect", "Forced"), one("Transcription", ANYTHING)),
    ),
    rules=(_subtitles_rule,),
)
STT = group(
    *flags("Enable"),
    many(
        "Rendition",
        group(
            *texts("Engine", "OutputSubtitleLabel", "Model", required=True),
            *numbers("InputAudioIndex"),
            one("SourceLanguage"),
            *flags("Translation"),
            *numbers("StepMs", "LengthMs", "KeepMs"),
            one("Modules"),
        ),
    ),
)
MEDIA_OPTIONS = group(
    *not_emulated(one("Overlays", group(*flags("Enable"), one("Path"))), one("STT", STT, json="stt")),
    one("Subtitles", MEDIA_SUBTITLES),
)
ACCELERATOR = group(*flags("Enable"), one("Modules"))

OUTPUT_PROFILES = group(
    *without_effect(
        *flags("HardwareAcceleration"),
        one("HWAccels", group(one("Decoder", ACCELERATOR), one("Encoder", ACCELERATOR)), json="hwaccels"),
    ),
    many("OutputProfile", OUTPUT_PROFILE),
    *without_effect(one("Decodes", group(*numbers("ThreadCount"), *flags("OnlyKeyframes")))),
    one("MediaOptions", MEDIA_OPTIONS),
)
