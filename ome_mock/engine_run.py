"""One run of the emulated engine, from its start to its reset."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .agenda import Agenda
from .clock import Clock
from .dialect import Dialect
from .disk.storage import Storage
from .dumps.dump import DumpRequest
from .dumps.dumps import Dumps
from .engine.engine import Engine
from .engine.follower import LateFollower
from .engine.input_stream import InputStream
from .engine.input_tracks import InputTracks
from .engine.sources import Sources
from .engine.statistics import Statistics
from .engine.stream import OutputStream, StreamPath
from .errors import ConfigurationError, PublisherRefused
from .lazy import Lazy
from .settings import Alerts, World
from .timestamps import NS_PER_MS, NS_PER_SECOND
from .web.delivery.held_requests import HeldRequests
from .web.rest import Api

if TYPE_CHECKING:
    from .callbacks.alerts import AlertSender
    from .callbacks.outbox import Outbox
    from .callbacks.players import Players
    from .callbacks.publishers import Publishers
    from .callbacks.webhooks import Webhooks
    from .channels.channels import Channels
    from .channels.playback import Media
    from .dumps.writer import DiskDumpWriter
    from .dvr.dvr import Dvr
    from .faults import StreamFault
    from .media.movie import Movie
    from .pushes.pushes import Pushes
    from .records.records import RecordOrigin, Records
    from .records.writer import DiskRecordWriter
    from .ts.ts_dumps import TsDumps
    from .web.delivery.publisher import Delivery
    from .web.delivery.thumbnail_publisher import Thumbnails
    from .web.wire.certificates import Certificates

log = logging.getLogger("ome_mock.faults")

LIVE_FOR_NS = 63_200 * NS_PER_MS
"""The age of the initial streams: old enough to be dumped at once, and not a multiple of a segment."""


class EngineRun:
    """An engine with its followers and the delivery to players. It begins with `streams` connected.

    Parts that most emulators never need are imported and made at their first use, so that the start is quick.
    """

    def __init__(
        self,
        world: World,
        dialect: Dialect,
        clock: Clock,
        storage: Storage,
        held: HeldRequests,
        *,
        seed: int,
        sources: Sources,
        streams: Iterable[StreamPath],
        record_root: Callable[[], str],
        on_change: Callable[[], None],
        agenda: Agenda,
        make_outbox: Callable[[], Outbox],
        find_certificates: Callable[[], Certificates | None],
        wake: Callable[[], None],
    ) -> None:
        self._dialect, self._clock, self._storage, self._held = dialect, clock, storage, held
        self.engine = Engine(world, dialect, seed=seed, sources=sources, on_change=on_change, wake=wake)
        # first of all: a stream's dumps end before other followers are told of its end
        self.dumps = self.engine.follow(Dumps(self.engine.writing, dialect, self._make_writer, clock.zone, on_change))
        self.engine.follow(LateFollower(_has_ts_dumps, self._make_ts_dumps))
        self.engine.follow(LateFollower(_has_dvr, self._make_dvr))
        self._seed, self._on_change, self._agenda = seed, on_change, agenda
        self.find_outbox = Lazy(make_outbox)
        self.find_publishers = Lazy(self._make_publishers)
        self.find_players = Lazy(self._make_players)
        self._record_root = record_root
        self._began_ns = clock.now_ns()
        statistics = self.engine.follow(Statistics(clock.now_ns()))
        self._connect(streams)
        self._alerts = None if world.alerts is None else self._make_alerts(world.alerts)
        if any(vhost.admission_webhooks for vhost in world.virtual_hosts):
            self.find_publishers()
        followers = Lazy(self._make_records), Lazy(self._make_pushes), Lazy(self._make_channels)
        self.api = Api(self.engine, clock, dialect, self.dumps, statistics, *followers, find_certificates)
        self._find_delivery = Lazy(self._make_delivery)
        self._find_thumbnails = Lazy(self._make_thumbnails)

    def _connect(self, streams: Iterable[StreamPath]) -> None:
        """Publish the streams that are there from the start; configured dumps begin with them."""
        for stream in streams:
            self.engine.connect(stream, InputTracks(), self._began_ns - LIVE_FOR_NS)
        self.engine.advance(self._began_ns)

    @property
    def delivery(self) -> Delivery:
        """The delivery of live streams to players."""
        return self._find_delivery()

    @property
    def thumbnails(self) -> Thumbnails:
        """The delivery of thumbnails."""
        return self._find_thumbnails()

    def set_rates(self, path: StreamPath, *, bitrate: int | None = None, framerate: float | None = None) -> None:
        """Have an encoder be said to send at other rates, and look at the rules of alerts again."""
        now_ns = self._clock.now_ns()
        self.engine.sending.set_rates(self.engine.connected(path), now_ns, bitrate=bitrate, framerate=framerate)
        if self._alerts is not None:
            self._alerts.look_again(now_ns)

    def settle(self) -> None:
        """Wait until every control server that is being asked has answered, or its timeout is over."""
        if self.find_outbox.is_made:
            self.find_outbox().settle()

    def require_quiet(self) -> None:
        """Raise ConfigurationError where the clock must stand still for a control server."""
        if self.find_outbox.is_made:
            self.find_outbox().require_quiet()

    def fall_silent(self) -> None:
        """Ask nobody any more."""
        if self.find_outbox.is_made:
            self.find_outbox().close()

    def apply_stream_fault(self, fault: StreamFault, now_ns: int) -> None:
        """Apply a fault to an encoder; if its stream can't have it, log that, and take back that it fired."""
        try:
            fault.spoil(_Encoder(self, StreamPath.parse(fault.stream), now_ns, fault))
        except ConfigurationError as error:
            self.note_in_vain(fault, error)

    def note_in_vain(self, fault: StreamFault, error: Exception) -> None:
        log.warning("fault %s came to nothing: %s", fault, error)
        if isinstance(error, ConfigurationError):  # an encoder that a control server refuses has come
            self._storage.faults.note_in_vain(fault)

    def _make_writer(self, request: DumpRequest, stream: OutputStream) -> DiskDumpWriter:
        from .dumps.writer import DiskDumpWriter  # noqa: PLC0415 (lazy, as said above)

        return DiskDumpWriter(self._storage, self._dialect, self._clock.zone, request, stream)

    def _make_ts_dumps(self) -> TsDumps:
        from .ts.ts_dumps import TsDumps  # noqa: PLC0415 (lazy, as said above)

        return TsDumps(self.engine.writing, self._storage, self._clock.zone)

    def _make_dvr(self) -> Dvr:
        from .dvr.dvr import Dvr  # noqa: PLC0415 (lazy, as said above)
        from .live.llhls_tape import llhls_tapes  # noqa: PLC0415 (lazy, as said above)
        from .ts.ts_tape import ts_tapes  # noqa: PLC0415 (lazy, as said above)

        return Dvr(self.engine.writing, self._storage, lambda output: [*llhls_tapes(output, self._dialect), *ts_tapes(output)])

    def _make_publishers(self) -> Publishers:
        from .callbacks.publishers import Publishers  # noqa: PLC0415 (lazy, as said above)

        on_taken = None if self._alerts is None else self._alerts.name_taken
        return self.engine.follow(Publishers(self.engine, self._clock, self._agenda, self._make_webhooks(), on_taken))

    def _make_alerts(self, settings: Alerts) -> AlertSender:
        from .callbacks.alerts import AlertSender  # noqa: PLC0415 (lazy, as said above)
        from .web.rest.stream_info import StreamInfos  # noqa: PLC0415 (lazy, as said above)

        info = StreamInfos(self.engine, self._clock)
        outbox = self.find_outbox()
        return self.engine.follow(AlertSender(settings, self.engine, self._clock, self._agenda, outbox, self._dialect, info, self._seed))

    def _make_players(self) -> Players:
        from .callbacks.players import Players  # noqa: PLC0415 (lazy, as said above)

        return Players(self._clock, self._make_webhooks(), self._dialect, self._seed)

    def _make_webhooks(self) -> Webhooks:
        from .callbacks.webhooks import Webhooks  # noqa: PLC0415 (lazy, as said above)

        return Webhooks(self.find_outbox(), self._dialect)

    def _make_records(self) -> Records:
        from .records.records import Records  # noqa: PLC0415 (lazy, as said above)

        zone, agenda = self._clock.zone, self.engine.writing
        return self.engine.follow(Records(self._make_record_writer, zone, seed=self._seed, default_root=self._record_root, agenda=agenda))

    def _make_pushes(self) -> Pushes:
        from .pushes.pushes import Pushes  # noqa: PLC0415 (lazy, as said above)

        return self.engine.follow(Pushes(self.engine.writing, self._began_ns, self._storage.faults))

    def _make_channels(self) -> Channels:
        from .channels.channels import Channels  # noqa: PLC0415 (lazy, as said above)

        return self.engine.follow(Channels(self.engine, self._began_ns, _find_media))

    def _make_delivery(self) -> Delivery:
        from .web.delivery.publisher import Delivery  # noqa: PLC0415 (lazy, as said above)
        from .web.delivery.sessions import PlayerSessions  # noqa: PLC0415 (lazy, as said above)

        sessions = PlayerSessions(self._seed, end=self.engine.dialect.player_sessions_end)
        return Delivery(self.engine, self.dumps.first_dumped, self._clock, self._held, sessions, self.find_players)

    def _make_thumbnails(self) -> Thumbnails:
        from .web.delivery.thumbnail_publisher import Thumbnails  # noqa: PLC0415 (lazy, as said above)

        return Thumbnails(self.engine, self._clock, self.find_players)

    def _make_record_writer(self, origin: RecordOrigin) -> DiskRecordWriter:
        from .records.writer import DiskRecordWriter  # noqa: PLC0415 (lazy, as said above)

        return DiskRecordWriter(self._storage, self._clock.zone, origin)


def _has_ts_dumps(stream: InputStream) -> bool:
    return any(output.hls is not None and output.hls.dumps for output in stream.made)


def _has_dvr(stream: InputStream) -> bool:
    publishers = [publisher for output in stream.made for publisher in (output.publisher, output.hls)]
    return any(publisher is not None and publisher.dvr is not None for publisher in publishers)


class _Encoder(NamedTuple):
    """The encoder of a stream, as a fault sees it."""

    run: EngineRun
    path: StreamPath
    now_ns: int
    fault: StreamFault

    def stall(self, seconds: float) -> None:
        self.run.engine.sending.stall(self.run.engine.connected(self.path), self.now_ns, round(seconds * NS_PER_SECOND))

    def disconnect(self) -> None:
        self.run.find_publishers().disconnect(self.path, self.now_ns)

    def reconnect(self) -> None:
        """Come again, in a thread that can wait for a control server."""
        self.run.find_outbox().post(self._reconnect)

    def interrupt(self) -> None:
        self.run.engine.sending.interrupt(self.run.engine.connected(self.path), self.now_ns)

    def _reconnect(self) -> None:
        try:
            self.run.find_publishers().reconnect(self.path)
        except (ConfigurationError, PublisherRefused) as error:
            self.run.note_in_vain(self.fault, error)


def _find_media(root: str, name: str) -> Media | None:
    """A file that a scheduled channel may show.

    If the configured directory is not on this machine, as with a Server.xml of another one, every file exists and has no end.
    """
    from .channels.playback import Media  # noqa: PLC0415 (lazy, as said above)

    if ".." in name.split("/"):
        return None
    path = os.path.join(root, name.lstrip("/"))
    try:
        status = os.stat(path)
        movie = _read_movie(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError):
        return None if root and Path(root).is_dir() else Media(0, 0)
    return None if movie is None else Media(*movie)


@lru_cache(maxsize=64)
def _read_movie(path: str, modified_ns: int, size: int) -> Movie | None:  # noqa: ARG001 (part of the cache key)
    from .media.movie import read_movie  # noqa: PLC0415 (lazy, as said above)

    with open(path, "rb") as file:
        return read_movie(file)
