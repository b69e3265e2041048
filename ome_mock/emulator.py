"""The whole emulator: a world, an engine, a disk, a clock, and the Flask application in front of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from . import faults
from .agenda import Agenda
from .arguments import checked
from .clips import find_clip
from .clock import ManualClock, Ticker
from .dialect import DOCS, WriteMode, find_dialect
from .disk.confinement import confine
from .disk.storage import Storage
from .dumps.dump import DumpRequest
from .dumps.dump_view import DumpsByKey, DumpView
from .encoders import Encoders
from .engine.engine import Engine
from .engine.input_tracks import AudioInput, VideoInput
from .engine.sources import Sources
from .engine.stream import StreamPath
from .engine_run import EngineRun
from .errors import PathRefused
from .journal.request_journal import RequestJournal
from .options import Options, access_token, check_options, initial_streams, own_directory, page_hosts, refuses_unknown, write_mode
from .refusals import DumpNotStarted
from .settings import World
from .text import basic_authorization
from .timestamps import iso_time
from .timetable import Timetable
from .tls_ports import TlsPorts
from .web.app import create_api_app
from .web.delivery.app import create_delivery_app
from .web.delivery.held_requests import HeldRequests
from .worlds.callbacks import with_callbacks
from .worlds.server_xml import default_world, read_configuration

if TYPE_CHECKING:
    from flask import Flask

    from .callbacks.outbox import Outbox
    from .web.catch_all_flask import CatchAllFlask
    from .web.delivery.publisher import Delivery
    from .web.rest import Api

__all__ = ["AudioInput", "DumpsByKey", "Emulator", "Options", "VideoInput", "create_app"]


class Emulator(Encoders):
    """An emulator without sockets: an engine, a clock and a Flask application.

    Raises TypeError for an option of a wrong type, and ConfigurationError for a wrong value.
    """

    _tls = TlsPorts()

    def __init__(self, **options: Unpack[Options]) -> None:
        check_options(type(self).__name__, options)
        self.dialect = find_dialect(options.get("dialect", DOCS.name))
        self.clock = options.get("clock") or ManualClock()
        self.confinement = confine(
            root=options.get("root"),
            allow_paths=tuple(options.get("allow_paths", ())),
            allow_any_path=options.get("allow_any_path", False),
        )
        self._refuses_unknown = refuses_unknown(options.get("unknown_elements"), self.dialect)
        self._webhook_ca = None if options.get("webhook_ca") is None else str(options["webhook_ca"])
        config = options.get("config")
        read = default_world() if config is None else read_configuration(config, refuses_unknown=self._refuses_unknown, rules=self.dialect)
        world = with_callbacks(read, options.get("admission_webhooks"), options.get("alerts"))
        self.access_token = access_token(options.get("access_token"), world, self.dialect)
        self.page_hosts = page_hosts(options.get("allow_hosts", ()))
        self.journal = RequestJournal()
        self.faults = faults.FaultPlan(self.clock.now_ns, options.get("seed", 0), self._on_change)
        self._storage = self._make_storage(write_mode(options.get("writes")) or self.dialect.write_mode)
        self._seed = options.get("seed", 0)
        self._sources = Sources(find_clip(options.get("media")), real_sizes=options.get("real_sizes", False), seed=self._seed)
        self._record_root = own_directory() if options.get("config") is None and options.get("root") is None else str
        self._held = HeldRequests(self.clock)
        self._agenda = Agenda(self._on_change)
        self._timetable = Timetable(self.faults, self._agenda, lambda: self._run)
        self._advance = self._timetable.advance
        self._ticker = Ticker(self.clock, self._advance, self._timetable.next_due_ns, self.journal.totals.note_lateness)
        self.streams = initial_streams(options)
        if options.get("populate"):
            from .worlds.populate import populate  # noqa: PLC0415 (lazy: few worlds have more than their file says)

            world, streams = populate(world, options["populate"], self._seed)
            self.streams += streams
        self._run = self._begin(world, self.streams)
        self.faults.arm(*options.get("faults", ()))
        self._app = create_api_app(lambda: self._run.api, self, self.access_token)
        self._llhls_app = create_delivery_app(lambda: self._run.delivery)
        self._thumbnail_app = create_delivery_app(lambda: self._run.thumbnails)
        self._follow_clock()

    @property
    def app(self) -> CatchAllFlask:
        """The Flask application of the REST API and the control API, made when it is first asked for."""
        return self._app.flask

    @property
    def llhls_app(self) -> CatchAllFlask:
        """The Flask application of the live streams, made when it is first asked for."""
        return self._llhls_app.flask

    @property
    def thumbnail_app(self) -> CatchAllFlask:
        """The Flask application of the thumbnails, made when it is first asked for."""
        return self._thumbnail_app.flask

    def _make_storage(self, mode: WriteMode) -> Storage:
        notices = self.dialect.notices_short_writes
        return Storage(self.confinement, mode, notices_short_writes=notices, faults=self.faults, on_write=self.journal.note_write)

    def _follow_clock(self) -> None:
        if isinstance(self.clock, ManualClock):
            self.clock.stop_on_the_way(self._timetable.next_stop_ns, self._timetable.require_quiet)
            self.clock.on_advance(self._timetable.advance_and_settle)
            self.clock.on_advance(self._held.release)
        else:
            self._ticker.start()

    def __repr__(self) -> str:
        now, dumps = iso_time(self.clock.now_ns(), self.clock.zone), self.dumps.all
        running = sum(dump.enabled for dump in dumps)
        return f"<{type(self).__name__}{self._place()}, dialect {self.dialect.name}, at {now}, dumps: {len(dumps)}, running: {running}>"

    def _place(self) -> str:
        """The place where it is to be reached, for its `repr`."""
        return ""

    @property
    def engine(self) -> Engine:
        """The engine; after a reset it is a new one."""
        return self._run.engine

    @property
    def api(self) -> Api:
        """The objects that the REST API works on; after a reset they are new ones."""
        return self._run.api

    @property
    def delivery(self) -> Delivery:
        """The delivery of live streams to players."""
        return self._run.delivery

    @property
    def authorization(self) -> str:
        """The value of the Authorization header that the REST API accepts."""
        return basic_authorization(self.access_token)

    @property
    def dumps(self) -> DumpsByKey:
        """Every dump that was started, by output stream and id."""
        return DumpsByKey(self._run.dumps.all())

    @checked
    def start_dump(
        self,
        id: str = "d1",  # noqa: A002
        *,
        stream: str = "default/app/stream",
        output_stream_name: str | None = None,
        output_path: str | None = None,
        playlist: Iterable[str] = ("llhls.m3u8",),
        info_file: str = "",
        user_data: str = "",
    ) -> DumpView:
        """Start a dump without a request; by default it dumps the output stream named like the input, into `/dumps/<id>`.

        Raises RequestRefused if the API would refuse it.
        """
        path = StreamPath.parse(stream)
        output = output_stream_name or path.stream
        request = DumpRequest(output, id, output_path or f"/dumps/{id}", tuple(playlist), info_file, user_data)
        try:
            self._run.dumps.start(self.engine.input_stream(*path), request, self.clock.now_ns())
        except DumpNotStarted as error:
            if isinstance(error.__cause__, PathRefused) and self.confinement.root is None:
                error.add_note("An emulator with root=DIR has every path below DIR, one with allow_paths=[DIR] may write below DIR too.")
            raise
        return self.dumps[f"{path.vhost}/{path.app}/{output}", id]

    @checked
    def stop_dump(self, id: str = "", *, stream: str = "default/app/stream", output_stream_name: str | None = None) -> None:  # noqa: A002
        """Stop a dump, or every dump of an output stream, without a request. Raises RequestRefused if the API would refuse it."""
        path = StreamPath.parse(stream)
        found = self.engine.input_stream(*path)
        self._run.dumps.stop(found, output_stream_name or path.stream, id, self.clock.now_ns())

    def name(self, text: str) -> str:
        """An id that only this test has, on a server that others use too; here it is the text itself."""
        return text

    def path(self, text: str) -> str:
        """A path that only this test has, on a disk that others use too; here it is the text itself, below `/`."""
        return f"/{text.lstrip('/')}"

    def on_disk(self, path: str) -> Path:
        """The place on disk where a path that clients name is written."""
        return Path(f"{self.confinement.root or ''}/{path.lstrip('/')}")

    @checked
    def until_segment(self, stream: str = "default/app/stream", count: int = 1) -> None:
        """Turn a manual clock forward until every track of an input stream has completed `count` more segments, one at least."""
        if count < 1:
            raise ValueError(f"count is 1 or more, not {count}")
        outputs = self.engine.input_stream(*StreamPath.parse(stream)).outputs
        now_ns = self.clock.now_ns()
        instants_ns = [track.completes_ns(count, now_ns) for output in outputs for track in output.on_air]
        self.clock.advance_to(max(instants_ns, default=now_ns))

    @checked
    def reset(self, *, config: str | Path | bytes | None = None, streams: Iterable[str] | None = None) -> None:
        """Start again: dumps are completed, changes are lost, faults and journal are empty; the clock goes on.

        `config`, a path or bytes, and `streams` replace the configuration and the initial streams. If TypeError or ConfigurationError is
        raised, nothing has changed.
        """
        world = self.engine.world
        if config is not None:
            world = read_configuration(config, refuses_unknown=self._refuses_unknown, rules=self.dialect)
        paths = self.streams if streams is None else tuple(streams)
        self._run.fall_silent()
        self._agenda.clear()
        if config is not None:
            self._record_root = str
        ended, self._run = self._run, self._begin(world, paths)
        self.streams = paths
        self.faults.clear()
        ended.engine.close(self.clock.now_ns())
        self.journal.clear()

    @property
    def held_requests(self) -> int:
        """The number of players' requests that wait for media that don't exist yet."""
        return len(self._held)

    @checked
    def wait_for_held_requests(self, count: int, timeout_s: float = 10) -> None:
        """Return once `count` requests are held, before a test turns the clock. Raises TimeoutError after `timeout_s` of real time."""
        self._held.wait_for(count, timeout_s)

    def close(self) -> None:
        """End every stream, which completes its dumps, and the thread of a real clock."""
        if not isinstance(self.clock, ManualClock):
            self._ticker.stop()
        self._run.fall_silent()
        self.engine.close(self.clock.now_ns())

    def _begin(self, world: World, streams: Iterable[str]) -> EngineRun:
        return EngineRun(
            replace(world, access_token=self.access_token),
            self.dialect,
            self.clock,
            self._storage,
            self._held,
            seed=self._seed,
            sources=self._sources,
            streams=[StreamPath.parse(stream) for stream in streams],
            record_root=self._record_root,
            on_change=self._on_change,
            agenda=self._agenda,
            make_outbox=self._make_outbox,
            find_certificates=lambda: self._tls.certificates,
            wake=self._ticker.wake,
        )

    def _make_outbox(self) -> Outbox:
        from .callbacks.outbox import Outbox  # noqa: PLC0415 (lazy: most emulators ask nobody)

        return Outbox(self.clock, self._agenda, self.dialect, self.faults, self.journal, self._webhook_ca)

    def _on_change(self) -> None:
        self._ticker.wake()
        self._held.ask_again()


def create_app(**options: Unpack[Options]) -> Flask:
    """The Flask application alone, for test clients; `app.extensions["ome_mock"]` is its `Emulator`."""
    return Emulator(**options).app


create_app.__doc__ = f"{create_app.__doc__}\n\n{Options.__doc__}"
