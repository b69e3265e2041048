"""Segments and init sections of a dump, as they describe themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..media.fragments import Fragment, MediaDamaged, read_fragments
from ..media.webvtt import find_mistake

TS_PACKET = 188
TS_SYNC = 0x47


class Flaw(NamedTuple):
    """A fault within a file: the byte, the rule that is broken, and how."""

    offset: int
    rule: str
    problem: str


class SegmentFacts(NamedTuple):
    """A segment by its own words; times in ticks, `duration` that of all its samples.

    `is_timed` is True if it could be read to its end, and holds times.
    """

    size: int
    is_timed: bool = False
    begin: int = 0
    end: int = 0
    duration: int = 0
    first_sequence: int = 0
    last_sequence: int = 0
    begins_with_key: bool = True
    flaws: tuple[Flaw, ...] = ()


def read_segment(path: str) -> SegmentFacts:
    """Raises OSError."""
    with open(path, "rb", buffering=0) as file:
        data = file.readall()
    if path.endswith(".m4s"):
        return _facts_of(read_fragments(data), len(data))
    return SegmentFacts(len(data), flaws=_flaws_of(path, data))


def _facts_of(fragments: Iterator[Fragment], size: int) -> SegmentFacts:
    flaws: list[Flaw] = []
    first: Fragment | None = None
    last: Fragment | None = None
    duration = 0
    try:
        for fragment in fragments:
            duration += fragment.duration
            if last is None:
                first = fragment
            elif fragment.decode_time != last.decode_time + last.duration or fragment.sequence_number != last.sequence_number + 1:
                flaws += _flaws_between(last, fragment)
            last = fragment
    except MediaDamaged as damage:
        flaws.append(Flaw(damage.offset, "segment-damaged", damage.problem))
        return SegmentFacts(size, flaws=tuple(flaws))
    if first is None or last is None:
        flaws = [Flaw(0, "segment-damaged", "it holds no fragment")] if size else []
        return SegmentFacts(size, flaws=tuple(flaws))
    return SegmentFacts(
        size,
        is_timed=True,
        begin=first.decode_time,
        end=last.decode_time + last.duration,
        duration=duration,
        first_sequence=first.sequence_number,
        last_sequence=last.sequence_number,
        begins_with_key=first.begins_with_key,
        flaws=tuple(flaws),
    )


def _flaws_between(before: Fragment, fragment: Fragment) -> list[Flaw]:
    flaws = []
    due = before.decode_time + before.duration
    if fragment.decode_time != due:
        flaws.append(Flaw(fragment.offset, "decode-time-jumps", f"a fragment's decode time is {fragment.decode_time} ticks, not {due}"))
    if fragment.sequence_number != before.sequence_number + 1:
        problem = f"the fragment {fragment.sequence_number} follows the fragment {before.sequence_number}"
        flaws.append(Flaw(fragment.offset, "sequence-number-jumps", problem))
    return flaws


def _flaws_of(path: str, data: bytes) -> tuple[Flaw, ...]:
    """The mistake in a segment of MPEG-TS or of subtitles, as far as its packets or its lines show."""
    size = len(data)
    if not size:
        return ()
    if path.endswith(".ts") and (size % TS_PACKET or any(data[at] != TS_SYNC for at in range(0, size, TS_PACKET))):
        return (Flaw(0, "segment-damaged", f"{size} bytes are no packets of MPEG-TS"),)
    mistake = find_mistake(data) if path.endswith(".vtt") else None
    return () if mistake is None else (Flaw(0, "segment-damaged", f"line {mistake.line}: {mistake.problem}"),)
