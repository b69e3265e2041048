"""The channels of every application: input streams that OME makes itself. Kept in memory; the engine keeps files."""

from __future__ import annotations

import logging
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from threading import Lock, RLock

from ..errors import ConfigurationError
from ..refusals import ChannelExists, MultiplexChannelNotFound, NotAScheduledChannel, StreamNotFound
from ..text import printable
from ..timestamps import NS_PER_SECOND
from .engine import Engine
from .input_tracks import AudioInput, InputTracks, VideoInput
from .multiplex_channel import MultiplexChannel, MultiplexState
from .scheduled_channel import Schedule, ScheduledChannel
from .stream import InputStream, StreamPath, StreamSource
from .virtual_hosts import Scope

log = logging.getLogger("ome_mock.channels")

APPEARS_AFTER_NS = NS_PER_SECOND
"""How long after the request a channel is there: the engine watches a directory (section 3.11)."""

Channel = ScheduledChannel | MultiplexChannel
SOURCE_TYPES = {ScheduledChannel: "Scheduled", MultiplexChannel: "Multiplex"}


@dataclass
class _Entry:
    """A channel, when it appears, and its stream while there is one."""

    channel: Channel
    due_ns: int
    stream: InputStream | None = None
    has_appeared: bool = False


class Channels:
    """Channels by the paths of their streams; follows streams, because multiplex channels need those that they are made of.

    One lock guards which channels there are, and is never held while streams are connected; the other lets one thread at a time do so.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._advancing = RLock()
        self._entries: dict[StreamPath, _Entry] = {}
        self._outputs: set[tuple[str, str, str]] = set()

    # Commands and queries

    def add(self, vhost: str, app: str, channel: Channel, now_ns: int) -> None:
        """Make a channel, which appears a second later. Raises ChannelExists where an input stream or a channel has its name."""
        path = StreamPath(vhost, app, channel.name)
        names = {stream.path.stream for stream in self._engine.input_streams(vhost, app)}
        with self._lock:
            if channel.name in names or path in self._entries:
                raise ChannelExists(channel.name)
            self._entries[path] = _Entry(channel, now_ns + APPEARS_AFTER_NS)

    def names(self, vhost: str, app: str, kind: type[Channel]) -> list[str]:
        """The channels of an application that have appeared, in the order of their making."""
        with self._lock:
            entries = [(path, entry) for path, entry in self._entries.items() if (path.vhost, path.app) == (vhost, app)]
        return [path.stream for path, entry in entries if entry.has_appeared and isinstance(entry.channel, kind)]

    def scheduled(self, stream: InputStream) -> ScheduledChannel:
        """The channel that a stream comes from; raises NotAScheduledChannel."""
        with self._lock:
            entry = self._entries.get(stream.path)
        if entry is None or not isinstance(entry.channel, ScheduledChannel):
            raise NotAScheduledChannel
        return entry.channel

    def multiplex(self, vhost: str, app: str, name: str) -> tuple[MultiplexChannel, MultiplexState, str]:
        """A channel, its state, and the first source that it waits for. Raises MultiplexChannelNotFound."""
        with self._lock:
            entry = self._entries.get(StreamPath(vhost, app, name))
            if entry is None or not entry.has_appeared or not isinstance(entry.channel, MultiplexChannel):
                raise MultiplexChannelNotFound(name)
            missing = next((source.name for source in entry.channel.sources if source.path not in self._outputs), "")
            return entry.channel, MultiplexState.PULLING if entry.stream is None else MultiplexState.PLAYING, missing

    def reschedule(self, stream: InputStream, schedule: Schedule) -> None:
        """Give a scheduled channel another schedule; its stream goes on. Raises NotAScheduledChannel."""
        channel = self.scheduled(stream)
        with self._lock:
            if stream.path in self._entries:
                self._entries[stream.path].channel = ScheduledChannel(**{**vars(channel), "schedule": schedule})

    def remove(self, path: StreamPath, now_ns: int) -> None:
        """End a channel and its stream. Raises StreamNotFound where another request was faster."""
        with self._advancing:
            with self._lock:
                entry = self._entries.pop(path, None)
            if entry is None:
                raise StreamNotFound(path.vhost, path.app, path.stream)
            if entry.stream is not None:
                self._disconnect(path, now_ns)

    # Streams and time

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        with self._lock:
            self._outputs.update((output.vhost, output.app, output.name) for output in stream.outputs)
            entry = self._entries.get(stream.path)
            if entry is not None and stream.source.type == SOURCE_TYPES[type(entry.channel)]:
                entry.stream = stream
        self.advance(now_ns)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        """A channel goes with its stream, but for a multiplex channel that lost a source: it waits for that one again."""
        with self._lock:
            self._outputs.difference_update((output.vhost, output.app, output.name) for output in stream.outputs)
            entry = self._entries.get(stream.path)
            if entry is not None and entry.stream is stream:
                entry.stream = None
                if self._should_play(entry):
                    del self._entries[stream.path]
        self.advance(now_ns)

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:  # noqa: ARG002
        with self._lock:
            self._entries = {path: entry for path, entry in self._entries.items() if (path.vhost, path.app) not in gone}

    def advance(self, now_ns: int) -> None:
        """Let the channels appear that have fallen due, and multiplex channels begin or end with their sources.

        A stream that this connects comes back here through `stream_came`, in the same thread.
        """
        with self._advancing:
            for path, entry in self._due(now_ns):
                first = not entry.has_appeared
                entry.has_appeared = True
                if self._should_play(entry) and entry.stream is None:
                    self._connect(path, entry, entry.due_ns if first else now_ns)
                elif entry.stream is not None and not self._should_play(entry):
                    self._disconnect(path, now_ns)

    def next_due_ns(self) -> int | None:
        with self._lock:
            return min((entry.due_ns for entry in self._entries.values() if not entry.has_appeared), default=None)

    def _due(self, now_ns: int) -> list[tuple[StreamPath, _Entry]]:
        with self._lock:
            return [(path, entry) for path, entry in self._entries.items() if entry.due_ns <= now_ns]

    def _should_play(self, entry: _Entry) -> bool:
        if isinstance(entry.channel, ScheduledChannel):
            return True
        return all(source.path in self._outputs for source in entry.channel.sources)

    def _connect(self, path: StreamPath, entry: _Entry, now_ns: int) -> None:
        channel, source = entry.channel, StreamSource(SOURCE_TYPES[type(entry.channel)], "")
        try:
            self._engine.connect(path, _tracks(channel), now_ns, source)
        except ConfigurationError as error:
            log.warning("channel %s did not appear: %s", printable(str(path)), printable(str(error)))
            with self._lock:
                self._entries.pop(path, None)

    def _disconnect(self, path: StreamPath, now_ns: int) -> None:
        try:
            self._engine.disconnect(path, now_ns)
        except ConfigurationError:  # it ended meanwhile
            log.debug("the stream of channel %s has ended already", printable(str(path)))


def _tracks(channel: Channel) -> InputTracks:
    if isinstance(channel, MultiplexChannel):
        return InputTracks()
    return InputTracks(VideoInput() if channel.video_track else None, AudioInput() if channel.audio_track else None)
