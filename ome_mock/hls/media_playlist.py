"""The media playlist (RFC 8216bis, section 4.4.3), which OME calls the chunklist."""

from __future__ import annotations

from dataclasses import dataclass

from .multivariant_playlist import VERSION


@dataclass(frozen=True)
class MediaSegment:
    """One complete segment; `program_date_time` as it is written, `duration_ms` of what the file holds."""

    uri: str
    duration_ms: int
    program_date_time: str

    def render(self) -> str:
        return (
            f"#EXT-X-PROGRAM-DATE-TIME:{self.program_date_time}\n"
            f"#EXTINF:{self.duration_ms // 1000}.{self.duration_ms % 1000:03d}000,\n"
            f"{self.uri}\n"
        )


@dataclass(frozen=True)
class VodPlaylist:
    """A finished list: it counts from 0 and ends, which is how OME writes dumps from the first moment (dump reference, section 1.5)."""

    target_duration_s: int
    map_uri: str

    def render(self, segments: str) -> str:
        """The text; `segments` is that of each `MediaSegment` in turn, so that a list which only grows isn't rendered anew."""
        return (
            "#EXTM3U\n"
            f"#EXT-X-VERSION:{VERSION}\n"
            f"#EXT-X-TARGETDURATION:{self.target_duration_s}\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n"
            f'#EXT-X-MAP:URI="{self.map_uri}"\n'
            f"{segments}"
            "#EXT-X-ENDLIST\n"
        )
