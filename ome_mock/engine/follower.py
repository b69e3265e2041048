"""Followers of an engine's streams: dumps, records, pushes and channels begin and end with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from threading import Lock
from typing import Generic, Protocol, TypeVar

from ..agenda import Agenda
from ..lazy import Lazy
from .input_stream import InputStream
from .stream import OutputStream
from .virtual_hosts import Scope


class Follower:
    """Is told of streams; a subclass overrides the methods that it needs.

    The methods are called from any thread, and never while the engine's lock is held. For later events a follower sets alarms.
    Followers are told in the order in which they began to follow.
    """

    def stream_listed(self, stream: InputStream, now_ns: int) -> None:
        """A stream is listed, and has yet to come."""

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        """A stream was published."""

    def stream_changed(self, stream: InputStream, now_ns: int) -> None:
        """The media of a stream continue sooner than computed so far."""

    def stream_concluded(self, stream: InputStream, outputs: list[OutputStream], now_ns: int) -> None:
        """The live lists of these outputs were concluded; the stream goes on."""

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        """A stream has ended. Raises EngineCrashed if a fault crashes the engine."""

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:
        """A stream has ended because the engine crashed; by default treated as any other end."""
        self.stream_gone(stream, now_ns)

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:
        """Virtual hosts and applications were removed (`gone`), after their streams ended, or added (`came`); replaced ones are in both."""


class LateFollower(Follower):
    """Is made when the first stream comes that it `wants`, and told of such streams alone; most emulators never need it."""

    def __init__(self, wants: Callable[[InputStream], bool], make: Callable[[], Follower]) -> None:
        self._wants = wants
        self._find = Lazy(make)

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        self._of(stream).stream_came(stream, now_ns)

    def stream_changed(self, stream: InputStream, now_ns: int) -> None:
        self._of(stream).stream_changed(stream, now_ns)

    def stream_concluded(self, stream: InputStream, outputs: list[OutputStream], now_ns: int) -> None:
        self._of(stream).stream_concluded(stream, outputs, now_ns)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        self._of(stream).stream_gone(stream, now_ns)

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:
        self._of(stream).stream_lost(stream, now_ns)

    def _of(self, stream: InputStream) -> Follower:
        return self._find() if self._wants(stream) else Follower()


class Worker(Protocol):
    """Writes files of one output stream; a failed one does no more."""

    failed: bool

    def due_ns(self, now_ns: int) -> int | None:
        """The next instant at which there is something to do, or None."""

    def advance(self, now_ns: int) -> None:
        """Do what is due."""


W = TypeVar("W", bound=Worker)


class WorkFollower(Follower, Generic[W]):
    """Has workers for every stream, made when it comes; they work in turn, once the first of them has something to do."""

    def __init__(self, agenda: Agenda, make: Callable[[OutputStream], Iterable[W]]) -> None:
        self._make = make
        self._alarm = agenda.alarm(self.advance)
        self._lock = Lock()
        self._workers: dict[InputStream, list[W]] = {}

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        made = [worker for output in stream.outputs for worker in self._make(output)]
        with self._lock:
            self._workers[stream] = made
        self._set_alarm(now_ns)

    def stream_changed(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        self._set_alarm(now_ns)

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:
        """Leave the files as they are."""
        with self._lock:
            self._workers.pop(stream, None)
        self._set_alarm(now_ns)

    def advance(self, now_ns: int) -> None:
        with self._lock:
            for worker in self._working():
                worker.advance(now_ns)
        self._set_alarm(now_ns)

    def _set_alarm(self, now_ns: int) -> None:
        with self._lock:
            due_ns = [worker.due_ns(now_ns) for worker in self._working()]
        self._alarm.set(min((each for each in due_ns if each is not None), default=None))

    def _working(self) -> list[W]:
        return [worker for workers in self._workers.values() for worker in workers if not worker.failed]
