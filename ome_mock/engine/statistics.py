"""The traffic of streams, applications, virtual hosts and the server (rest-api.md#statistics).

Incoming bytes are computed from the time, because encoders send the loop; outgoing ones are not counted.
The maximum rate is that of a whole turn of the loop; the engine's is the highest it has measured.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from ..timestamps import NS_PER_SECOND
from .follower import Follower
from .input_stream import InputStream
from .meter import input_meters
from .stream import StreamPath
from .virtual_hosts import SERVER_SCOPE, Scope


class Traffic(NamedTuple):
    """Incoming bytes, instants, and rates: as in the engine averages and maxima in bits a second, the latest in bytes a second.

    Recorded: routing/get /v1/stats/current, where the latest is an eighth of the average.
    """

    created_ns: int
    updated_ns: int
    total_bytes_in: int
    avg_bits_in: int
    max_bits_in: int
    latest_bytes_in: int


@dataclass(frozen=True)
class _Count:
    """The bytes of one or several streams until an instant; those of the last and of the busiest second are sums too."""

    at_ns: int = 0
    total_bytes: int = 0
    latest_bytes: int = 0
    most_bytes: int = 0

    def __add__(self, other: _Count) -> _Count:
        return _Count(
            max(self.at_ns, other.at_ns),
            self.total_bytes + other.total_bytes,
            self.latest_bytes + other.latest_bytes,
            self.most_bytes + other.most_bytes,
        )


class Statistics(Follower):
    """The traffic of the server, virtual hosts and applications, summed over their streams, including those that are gone.

    Totals and maxima never decrease while their scope exists.
    """

    def __init__(self, created_ns: int) -> None:
        self._lock = Lock()
        self._streams: dict[StreamPath, InputStream] = {}
        self._created_ns: dict[Scope, int] = {SERVER_SCOPE: created_ns}
        self._gone: dict[Scope, _Count] = {}

    def of(self, scope: Scope, now_ns: int) -> Traffic:
        """The traffic of the server, a virtual host or an application."""
        with self._lock:
            created_ns = self._created_ns.get(scope, self._created_ns[SERVER_SCOPE])
            gone, connected = self._gone.get(scope, _Count()), self._connected(scope, now_ns)
        return _traffic(gone, connected, created_ns, now_ns)

    def of_stream(self, stream: InputStream, now_ns: int) -> Traffic:
        return _traffic(_Count(), _count(stream, now_ns), stream.created_ns, now_ns)

    def streams(self) -> list[InputStream]:
        """Every connected stream, the longest connected first."""
        with self._lock:
            return list(self._streams.values())

    def stream_came(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        """Count a stream; its scopes count as created no later than the stream, which may be older than the emulator."""
        with self._lock:
            self._streams[stream.path] = stream
            for scope in _scopes(stream):
                created_ns = self._created_ns.get(scope, self._created_ns[SERVER_SCOPE])
                self._created_ns[scope] = min(created_ns, stream.created_ns)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        ended = _count(stream, now_ns)
        with self._lock:
            most = {scope: self._connected(scope, now_ns).most_bytes for scope in _scopes(stream)}
            if self._streams.get(stream.path) is stream:
                del self._streams[stream.path]
            for scope, most_bytes in most.items():
                before = self._gone.get(scope, _Count())
                total_bytes = before.total_bytes + ended.total_bytes
                self._gone[scope] = _Count(now_ns, total_bytes, most_bytes=max(before.most_bytes, most_bytes))

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:
        with self._lock:
            for scope in gone:
                self._gone.pop(scope, None)
            self._created_ns |= dict.fromkeys(came, now_ns)

    def _connected(self, scope: Scope, now_ns: int) -> _Count:
        """The bytes of the connected streams of a scope; the caller holds the lock."""
        return sum((_count(stream, now_ns) for stream in self._streams.values() if scope in _scopes(stream)), _Count())


def _scopes(stream: InputStream) -> tuple[Scope, Scope, Scope]:
    """The scopes of a stream: server, virtual host and application."""
    vhost, app = stream.path.vhost, stream.path.app
    return SERVER_SCOPE, (vhost,), (vhost, app)


def _count(stream: InputStream, now_ns: int) -> _Count:
    """The bytes of a stream; during a stall, its last second is the one before the stall."""
    sent = stream.input_tracks.sent
    if sent is not None:
        latest_bytes = sum(counters.bitrate for counters in sent.counters) // 8
        return _Count(now_ns, sum(counters.bytes for counters in sent.counters), latest_bytes=latest_bytes, most_bytes=latest_bytes)
    meters, pace = input_meters(stream).values(), stream.pace
    total_bytes = sum(meter.bytes_sent(now_ns) for meter in meters)
    return _Count(
        pace.instant_ns(pace.media_ns(now_ns)),
        total_bytes,
        latest_bytes=sum(meter.latest_bytes(now_ns) for meter in meters),
        most_bytes=sum(meter.source.most_bytes_in_a_second for meter in meters) if total_bytes else 0,
    )


def _traffic(gone: _Count, connected: _Count, created_ns: int, now_ns: int) -> Traffic:
    both = gone + connected
    average = both.total_bytes * 8 * NS_PER_SECOND // max(now_ns - created_ns, NS_PER_SECOND)
    return Traffic(
        created_ns=created_ns,
        updated_ns=max(created_ns, both.at_ns),
        total_bytes_in=both.total_bytes,
        avg_bits_in=average,
        max_bits_in=max(average, gone.most_bytes * 8, connected.most_bytes * 8),
        latest_bytes_in=both.latest_bytes,
    )
