"""Sessions of players; URIs in playlists repeat them as `session=<id>_<key>` (live-llhls.md#requests)."""

from __future__ import annotations

import random
from threading import Lock

from ...engine.stream import OutputStream
from ...hls.stream_key import stream_key
from ...player_refusals import SessionMissing
from ..wire.parking import Connection

WITHOUT_CONNECTION = 0


class PlayerSessions:
    """The sessions of an emulator's streams. Each lives as long as the connection that began it, or on where `end` is False.

    Its id is the connection's number. An unknown session is accepted, with an empty key (recorded: live-delivery: each
    request has its own connection, and its session is unknown to the next one).
    """

    def __init__(self, seed: int, *, end: bool) -> None:
        self._lock = Lock()
        self._end = end
        self._random = random.Random(f"sessions/{seed}")  # noqa: S311
        self._keys: dict[tuple[OutputStream, str], str] = {}

    def begin(self, stream: OutputStream, connection: Connection | None) -> str:
        """Begin a session for a request for a master playlist; returns its name."""
        session_id = str(WITHOUT_CONNECTION if connection is None else connection.number)
        with self._lock:
            key = stream_key(str(self._random.random()))
        self._keep(stream, session_id, key, connection)
        return f"{session_id}_{key}"

    def resume(self, stream: OutputStream, name: str | None, connection: Connection | None) -> str:
        """The name with which a session continues. Raises SessionMissing if `name` is None or not of the form id and key."""
        parts = (name or "").split("_")
        if len(parts) != 2:
            raise SessionMissing
        session_id = parts[0]
        with self._lock:
            key = self._keys.get((stream, session_id))
        if key is None:
            key = ""
            self._keep(stream, session_id, key, connection)
        return f"{session_id}_{key}"

    def _keep(self, stream: OutputStream, session_id: str, key: str, connection: Connection | None) -> None:
        if connection is None:
            return
        with self._lock:
            is_new = (stream, session_id) not in self._keys
            self._keys[stream, session_id] = key
        if is_new and self._end:
            connection.on_close(lambda: self._forget(stream, session_id))

    def _forget(self, stream: OutputStream, session_id: str) -> None:
        with self._lock:
            self._keys.pop((stream, session_id), None)
