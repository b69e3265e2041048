"""The engine's names for codecs and for the libraries that it encodes with (rest-api.md#times-and-enums)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...settings import ApplicationSettings, AudioEncode, Encode, ImageEncode

CODEC_NAMES = {"hevc": "H265"}
DEFAULT_MODULES = {"H264": "openh264", "VP8": "libvpx", "AAC": "fdkaac", "OPUS": "libopus"}
"""Where a profile names none (OME's documentation of transcoding)."""
ANY_MODULE = "default"
HARDWARE_MODULES = frozenset({"nv", "qsv", "xma", "nilogan"})
"""Those that need a card (OME's documentation of transcoding)."""


def codec_name(encode: Encode) -> str:
    """What a track is encoded as; a bypassed one is what encoders send."""
    if encode.bypass or not encode.codec:
        return "AAC" if isinstance(encode, AudioEncode) else "H264"
    return CODEC_NAMES.get(encode.codec, encode.codec.upper())


def codec_module(application: ApplicationSettings, encode: Encode) -> str:
    """The first library of `<Modules>`, or the codec's default one."""
    asked = _modules(application, encode)
    first = asked.split(",")[0].split(":")[0].strip().lower()
    return first or DEFAULT_MODULES.get(codec_name(encode), ANY_MODULE)


def needs_missing_hardware(application: ApplicationSettings, encode: Encode) -> bool:
    """Whether every library that a profile names for an encode is one of hardware, of which the emulated machine has none."""
    names = [name.split(":")[0].strip().lower() for name in _modules(application, encode).split(",") if name.strip()]
    return not encode.bypass and bool(names) and HARDWARE_MODULES.issuperset(names)


def _modules(application: ApplicationSettings, encode: Encode) -> str:
    kind = "audios" if isinstance(encode, AudioEncode) else "images" if isinstance(encode, ImageEncode) else "videos"
    for profile in application.output_profiles:
        if encode in (*profile.videos, *profile.audios, *profile.images):
            for written in profile.written.get("encodes", {}).get(kind, ()):
                if isinstance(written, Mapping) and written.get("name") == encode.name:
                    return _text(written.get("modules"))
    return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
