"""The engine's names for codecs and for the libraries that it encodes with (rest-api.md#times-and-enums)."""

from __future__ import annotations

from collections.abc import Mapping

from ...settings import ApplicationSettings, AudioEncode, Encode, ImageEncode

CODEC_NAMES = {"hevc": "H265"}
DEFAULT_MODULES = {"H264": "openh264", "VP8": "libvpx", "AAC": "fdkaac", "OPUS": "libopus"}
"""The libraries for encodes without `<Modules>` (OME's documentation of transcoding)."""
ANY_MODULE = "default"
HARDWARE_MODULES = frozenset({"nv", "qsv", "xma", "nilogan"})
"""Those that need a card (OME's documentation of transcoding)."""


def codec_name(encode: Encode) -> str:
    """The codec of an encode; a bypassed one has that of the encoder."""
    if encode.bypass or not encode.codec:
        return "AAC" if isinstance(encode, AudioEncode) else "H264"
    return CODEC_NAMES.get(encode.codec, encode.codec.upper())


def codec_module(application: ApplicationSettings, encode: Encode) -> str:
    """The first library of `<Modules>`, or the codec's default one."""
    asked = _modules(application, encode)
    first = asked.split(",")[0].split(":")[0].strip().lower()
    return first or DEFAULT_MODULES.get(codec_name(encode), ANY_MODULE)


def needs_missing_hardware(application: ApplicationSettings, encode: Encode) -> bool:
    """Says if all libraries of an encode need hardware, which the emulated machine lacks."""
    names = [name.split(":")[0].strip().lower() for name in _modules(application, encode).split(",") if name.strip()]
    return not encode.bypass and bool(names) and HARDWARE_MODULES.issuperset(names)


def _modules(application: ApplicationSettings, encode: Encode) -> str:
    kind = "audios" if isinstance(encode, AudioEncode) else "images" if isinstance(encode, ImageEncode) else "videos"
    for profile in application.output_profiles:
        if encode in (*profile.videos, *profile.audios, *profile.images):
            for described in profile.document.get("encodes", {}).get(kind, ()):
                if isinstance(described, Mapping) and described.get("name") == encode.name:
                    modules = described.get("modules")
                    return modules if isinstance(modules, str) else ""
    return ""
