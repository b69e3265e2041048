"""Players of LL-HLS at a control server: who is let in, and for how long their sessions live."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import NamedTuple, Protocol

from ..clock import Clock
from ..dialect import Dialect
from ..engine.stream import OutputStream
from ..errors import ConfigurationError
from ..hls.stream_key import stream_key
from ..player_refusals import SessionMissing
from ..settings import LLHLS, AdmissionWebhooks
from ..timestamps import NS_PER_MS
from .webhooks import Admission, Client, Direction, Verdict, Webhooks


class Line(Protocol):
    """The connection of a player."""

    @property
    def number(self) -> int: ...

    def on_close(self, callback: Callable[[], None]) -> None: ...


class Admitted(NamedTuple):
    """A player that was let in, and what the control server said."""

    admission: Admission
    verdict: Verdict


@dataclass(eq=False)
class _Session:
    """One session of a player; it lives as long as a connection that used it, and no longer than `expires_ns`."""

    name: str
    stream: OutputStream
    admitted: Admitted
    expires_ns: int | None
    lines: set[int] = field(default_factory=set)


class Players:
    """The players of the virtual hosts that ask a control server about them."""

    def __init__(self, clock: Clock, webhooks: Webhooks, dialect: Dialect, seed: int) -> None:
        self._clock = clock
        self._webhooks = webhooks
        self._dialect = dialect
        self._lock = Lock()
        self._random = random.Random(f"players/{seed}")  # noqa: S311
        self._ids = count(1)
        self._sessions: dict[tuple[OutputStream, str], _Session] = {}

    def ask(self, settings: AdmissionWebhooks, stream: str, client: Client, url: str, protocol: str = LLHLS) -> Admitted:
        """Ask a control server about a player that wants a master playlist, or a picture, and wait for the answer."""
        admission = Admission(settings, stream, client, Direction.OUTGOING, protocol, url)
        return Admitted(admission, self._webhooks.ask_opening(admission, self._clock.now_ns()))

    def begin(self, stream: OutputStream, line: Line | None, admitted: Admitted) -> str:
        """The session of a player that was let in, the one of its connection if it has any. Raises SessionMissing once that is over."""
        now_ns = self._clock.now_ns()
        with self._lock:
            session_id = str(next(self._ids) if line is None else line.number)
            session = self._sessions.get((stream, session_id))
            if session is None:
                name = f"{session_id}_{stream_key(str(self._random.random()))}"
                ends = self._dialect.lifetime_ends_players and self._dialect.player_sessions_end
                lifetime_ms = admitted.verdict.lifetime_ms if ends else 0
                expires_ns = now_ns + lifetime_ms * NS_PER_MS if lifetime_ms else None
                session = self._sessions[stream, session_id] = _Session(name, stream, admitted, expires_ns)
        return self._used(session, line, now_ns)

    def resume(self, stream: OutputStream, name: str | None, line: Line | None) -> str:
        """The session that a player names. Raises SessionMissing where there is none, or none any more."""
        with self._lock:
            session = self._sessions.get((stream, (name or "").partition("_")[0]))
        if session is None or session.name != name:
            raise SessionMissing
        return self._used(session, line, self._clock.now_ns())

    def end(self, name: str) -> None:
        """End a session as the closing of its last connection does. Raises ConfigurationError where there is none."""
        with self._lock:
            found = [session for session in self._sessions.values() if session.name == name]
        if not found:
            raise ConfigurationError(f"there is no session {name!r}")
        self._close(found[0])

    def _used(self, session: _Session, line: Line | None, now_ns: int) -> str:
        if line is not None:
            with self._lock:
                is_new = line.number not in session.lines
                session.lines.add(line.number)
            if is_new:
                line.on_close(lambda: self._hang_up(session, line.number))
        if session.expires_ns is not None and now_ns >= session.expires_ns:
            raise SessionMissing
        return session.name

    def _hang_up(self, session: _Session, number: int) -> None:
        with self._lock:
            session.lines.discard(number)
            is_last = not session.lines
        if is_last and self._dialect.player_sessions_end:
            self._close(session)

    def _close(self, session: _Session) -> None:
        """Nobody is told of the players of a stream that has ended (recorded: outgoing-session/stream ends while a player is connected)."""
        with self._lock:
            is_there = self._sessions.pop((session.stream, session.name.partition("_")[0]), None) is session
        if is_there and session.stream.ended_ns is None:
            admission = session.admitted.admission
            gone = admission.client._replace(real_ip=admission.client.address)
            self._webhooks.tell_closing(admission._replace(client=gone), session.admitted.verdict.new_url, self._clock.now_ns())
