"""The live chunklist of a track at an instant (playlists.md#chunklist)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from typing import NamedTuple

from ..dialect import Dialect
from ..engine.stream import FEWEST_SEGMENTS, SEGMENTS_AFTER_WINDOW, OutputStream, TrackOnAir
from ..engine.track import OutputTrack
from ..hls.delivery_directives import DeliveryDirectives
from ..hls.media_playlist import LowLatency, MediaPart, MediaSegment, RenditionReport
from ..hls.window import first_within
from ..media.loop_track import MediaKind
from ..media.timeline import Segment
from ..settings import LlhlsPublisher

SEGMENTS_WITH_PARTS = 3
"""The number of segments that list their parts: the newest one that has any and the two before it (recorded: hls/tracks missing)."""
HOLD_BACK_PARTS = 3


class PartPosition(NamedTuple):
    """A part of a track; positions order as the parts do."""

    msn: int
    part_index: int


class LiveList(NamedTuple):
    """The chunklist of a track; its methods take the instant."""

    on_air: TrackOnAir
    dialect: Dialect
    zone: tzinfo | None

    @property
    def stream(self) -> OutputStream:
        return self.on_air.stream

    @property
    def track(self) -> OutputTrack:
        return self.on_air.track

    @property
    def publisher(self) -> LlhlsPublisher:
        return self.stream.publisher or LlhlsPublisher()

    def render(self, now_ns: int, directives: DeliveryDirectives, query: str, first_dumped: int | None) -> str:
        """The text. `query` follows every name; `first_dumped` is the first segment that a running dump holds."""
        if self.stream.concluded_ns is not None and now_ns >= self.stream.concluded_ns:
            return self._render_concluded(now_ns, query, first_dumped)
        is_empty = self.dialect.rewind_no_is_empty_between_parts and self.publisher.dvr is None
        if not directives.rewind and is_empty and not self._open_parts(now_ns):
            return ""
        completed = self.on_air.completed(now_ns)
        first = self.first_listed(now_ns, rewind=directives.rewind)
        segments = "".join(self._segments(first, completed, now_ns, query, with_parts=not directives.legacy))
        low_latency = None if directives.legacy else self._low_latency(now_ns, query)
        head = self.stream.chunklist(self.dialect, self._init_uri(first, query), self.track.first_number + first, low_latency)
        reports = tuple(self._legacy_reports(now_ns, query)) if directives.legacy else ()
        return head._replace(is_finished=False, discontinuity_sequence=self._discontinuity_sequence(first), reports=reports).render(
            segments
        )

    def _init_uri(self, msn: int, query: str) -> str | None:
        """The init section of a segment; None for subtitles, which have none."""
        return self.track.files.init(self.on_air.content_version(msn)) + query if self.track.has_init else None

    def last_part(self, now_ns: int) -> PartPosition | None:
        """The last part that is complete, or None before the first."""
        completed = self.on_air.completed(now_ns)
        parts = self._open_parts(now_ns)
        if parts:
            return PartPosition(completed, parts - 1)
        last = self.on_air.segment(completed - 1) if completed else None
        return None if last is None else PartPosition(last.msn, len(last.part_sizes) - 1)

    def changed_ns(self, now_ns: int) -> int:
        """The instant at which the last part was completed, or the stream was published."""
        last = self.last_part(now_ns)
        complete_ns = None if last is None else self.on_air.part_complete_ns(*last)
        return self.stream.published_ns if complete_ns is None else complete_ns

    def first_listed(self, now_ns: int, *, rewind: bool = True) -> int:
        """The first number of the window, which counts the open segment; with DVR that of all that is kept, or two more than usual."""
        completed, dvr = self.on_air.completed(now_ns), self.publisher.dvr
        first = self.on_air.first_in_window(now_ns, self.dialect)
        if dvr is not None:
            kept = first_within(lambda msn: self.on_air.existing_segment(msn).duration_ms, first, dvr.max_duration_ms)
            return kept if rewind else max(kept, completed - self._window - 2)
        if self.dialect.window_holds_three_targets:
            wanted_ms = 3000 * self.stream.target_duration_s(self.dialect)
            length_ms = sum(self.on_air.existing_segment(msn).duration_ms for msn in range(first, completed))
            while first > 0 and length_ms < wanted_ms:
                first -= 1
                length_ms += self.on_air.existing_segment(first).duration_ms
        return first

    def first_kept(self, now_ns: int) -> int:
        """The first number that can still be fetched."""
        kept = self.on_air.completed(now_ns) - self._window - SEGMENTS_AFTER_WINDOW
        return min(max(0, kept), self.first_listed(now_ns))

    def stored(self, now_ns: int) -> range:
        """The numbers of the segments that DVR has on disk: those that have left memory, and are not too old."""
        first = self.first_listed(now_ns)
        return range(first, max(first, self.on_air.completed(now_ns) - self._window))

    @property
    def _window(self) -> int:
        return max(self.publisher.segment_count, FEWEST_SEGMENTS) - 1

    def _render_concluded(self, now_ns: int, query: str, first_dumped: int | None) -> str:
        """A finished list, which in the engine is a dump's."""
        first = self.first_listed(now_ns)
        sequence = self.track.first_number + first
        if self.dialect.concluded_list_is_a_dump_list:
            first, sequence = first if first_dumped is None else min(first, first_dumped), 0
        completed = self.on_air.completed(now_ns)
        segments = "".join(self._segments(first, completed, now_ns, query, with_parts=False))
        head = self.stream.chunklist(self.dialect, self._init_uri(first, query), sequence)
        return head._replace(discontinuity_sequence=self._discontinuity_sequence(first)).render(segments)

    def _discontinuity_sequence(self, first: int) -> int | None:
        """The number of discontinuities before the first segment of a list."""
        return self.on_air.timeline.changes_before(first - 1) if self.stream.pace.interruptions_ns else None

    def _segments(self, first: int, completed: int, now_ns: int, query: str, *, with_parts: bool) -> Iterator[str]:
        open_segment = self.on_air.open_segment(now_ns)
        newest = completed if open_segment is not None and open_segment.part_sizes else completed - 1
        awaiting = newest if with_parts and self.dialect.segments_await_the_next_part else None
        for msn in range(first, completed):
            has_parts = with_parts and msn > newest - SEGMENTS_WITH_PARTS
            listed = self._media_segment(self.on_air.existing_segment(msn), query, with_parts=has_parts, is_first=msn == first)
            yield (listed._replace(is_complete=False) if msn == awaiting else listed).render()
        if with_parts and open_segment is not None and open_segment.part_sizes:
            is_first = open_segment.msn == first
            yield self._media_segment(open_segment, query, with_parts=True, is_first=is_first)._replace(is_complete=False).render()
        elif not with_parts and open_segment is not None and self.dialect.legacy_lists_date_the_open_segment:
            yield self._media_segment(open_segment, query, with_parts=False, is_first=False)._replace(is_complete=False).render()

    def _media_segment(self, segment: Segment, query: str, *, with_parts: bool, is_first: bool) -> MediaSegment:
        listed = self.on_air.media_segment(segment, self.zone, is_first=is_first)
        parts = tuple(self._parts(segment, query)) if with_parts else ()
        return listed._replace(uri=listed.uri + query, parts=parts, map_uri=listed.map_uri and listed.map_uri + query)

    def _parts(self, segment: Segment, query: str) -> Iterator[MediaPart]:
        durations_ms = self.track.timeline.part_durations_ms(segment)
        is_told = self.track.kind is not MediaKind.AUDIO or self.dialect.audio_parts_are_independent
        for index, (part, duration_ms) in enumerate(zip(segment.parts, durations_ms, strict=True)):
            name = self.track.part_name(segment.msn, index)
            yield MediaPart(name + query, duration_ms, is_told and self.track.packager.is_independent(part))

    def _low_latency(self, now_ns: int, query: str) -> LowLatency:
        completed, open_parts = self.on_air.completed(now_ns), self._open_parts(now_ns)
        hint = self.track.part_name(completed, open_parts) + query
        new_init = None if open_parts else self.on_air.new_init_name(completed)
        return LowLatency(
            self.part_target_ms,
            self._part_hold_back_ms(),
            hint if self.publisher.enable_preload_hint else None,
            tuple(report for other in self._reported() for report in other.reports(now_ns, query)),
            new_init and new_init + query,
        )

    def _legacy_reports(self, now_ns: int, query: str) -> Iterator[RenditionReport]:
        """The reports in a list without parts: the last complete segment of each other track."""
        for other in self._reported() if self.dialect.legacy_lists_have_reports else ():
            if completed := other.on_air.completed(now_ns):
                yield RenditionReport(other.track.chunklist_name + query, other.track.first_number + completed - 1, None)

    def _reported(self) -> list[LiveList]:
        """Those of the other tracks, or of the others of this kind, that a list reports on."""
        others = [each for each in self._lists() if each.track is not self.track]
        return [each for each in others if self.dialect.reports_cover_other_kinds or each.track.kind is self.track.kind]

    def _lists(self) -> list[LiveList]:
        """Those of all tracks of the stream."""
        return [LiveList(track, self.dialect, self.zone) for track in self.stream.live]

    def reports(self, now_ns: int, query: str) -> list[RenditionReport]:
        """The rendition report of this track for the lists of the others, once it has a part."""
        last = self.last_part(now_ns)
        if last is None:
            return []
        return [RenditionReport(self.track.chunklist_name + query, self.track.first_number + last.msn, last.part_index)]

    @property
    def part_target_ms(self) -> int:
        timeline = self.track.timeline
        if self.dialect.part_target_is_configured:
            return self.publisher.chunk_duration_ms
        target_ms = timeline.rule.part_target_ms
        return max(target_ms, timeline.longest_part_ms) if self.dialect.part_target_covers_parts else target_ms

    def _part_hold_back_ms(self) -> int:
        """Three times the longest part of any track, of all its parts or only of those before the stream was ready."""
        longest_ms = max(
            each.part_target_ms if self.dialect.part_target_covers_parts else each.longest_part_before_ready_ms() for each in self._lists()
        )
        return max(HOLD_BACK_PARTS * longest_ms, self.publisher.part_hold_back_ms)

    def longest_part_before_ready_ms(self) -> int:
        ready_ns = self.stream.ready_ns
        segments = [self.on_air.existing_segment(msn) for msn in range(self.on_air.completed(ready_ns))]
        open_segment = self.on_air.open_segment(ready_ns)
        segments += [] if open_segment is None else [open_segment]
        return max((ms for segment in segments for ms in self.track.timeline.part_durations_ms(segment)), default=0)

    def _open_parts(self, now_ns: int) -> int:
        open_segment = self.on_air.open_segment(now_ns)
        return 0 if open_segment is None else len(open_segment.part_sizes)
