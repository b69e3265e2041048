"""A scheduled channel: programs that follow each other at given times (reference: REST API, section 3.11)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from ..timestamps import NS_PER_MS

SHORTEST_ITEM_MS = 1000
UNTIL_THE_END_MS = -1
END_OF_TIME_NS = 2**63 - 1
"""When a program ends that no other follows (OME's documentation of scheduled channels)."""


@dataclass(frozen=True)
class ProgramItem:
    """A file or a stream that a program shows, for a while or until its end."""

    url: str
    start_ms: int = 0
    duration_ms: int = UNTIL_THE_END_MS
    forward_data: bool = False


@dataclass(frozen=True)
class Program:
    """What is shown from an instant on; `scheduled` is that instant as it was given."""

    name: str
    scheduled: str
    scheduled_ns: int
    repeat: bool
    items: tuple[ProgramItem, ...]

    def item_at(self, elapsed_ms: int) -> tuple[ProgramItem, int] | None:
        """The item that is shown so long after the program began, and its position; None after the last one.

        The length of a file is not known here: an item without a duration goes on for ever.
        """
        ends = list(accumulate(item.duration_ms for item in self.items if item.duration_ms > 0))
        is_endless = any(item.duration_ms <= 0 for item in self.items)
        if self.repeat and ends and not is_endless:
            elapsed_ms %= ends[-1]
        begin_ms = 0
        for item in self.items:
            if item.duration_ms <= 0 or elapsed_ms < begin_ms + item.duration_ms:
                return item, elapsed_ms - begin_ms
            begin_ms += item.duration_ms
        return None


@dataclass(frozen=True)
class CurrentProgram:
    """The program that runs, when the next one takes its place, and the item that is shown."""

    program: Program
    end_ns: int
    item: ProgramItem
    position_ms: int

    @property
    def duration_ms(self) -> int:
        return UNTIL_THE_END_MS if self.end_ns == END_OF_TIME_NS else (self.end_ns - self.program.scheduled_ns) // NS_PER_MS


@dataclass(frozen=True)
class AudioMapItem:
    """One of several sounds of a channel."""

    name: str
    language: str = ""
    characteristics: str = ""


@dataclass(frozen=True)
class Schedule:
    """What a channel shows: its programs, and what is shown between them."""

    fallback: tuple[ProgramItem, ...] | None = None
    programs: tuple[Program, ...] = ()

    def current(self, now_ns: int) -> CurrentProgram | None:
        """The program that began last, unless it is over."""
        ordered = sorted(self.programs, key=lambda program: program.scheduled_ns)
        begun = [program for program in ordered if program.scheduled_ns <= now_ns]
        if not begun:
            return None
        program = begun[-1]
        end_ns = ordered[len(begun)].scheduled_ns if len(begun) < len(ordered) else END_OF_TIME_NS
        shown = program.item_at((now_ns - program.scheduled_ns) // NS_PER_MS)
        return None if shown is None else CurrentProgram(program, end_ns, *shown)


@dataclass(frozen=True)
class ScheduledChannel:
    """A channel that was asked for."""

    name: str
    schedule: Schedule
    bypass_transcoder: bool = False
    video_track: bool = True
    audio_track: bool = True
    audio_map: tuple[AudioMapItem, ...] = ()
    error_tolerance_ms: int = 500
