"""One push of an output stream to another server. Nothing is really sent; the counts are computed from the time.

The order of states is the engine's; the duration of each is not recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from threading import Lock

from ..engine.stream import OutputStream
from ..engine.track import OutputTrack
from ..timestamps import NS_PER_MS

CONNECTS_AFTER_NS = 200 * NS_PER_MS
CONNECTED_AFTER_NS = 500 * NS_PER_MS
"""The time to connect, from the start of the push or of its output stream."""


@dataclass(frozen=True)
class PushRequest:
    """A client's request for a push; without tracks and variants it sends all tracks."""

    id: str
    output_stream_name: str
    protocol: str
    url: str
    stream_key: str = ""
    track_ids: tuple[int, ...] = ()
    variant_names: tuple[str, ...] = ()

    def selects(self, track: OutputTrack) -> bool:
        return track.is_chosen(self.track_ids, self.variant_names)


class PushState(Enum):
    """The states of a push, in the engine's words (rest-api.md#times-and-enums)."""

    READY = "ready"
    CONNECTING = "connecting"
    PUSHING = "pushing"
    ERROR = "error"


@dataclass(frozen=True)
class PushStatus:
    """The status of a push at an instant; times of events that have not happened are 0."""

    state: PushState
    created_ns: int
    start_ns: int = 0
    finish_ns: int = 0
    sent_bytes: int = 0
    sent_ms: int = 0
    total_bytes: int = 0
    total_ms: int = 0
    sequence: int = 0


class Push:
    """One push of an application. Its methods may be called from any thread."""

    def __init__(self, request: PushRequest, created_ns: int, *, is_reachable: bool) -> None:
        self.request = request
        self._is_reachable = is_reachable
        self._lock = Lock()
        self._stream: OutputStream | None = None
        self._since_ns = created_ns
        self._status = PushStatus(PushState.READY, created_ns)

    def start(self, stream: OutputStream, now_ns: int) -> None:
        """Begin to connect, because the output stream exists."""
        with self._lock:
            self._stream, self._since_ns = stream, now_ns

    def interrupt(self, now_ns: int) -> None:
        """Wait for the output stream, which has ended, to come back; sessions are counted (not recorded)."""
        with self._lock:
            status = self._status_at(now_ns)
            self._stream = None
            if status.state is PushState.PUSHING:
                self._status = replace(status, state=PushState.READY, finish_ns=now_ns, sequence=status.sequence + 1)

    def status(self, now_ns: int) -> PushStatus:
        with self._lock:
            return self._status_at(now_ns)

    def _status_at(self, now_ns: int) -> PushStatus:
        before, stream, start_ns = self._status, self._stream, self._since_ns + CONNECTED_AFTER_NS
        if stream is None or now_ns < self._since_ns + CONNECTS_AFTER_NS:
            return before
        if now_ns < start_ns:
            return replace(before, state=PushState.CONNECTING)
        if not self._is_reachable:
            return replace(before, state=PushState.ERROR)
        tracks = [track for track in stream.tracks if self.request.selects(track)]
        sent_bytes = sum(_bytes_between(track, stream.pace.media_ns(start_ns), stream.pace.media_ns(now_ns)) for track in tracks)
        sent_ms = (now_ns - start_ns) // NS_PER_MS if tracks else 0
        return replace(
            before,
            state=PushState.PUSHING,
            start_ns=start_ns,
            finish_ns=0,
            sent_bytes=sent_bytes,
            sent_ms=sent_ms,
            total_bytes=before.total_bytes + sent_bytes,
            total_ms=before.total_ms + sent_ms,
        )


def _bytes_between(track: OutputTrack, start_ns: int, end_ns: int) -> int:
    source, timeline = track.packager.track, track.timeline
    return source.bytes_before(timeline.arrived(end_ns)) - source.bytes_before(timeline.arrived(start_ns))
