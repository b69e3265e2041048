"""The times between the coming of an encoder, the listing of its stream, and the outputs of that."""

from __future__ import annotations

from typing import NamedTuple

from ..dialect import VersionRules
from ..engine.input_tracks import InputTracks
from ..engine.stream_maker import passes_after_ns
from ..timestamps import NS_PER_MS, NS_PER_SECOND

LISTED_AFTER_NS = 410 * NS_PER_MS
"""The time from the coming of an encoder until its stream is listed (recorded of RTMP with sound and pictures: 0.27 to 0.52 s).

Media counts from the coming of the encoder, which sends its first half second at once: a stream that is listed has that much already
(recorded: alert, where the first segment of two seconds is complete 1.52 s after the listing, the third one 5.51 s).
"""

MESSAGES_OF_ONE_KIND = 250
"""The messages of one kind through which RTMP waits for the other; then all is there at once (rtmp-and-channels.md#rtmp-streams)."""
AHEAD_NS = 233 * NS_PER_MS
"""The time by which an encoder's media is ahead of the clock meanwhile, because it sends its first half second at once.

Recorded: first-seconds/short a 5, where 5.33 s of sound have come after 5.1 s; 8.33 s of pictures have after 8.1 s.
"""
SAMPLES_OF_AAC = 1024


class FirstMoments(NamedTuple):
    """Spans from the coming of an encoder on, and the media that it has sent before that by its own count."""

    listed_after_ns: int
    prepared_after_ns: int
    ahead_ns: int = 0


def first_moments(tracks: InputTracks, protocol: str, rules: VersionRules, *, knows_by_metadata: bool) -> FirstMoments:
    """The first moments of an encoder that tells its codecs in its metadata, as FFmpeg does.

    `knows_by_metadata` stands for a provider that waits for no more than they name, which that of `<Modules><ERTMP>` does
    (recorded: ertmp module/audio only, metadata of audio only).
    """
    outputs_after_ns = rules.outputs_after_ms * NS_PER_MS
    if protocol != "rtmp" or knows_by_metadata or (tracks.video and tracks.audio):
        return FirstMoments(LISTED_AFTER_NS, outputs_after_ns)
    alone_ns, come_with_input = _waited_through_ns(tracks) - AHEAD_NS, outputs_after_ns <= LISTED_AFTER_NS
    return FirstMoments(alone_ns, alone_ns + (0 if come_with_input else passes_after_ns(tracks, rules)), AHEAD_NS)


def _waited_through_ns(tracks: InputTracks) -> int:
    """The duration of the messages for which the other kind is waited for; each holds a picture, or a frame of AAC."""
    if tracks.video:
        return int(MESSAGES_OF_ONE_KIND * NS_PER_SECOND / tracks.video.framerate)
    rate = tracks.audio.samplerate if tracks.audio else 0
    return MESSAGES_OF_ONE_KIND * SAMPLES_OF_AAC * NS_PER_SECOND // rate if rate else 0
