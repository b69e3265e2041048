"""The bytes and samples that a track has carried, as the engine measures them, but computed from the instant."""

from __future__ import annotations

from typing import NamedTuple

from ..media.cutting import SampleTimes
from ..media.loop import LoopTrack, MediaKind
from ..media.timeline import arrived
from ..timestamps import NS_PER_SECOND
from .input_stream import InputStream
from .pace import Pace
from .stream import OutputStream
from .track import OutputTrack, input_times


class Meter(NamedTuple):
    """Measures one track; instants are nanoseconds since the epoch."""

    source: LoopTrack
    times: SampleTimes
    pace: Pace
    latency_ns: int = 0

    def samples(self, now_ns: int) -> int:
        return arrived(self.times, self.pace.media_ns(now_ns) - self.latency_ns)

    def bytes_sent(self, now_ns: int) -> int:
        return self.source.bytes_before(self.samples(now_ns))

    def latest_bytes(self, now_ns: int) -> int:
        """The bytes of the last second."""
        return self.bytes_sent(now_ns) - self.bytes_sent(now_ns - NS_PER_SECOND)

    def latest_samples(self, now_ns: int) -> int:
        """The number of samples in the last second."""
        return self.samples(now_ns) - self.samples(now_ns - NS_PER_SECOND)

    def samples_since_key(self, now_ns: int) -> int:
        """The number of samples after the last key frame."""
        last = self.samples(now_ns) - 1
        return 0 if last < 0 else last - self.source.key_before(last)


def input_meters(stream: InputStream) -> dict[MediaKind, Meter]:
    """A meter for each track that an encoder sends."""
    return {source.kind: Meter(source, times, stream.pace) for source, times in input_times(stream.input_tracks, stream.sources)}


def output_meter(output: OutputStream, track: OutputTrack) -> Meter:
    timeline = track.timeline
    return Meter(track.packager.track, timeline.times, output.pace, timeline.latency_ns)
