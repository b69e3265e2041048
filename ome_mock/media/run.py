"""A run of consecutive samples of one track: what a file of a recording holds of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

from .cutting import SampleTimes
from .loop_track import LoopTrack


@dataclass(frozen=True)
class Run:
    """The samples from `first` up to `end`, which is not among them."""

    track: LoopTrack
    times: SampleTimes
    first: int
    end: int

    @property
    def start_ms(self) -> int:
        return self.times.dts_ms(self.first)

    @property
    def duration_ms(self) -> int:
        return self.times.dts_ms(self.end) - self.start_ms

    @property
    def byte_count(self) -> int:
        return self.track.bytes_before(self.end) - self.track.bytes_before(self.first)

    def sample(self, number: int) -> bytes:
        return self.track.sample(number)

    def is_key(self, number: int) -> bool:
        return self.track.is_key_sample(number)


def interleaved(runs: Sequence[Run]) -> Iterator[tuple[int, int, int]]:
    """Every sample of several runs in the order of their times: its time in milliseconds, the index of its run, its number."""
    return merge(*(_timed(run, index) for index, run in enumerate(runs)))


def _timed(run: Run, index: int) -> Iterator[tuple[int, int, int]]:
    for number in range(run.first, run.end):
        yield run.times.dts_ms(number), index, number
