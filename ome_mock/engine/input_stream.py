"""Input streams: what an encoder or a channel sends, and the output streams that are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from ..events.ad_breaks import AdBreaks
from ..settings import SubtitleRendition
from ..timestamps import NS_PER_MS, NS_PER_SECOND
from .input_tracks import InputTracks, RateHistory
from .pace import Pace
from .sources import Sources
from .stream import OutputStream, StreamPath

if TYPE_CHECKING:
    from ..media.webvtt import Cues

RTMP = "Rtmp"
"""The source type of streams that come by RTMP."""
FIRST_EPHEMERAL_PORT, EPHEMERAL_PORTS = 32_768, 28_232
MEASURED_AFTER_NS = 10 * NS_PER_MS
"""The time in which the engine reads sound that it has held back, and knows its rate then (recorded: alert/audio only)."""
MEASURED_AFTER_LISTING_NS = 480 * NS_PER_MS
"""The time from the listing of a stream until its rates are known."""


class StreamSource(NamedTuple):
    """The source of an input stream: the engine's name for its kind, and its URL, for an encoder that of its socket."""

    type: str
    url: str


@dataclass(eq=False, kw_only=True)
class InputStream:
    """One connected encoder, or channel, and what is made of it, in the order of the output profiles.

    `created_ns` is when it was listed, `prepared_ns` when its output streams were; None where they still have to come.
    """

    path: StreamPath
    pace: Pace
    input_tracks: InputTracks
    sources: Sources
    made: tuple[OutputStream, ...]
    source: StreamSource
    created_ns: int
    rates: RateHistory
    cues: Mapping[str, Cues]
    """The subtitles that were sent, by the labels of their tracks."""
    ad_breaks: AdBreaks
    """The breaks that cues make."""
    relay: OutputStream | None
    """The stream that a channel sends, which is also its output if it bypasses the transcoder."""
    prepared_ns: int | None = None
    is_terminated: bool = False
    """True if the REST API ended it."""
    reconfigured_ns: tuple[int, ...] = ()
    """The instants at which its publisher sent another sequence header."""

    @property
    def outputs(self) -> tuple[OutputStream, ...]:
        """Its output streams, none while it is being set up (live-llhls.md#first-seconds)."""
        return () if self.prepared_ns is None else self.made

    @property
    def published_ns(self) -> int:
        """The instant of its first media: stream time 0."""
        return self.pace.published_ns

    @property
    def subtitles(self) -> tuple[SubtitleRendition, ...]:
        """The renditions of its subtitles."""
        return next((tuple(track.rendition for track in output.subtitles) for output in self.made if output.subtitles), ())

    def time_ms(self, now_ns: int) -> int | None:
        """The stream time in milliseconds; None as long as it has no media."""
        has_media = self.pace.has_begun and not self.input_tracks.is_empty
        time_ms = self.pace.media_ns(now_ns) // NS_PER_MS
        return time_ms if has_media and time_ms >= 0 else None

    @property
    def was_held_back(self) -> bool:
        """True if it was listed long after its first media, because another kind of media might have come."""
        return self.created_ns - self.published_ns > NS_PER_SECOND

    def is_measured(self, now_ns: int) -> bool:
        """Says if the rates of an encoder without a connection are known; sound that was held back has to be read first.

        Otherwise that takes half a second from the listing, also where outputs come with it (recorded: versions 0.16.5 and older).
        """
        if self.prepared_ns is None:
            return False
        if self.was_held_back:
            return self.input_tracks.video is not None or now_ns >= self.prepared_ns + MEASURED_AFTER_NS
        return now_ns >= self.created_ns + MEASURED_AFTER_LISTING_NS

    def find_output(self, name: str) -> OutputStream | None:
        return next((output for output in self.outputs if output.name == name), None)


def encoder_port(path: StreamPath) -> int:
    """The port that an encoder has connected from, one of its own."""
    return FIRST_EPHEMERAL_PORT + crc32(str(path).encode("utf-8", "surrogatepass")) % EPHEMERAL_PORTS


def encoder_source(path: StreamPath) -> StreamSource:
    """An encoder on this machine (recorded: routing/get .../nohls/streams/stream)."""
    return StreamSource(RTMP, f"TCP://127.0.0.1:{encoder_port(path)}/tcp")
