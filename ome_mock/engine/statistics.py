"""What streams, applications, virtual hosts and the server have received and sent (reference: REST API, section 3.13).

Encoders send the loop, so what came in is computed from the time; what players fetch is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from ..timestamps import NS_PER_SECOND
from .meter import input_meters
from .stream import InputStream, StreamPath


@dataclass(frozen=True)
class Traffic:
    """Bytes in, and instants; rates as the engine has them: averages and maxima in bits a second, the latest in bytes a second.

    Recorded: documents/get /v1/stats/current, where the latest is an eighth of the average.
    """

    created_ns: int
    updated_ns: int
    total_bytes_in: int = 0
    avg_bits_in: int = 0
    max_bits_in: int = 0
    latest_bytes_in: int = 0


@dataclass(frozen=True)
class _Part:
    """What one stream adds to the traffic of what it belongs to."""

    path: StreamPath
    published_ns: int
    total_bytes: int
    latest_bytes: int
    last_ns: int


class Statistics:
    """Traffic of everything by the sum of its streams, those that are gone included; follows streams."""

    def __init__(self, created_ns: int) -> None:
        self._created_ns = created_ns
        self._lock = Lock()
        self._streams: dict[StreamPath, InputStream] = {}
        self._gone: dict[tuple[str, str], _Part] = {}

    def server(self, now_ns: int) -> Traffic:
        return self._traffic(self._parts(now_ns), now_ns)

    def virtual_host(self, vhost: str, now_ns: int) -> Traffic:
        return self._traffic([part for part in self._parts(now_ns) if part.path.vhost == vhost], now_ns)

    def application(self, vhost: str, app: str, now_ns: int) -> Traffic:
        return self._traffic([part for part in self._parts(now_ns) if (part.path.vhost, part.path.app) == (vhost, app)], now_ns)

    def stream(self, stream: InputStream, now_ns: int) -> Traffic:
        return _sum([_part(stream, now_ns)], stream.published_ns, now_ns)

    def streams(self) -> list[InputStream]:
        """Every connected stream, the longest connected first."""
        with self._lock:
            return list(self._streams.values())

    def stream_came(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        with self._lock:
            self._streams[stream.path] = stream

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        path = stream.path
        with self._lock:
            if self._streams.get(path) is stream:
                del self._streams[path]
            before = self._gone.get((path.vhost, path.app))
            self._gone[path.vhost, path.app] = _joined([*([before] if before else []), _part(stream, now_ns)])

    def application_gone(self, vhost: str, app: str, now_ns: int) -> None:  # noqa: ARG002
        with self._lock:
            self._gone.pop((vhost, app), None)

    def advance(self, now_ns: int) -> None:
        """Nothing falls due."""

    def next_due_ns(self) -> int | None:
        return None

    def _parts(self, now_ns: int) -> list[_Part]:
        with self._lock:
            return [*self._gone.values(), *(_part(each, now_ns) for each in self._streams.values())]

    def _traffic(self, parts: list[_Part], now_ns: int) -> Traffic:
        """What began before the emulator did (its first streams) began with it."""
        return _sum(parts, min([self._created_ns, *(part.published_ns for part in parts)]), now_ns)


def _part(stream: InputStream, now_ns: int) -> _Part:
    meters = input_meters(stream).values()
    return _Part(
        stream.path,
        stream.published_ns,
        total_bytes=sum(meter.bytes_sent(now_ns) for meter in meters),
        latest_bytes=sum(meter.latest_bytes(now_ns) for meter in meters),
        last_ns=now_ns,
    )


def _joined(parts: list[_Part]) -> _Part:
    """Streams of one application that are gone, as one."""
    total, published_ns = sum(part.total_bytes for part in parts), min(part.published_ns for part in parts)
    return _Part(parts[0].path, published_ns, total, 0, max(part.last_ns for part in parts))


def _sum(parts: Iterable[_Part], created_ns: int, now_ns: int) -> Traffic:
    parts = list(parts)
    total, latest = sum(part.total_bytes for part in parts), sum(part.latest_bytes for part in parts)
    average = total * 8 * NS_PER_SECOND // max(now_ns - created_ns, NS_PER_SECOND)
    return Traffic(
        created_ns=created_ns,
        updated_ns=max((part.last_ns for part in parts), default=created_ns),
        total_bytes_in=total,
        avg_bits_in=average,
        max_bits_in=max(average, latest * 8),
        latest_bytes_in=latest,
    )
