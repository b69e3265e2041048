"""Events of a stream's data track: they lie as boxes before the part of their moment (events-and-subtitles.md#events-in-media)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from threading import Lock
from typing import NamedTuple

from ..media.emsg import EventMessage
from ..media.loop_track import MediaKind

CompletesNs = Callable[[int], int | None]
"""Tells when a track's part with a stream time in milliseconds is complete, in nanoseconds since the epoch; None for never."""


class TimedEvent(NamedTuple):
    """An ID3 tag at a stream time in milliseconds; `kind` is that of the tracks that carry it, None for every kind."""

    time_ms: int
    kind: MediaKind | None
    tag: bytes


class _Box:
    """An event in one track of an output stream; its number is drawn when its part is complete."""

    def __init__(self, event: TimedEvent, completes_ns: CompletesNs) -> None:
        self.event = event
        self._completes_ns = completes_ns
        self.number: int | None = None

    def due_ns(self) -> int | None:
        """The instant at which the part is complete that holds it; None for never."""
        return self._completes_ns(self.event.time_ms)


class EventNumbers:
    """Numbers the boxes of all streams of an engine from 0, in the order in which their parts are complete.

    A number is drawn when it is needed, and is the same whenever that is, because an event lies in a part that isn't complete yet.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._next = 0
        self._waiting: list[_Box] = []

    def wait(self, box: _Box, now_ns: int) -> None:
        """Number a box later, and now those that are complete, whether or not somebody has asked for them."""
        with self._lock:
            self._draw_until(now_ns)
            self._waiting.append(box)

    def number(self, box: _Box) -> int:
        """The number of a box whose part is complete."""
        with self._lock:
            if box.number is None and (due_ns := box.due_ns()) is not None:
                self._draw_until(due_ns)
            if box.number is None:  # its stream ended in the middle of its part
                self._draw(box)
            return box.number or 0

    def _draw(self, box: _Box) -> None:
        box.number, self._next = self._next, self._next + 1

    def _draw_until(self, until_ns: int) -> None:
        """Number the boxes that are complete by an instant, and forget those that never will be."""
        dues = [(each, due_ns) for each in self._waiting if (due_ns := each.due_ns()) is not None]
        for each, _ in sorted((pair for pair in dues if pair[1] <= until_ns), key=lambda pair: pair[1]):
            self._draw(each)
        self._waiting = [each for each, _ in dues if each.number is None]


class StreamEvents:
    """The events of one output stream, by the ids of its tracks."""

    def __init__(self, numbers: EventNumbers) -> None:
        self._numbers = numbers
        self._boxes: dict[int, list[_Box]] = {}
        self._events: list[TimedEvent] = []
        """All of them, in the order of their times."""

    def add(self, event: TimedEvent, tracks: Mapping[int, CompletesNs], now_ns: int) -> None:
        """Put an event into the open part of each of these tracks, by their ids."""
        self._events.append(event)
        for track_id, completes_ns in tracks.items():
            box = _Box(event, completes_ns)
            self._boxes.setdefault(track_id, []).append(box)
            self._numbers.wait(box, now_ns)

    def before(self, ms: int) -> list[TimedEvent]:
        """The events of every kind before a stream time."""
        return self._events[: bisect_left(self._events, ms, key=lambda event: event.time_ms)]

    def are_in(self, track_id: int, first_ms: int, end_ms: int) -> bool:
        """Says if a track has events from `first_ms` on and before `end_ms`."""
        return bool(self._between(track_id, first_ms, end_ms))

    def messages(self, track_id: int, first_ms: int, end_ms: int) -> bytes:
        """The boxes of a track's complete part, which begins at `first_ms` and ends before `end_ms`."""
        boxes = self._between(track_id, first_ms, end_ms)
        return b"".join(EventMessage(box.event.time_ms, self._numbers.number(box), box.event.tag).encode() for box in boxes)

    def _between(self, track_id: int, first_ms: int, end_ms: int) -> list[_Box]:
        boxes = self._boxes.get(track_id)
        if not boxes:
            return []
        first, end = (bisect_left(boxes, ms, key=lambda box: box.event.time_ms) for ms in (first_ms, end_ms))
        return boxes[first:end]
