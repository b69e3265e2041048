"""Read a Server.xml, OME's configuration file, as a World.

Reads what the emulator emulates; elements that it does not know are left out.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

from ..errors import ConfigurationError
from ..settings import (
    ApplicationSettings,
    AudioEncode,
    CrossDomains,
    LlhlsPublisher,
    OutputProfile,
    PlaylistSettings,
    RenditionSettings,
    VideoEncode,
    VirtualHostSettings,
    World,
)

Element = dict[str, Any]


@cache
def default_world() -> World:
    """The world that an emulator serves when it is told nothing else."""
    return read_server_xml(files(__package__).joinpath("default.xml").read_bytes(), "default.xml")


def read_server_xml(xml: bytes, source: str) -> World:
    """Read a configuration; `source` names it in errors. Raises ConfigurationError."""
    try:
        server = xmltodict.parse(xml)["Server"]
        return World(
            virtual_hosts=tuple(map(_virtual_host, _all(server, "VirtualHosts", "VirtualHost"))),
            access_token=_text(server, "Managers", "API", "AccessToken"),
            cross_domains=_cross_domains(server, "Defaults"),
            api_cross_domains=_cross_domains(server, "Managers", "API"),
        )
    except (ExpatError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise ConfigurationError(f"{source}: not a Server.xml that can be read: {error}") from None


def _cross_domains(element: Element, *names: str) -> CrossDomains | None:
    parent = _find(element, *names)
    if not isinstance(parent, dict) or "CrossDomains" not in parent:
        return None
    headers = tuple((_text(each, "Key"), _text(each, "Value")) for each in _all(parent, "CrossDomains", "Header"))
    return CrossDomains(tuple(_all(parent, "CrossDomains", "Url")), headers)


def _virtual_host(element: Element) -> VirtualHostSettings:
    return VirtualHostSettings(
        name=_text(element, "Name"),
        host_names=tuple(_all(element, "Host", "Names", "Name")),
        applications=tuple(map(_application, _all(element, "Applications", "Application"))),
    )


def _application(element: Element) -> ApplicationSettings:
    publishers = _find(element, "Publishers") or {}
    return ApplicationSettings(
        name=_text(element, "Name"),
        type=_text(element, "Type"),
        output_profiles=tuple(map(_output_profile, _all(element, "OutputProfiles", "OutputProfile"))),
        llhls=_llhls(publishers["LLHLS"] or {}) if "LLHLS" in publishers else None,
    )


def _llhls(element: Element) -> LlhlsPublisher:
    if not isinstance(element, dict):
        raise ValueError("<LLHLS> is not one element with elements in it")
    default = LlhlsPublisher()
    return LlhlsPublisher(
        segment_duration_ms=_milliseconds(element, "SegmentDuration", default.segment_duration_ms),
        chunk_duration_ms=_milliseconds(element, "ChunkDuration", default.chunk_duration_ms),
        segment_count=int(_find(element, "SegmentCount") or default.segment_count),
        create_default_playlist=_is_true(element, "CreateDefaultPlaylist", default=default.create_default_playlist),
    )


def _output_profile(element: Element) -> OutputProfile:
    return OutputProfile(
        name=_text(element, "Name"),
        output_stream_name=_text(element, "OutputStreamName"),
        videos=tuple(map(_video, _all(element, "Encodes", "Video"))),
        audios=tuple(map(_audio, _all(element, "Encodes", "Audio"))),
        playlists=tuple(map(_playlist, _all(element, "Playlist"))),
    )


def _video(element: Element) -> VideoEncode:
    return VideoEncode(
        name=_text(element, "Name"),
        bypass=_is_true(element, "Bypass"),
        bitrate=int(_find(element, "Bitrate") or 0),
        width=int(_find(element, "Width") or 0),
        height=int(_find(element, "Height") or 0),
        framerate=Fraction(_find(element, "Framerate") or 0),
    )


def _audio(element: Element) -> AudioEncode:
    return AudioEncode(_text(element, "Name"), _is_true(element, "Bypass"), int(_find(element, "Bitrate") or 0))


def _playlist(element: Element) -> PlaylistSettings:
    renditions = tuple(
        RenditionSettings(_text(each, "Name"), _find(each, "Video"), _find(each, "Audio")) for each in _all(element, "Rendition")
    )
    return PlaylistSettings(_text(element, "Name"), _text(element, "FileName"), renditions)


def _find(element: Element, *names: str) -> Any:
    """What a path of elements leads to, or None where one is absent or empty."""
    found: Any = element
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _all(element: Element, *names: str) -> list[Any]:
    """Every element at the end of a path, in their order."""
    found = _find(element, *names)
    return found if isinstance(found, list) else [] if found is None else [found]


def _text(element: Element, *names: str) -> str:
    """The text of an element that must be there."""
    found = _find(element, *names)
    if not isinstance(found, str):
        raise ValueError(f"<{'><'.join(names)}> is missing or empty")
    return found


def _milliseconds(element: Element, name: str, default_ms: int) -> int:
    seconds = _find(element, name)
    return default_ms if seconds is None else int(Decimal(seconds) * 1000)


def _is_true(element: Element, name: str, *, default: bool = False) -> bool:
    text = _find(element, name)
    return default if text is None else text.strip().lower() == "true"
