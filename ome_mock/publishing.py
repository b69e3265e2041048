"""Encoders on sockets: what becomes of a publisher's connection, and the port that it comes by."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import cache
from itertools import count
from random import Random

from .callbacks.encoder import ConnectedEncoder
from .callbacks.publishers import Publisher, Publishers
from .clock import Clock, ManualClock
from .dialect import Dialect
from .engine.input_stream import InputStream
from .engine.input_tracks import sent_tracks
from .engine.stream import StreamPath
from .engine.virtual_hosts import find_virtual_host
from .engine_run import EngineRun
from .errors import ConfigurationError, PublisherRefused
from .ingest.connection import RtmpConnection
from .ingest.events import PublishRequested, Tracks
from .ingest.handshake import FILLER
from .text import printable
from .timestamps import NS_PER_SECOND
from .web.wire.rtmp_listener import Client, Decision

log = logging.getLogger("ome_mock.rtmp")
MEDIA_ARE_NOT_KEPT = "players and dumps get the emulator's own pictures and sound"


class RtmpGuest:
    """One publisher: asks about it, lists its stream, and ends it."""

    def __init__(
        self, run: Callable[[], EngineRun], clock: Clock, sent: RtmpConnection, client: Client, throw_out: Callable[[], None]
    ) -> None:
        self._find_run = run
        self._clock = clock
        self._sent = sent
        self._client = client
        self._throw_out = throw_out
        self._run: EngineRun
        self._publisher: Publisher | None = None
        self._stream: InputStream | None = None
        self._tracks: Tracks | None = None
        self._heard_ns: int | None = None

    def request(self, asked: PublishRequested) -> Decision:
        """Ask the control server, where there is one; a host name that no virtual host has is passed over, as the engine does."""
        run = self._run = self._find_run()
        vhost = find_virtual_host(run.engine.virtual_hosts(), asked.url.host)
        if vhost is None:
            log.warning("%s: no virtual host has the name %s, so it waits for ever", self._who, printable(asked.url.host))
            return Decision.IGNORE
        path = StreamPath(vhost.name, asked.url.app, asked.url.stream)
        encoder = ConnectedEncoder("rtmp", str(asked.url), self._client.address, self._client.port)
        try:
            self._publisher = run.find_publishers().admit(path, encoder, self._throw_out)
        except (PublisherRefused, ConfigurationError) as error:
            log.warning("%s was refused: %s", self._who, printable(str(error)))
            return Decision.REFUSE
        log.info("%s (%s) publishes %s", self._who, printable(asked.user_agent) or "says no name", printable(str(self._publisher.path)))
        return Decision.ACCEPT

    def hear(self) -> None:
        self._heard_ns = self._clock.now_ns()

    def begin(self) -> None:
        if self._publisher is None or self._find_run() is not self._run:
            self._throw_out()
            return
        self._tracks = self._sent.tracks
        try:
            self._stream = self._publishers.begin(self._publisher, sent_tracks(self._sent), self._heard_ns)
        except ConfigurationError as error:
            log.warning("%s was refused: %s", self._who, printable(str(error)))
            self._throw_out()
            return
        log.info("%s sends %s: %s", self._who, described(self._tracks), MEDIA_ARE_NOT_KEPT)

    def complete(self) -> None:
        if self._stream is not None:
            self._run.engine.prepare(self._stream, self._clock.now_ns())

    def change(self) -> None:
        tracks, before, self._tracks = self._sent.tracks, self._tracks, self._sent.tracks
        if self._stream is not None and tracks and before and tracks.video and tracks.video != before.video:
            self._run.engine.sending.resize(self._stream, (tracks.video.width, tracks.video.height), self._clock.now_ns())

    def pause(self) -> None:
        """A manual clock stands still between two frames, and turns without any: there silence means nothing."""
        if self._stream is not None and not isinstance(self._clock, ManualClock):
            log.info("%s sends nothing any more: a stall", self._who)
            self._run.engine.sending.hold(self._stream, self._clock.now_ns())

    def go_on(self) -> None:
        if self._stream is not None and self._stream.pace.is_held:
            self._run.engine.sending.go_on(self._stream, self._clock.now_ns())

    def leave(self) -> None:
        if self._publisher is not None:
            self._publishers.leave(self._publisher)

    @property
    def _publishers(self) -> Publishers:
        return self._run.find_publishers()

    @property
    def _who(self) -> str:
        return f"RTMP publisher {self._client.address}:{self._client.port}"


def described(tracks: Tracks | None) -> str:
    """Tracks in a word, for the log."""
    if tracks is None:
        return "nothing"
    video = [f"{tracks.video.codec} {tracks.video.width}x{tracks.video.height}"] if tracks.video else []
    audio = [f"{tracks.audio.codec} {tracks.audio.sample_rate} Hz"] if tracks.audio else []
    return ", ".join(video + audio) or "no track that can be read"


class RtmpHouse:
    """Makes connections as the engine's provider does, and guests of the run of the moment."""

    def __init__(self, run: Callable[[], EngineRun], clock: Clock, dialect: Dialect) -> None:
        self._find_run = run
        self._clock = clock
        self._dialect = dialect
        self._numbers = count(1)

    def connection(self, client: Client) -> RtmpConnection:
        ertmp = self._find_run().engine.world.enables_ertmp
        return RtmpConnection(
            ertmp=ertmp,
            is_odd=self._dialect.ertmp_answers_oddly,
            epoch_seconds=self._clock.now_ns() // NS_PER_SECOND,
            filler=os.urandom(FILLER) if ertmp else same_filler(),
            connection_number=next(self._numbers),
            socket_number=client.socket_number,
        )

    def guest(self, connection: RtmpConnection, client: Client, throw_out: Callable[[], None]) -> RtmpGuest:
        return RtmpGuest(self._find_run, self._clock, connection, client, throw_out)


@cache
def same_filler() -> bytes:
    """The bytes of S1 that mean nothing, the same for every connection: those of a Mersenne twister with its usual seed (recorded)."""
    words = [5489]
    for number in range(1, 624):
        words.append((1812433253 * (words[-1] ^ words[-1] >> 30) + number) & 0xFFFFFFFF)
    twister = Random()  # noqa: S311 (nothing is secret here)
    twister.setstate((3, (*words, 624), None))
    return bytes(twister.getrandbits(32) & 0xFF for _ in range(FILLER))
