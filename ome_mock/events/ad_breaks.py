"""Cues of advertisements, which make segments end (events-and-subtitles.md#cue-and-scte-35)."""

from __future__ import annotations

from typing import NamedTuple

from ..dialect import VersionRules
from ..media.marked import After, Marker


class Cue(NamedTuple):
    """The beginning of a break, or its end; a duration of None is none."""

    is_out: bool
    duration_ms: int | None = None


class AdBreaks:
    """The cues of one stream, and the markers that they set; stream times in milliseconds."""

    def __init__(self, rules: VersionRules) -> None:
        self._delay_ms, self._begin_anew = rules.cues_take_ms, rules.cues_begin_segments_anew
        self.markers: tuple[Marker, ...] = ()
        self._back_ms: int | None = None
        """The time of the end of a break; None without a break before it."""
        self._is_ended = False
        """True if a request ended the last break."""

    def out(self, now_ms: int, duration_ms: int | None) -> None:
        """Begin a break, unless one goes on, or this has no end and segments go on after cues."""
        if self._is_out(now_ms) or (duration_ms or 0) < 0 or not (duration_ms or self._begin_anew):
            return
        at_ms = now_ms + self._delay_ms
        self._back_ms, self._is_ended = at_ms + (duration_ms or 0), False
        self._add(self._marker(at_ms, anywhere=True), self._marker(self._back_ms))

    def back(self, now_ms: int) -> None:
        """End the break that goes on, sooner than it would have ended."""
        at_ms = now_ms + self._delay_ms
        if self._begin_anew:
            self._back_sooner(at_ms, now_ms)
        elif self._is_ended and self._back_ms is not None and now_ms < self._back_ms:
            self._replace(now_ms, Marker(self._back_ms, after=After.ENDLESS))
        elif self._is_out(now_ms):
            self._replace(now_ms, Marker(at_ms, anywhere=True), Marker(at_ms, after=After.COUNTED))
            self._back_ms, self._is_ended = at_ms, True

    def _back_sooner(self, at_ms: int, now_ms: int) -> None:
        """End a break, or end a segment if there was none at all."""
        if self._is_out(now_ms):
            self._replace(now_ms, self._marker(at_ms))
        elif self._back_ms is None:
            self._add(self._marker(at_ms))
        self._back_ms, self._is_ended = at_ms, True

    def _is_out(self, now_ms: int) -> bool:
        return not self._is_ended and self._back_ms is not None and now_ms < self._back_ms

    def _marker(self, time_ms: int, *, anywhere: bool = False) -> Marker:
        return Marker(time_ms, after=After.ANEW) if self._begin_anew else Marker(time_ms, anywhere)

    def _replace(self, now_ms: int, *markers: Marker) -> None:
        """Set markers in the place of those that are still to come."""
        self.markers = tuple(marker for marker in self.markers if marker.time_ms <= now_ms)
        self._add(*markers)

    def _add(self, *markers: Marker) -> None:
        self.markers = tuple(sorted((*self.markers, *markers), key=lambda marker: marker.time_ms))
