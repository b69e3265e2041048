"""The samples of a record's file that is open: which it takes, when they arrive, and when it is cut.

Everything is computed from the instant alone, with the rules of the recorded engine (records-and-pushes.md#record-files): a record takes
sound from its beginning and pictures from their first key frame on; its time counts from the last packet before that key frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from heapq import merge

from ..engine.stream import OutputStream
from ..engine.track import OutputTrack
from ..media.loop import MediaKind
from ..media.run import MediaTrack, Run, TimedSample
from ..timestamps import NS_PER_MS
from .split_schedule import SplitSchedule


class RecordedTracks:
    """The tracks that a record takes of a stream, pictures first, after an instant. The first one decides about cuts."""

    def __init__(self, stream: OutputStream, tracks: Sequence[OutputTrack], since_ns: int) -> None:
        self._pace = stream.pace
        self.tracks = sorted(tracks, key=lambda track: track.kind is not MediaKind.VIDEO)
        self.since_ns = since_ns
        self._since = [self.arrived(index, since_ns + 1) for index in range(len(self.tracks))]
        self.first = [self._first(index) for index in range(len(self.tracks))]
        """The numbers of the first samples that are taken."""

    @property
    def first_key_ns(self) -> int:
        """The arrival of the first key frame, or of the first sample of a record without pictures."""
        return self.arrival_ns(0, self.first[0])

    def arrived(self, index: int, before_ns: int) -> int:
        """The number of samples of a track that have arrived before an instant."""
        return self.tracks[index].timeline.arrived(self._pace.media_ns(before_ns - 1))

    def arrival_ns(self, index: int, number: int) -> int:
        return self._pace.instant_ns(self.tracks[index].timeline.arrival_ns(number))

    def key_from(self, number: int) -> int:
        """The number of the first track's next key sample."""
        return self.tracks[0].timeline.key_from(number)

    def last_packet_ns(self, before_ns: int) -> int | None:
        """The arrival of the last packet of any track, taken or not, before an instant; None before the first one."""
        counts = [self.arrived(index, before_ns) for index in range(len(self.tracks))]
        return max((self.arrival_ns(index, count - 1) for index, count in enumerate(counts) if count > self._since[index]), default=None)

    def next_packet_ns(self, from_ns: int) -> int:
        """The arrival of the first packet at an instant or after it."""
        return min(self.arrival_ns(index, self.arrived(index, from_ns)) for index in range(len(self.tracks)))

    def _first(self, index: int) -> int:
        track, since = self.tracks[index], self._since[index]
        return track.timeline.key_from(since) if track.kind is MediaKind.VIDEO else since


class OpenFile:
    """A file that grows, since `opened_ns`. Only `take` changes it."""

    def __init__(self, taken: RecordedTracks, sequence: int, opened_ns: int) -> None:
        self.recorded = taken
        self.sequence = sequence
        self.opened_ns = opened_ns
        self.first = [max(first, taken.arrived(index, opened_ns)) for index, first in enumerate(taken.first)]
        self._next = list(self.first)

    @property
    def media(self) -> list[MediaTrack]:
        return [MediaTrack(track.packager.track, track.timeline.times) for track in self.recorded.tracks]

    @property
    def first_ms(self) -> int:
        """The stream time of its first sample."""
        return min(track.timeline.times.dts_ms(first) for track, first in zip(self.recorded.tracks, self.first, strict=True))

    def start_ns(self, before_ns: int) -> int:
        """The instant at which its time begins, as it is known before an instant."""
        taken = self.recorded
        if self.opened_ns > taken.since_ns:
            return self.opened_ns
        if taken.tracks[0].kind is MediaKind.AUDIO:
            return taken.first_key_ns if taken.first_key_ns < before_ns else self.opened_ns
        return taken.last_packet_ns(min(before_ns, taken.first_key_ns)) or self.opened_ns

    def duration_ms(self, before_ns: int) -> int:
        """Its time at an instant: up to the last packet. Until a key frame comes it is that of the last packet alone."""
        last_ns = self.recorded.last_packet_ns(before_ns)
        if last_ns is None or last_ns < self.opened_ns:
            return 0
        start_ns = self.start_ns(before_ns)
        if last_ns < self.recorded.first_key_ns:
            start_ns = self.recorded.last_packet_ns(last_ns) or last_ns
        return (last_ns - start_ns) // NS_PER_MS

    def runs(self, before_ns: int) -> list[Run]:
        """The samples that have arrived before an instant."""
        ends = [max(first, self.recorded.arrived(index, before_ns)) for index, first in enumerate(self.first)]
        return [Run(track, times, first, end) for (track, times), first, end in zip(self.media, self.first, ends, strict=True)]

    def take(self, before_ns: int) -> list[TimedSample]:
        """The samples that have arrived before an instant and were not taken yet, in order of their arrival."""
        arrivals = []
        for index, run in enumerate(self.runs(before_ns)):
            numbers = range(self._next[index], run.end)
            self._next[index] = max(self._next[index], run.end)
            arrivals.append([(self.recorded.arrival_ns(index, number), index, number) for number in numbers])
        return [TimedSample(self._time_ms(index, number), index, number) for _, index, number in merge(*arrivals)]

    def _time_ms(self, index: int, number: int) -> int:
        return self.recorded.tracks[index].timeline.times.dts_ms(number)

    def interval_cut_ns(self, interval_ms: int) -> int:
        """The arrival of the first key frame whose last packet before it is that long after the file's start."""
        taken = self.recorded
        end_ns = self.start_ns(max(taken.first_key_ns, self.opened_ns) + 1) + interval_ms * NS_PER_MS
        key = taken.key_from(taken.arrived(0, end_ns))
        while (taken.last_packet_ns(taken.arrival_ns(0, key)) or 0) < end_ns:
            key = taken.key_from(key + 1)
        return taken.arrival_ns(0, key)

    def scheduled_cut_ns(self, schedule: SplitSchedule, zone: tzinfo | None) -> int:
        """The arrival of the first packet at the next mark of a schedule or after it."""
        return self.recorded.next_packet_ns(schedule.next_ns(self.opened_ns, zone))
