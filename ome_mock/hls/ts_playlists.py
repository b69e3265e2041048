"""Playlists of HLS over MPEG-TS, which know no parts and no init sections (RFC 8216, playlists.md#ts-lists)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .multivariant_playlist import SubtitleRendition, Variant, media_tag, stream_inf_tag

VERSION = 3


def render_ts_master(variants: Iterable[Variant], subtitles: Sequence[SubtitleRendition]) -> str:
    """The text of a master playlist as the engine lays it out, with an empty line before its renditions and variants."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "", *map(media_tag, subtitles)]
    for variant in variants:
        lines += [stream_inf_tag(variant._replace(subtitle_group=subtitles[0].group_id if subtitles else None)), variant.uri]
    return "\n".join(lines) + "\n"


class TsSegment(NamedTuple):
    """One segment; `program_date_time` is text."""

    uri: str
    duration_ms: int
    program_date_time: str
    is_discontinuous: bool = False

    def render(self) -> str:
        tag = "#EXT-X-DISCONTINUITY\n" if self.is_discontinuous else ""
        duration = f"{self.duration_ms // 1000}.{self.duration_ms % 1000:03d}"
        return f"{tag}#EXT-X-PROGRAM-DATE-TIME:{self.program_date_time}\n#EXTINF:{duration},\n{self.uri}\n"


class TsMediaPlaylist(NamedTuple):
    """A list without its segments."""

    target_duration_s: int
    media_sequence: int = 0
    is_event: bool = False
    """True if no segment is ever taken off (RFC 8216, section 4.3.3.5)."""
    is_finished: bool = False

    def render(self, segments: str) -> str:
        """The text of the list with the text of its segments."""
        kind = "#EXT-X-PLAYLIST-TYPE:EVENT\n" if self.is_event else ""
        end = "#EXT-X-ENDLIST\n" if self.is_finished else ""
        return (
            "#EXTM3U\n"
            f"#EXT-X-VERSION:{VERSION}\n"
            f"{kind}"
            f"#EXT-X-TARGETDURATION:{self.target_duration_s}\n"
            f"#EXT-X-MEDIA-SEQUENCE:{self.media_sequence}\n"
            f"{segments}{end}"
        )
