"""One life of the emulated engine: what there is between its start and its reset."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from .clock import Clock
from .dialect import Dialect
from .dumps.storage import Storage
from .dumps.writer import Writer
from .engine.channels import Channels
from .engine.dump import DumpRequest
from .engine.engine import Engine
from .engine.input_tracks import InputTracks
from .engine.pushes import Pushes
from .engine.records import RecordOrigin, Records
from .engine.statistics import Statistics
from .engine.stream import OutputStream, StreamPath
from .errors import ConfigurationError
from .faults import Disconnect, Discontinuity, Reconnect, Stall, StreamFault
from .recordings.writer import Writer as RecordWriter
from .settings import World
from .timestamps import NS_PER_MS, NS_PER_SECOND
from .web.delivery.app import Delivery
from .web.delivery.held_requests import HeldRequests
from .web.delivery.sessions import Sessions
from .web.rest import Api

log = logging.getLogger("ome_mock.faults")

LIVE_FOR_NS = 63_200 * NS_PER_MS
"""How long the streams of a starting world have been live: long enough to be dumped at once, and never a multiple of a segment."""


class Life:
    """An engine with everything that follows its streams, and what answers for it. It begins with `streams` connected."""

    def __init__(
        self,
        world: World,
        dialect: Dialect,
        clock: Clock,
        storage: Storage,
        held: HeldRequests,
        *,
        seed: int,
        streams: Iterable[StreamPath],
        on_change: Callable[[], None],
    ) -> None:
        self._dialect = dialect
        self._clock = clock
        self._storage = storage
        self.engine = Engine(world, dialect, self._make_writer, zone=clock.zone, seed=seed, on_change=on_change)
        records = Records(self._make_record_writer, clock.zone, seed=seed, on_change=on_change)
        pushes, statistics, channels = Pushes(), Statistics(clock.now_ns()), Channels(self.engine)
        for follower in (statistics, records, pushes, channels):
            self.engine.follow(follower)
        for stream in streams:
            self.engine.connect(stream, InputTracks(), clock.now_ns() - LIVE_FOR_NS)
        self.engine.advance(clock.now_ns())  # what was configured has been dumped since then
        self.api = Api(self.engine, clock, dialect, records, pushes, statistics, channels)
        self.delivery = Delivery(self.engine, clock, held, Sessions(seed))

    def befall(self, fault: StreamFault, now_ns: int) -> None:
        """Have an encoder suffer a fault; one of a stream that can't is said in the log."""
        try:
            path = StreamPath.parse(fault.stream)
            match fault:
                case Stall():
                    self.engine.stall(path, now_ns, round(fault.seconds * NS_PER_SECOND))
                case Disconnect():
                    self.engine.disconnect(path, now_ns)
                case Reconnect():
                    self.engine.reconnect(path, now_ns)
                case Discontinuity():
                    self.engine.interrupt(path, now_ns)
        except ConfigurationError as error:
            log.warning("fault %s came to nothing: %s", fault, error)

    def _make_writer(self, request: DumpRequest, stream: OutputStream) -> Writer:
        return Writer(self._storage, self._dialect, self._clock.zone, request, stream)

    def _make_record_writer(self, origin: RecordOrigin) -> RecordWriter:
        return RecordWriter(self._storage, self._clock.zone, origin)
