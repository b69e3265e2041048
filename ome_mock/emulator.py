"""The whole emulator: a world, an engine, a disk, a clock, and the Flask application in front of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, Unpack

from flask import Flask

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
from .errors import ConfigurationError
from .journal.request_journal import RequestJournal
from .lazy import Lazy
from .options import Options, access_token, check_options, initial_streams, own_directory, refuses_unknown, write_mode
from .settings import DEFAULT_IDLE_TIMEOUT_S, DEFAULT_LLHLS_PORT, DEFAULT_PORT, THUMBNAIL, World, asked_about
from .text import basic_authorization
from .timestamps import iso_time
from .timetable import Timetable
from .tls_ports import TlsListeners, TlsOptions, TlsPorts
from .web.app import create_flask_app, made_late, never_waits
from .web.catch_all_flask import CatchAllFlask
from .web.delivery.app import create_delivery_app
from .web.delivery.held_requests import HeldRequests
from .web.wire.server import HttpServer
from .worlds.callbacks import with_callbacks
from .worlds.populate import populate
from .worlds.server_xml import default_world, read_configuration

if TYPE_CHECKING:
    from .callbacks.outbox import Outbox
    from .recordings.replay import Found
    from .web.wire.certificates import Certificate
    from .web.wire.rtmp_listener import RtmpListener

__all__ = ["AudioInput", "DumpsByKey", "Emulator", "OmeMock", "Options", "VideoInput", "create_app"]


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
        self.journal = RequestJournal()
        self.faults = faults.FaultPlan(self.clock.now_ns, options.get("seed", 0), self._on_change)
        self._storage = self._make_storage(write_mode(options.get("writes")) or self.dialect.write_mode)
        self._seed = options.get("seed", 0)
        self._sources = Sources(find_clip(options.get("media")), real_sizes=options.get("real_sizes", False), seed=self._seed)
        self._record_root = own_directory() if options.get("config") is None and options.get("root") is None else str
        self._held = HeldRequests(self.clock)
        self._agenda = Agenda(self._on_change)
        self._timetable = Timetable(self.faults, self._agenda, lambda: self._run)
        self._ticker = Ticker(self.clock, self._timetable.advance, self._timetable.next_due_ns)
        self.streams = initial_streams(options)
        if options.get("populate"):
            world, streams = populate(world, options["populate"], self._seed)
            self.streams += streams
        self._run = self._begin(world, self.streams)
        self.faults.arm(*(fault if isinstance(fault, faults.Fault) else faults.read_fault(fault) for fault in options.get("faults", ())))
        self._app = Lazy(self._make_app)
        self._llhls_app = Lazy(lambda: create_delivery_app(lambda: self._run.delivery))
        self._thumbnail_app = Lazy(lambda: create_delivery_app(lambda: self._run.thumbnails))
        self._follow_clock()

    @property
    def app(self) -> CatchAllFlask:
        """The Flask application of the REST API and the control API, made when it is first asked for."""
        return self._app()

    @property
    def llhls_app(self) -> CatchAllFlask:
        """The Flask application of the live streams, made when it is first asked for."""
        return self._llhls_app()

    @property
    def thumbnail_app(self) -> CatchAllFlask:
        """The Flask application of the thumbnails, made when it is first asked for."""
        return self._thumbnail_app()

    def _make_app(self) -> CatchAllFlask:
        app = create_flask_app(lambda: self._run.api, self, self.access_token)
        app.extensions["ome_mock"] = self
        return app

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
        self._run.dumps.start(self.engine.input_stream(*path), request, self.clock.now_ns())
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
        """Turn a manual clock forward until every track of an input stream has completed `count` more segments."""
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

    def _advance(self, now_ns: int) -> None:
        self._timetable.advance(now_ns)

    def _make_outbox(self) -> Outbox:
        from .callbacks.outbox import Outbox  # noqa: PLC0415 (lazy: most emulators ask nobody)

        return Outbox(self.clock, self._agenda, self.dialect, self.faults, self.journal, self._webhook_ca)

    def _on_change(self) -> None:
        self._ticker.wake()
        self._held.ask_again()


class OmeMock(Emulator):
    """A running emulator: an HTTP server on a free port, and a manual clock unless told otherwise.

        with OmeMock() as ome:
            requests.post(f"{ome.url}/v1/...", headers={"Authorization": ome.authorization}, json={...})
            ome.clock.advance(60)

    Takes `Options`, `host`, `port`, `llhls_port` and `thumbnail_port`; port 0 is a free one, None that of the Server.xml, or 8081 and 3333,
    and for thumbnails none. `tls_port` and `llhls_tls_port` speak TLS, 0 for a free one; None is the Server.xml's, a free one where the
    plain port is a free one, or none. `tls_cert` and `tls_key` are PEM files for both. Encoders publish to `rtmp_port`, where there is one;
    `configured` is that of the Server.xml. A connection that is silent for `idle_timeout` seconds of real time is closed, but for an
    encoder's. The constructor binds the ports.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int | None = 0,
        llhls_port: int | None = 0,
        tls_port: int | None = None,
        llhls_tls_port: int | None = None,
        tls_cert: str | Path | None = None,
        tls_key: str | Path | None = None,
        thumbnail_port: int | None = 0,
        rtmp_port: int | Literal["configured"] | None = None,
        idle_timeout: float = DEFAULT_IDLE_TIMEOUT_S,
        **options: Unpack[Options],
    ) -> None:
        if not idle_timeout > 0:
            raise ConfigurationError(f"idle timeout {idle_timeout} is not above zero")
        super().__init__(**options)
        self._is_started = self._is_stopped = False
        self._server = HttpServer(host, self.dialect, idle_timeout)
        self._rtmp: RtmpListener | None = None
        self._held.answer_in(self._server.loop)
        world = self.engine.world
        api = partial(self._server.listen, made_late(self._app), never_waits=lambda *asked: never_waits(self.app, self, *asked))
        players = self._listen_for_players
        try:
            self.port = api(_port(port, world.api_port, DEFAULT_PORT))
            self.llhls_port = players(_port(llhls_port, world.llhls_port or world.hls_port, DEFAULT_LLHLS_PORT))
            if llhls_port is None and world.hls_port and world.hls_port != self.llhls_port:
                players(world.hls_port)
            self.thumbnail_port = self._listen_for_thumbnails(world.thumbnail_port if thumbnail_port is None else thumbnail_port)
            asked = TlsOptions(tls_port, llhls_tls_port, tls_cert, tls_key)
            self._tls = TlsListeners(self._server, world, self.dialect).open(asked, api, players, (port, llhls_port))
            self._rtmp = self._listen_for_publishers(host, world.rtmp_port if rtmp_port == "configured" else rtmp_port)
        except ConfigurationError:
            self.stop()
            raise

    def _listen_for_players(self, port: int, option: str = "--llhls-port", certificate: Certificate | None = None) -> int:
        app, never_waits = made_late(self._llhls_app), self._is_answered_at_once
        return self._server.listen(app, port, option=option, never_waits=never_waits, certificate=certificate)

    def _listen_for_thumbnails(self, port: int | None) -> int | None:
        """Returns the port, or None where thumbnails have none."""
        if port is None:
            return None
        return self._server.listen(
            made_late(self._thumbnail_app),
            port,
            option="--thumbnail-port",
            never_waits=lambda *_: not any(asked_about(vhost, THUMBNAIL) for vhost in self.engine.virtual_hosts()),
        )

    def _is_answered_at_once(self, _: str, target: str) -> bool:
        """Says if a request is answered at once: waiting ones are parked, except those that ask a control server."""
        return ".m3u8" not in target or not any(asked_about(vhost) for vhost in self.engine.virtual_hosts())

    @property
    def url(self) -> str:
        """The URL of the REST API, without a slash at the end."""
        return self._server.url(self.port)

    @property
    def tls_url(self) -> str | None:
        """The URL of the REST API over TLS; None without a port for it."""
        return None if self.tls_port is None else self._server.url(self.tls_port, "https")

    @property
    def tls_port(self) -> int | None:
        return self._tls.api

    @property
    def llhls_tls_port(self) -> int | None:
        return self._tls.llhls

    @property
    def llhls_tls_url(self) -> str | None:
        return None if self.llhls_tls_port is None else self._server.url(self.llhls_tls_port, "https")

    @property
    def certificate(self) -> Path | None:
        """The PEM file with which clients trust the TLS ports; None without such a port."""
        return None if self._tls.certificates is None else self._tls.certificates.authority

    @property
    def llhls_url(self) -> str:
        """The URL before the players' `/<app>/<stream>/<playlist>.m3u8`, without a slash at the end."""
        return self._server.url(self.llhls_port)

    def _place(self) -> str:
        return f" {self.url} ({'stopped' if self._is_stopped else 'running' if self._is_started else 'not started'})"

    def replay(self, path: str | Path) -> list[Found]:
        """Put a recording of `ome-mock record` to this emulator, and return every difference between its answers and the recorded ones.

        The manual clock is turned as time went by then. Raises ConfigurationError for a file that is no recording.
        """
        from .recordings.jsonl import read_recording  # noqa: PLC0415 (lazy: few emulators replay)
        from .recordings.looks import DumpLooks  # noqa: PLC0415
        from .recordings.replay import replay_on  # noqa: PLC0415

        looks = DumpLooks(Path(self.confinement.root)) if self.confinement.root else None
        outcomes = replay_on(read_recording(Path(path)), self.url, self.authorization, self.clock.advance, looks)
        return [found for outcome in outcomes for found in outcome.found]

    @property
    def thumbnail_url(self) -> str:
        """The URL before `/<app>/<stream>/thumb.jpg`, without a slash at the end. Raises ConfigurationError without `thumbnail_port`."""
        if self.thumbnail_port is None:
            raise ConfigurationError("thumbnails have no port: thumbnail_port=0 takes a free one")
        return self._server.url(self.thumbnail_port)

    @property
    def rtmp_port(self) -> int | None:
        """The port that encoders publish to; None where there is none."""
        return None if self._rtmp is None else self._rtmp.port

    @property
    def rtmp_url(self) -> str:
        """The URL before an encoder's `/<app>/<stream>`, without a slash at the end. Raises ConfigurationError without `rtmp_port`."""
        if self._rtmp is None:
            raise ConfigurationError("no encoder can publish: rtmp_port=0 takes a free port")
        return self._server.url(self._rtmp.port).replace("http", "rtmp", 1)

    def _listen_for_publishers(self, host: str, port: int | None) -> RtmpListener | None:
        if port is None:
            return None
        from .publishing import listen_for_publishers  # noqa: PLC0415 (lazy: most emulators have no such port)

        return listen_for_publishers(lambda: self._run, self.clock, self.dialect, host, port, self._server.loop)

    def start(self) -> None:
        """Answer requests from now on."""
        self._is_started = True
        self._server.start()
        if self._rtmp is not None:
            self._rtmp.start()

    def stop(self) -> None:
        """Finish the current answers, close every connection and complete the running dumps; stopping again does nothing."""
        if not self._is_stopped:
            self._is_stopped = True
            try:
                if self._rtmp is not None:
                    self._rtmp.stop()
                self._server.stop()
            finally:
                self.close()
                if self._tls.certificates is not None:
                    self._tls.certificates.close()
                if self._rtmp is not None:
                    self._rtmp.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def create_app(**options: Unpack[Options]) -> Flask:
    """The Flask application alone, for test clients; `app.extensions["ome_mock"]` is its `Emulator`."""
    return Emulator(**options).app


for _documented in (OmeMock, create_app):
    _documented.__doc__ = f"{_documented.__doc__}\n\n{Options.__doc__}"


def _port(given: int | None, configured: int | None, default: int) -> int:
    return given if given is not None else configured if configured is not None else default
