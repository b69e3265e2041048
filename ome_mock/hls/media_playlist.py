"""The media playlist (RFC 8216bis, section 4.4.3), which OME calls the chunklist."""

from __future__ import annotations

from typing import NamedTuple

from .multivariant_playlist import VERSION


class MediaPart(NamedTuple):
    """One part of a segment (section 4.4.4.9); `is_independent` if it begins with a key frame."""

    uri: str
    duration_ms: int
    is_independent: bool

    def render(self) -> str:
        independent = ",INDEPENDENT=YES" if self.is_independent else ""
        return f'#EXT-X-PART:DURATION={_seconds(self.duration_ms)},URI="{self.uri}"{independent}\n'


class MediaSegment(NamedTuple):
    """One segment; `program_date_time` is text, `duration_ms` that of the file. An open segment lists only its parts."""

    uri: str
    duration_ms: int
    program_date_time: str
    parts: tuple[MediaPart, ...] = ()
    is_complete: bool = True
    is_discontinuous: bool = False
    """True if it doesn't continue the segment before it (section 4.4.4.3)."""
    map_uri: str | None = None
    """The init section that it is the first to need (section 4.4.4.5)."""

    def render(self) -> str:
        tag = "#EXT-X-DISCONTINUITY\n" if self.is_discontinuous else ""
        tag += "" if self.map_uri is None else f'#EXT-X-MAP:URI="{self.map_uri}"\n'
        end = f"#EXTINF:{_seconds(self.duration_ms)},\n{self.uri}\n" if self.is_complete else ""
        return f"{tag}#EXT-X-PROGRAM-DATE-TIME:{self.program_date_time}\n{''.join(part.render() for part in self.parts)}{end}"


class RenditionReport(NamedTuple):
    """The last part of another track of the stream (section 4.4.5.4)."""

    uri: str
    last_msn: int
    last_part: int | None
    """None in a list without parts."""

    def render(self) -> str:
        part = "" if self.last_part is None else f",LAST-PART={self.last_part}"
        return f'#EXT-X-RENDITION-REPORT:URI="{self.uri}",LAST-MSN={self.last_msn}{part}\n'


class LowLatency(NamedTuple):
    """The tags of low-latency lists (sections 4.4.3.7, 4.4.3.8 and 4.4.5.3).

    `hint_uri` names the next part, `map_hint_uri` the init section that it will be the first to need.
    """

    part_target_ms: int
    part_hold_back_ms: int
    hint_uri: str | None
    reports: tuple[RenditionReport, ...]
    map_hint_uri: str | None = None

    def render_header(self) -> str:
        return (
            f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={_seconds(self.part_hold_back_ms)}\n"
            f"#EXT-X-PART-INF:PART-TARGET={_seconds(self.part_target_ms)}\n"
        )

    def render_footer(self) -> str:
        hint = ""
        if self.hint_uri is not None:
            hint = "" if self.map_hint_uri is None else f'#EXT-X-PRELOAD-HINT:TYPE=MAP,URI="{self.map_hint_uri}"\n'
            hint += f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{self.hint_uri}"\n'
        return hint + "".join(report.render() for report in self.reports)


class MediaPlaylist(NamedTuple):
    """A list without its segments: a live one, or a dump's, which always has its end tag (dump-output.md#dumped-lists)."""

    target_duration_s: int
    map_uri: str | None
    """The init section; None for subtitles, which have none."""
    media_sequence: int = 0
    low_latency: LowLatency | None = None
    is_finished: bool = True
    discontinuity_sequence: int | None = None
    """The number of discontinuities that are no longer listed (section 4.4.3.3); None before the first."""
    version: int = VERSION
    hold_back_s: int | None = None
    """The distance that players keep from the end of a list without parts; None where it is not said."""
    reports: tuple[RenditionReport, ...] = ()
    """Those of a list without parts."""

    def render(self, segments: str) -> str:
        """The text of the list; `segments` is the text of its segments, which a growing list needs to render only once."""
        hold_back = "" if self.hold_back_s is None else f"#EXT-X-SERVER-CONTROL:HOLD-BACK={self.hold_back_s}\n"
        header = self.low_latency.render_header() if self.low_latency else hold_back
        footer = self.low_latency.render_footer() if self.low_latency else "".join(report.render() for report in self.reports)
        sequence = self.discontinuity_sequence
        discontinuity = "" if sequence is None else f"#EXT-X-DISCONTINUITY-SEQUENCE:{sequence}\n"
        init = "" if self.map_uri is None else f'#EXT-X-MAP:URI="{self.map_uri}"\n'
        end = "#EXT-X-ENDLIST\n" if self.is_finished else ""
        return (
            "#EXTM3U\n"
            f"#EXT-X-VERSION:{self.version}\n"
            f"#EXT-X-TARGETDURATION:{self.target_duration_s}\n"
            f"{header}"
            f"#EXT-X-MEDIA-SEQUENCE:{self.media_sequence}\n"
            f"{discontinuity}"
            f"{init}"
            f"{segments}{footer}{end}"
        )


def _seconds(duration_ms: int) -> str:
    return f"{duration_ms // 1000}.{duration_ms % 1000:03d}000"
