"""A scheduled channel: programs that follow each other at given times (rtmp-and-channels.md#scheduled-channels)."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

SHORTEST_ITEM_MS = 1000
UNTIL_THE_END_MS = -1
END_OF_TIME_NS = 2**63 - 1
"""The end of the last program (OME's documentation of scheduled channels)."""


class ProgramItem(NamedTuple):
    """A file or a stream that a program shows, for a given time or until its end."""

    url: str
    start_ms: int = 0
    duration_ms: int = UNTIL_THE_END_MS
    forward_data: bool = False


class Program(NamedTuple):
    """The items shown from an instant on; `scheduled` is the instant as the client gave it."""

    name: str
    scheduled: str
    scheduled_ns: int
    repeat: bool
    items: tuple[ProgramItem, ...]

    @property
    def length_ms(self) -> int | None:
        """The total length of its items, in milliseconds; None if one of them plays until its end."""
        return None if any(item.duration_ms <= 0 for item in self.items) else sum(item.duration_ms for item in self.items)

    def item_at(self, elapsed_ms: int) -> tuple[int, int]:
        """The index of the item due `elapsed_ms` after the program began, and the time left of it in milliseconds.

        A program that repeats and has a known length is joined in the middle. Any other starts with its first item
        (recorded: repeat false, long over; no duration; program begins in 4 s).
        """
        length_ms = self.length_ms
        if length_ms is None or not self.repeat:
            return 0, self.items[0].duration_ms
        elapsed_ms %= length_ms
        ends_ms = list(accumulate(item.duration_ms for item in self.items))
        number = next(number for number, end_ms in enumerate(ends_ms) if elapsed_ms < end_ms)
        return number, ends_ms[number] - elapsed_ms


class AudioMapItem(NamedTuple):
    """One of several audio tracks of a channel."""

    name: str
    language: str = ""
    characteristics: str = ""


class Schedule(NamedTuple):
    """The programs of a channel, and the fallback between them."""

    fallback: tuple[ProgramItem, ...] | None = None
    programs: tuple[Program, ...] = ()

    def read_at(self, now_ns: int) -> Schedule:
        """The schedule as the engine keeps it, without the programs that are over when it reads it (recorded: two programs)."""
        kept = [program for number, program in enumerate(self.programs) if self.end_ns(number) > now_ns]
        return self._replace(programs=tuple(kept))

    def end_ns(self, number: int) -> int:
        """The end of a program, which is the beginning of the next in the list."""
        return self.programs[number + 1].scheduled_ns if number + 1 < len(self.programs) else END_OF_TIME_NS


class ScheduledChannel(NamedTuple):
    """A requested scheduled channel."""

    name: str
    schedule: Schedule
    bypass_transcoder: bool = False
    video_track: bool = True
    audio_track: bool = True
    audio_map: tuple[AudioMapItem, ...] = ()
    error_tolerance_ms: int = 500
