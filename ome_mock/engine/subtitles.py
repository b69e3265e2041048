"""Subtitle tracks of output streams, whose segments end with those of the first track (events-and-subtitles.md#subtitles-in-media)."""

from __future__ import annotations

from dataclasses import dataclass

from ..media.loop_track import MediaKind
from ..media.packager import Packager
from ..media.timeline import Part, Segment
from ..media.webvtt import Cue, Cues, render
from ..settings import SubtitleRendition
from .track import OutputTrack

GROUP = "subtitle"
"""The group of all subtitles in a master playlist, and the name of their tracks in documents."""


@dataclass(frozen=True)
class CuePackager(Packager):
    """Packs cues into the parts of another track."""

    cues: Cues

    def init_section(self) -> bytes:
        raise LookupError("subtitles have no init section")

    def is_independent(self, part_: Part) -> bool:  # noqa: ARG002
        return True

    def segment(self, segment: Segment) -> bytes:
        return render(segment.dts_ms, (cue for part_ in segment.parts for cue in self._cues(part_)))

    def part(self, part_: Part) -> bytes:
        return render(self.timeline.times.dts_ms(part_.first_sample), self._cues(part_))

    def _cues(self, part_: Part) -> list[Cue]:
        first_ms, end_ms = (self.timeline.times.dts_ms(part_.first_sample + count) for count in (0, part_.sample_count))
        return self.cues.between(first_ms, end_ms)


@dataclass(frozen=True, eq=False, kw_only=True)
class SubtitleTrack(OutputTrack):
    """A track of cues beside the packaged tracks of an output stream."""

    rendition: SubtitleRendition
    cues: Cues


def subtitle_track(rendition: SubtitleRendition, track_id: int, leading: OutputTrack, cues: Cues) -> SubtitleTrack:
    """The track of one rendition; its segments are those of the `leading` track."""
    source = leading.packager
    packager = CuePackager(source.track, source.timeline, source.timescale, 0, source.cache, cues)
    first_number = leading.first_number
    return SubtitleTrack(
        track_id,
        MediaKind.SUBTITLE,
        GROUP,
        leading.key,
        leading.encode,
        packager,
        0,
        "",
        first_number=first_number,
        language=rendition.language,
        rendition=rendition,
        cues=cues,
    )
