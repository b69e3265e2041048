"""Encoders: they are asked about, let in or refused, set up during their first second, and told of when they go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Lock

from ..agenda import Agenda, Alarm
from ..clock import Clock, ManualClock
from ..engine.engine import Engine
from ..engine.follower import Follower
from ..engine.input_stream import RTMP, InputStream, StreamSource, encoder_port
from ..engine.input_tracks import InputTracks
from ..engine.stream import StreamPath
from ..engine.virtual_hosts import find_virtual_host
from ..errors import ConfigurationError, PublisherRefused
from ..refusals import VirtualHostNotFound
from ..settings import TEMPLATE_APPLICATION
from ..text import printable
from ..timestamps import NS_PER_MS, NS_PER_SECOND
from .encoder import PROTOCOLS, Encoder, default_url, source_of
from .first_moments import FirstMoments, first_moments
from .stream_url import parse_stream_url
from .webhooks import Admission, Client, Direction, Verdict, Webhooks

log = logging.getLogger("ome_mock.callbacks")

GIVEN_UP_AFTER_NS = 31 * NS_PER_SECOND
"""The time after which a WHIP encoder is given up that got an answer and sends nothing; its stream is never listed (recorded)."""

PATIENCE_S = 5.0
"""The longest delay of a stream on a real clock."""


def _nobody() -> None:
    """Nobody has to know."""


@dataclass(eq=False)
class Publisher:
    """An encoder that was let in: under which path, and what there is to be done for it."""

    path: StreamPath
    admission: Admission | None
    new_url: str | None
    tracks: InputTracks
    source: StreamSource
    came_ns: int
    stream: InputStream | None = None
    alarms: list[Alarm] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)
    """Set once its first second is over, or it has gone."""
    throw_out: Callable[[], None] = _nobody
    """Closes its connection; called in any thread, more than once perhaps."""
    has_gone: bool = False
    moments: FirstMoments | None = None
    """The first moments of an encoder without a connection of its own."""


class Publishers(Follower):
    """The encoders of an engine; follows its streams. No lock is held while a control server is asked."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        agenda: Agenda,
        webhooks: Webhooks,
        on_taken: Callable[[InputStream, int], None] | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._agenda = agenda
        self._webhooks = webhooks
        self._on_taken = on_taken
        self._lock = Lock()
        self._by_path: dict[StreamPath, Publisher] = {}
        self._last: dict[StreamPath, tuple[InputTracks, Encoder]] = {}

    # Encoders come and go

    def connect(self, path: StreamPath, tracks: InputTracks, encoder: Encoder) -> StreamPath:
        """Let an encoder in, as far as its control server allows it; returns the path under which it is published.

        Raises PublisherRefused, or ConfigurationError where there is no such application, the name is taken, or the encoder doesn't send
        what it says.
        """
        tracks = self._engine.described(tracks)
        with self._lock:
            self._last[path] = tracks, encoder
        now_ns = self._clock.now_ns()
        admission = self._admission(path, encoder)
        if admission is None:
            return self._let_in(path, admission, Verdict(allowed=True), tracks, encoder)
        verdict = self._webhooks.ask_opening(admission, now_ns)
        if not verdict.allowed:
            self._refuse(admission, verdict, now_ns)
        try:
            moved = self._moved(path, admission, verdict.new_url)
        except PublisherRefused:
            self._tell_refused(admission, verdict.new_url, now_ns)
            raise
        return self._let_in(moved, admission, verdict, tracks, encoder)

    def disconnect(self, path: StreamPath, now_ns: int) -> None:
        """End an input stream, or one that has yet to be listed. Raises ConfigurationError where it is not connected."""
        with self._lock:
            publisher = self._by_path.get(path)
            is_coming = publisher is not None and publisher.stream is None
            if is_coming:
                del self._by_path[path]
        if publisher is not None and is_coming:
            publisher.is_over.set()
            self._close(publisher, now_ns)
        else:
            self._engine.disconnect(path, now_ns)

    def reconnect(self, path: StreamPath) -> StreamPath:
        """Connect an encoder again as it connected last. Raises as `connect`, and ConfigurationError where it never came."""
        with self._lock:
            last = self._last.get(path)
        tracks, encoder = last or (self._engine.last_tracks(path), Encoder())
        return self.connect(path, tracks, encoder)

    def wait_until_ready(self, path: StreamPath) -> None:
        """Turn a manual clock, or wait on a real one, until a stream can be dumped. Raises ConfigurationError where it went before."""
        with self._lock:
            publisher = self._by_path.get(path)
        if publisher is not None:
            usual_ns = self._engine.dialect.outputs_after_ms * NS_PER_MS
            ready_ns = publisher.came_ns + (publisher.moments.prepared_after_ns if publisher.moments else usual_ns)
            if isinstance(self._clock, ManualClock):
                self._clock.advance_to(max(ready_ns, self._clock.now_ns()))
            else:
                publisher.is_over.wait(max(0.0, self._clock.seconds_until(ready_ns)) + PATIENCE_S)
        if publisher is None or publisher.stream is None or publisher.stream.prepared_ns is None:
            raise ConfigurationError(f"stream {path} went before it could be dumped")

    # Encoders on sockets

    def admit(self, path: StreamPath, encoder: Encoder, throw_out: Callable[[], None]) -> Publisher:
        """Let in an encoder that has yet to send media, which takes no name so far.

        Raises PublisherRefused or ConfigurationError once the control server has heard of it: the engine closes the connection only then
        (recorded: incoming-rtmp/no answer).
        """
        admission = self._admission(path, encoder)
        verdict = Verdict(allowed=True) if admission is None else self._webhooks.ask_opening(admission, self._clock.now_ns())
        now_ns = self._clock.now_ns()
        publisher = Publisher(path, admission, verdict.new_url, InputTracks(), source_of(path, encoder), now_ns, throw_out=throw_out)
        try:
            publisher.path = self._admitted(path, admission, verdict, provider=encoder.protocol)
        except (PublisherRefused, ConfigurationError):
            waits = self._engine.dialect.refused_encoders_await_closing
            self._tell_refused(None if verdict.is_fatal else admission, verdict.new_url, now_ns, waits=waits)
            raise
        if verdict.lifetime_ms:
            self._set_alarm(publisher, verdict.lifetime_ms * NS_PER_MS, self._expire)
        return publisher

    def _admitted(self, path: StreamPath, admission: Admission | None, verdict: Verdict, provider: str) -> StreamPath:
        """The path of an encoder that may publish. Raises PublisherRefused or ConfigurationError for one that may not."""
        if not verdict.allowed:
            raise PublisherRefused(str(path), verdict.reason)
        moved = path if admission is None else self._moved(path, admission, verdict.new_url)
        self._require_application(moved, provider)
        return moved

    def begin(self, publisher: Publisher, tracks: InputTracks, heard_ns: int | None = None) -> InputStream:
        """List the stream of an encoder that was admitted and sends media since `heard_ns`, or from now on.

        Raises ConfigurationError where the name is taken.
        """
        now_ns = self._clock.now_ns()
        publisher.tracks, publisher.came_ns = tracks, now_ns if heard_ns is None else heard_ns
        self._take(publisher)
        self._list(publisher, now_ns)
        if publisher.stream is None:
            raise ConfigurationError(f"stream {publisher.path} could not be listed")
        return publisher.stream

    def leave(self, publisher: Publisher) -> None:
        """The connection of an encoder that was admitted has ended."""
        now_ns = self._clock.now_ns()
        if not self._has_name(publisher):
            self._close(publisher, now_ns)
            return
        with suppress(ConfigurationError):  # the API may have ended its stream meanwhile
            self.disconnect(publisher.path, now_ns)

    def _has_name(self, publisher: Publisher) -> bool:
        with self._lock:
            return self._by_path.get(publisher.path) is publisher

    # The first second

    def _let_in(self, path: StreamPath, admission: Admission | None, verdict: Verdict, tracks: InputTracks, encoder: Encoder) -> StreamPath:
        now_ns = self._clock.now_ns()
        is_told = self._engine.world.enables_ertmp
        moments = first_moments(tracks, encoder.protocol, self._engine.dialect, knows_by_metadata=is_told)
        publisher = Publisher(path, admission, verdict.new_url, tracks, source_of(path, encoder), now_ns, moments=moments)
        try:
            self._take(publisher)
        except ConfigurationError:
            self._tell_refused(admission, verdict.new_url, now_ns)
            raise
        due = [(moments.listed_after_ns, self._list), (moments.prepared_after_ns, self._prepare)]
        if tracks.is_empty:
            due = [(GIVEN_UP_AFTER_NS, self._expire)]
        if verdict.lifetime_ms:
            due.append((verdict.lifetime_ms * NS_PER_MS, self._expire))
        for after_ns, deed in due:
            self._set_alarm(publisher, after_ns, deed)
        return path

    def _set_alarm(self, publisher: Publisher, after_ns: int, deed: Callable[[Publisher, int], None]) -> None:
        publisher.alarms.append(self._agenda.at(publisher.came_ns + after_ns, lambda due_ns: deed(publisher, due_ns)))

    def _take(self, publisher: Publisher) -> None:
        """Raises ConfigurationError where there is no such application, or the name is taken."""
        path = publisher.path
        self._require_application(path)
        with self._lock:
            is_free = path not in self._by_path and not self._engine.is_published(path)
            if is_free:
                self._by_path[path] = publisher
        if not is_free:
            now_ns = publisher.came_ns
            if self._on_taken is not None:
                self._on_taken(self._engine.unpublished(path, publisher.tracks, now_ns, publisher.source), now_ns)
            raise ConfigurationError(f"stream {path} is connected already")

    def _list(self, publisher: Publisher, now_ns: int) -> None:
        begun_ns = publisher.came_ns - (publisher.moments.ahead_ns if publisher.moments else 0)
        try:
            stream = self._engine.create(publisher.path, publisher.tracks, begun_ns, now_ns, publisher.source)
        except ConfigurationError as error:  # the application is gone, or the API took the name
            log.warning("an encoder was thrown out: %s", printable(str(error)))
            with self._lock:
                self._by_path.pop(publisher.path, None)
            self._close(publisher, now_ns)
            return
        with self._lock:
            publisher.stream = stream
            has_gone = self._by_path.get(publisher.path) is not publisher
        if has_gone:  # meanwhile
            self._engine.disconnect(publisher.path, now_ns)
        elif not self._engine.is_published(publisher.path):  # the API ended it before this knew that it was there
            self.stream_gone(stream, now_ns)

    def _prepare(self, publisher: Publisher, now_ns: int) -> None:
        if publisher.stream is not None:
            self._engine.prepare(publisher.stream, now_ns)
        publisher.is_over.set()

    def _expire(self, publisher: Publisher, now_ns: int) -> None:
        """Throw an encoder out at the end of its lifetime, or one that sends nothing."""
        log.info("the time of %s is over", printable(str(publisher.path)))
        with self._lock:
            has_name = self._by_path.get(publisher.path) is publisher
            is_coming = has_name and publisher.stream is None
            if is_coming:
                del self._by_path[publisher.path]
        if is_coming:
            publisher.is_over.set()
            self._close(publisher, now_ns)
        elif has_name:
            self._engine.disconnect(publisher.path, now_ns)
        else:
            publisher.throw_out()

    # Follows streams

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        """An encoder that was there before the emulator was passes for one that was let in."""
        if stream.source.type != RTMP:
            return
        with self._lock:
            if stream.path in self._by_path:
                return
            admission = self._admission(stream.path, Encoder())
            self._by_path[stream.path] = Publisher(stream.path, admission, None, stream.input_tracks, stream.source, now_ns, stream)

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        """A stream that the REST API ends is told of twice (recorded: incoming-rtmp/stream deleted by the API)."""
        publisher = self._forget(stream)
        if publisher is not None:
            self._close(publisher, now_ns, times=2 if stream.is_terminated else 1)

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        """An engine that died asks nobody."""
        publisher = self._forget(stream)
        if publisher is not None:
            publisher.has_gone = True
            publisher.throw_out()

    def _forget(self, stream: InputStream) -> Publisher | None:
        with self._lock:
            publisher = self._by_path.get(stream.path)
            if publisher is None or publisher.stream is not stream:
                return None
            del self._by_path[stream.path]
        publisher.is_over.set()
        return publisher

    # Control servers

    def _admission(self, path: StreamPath, encoder: Encoder) -> Admission | None:
        """The question about an encoder, or None without a control server."""
        try:
            vhost = self._engine.virtual_host(path.vhost)
        except VirtualHostNotFound:
            return None
        settings = vhost.admission_webhooks
        if settings is None or encoder.protocol not in settings.providers:
            return None
        client = Client(encoder.address, encoder.port or encoder_port(path), encoder.address, encoder.user_agent)
        url = encoder.url or default_url(path, vhost, PROTOCOLS[encoder.protocol])
        return Admission(settings, str(path), client, Direction.INCOMING, encoder.protocol, url)

    def _refuse(self, admission: Admission, verdict: Verdict, asked_ns: int) -> None:
        """Raises PublisherRefused. The closing request follows the answer or, without one, the timeout (recorded)."""
        if verdict.is_late:
            timeout_ns = self._webhooks.timeout_ms(admission.settings) * NS_PER_MS
            self._agenda.at(asked_ns + timeout_ns, lambda due_ns: self._tell_refused(admission, None, due_ns))
        elif not verdict.is_fatal:
            self._tell_refused(admission, None, self._clock.now_ns())
        log.info("%s was refused: %s", printable(admission.url), printable(verdict.reason) or "without a reason")
        raise PublisherRefused(admission.stream, verdict.reason)

    def _moved(self, path: StreamPath, admission: Admission, new_url: str | None) -> StreamPath:
        """The path to which a control server moves an encoder. Raises PublisherRefused for a place that there is not."""
        target = None if new_url is None else parse_stream_url(new_url)
        if target is None:
            return path
        vhost = find_virtual_host(self._engine.virtual_hosts(), target.host)
        if vhost is None or not target.stream or target.scheme != admission.url.partition(":")[0].lower():
            raise PublisherRefused(admission.stream, f"new_url {printable(str(new_url))} leads nowhere")
        return StreamPath(vhost.name, target.app, target.stream)

    def _tell_refused(self, admission: Admission | None, new_url: str | None, now_ns: int, *, waits: bool = False) -> None:
        """The closing request of an encoder that was not let in, which only RTMP has (recorded: incoming-srt/denied)."""
        if admission is not None and admission.protocol == "rtmp":
            self._webhooks.tell_closing(admission, new_url, now_ns, waits=waits)

    def _close(self, publisher: Publisher, now_ns: int, times: int = 1) -> None:
        """Tell of an encoder that has gone, once."""
        with self._lock:
            is_told, publisher.has_gone = publisher.has_gone, True
        if is_told:
            return
        for alarm in publisher.alarms:
            alarm.set(None)
        publisher.throw_out()
        if publisher.admission is not None:
            self._webhooks.tell_closing(publisher.admission, publisher.new_url, now_ns, times)

    def _require_application(self, path: StreamPath, provider: str | None = None) -> None:
        """Raises ConfigurationError where no stream can be published under a path, or not with a provider."""
        found = self._engine.find_application(path.vhost, path.app)
        if found is None and path.app != TEMPLATE_APPLICATION:
            found = next((vhost.template for vhost in self._engine.virtual_hosts() if vhost.name == path.vhost), None)
        if found is None:
            raise ConfigurationError(f"stream {path}: there is no application {path.vhost}/{path.app}")
        if provider is not None and provider not in found.providers:
            raise ConfigurationError(f"stream {path}: the application has no provider {provider.upper()}")
