"""What a track has carried by an instant, as the engine measures it: computed from the instant, never counted."""

from __future__ import annotations

from typing import NamedTuple

from ..media.cutting import SampleTimes
from ..media.loop import LoopTrack, MediaKind
from ..media.timeline import arrived
from ..timestamps import NS_PER_SECOND
from .pace import Pace
from .stream import InputStream, OutputStream
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
        """What the last second carried."""
        return self.bytes_sent(now_ns) - self.bytes_sent(now_ns - NS_PER_SECOND)

    def latest_samples(self, now_ns: int) -> int:
        """How many samples the last second carried."""
        return self.samples(now_ns) - self.samples(now_ns - NS_PER_SECOND)

    def samples_since_key(self, now_ns: int) -> int:
        """How many samples have come after the last key frame."""
        last = self.samples(now_ns) - 1
        return 0 if last < 0 else last - self.source.key_before(last)


def input_meters(stream: InputStream) -> dict[MediaKind, Meter]:
    """A meter for each track that an encoder sends."""
    return {source.kind: Meter(source, times, stream.pace) for source, times in input_times(stream.input_tracks, stream.sources)}


def output_meter(output: OutputStream, track: OutputTrack) -> Meter:
    timeline = track.timeline
    return Meter(track.packager.track, timeline.times, output.pace, timeline.latency_ns)
