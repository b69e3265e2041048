"""One push of an output stream to another server. Nothing is really sent; the counts are computed from the time.

The states, their order and their durations are recorded (records-and-pushes.md#push-states). A push changes when the thread of its
application looks at it, and when a try to connect is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from ..engine.stream import OutputStream
from ..engine.track import ChosenTracks
from ..timestamps import NS_PER_MS, NS_PER_SECOND
from .target import Target, TargetAnswer

CONNECTING_NS = {"rtmp": 270 * NS_PER_MS, "srt": 50 * NS_PER_MS, "mpegts": 0}
"""The time until a target that is there has answered."""
PATIENCE_NS = {"rtmp": 5 * NS_PER_SECOND, "srt": 3 * NS_PER_SECOND, "mpegts": 5 * NS_PER_SECOND}
"""The time until a target that says nothing is given up. That of MPEG-TS over TCP is not recorded."""


class PushRequest(NamedTuple):
    """A client's request for a push."""

    id: str
    chosen: ChosenTracks
    protocol: str
    url: str
    stream_key: str = ""


class PushState(Enum):
    """The states of a push, in the engine's words (rest-api.md#times-and-enums)."""

    READY = "ready"
    CONNECTING = "connecting"
    PUSHING = "pushing"
    STOPPED = "stopped"
    ERROR = "error"


class PushStatus(NamedTuple):
    """The status of a push at an instant; times of events that have not happened are 0. `sequence` counts the sessions that ended."""

    state: PushState
    created_ns: int
    start_ns: int = 0
    sent_bytes: int = 0
    sent_ms: int = 0
    total_bytes: int = 0
    total_ms: int = 0
    sequence: int = 0


@dataclass
class _Session:
    """A try to connect, and what follows it: until `connected_ns` it connects, then it sends, or has failed."""

    stream: OutputStream
    start_ns: int
    connected_ns: int
    is_failure: bool
    ended_ns: int | None = None
    """The instant at which the target, or the stream, went."""


class Push:
    """One push of an application. Not thread-safe: the lock of the pushes guards it."""

    def __init__(self, request: PushRequest, created_ns: int, target: Target) -> None:
        self.request = request
        self.is_removed = False
        self._target = target
        self._session: _Session | None = None
        self._status = PushStatus(PushState.READY, created_ns)

    def look(self, stream: OutputStream | None, now_ns: int) -> int:
        """Look at the push, whose output stream is there or None; returns the nanoseconds for which the thread is held up."""
        session = self._session
        if session is None:
            if self._status.state is PushState.STOPPED:
                self._status = self._status._replace(state=PushState.READY)
                return 0
            return 0 if stream is None else self._begin(stream, now_ns)
        if session.stream is not stream:
            self._end(now_ns)
            return 0
        if session.is_failure or session.ended_ns is not None:
            self._end(now_ns)
            return self._begin(stream, now_ns)
        return 0

    def watch(self, now_ns: int) -> None:
        """Notice that the target has gone, as sending does at once."""
        session = self._session
        if session is None or session.is_failure or session.ended_ns is not None or now_ns < session.connected_ns:
            return
        if self._target.is_lost(now_ns):
            session.ended_ns, session.is_failure = now_ns, True

    def lose_stream(self, stream: OutputStream, now_ns: int) -> None:
        """Send nothing more, because the output stream has ended; the next look ends the session."""
        if self._session is not None and self._session.stream is stream and self._session.ended_ns is None:
            self._session.ended_ns = now_ns

    def status(self, now_ns: int) -> PushStatus:
        session = self._session
        if session is None:
            return self._status
        if now_ns < session.connected_ns:
            return self._status._replace(state=PushState.CONNECTING)
        if session.is_failure and session.ended_ns is None:
            return self._status._replace(state=PushState.ERROR)
        end_ns = now_ns if session.ended_ns is None else min(now_ns, session.ended_ns)
        return self._counted(session, end_ns)._replace(state=PushState.ERROR if session.is_failure else PushState.PUSHING)

    def _begin(self, stream: OutputStream, now_ns: int) -> int:
        answer = self._target.answer(now_ns)
        has_tracks = any(map(self.request.chosen.include, stream.tracks))
        held_ns = self._held_ns(answer) if has_tracks else 0
        self._session = _Session(stream, now_ns, now_ns + held_ns, is_failure=answer is not TargetAnswer.WELCOME or not has_tracks)
        self._status = self._status._replace(state=PushState.CONNECTING, start_ns=now_ns)
        return held_ns

    def _held_ns(self, answer: TargetAnswer) -> int:
        """The time until it is known what becomes of a try; a port where nobody listens is known at once, but not with SRT."""
        if answer is TargetAnswer.WELCOME:
            return CONNECTING_NS[self.request.protocol]
        return PATIENCE_NS[self.request.protocol] if answer is TargetAnswer.SILENT or self.request.protocol == "srt" else 0

    def _end(self, now_ns: int) -> None:
        """Count the session, whose numbers begin anew while the totals go on."""
        sent = self.status(now_ns)
        self._session = None
        self._status = sent._replace(state=PushState.STOPPED, start_ns=now_ns, sent_bytes=0, sent_ms=0, sequence=sent.sequence + 1)

    def _counted(self, session: _Session, end_ns: int) -> PushStatus:
        """The count of what was sent until an instant: bytes since it was connected, time since the try began."""
        pace, before = session.stream.pace, self._status
        sent_bytes, last_ns = 0, 0
        for track in filter(self.request.chosen.include, session.stream.tracks):
            first, end = (track.timeline.arrived(pace.media_ns(at_ns)) for at_ns in (session.connected_ns, end_ns))
            if end > first:
                sent_bytes += track.packager.track.bytes_before(end) - track.packager.track.bytes_before(first)
                last_ns = max(last_ns, pace.instant_ns(track.timeline.arrival_ns(end - 1)))
        sent_ms = max(0, last_ns - session.start_ns) // NS_PER_MS
        totals = before.total_bytes + sent_bytes, before.total_ms + sent_ms
        return before._replace(sent_bytes=sent_bytes, sent_ms=sent_ms, total_bytes=totals[0], total_ms=totals[1])
