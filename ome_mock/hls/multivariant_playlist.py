"""The multivariant playlist (RFC 8216bis, section 4.4.6), which OME calls the master playlist."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

VERSION = 6


class AudioRendition(NamedTuple):
    """One EXT-X-MEDIA tag of type AUDIO."""

    group_id: str
    name: str
    channels: int
    uri: str
    default: bool = True
    autoselect: bool = True
    forced: bool | None = None
    """The value of FORCED, which RFC 8216bis has for subtitles alone; None where it is absent."""


class SubtitleRendition(NamedTuple):
    """One EXT-X-MEDIA tag of type SUBTITLES."""

    group_id: str
    name: str
    language: str
    uri: str
    default: bool = False
    autoselect: bool = False
    forced: bool = False


class Variant(NamedTuple):
    """One EXT-X-STREAM-INF tag and its URI; `bandwidth` in bits per second, a variant without video has no resolution."""

    bandwidth: int
    codecs: tuple[str, ...]
    uri: str
    resolution: tuple[int, int] | None = None
    frame_rate: Fraction | None = None
    audio_group: str | None = None
    average_bandwidth: int | None = None
    subtitle_group: str | None = None


class MultivariantPlaylist(NamedTuple):
    """Renditions in byte order of their group, variants in the order of the configuration."""

    audio_renditions: tuple[AudioRendition, ...]
    variants: tuple[Variant, ...]
    version: int = VERSION
    empty_lines: int = 2
    """The number of lines in place of session keys."""
    subtitle_renditions: tuple[SubtitleRendition, ...] = ()

    def render(self) -> str:
        """The text as the engine lays it out (playlists.md#master-playlist)."""
        lines = ["#EXTM3U", f"#EXT-X-VERSION:{self.version}", "#EXT-X-INDEPENDENT-SEGMENTS"]
        lines += [media_tag(rendition) for rendition in self._renditions()]
        lines += [""] * self.empty_lines
        for variant in self.variants:
            lines += [stream_inf_tag(variant), variant.uri]
        return "\n".join(lines) + "\n"

    def _renditions(self) -> list[AudioRendition | SubtitleRendition]:
        if not self.subtitle_renditions:
            return list(self.audio_renditions)
        return sorted((*self.audio_renditions, *self.subtitle_renditions), key=lambda rendition: rendition.group_id.encode())


def media_tag(rendition: AudioRendition | SubtitleRendition) -> str:
    """The tag of a rendition, with its attributes in the engine's order."""
    is_audio = isinstance(rendition, AudioRendition)
    return "#EXT-X-MEDIA:" + ",".join(
        [
            f"TYPE={'AUDIO' if is_audio else 'SUBTITLES'}",
            f'GROUP-ID="{rendition.group_id}"',
            f'NAME="{rendition.name}"',
            f"DEFAULT={'YES' if rendition.default else 'NO'}",
            f"AUTOSELECT={'YES' if rendition.autoselect else 'NO'}",
            *([] if rendition.forced is None else [f"FORCED={'YES' if rendition.forced else 'NO'}"]),
            f'CHANNELS="{rendition.channels}"' if isinstance(rendition, AudioRendition) else f'LANGUAGE="{rendition.language}"',
            f'URI="{rendition.uri}"',
        ]
    )


def stream_inf_tag(variant: Variant) -> str:
    """The tag of a variant, with its attributes in the engine's order."""
    attributes = {
        "BANDWIDTH": variant.bandwidth,
        "AVERAGE-BANDWIDTH": variant.average_bandwidth,
        "RESOLUTION": variant.resolution and f"{variant.resolution[0]}x{variant.resolution[1]}",
        "FRAME-RATE": None if variant.frame_rate is None else f"{float(variant.frame_rate):.3f}",
        "CODECS": f'"{",".join(variant.codecs)}"',
        "AUDIO": None if variant.audio_group is None else f'"{variant.audio_group}"',
        "SUBTITLES": None if variant.subtitle_group is None else f'"{variant.subtitle_group}"',
    }
    return "#EXT-X-STREAM-INF:" + ",".join(f"{name}={value}" for name, value in attributes.items() if value is not None)
