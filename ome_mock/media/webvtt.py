"""Files of WebVTT cues, as the engine lays them out (events-and-subtitles.md#subtitles-in-media)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

TICKS_PER_MS = 90
"""MPEG-TS counts 90,000 ticks a second, and maps of times are in them (RFC 8216, section 3.5)."""
BEGINNING = re.compile(r"\ufeff?WEBVTT(?:[ \t].*)?$")
ARROW = "-->"
LINE_END = re.compile(r"\r\n|\n|\r")
TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMES = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t].*)?")


class Mistake(NamedTuple):
    """A line of a file, counted from 1, and what is wrong with it."""

    line: int
    problem: str


def find_mistake(data: bytes) -> Mistake | None:
    """The first mistake in a file that keeps players from showing its cues (WebVTT, section 4)."""
    try:
        lines = LINE_END.split(data.decode())
    except UnicodeDecodeError:
        return Mistake(1, "it is not UTF-8")
    if not lines or not BEGINNING.match(lines[0]):
        return Mistake(1, "it does not begin with WEBVTT")
    in_cue = False
    for number, line in enumerate(lines, start=1):
        if not in_cue and ARROW in line:
            times = TIMES.fullmatch(line)
            if times is None:
                return Mistake(number, f"{line[:80]!r} are no times of a cue")
            if _milliseconds(times.groups()[4:]) < _milliseconds(times.groups()[:4]):
                return Mistake(number, f"a cue ends before it begins: {line[:80]!r}")
            in_cue = True
        in_cue = in_cue and bool(line)
    return None


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, ms = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms


class Cue(NamedTuple):
    """A text that is shown for some time; milliseconds of stream time."""

    start_ms: int
    end_ms: int
    text: str
    settings: str = ""
    sent_ms: int = 0
    """The stream time at which it was sent; files that were complete by then don't have it."""


class Cues:
    """The cues of one label, which become more while the stream goes on."""

    def __init__(self) -> None:
        self._cues: list[Cue] = []

    def add(self, cue: Cue) -> None:
        self._cues.append(cue)

    def between(self, first_ms: int, end_ms: int) -> list[Cue]:
        """Those that begin in this time, and were sent before its end."""
        return [cue for cue in self._cues if first_ms <= cue.start_ms < end_ms and cue.sent_ms < end_ms]


def render(first_ms: int, cues: Iterable[Cue]) -> bytes:
    """The file that begins at `first_ms`, from which the times in it are counted."""
    head = f"WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:{first_ms * TICKS_PER_MS}\n\n\n"
    blocks = [
        f"{_time(cue.start_ms - first_ms)} --> {_time(cue.end_ms - first_ms)} {cue.settings}\n{cue.text}\n\n"
        for cue in sorted(cues, key=lambda cue: cue.start_ms)
    ]
    return "".join((head, *blocks)).encode("utf-8", "surrogatepass")


def _time(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"
