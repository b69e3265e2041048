"""The engine, with every command and query about virtual hosts, applications and streams."""

from __future__ import annotations

import logging
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from threading import Lock
from typing import TypeVar

from ..agenda import Agenda
from ..dialect import Dialect
from ..errors import ConfigurationError, EngineCrashed
from ..events.stream_events import EventNumbers
from ..media.packager import SegmentCache
from ..refusals import (
    ApplicationNotFound,
    OutputProfileNotFound,
    StreamNotFound,
    VirtualHostNotFound,
)
from ..settings import ApplicationSettings, OutputProfile, VirtualHostSettings, World
from .follower import Follower
from .input_stream import InputStream, StreamSource
from .input_tracks import InputTracks
from .sending import Sending
from .sources import Sources
from .stream import OutputStream, StreamPath
from .stream_maker import Feed, StreamMaker
from .virtual_hosts import SERVER_SCOPE, Scope, VirtualHosts

log = logging.getLogger("ome_mock.dumps")

F = TypeVar("F", bound=Follower)
T = TypeVar("T")


class Engine:
    """The virtual hosts, their applications and the connected streams. Dumps, records and other subjects follow it.

    Commands take the time as `now_ns`. One lock guards the state and is never held while followers are told of something. `on_change`
    is called when streams have come, gone or changed, `wake` when an alarm is set.
    """

    def __init__(
        self,
        world: World,
        dialect: Dialect,
        *,
        seed: int = 0,
        sources: Sources | None = None,
        on_change: Callable[[], None] = lambda: None,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self.world = world
        self.dialect = dialect
        self._seed = seed
        self._sources = sources or Sources()
        self._on_change = on_change
        self._lock = Lock()
        self._hosts = VirtualHosts(world.virtual_hosts)
        self._streams: dict[StreamPath, InputStream] = {}
        self._connections: dict[StreamPath, int] = {}
        self._last_tracks: dict[StreamPath, InputTracks] = {}
        self.happenings = Agenda(wake)
        """The alarms that make streams come, go or change."""
        self.writing = Agenda(wake)
        """The alarms that write files of streams, and change no stream."""
        self._maker = StreamMaker(self._sources, SegmentCache(), dialect, EventNumbers())
        self.sending = Sending(on_change, self._tell_changed, marks_changes=dialect.marks_changes)
        self._followers: list[Follower] = []

    def follow(self, follower: F) -> F:
        """Tell a follower of every connected stream, and of streams that come or go from now on. Returns the follower."""
        with self._lock:
            self._followers.append(follower)
            there = [stream for stream in self._streams.values() if stream.prepared_ns is not None]
        for stream in there:
            follower.stream_came(stream, stream.created_ns)
        with self._lock:
            gone = [stream for stream in there if self._streams.get(stream.path) is not stream]
        for stream in gone:  # ended while the follower was told, perhaps before it knew of the stream
            follower.stream_gone(stream, stream.created_ns)
        return follower

    # Queries

    def virtual_hosts(self) -> list[VirtualHostSettings]:
        return self._hosts.all()

    def virtual_host(self, vhost: str) -> VirtualHostSettings:
        return self._hosts.virtual_host(vhost)

    def application(self, vhost: str, app: str) -> ApplicationSettings:
        return self._hosts.application(vhost, app)

    def find_application(self, vhost: str, app: str) -> ApplicationSettings | None:
        try:
            return self.application(vhost, app)
        except (VirtualHostNotFound, ApplicationNotFound):
            return None

    def require_writable(self, vhost: str, app: str | None = None) -> None:
        """Raise VirtualHostNotFound, ApplicationNotFound or VirtualHostReadOnly if the REST API can't change it."""
        if app is None:
            self._hosts.writable(vhost)
        else:
            self._hosts.writable_application(vhost, app)

    def output_profile(self, vhost: str, app: str, name: str) -> OutputProfile:
        for profile in self.application(vhost, app).output_profiles:
            if profile.name == name:
                return profile
        raise OutputProfileNotFound(vhost, app, name)

    def input_streams(self, vhost: str, app: str) -> list[InputStream]:
        """The connected streams of an application, the longest connected first."""
        self.application(vhost, app)
        with self._lock:
            return [stream for path, stream in self._streams.items() if (path.vhost, path.app) == (vhost, app)]

    def input_streams_named(self, name: str) -> list[InputStream]:
        """The connected streams of that name in every application, the longest connected first."""
        with self._lock:
            return [stream for path, stream in self._streams.items() if path.stream == name]

    def input_stream(self, vhost: str, app: str, stream: str) -> InputStream:
        self.application(vhost, app)
        with self._lock:
            found = self._streams.get(StreamPath(vhost, app, stream))
        if found is None:
            raise StreamNotFound(vhost, app, stream)
        return found

    # Encoders come and go

    def connect(
        self, path: StreamPath, input_tracks: InputTracks, now_ns: int, source: StreamSource | None = None, feed: Feed | None = None
    ) -> InputStream:
        """Publish an input stream, of an encoder unless told otherwise, with its outputs.

        Raises ConfigurationError where that can't be.
        """
        stream = self.create(path, input_tracks, now_ns, now_ns, source, feed)
        self.prepare(stream, now_ns)
        return stream

    def create(
        self,
        path: StreamPath,
        input_tracks: InputTracks,
        published_ns: int,
        now_ns: int,
        source: StreamSource | None = None,
        feed: Feed | None = None,
    ) -> InputStream:
        """List an input stream that has been sent since `published_ns`; its outputs are there once it is prepared.

        Raises ConfigurationError where that can't be.
        """
        if feed is None:
            input_tracks = self._sources.described(input_tracks)
        with self._lock:
            is_new = self._require_free(path)
            application = self.application(path.vhost, path.app)
            self._last_tracks[path] = input_tracks
            generation = self._connections[path] = self._connections.get(path, 0) + 1
        if is_new:
            self._tell_configured(frozenset(), {(path.vhost, path.app)}, now_ns)
        key_seed = f"{self._seed}/{generation}"
        stream = self._maker.make(path, self._published(application), input_tracks, published_ns, key_seed, source, feed, now_ns)
        if not self._list(stream, application):  # another request has deleted or changed the application
            return self.create(path, input_tracks, published_ns, now_ns, source, feed)
        for follower in self._followers:
            follower.stream_listed(stream, now_ns)
        return stream

    def _list(self, stream: InputStream, application: ApplicationSettings) -> bool:
        """List a stream, unless its application is another by now. Raises ConfigurationError where its name is taken."""
        path = stream.path
        with self._lock:
            self._require_free(path)
            is_current = self.find_application(path.vhost, path.app) is application
            if is_current:
                self._streams[path] = stream
            return is_current

    def described(self, input_tracks: InputTracks) -> InputTracks:
        """The tracks of an encoder as what it sends is. Raises ConfigurationError where it is not as they say."""
        return self._sources.described(input_tracks)

    def unpublished(self, path: StreamPath, input_tracks: InputTracks, now_ns: int, source: StreamSource) -> InputStream:
        """A stream as it would be, to tell of one that is not let in."""
        application = self.application(path.vhost, path.app)
        return self._maker.make(path, application, input_tracks, now_ns, "", source)

    def prepare(self, stream: InputStream, now_ns: int) -> None:
        """Let the outputs of a listed stream be there, and whoever follows streams hear of it; does nothing for one that has gone."""
        with self._lock:
            if self._streams.get(stream.path) is not stream or stream.prepared_ns is not None:
                return
            stream.prepared_ns = now_ns
            for output in stream.made:
                output.prepared_ns = now_ns
        for follower in self._followers:
            follower.stream_came(stream, now_ns)
        self._on_change()

    def is_published(self, path: StreamPath) -> bool:
        with self._lock:
            return path in self._streams

    def _require_free(self, path: StreamPath) -> bool:
        """Returns whether an application was made for the stream; the caller holds the lock."""
        try:
            is_new = self._hosts.require_application(path.vhost, path.app)
        except (VirtualHostNotFound, ApplicationNotFound):
            raise ConfigurationError(f"stream {path}: there is no application {path.vhost}/{path.app}") from None
        if path in self._streams:
            raise ConfigurationError(f"stream {path} is connected already")
        return is_new

    def _published(self, application: ApplicationSettings) -> ApplicationSettings:
        """An application, without the publishers of live lists for which the server has no port."""
        llhls, hls = (self.world.binds(publisher) for publisher in ("llhls", "hls"))
        return replace(application, llhls=application.llhls if llhls else None, hls=application.hls if hls else None)

    def disconnect(self, path: StreamPath, now_ns: int) -> None:
        """End an input stream, and tell its followers. Raises ConfigurationError if it is not connected."""
        with self._lock:
            if path not in self._streams:
                raise ConfigurationError(f"stream {path} is not connected")
            ended = self._take_out(path, now_ns)
        self._end([ended], now_ns)

    def terminate(self, path: StreamPath, now_ns: int) -> None:
        """End an input stream on request, as `disconnect` does; its encoder is thrown out."""
        self.connected(path).is_terminated = True
        self.disconnect(path, now_ns)

    def last_tracks(self, path: StreamPath) -> InputTracks:
        """The tracks that an input stream had last. Raises ConfigurationError where it never came."""
        with self._lock:
            tracks = self._last_tracks.get(path)
        if tracks is None:
            raise ConfigurationError(f"stream {path} was never connected")
        return replace(tracks, sent=None)

    def connected(self, path: StreamPath) -> InputStream:
        """An input stream by its path. Raises ConfigurationError if it is not connected."""
        with self._lock:
            stream = self._streams.get(path)
        if stream is None:
            raise ConfigurationError(f"stream {path} is not connected")
        return stream

    def _tell_changed(self, stream: InputStream, now_ns: int) -> None:
        for follower in self._followers:
            follower.stream_changed(stream, now_ns)
        self._on_change()

    def configure(self, change: Callable[[VirtualHosts], T], now_ns: int) -> T:
        """Change virtual hosts or applications; returns the result of `change`.

        The streams of an application that was removed or replaced end, and followers are told.
        """
        with self._lock:
            before = self._hosts.scopes()
            result = change(self._hosts)
            after = self._hosts.scopes()
            gone, came = _not_among(before, after), _not_among(after, before)
            ended = [self._take_out(path, now_ns) for path in list(self._streams) if (path.vhost, path.app) in gone]
        self._end(ended, now_ns)
        self._tell_configured(gone, came, now_ns)
        return result

    def _tell_configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:
        for follower in self._followers:
            follower.configured(gone, came, now_ns)

    def _take_out(self, path: StreamPath, now_ns: int) -> InputStream:
        """Forget an input stream, before followers are told. The caller holds the lock."""
        stream = self._streams.pop(path)
        for output in stream.outputs:
            output.ended_ns = now_ns
        return stream

    def _end(self, ended: list[InputStream], now_ns: int) -> None:
        for stream in ended:
            for follower in self._followers:
                try:
                    follower.stream_gone(stream, now_ns)
                except EngineCrashed as error:
                    self.crash(now_ns, error)
        self._on_change()

    def close(self, now_ns: int) -> None:
        """End every stream, as an orderly shutdown does; channels end with their sources."""
        while True:
            with self._lock:
                path = next(iter(self._streams), None)
                if path is None:
                    return
                ended = self._take_out(path, now_ns)
            self._end([ended], now_ns)

    def crash(self, now_ns: int, cause: EngineCrashed) -> None:
        """Crash and start again, with nothing connected and without the virtual hosts and applications made through the REST API."""
        log.warning("the engine crashed %s, and starts anew", cause)
        with self._lock:
            ended = [self._take_out(path, now_ns) for path in list(self._streams)]
            gone = {SERVER_SCOPE, *self._hosts.scopes()}
            self._hosts = VirtualHosts(self.world.virtual_hosts)
            came = {SERVER_SCOPE, *self._hosts.scopes()}
        for stream in ended:
            for follower in self._followers:
                follower.stream_lost(stream, now_ns)
        self._tell_configured(gone, came, now_ns)
        self._on_change()

    # Live streams

    def live_stream(self, vhost: str, app: str, name: str) -> OutputStream | None:
        """The output stream of this name that is served to players of LL-HLS, or None."""
        return next((output for output in self.output_streams(vhost, app, name) if output.is_packaged), None)

    def ts_stream(self, vhost: str, app: str, name: str) -> OutputStream | None:
        """The output stream of this name that is served to players of HLS over MPEG-TS, or None."""
        return next((output for output in self.output_streams(vhost, app, name) if output.hls is not None and output.tracks), None)

    def output_streams(self, vhost: str, app: str, name: str) -> list[OutputStream]:
        """The output streams of this name, of every input stream."""
        with self._lock:
            inputs = [stream for path, stream in self._streams.items() if (path.vhost, path.app) == (vhost, app)]
        outputs = (stream.find_output(name) for stream in inputs)
        return [output for output in outputs if output is not None]

    def conclude_hls_live(self, stream: InputStream, now_ns: int) -> None:
        """Conclude the live lists of a stream; concluding again does nothing (live-llhls.md#conclude).

        Lists of a stream that is still being set up end before their first sample.
        """
        with self._lock:
            outputs = [output for output in stream.made if output.concluded_ns is None and output.ended_ns is None]
            for output in outputs:
                output.concluded_ns = stream.published_ns - 1 if stream.prepared_ns is None else now_ns
        if stream.prepared_ns is None:
            return
        for follower in self._followers:
            follower.stream_concluded(stream, outputs, now_ns)
        self._on_change()

    # Time

    def advance(self, now_ns: int) -> None:
        """Ring all alarms due by now: the events of streams in order of time, and the writes before each of them.

        An exception in one of them is raised after the rest is done.
        """
        defects: list[Exception] = []
        try:
            while (due_ns := self.happenings.next_due_ns()) is not None and due_ns <= now_ns:
                defects += self.writing.ring(due_ns) + self.happenings.ring(due_ns)
            defects += self.writing.ring(now_ns)
        except EngineCrashed as error:
            self.crash(now_ns, error)
            return
        if defects:
            raise defects[0]

    def next_due_ns(self) -> int | None:
        """The instant of the next alarm, or None."""
        instants_ns = (self.happenings.next_due_ns(), self.writing.next_due_ns())
        return min((due_ns for due_ns in instants_ns if due_ns is not None), default=None)


def _not_among(scopes: dict[Scope, ApplicationSettings | None], others: dict[Scope, ApplicationSettings | None]) -> set[Scope]:
    """The scopes that are missing in `others`, or replaced there by another application of the same name."""
    return {scope for scope, application in scopes.items() if scope not in others or others[scope] is not application}
