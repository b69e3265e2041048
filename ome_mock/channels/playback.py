"""The playback of a scheduled channel, computed from its schedule and the instant at which the channel read it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from ..timestamps import NS_PER_MS, NS_PER_SECOND
from .scheduled_channel import UNTIL_THE_END_MS, Program, ProgramItem, Schedule


class Media(NamedTuple):
    """The media of an item: its size, its length if known, and its frame rate (0 for the usual one)."""

    width: int
    height: int
    length_ms: int | None = None
    frame_rate: Fraction = Fraction(0)


FindMedia = Callable[[ProgramItem], Media | None]
"""Finds the media of an item; None if the file or the stream is missing."""


class Showing(NamedTuple):
    """A stretch of time in which a channel shows one item, or none if it is off air.

    `number` is the index of the program in the schedule, `item_number` that of the item in the program.
    """

    since_ns: int
    ends_ns: int | None = None
    number: int | None = None
    item_number: int | None = None


class Playback:
    """Follows a schedule as time goes forward. Not thread-safe."""

    def __init__(self, schedule: Schedule, find_media: FindMedia, now_ns: int) -> None:
        self.schedule = schedule
        self._find_media = find_media
        self.showing = self._tuned_in(now_ns)

    @property
    def program(self) -> Program | None:
        return None if self.showing.number is None else self.schedule.programs[self.showing.number]

    @property
    def item(self) -> ProgramItem | None:
        return self._item(self.showing)

    @property
    def program_end_ns(self) -> int:
        return self.schedule.end_ns(self.showing.number or 0)

    @property
    def media(self) -> Media | None:
        """The media of the item, or else of the fallback program."""
        return self._media(self.showing)

    def position_ms(self, now_ns: int) -> int:
        """The time for which the item has been played, in milliseconds."""
        return (now_ns - self.showing.since_ns) // NS_PER_MS if self.media else 0

    def advance(self, now_ns: int) -> None:
        while self.showing.ends_ns is not None and self.showing.ends_ns <= now_ns:
            self.showing = self._after(self.showing)

    def next_change_ns(self) -> int | None:
        """The instant at which the playback changes; None if it never does.

        One round through the items of a repeated program is enough: after it they come again.
        """
        program, showing = self.program, self.showing
        for _ in range(len(program.items) + 1 if program else 1):
            if showing.ends_ns is None:
                return None
            following = self._after(showing)
            if following.number != showing.number or self._media(following) != self._media(showing):
                return showing.ends_ns
            showing = following
        return self.program_end_ns if self.program_end_ns > showing.since_ns else None

    def _tuned_in(self, now_ns: int) -> Showing:
        """The showing at an arbitrary instant, found in the schedule."""
        for number, program in enumerate(self.schedule.programs):
            if program.scheduled_ns <= now_ns < self.schedule.end_ns(number):
                if not program.items:
                    return Showing(now_ns, self.schedule.end_ns(number), number)
                item_number, rest_ms = program.item_at((now_ns - program.scheduled_ns) // NS_PER_MS)
                return self._shown(number, item_number, now_ns, rest_ms)
        return self._off_air(now_ns)

    def _after(self, showing: Showing) -> Showing:
        """The showing after another one."""
        now_ns = showing.ends_ns
        assert now_ns is not None  # noqa: S101
        number, item_number = showing.number, showing.item_number
        if number is None or item_number is None or now_ns >= self.schedule.end_ns(number):
            return self._tuned_in(now_ns)
        program = self.schedule.programs[number]
        following = item_number + 1
        if following == len(program.items):
            if not program.repeat:
                return self._off_air(now_ns)
            following = 0
        return self._shown(number, following, now_ns, program.items[following].duration_ms)

    def _shown(self, number: int, item_number: int, now_ns: int, rest_ms: int) -> Showing:
        """An item until it, its file or its program ends."""
        item = self.schedule.programs[number].items[item_number]
        media = self._find_media(item)
        lengths_ms = [] if rest_ms == UNTIL_THE_END_MS else [rest_ms]
        if media and media.length_ms:  # a start beyond the end of the file doesn't count
            lengths_ms.append(media.length_ms - item.start_ms if item.start_ms < media.length_ms else media.length_ms)
        ends_ns = [now_ns + length_ms * NS_PER_MS for length_ms in lengths_ms]
        return Showing(now_ns, min([*ends_ns, self.schedule.end_ns(number)]), number, item_number)

    def _off_air(self, now_ns: int) -> Showing:
        """No item until the next program has begun; the engine looks for that every second (recorded: program begins in 4 s)."""
        begins_ns = [program.scheduled_ns for program in self.schedule.programs if program.scheduled_ns > now_ns]
        waits_s = [-(-(begin_ns - now_ns) // NS_PER_SECOND) for begin_ns in begins_ns]
        return Showing(now_ns, now_ns + min(waits_s) * NS_PER_SECOND if waits_s else None)

    def _item(self, showing: Showing) -> ProgramItem | None:
        if showing.number is None or showing.item_number is None:
            return None
        return self.schedule.programs[showing.number].items[showing.item_number]

    def _media(self, showing: Showing) -> Media | None:
        item = self._item(showing)
        media = None if item is None else self._find_media(item)
        fallbacks = (self._find_media(each) for each in self.schedule.fallback or ())
        return media or next((each for each in fallbacks if each), None)
