"""A run of consecutive samples of one track, such as a file of a record holds."""

from __future__ import annotations

from typing import NamedTuple

from .cutting import SampleTimes
from .loop_track import LoopTrack


class MediaTrack(NamedTuple):
    """A track and the times of its samples."""

    track: LoopTrack
    times: SampleTimes


class TimedSample(NamedTuple):
    """One sample of several tracks: its time in milliseconds of stream time, the index of its track, and its number."""

    time_ms: int
    track: int
    number: int


class Run(NamedTuple):
    """The samples from `first` up to, but without, `end`."""

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

    @property
    def key_count(self) -> int:
        """The number of key samples."""
        return self.track.keys_before(self.end) - self.track.keys_before(self.first)
