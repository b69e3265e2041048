"""Packs the cues of subtitles, in segments that end with those of another track (events-and-subtitles.md#subtitles-in-media)."""

from __future__ import annotations

from dataclasses import dataclass

from .packager import Packager
from .timeline import Part, Segment
from .webvtt import Cue, Cues, render


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
