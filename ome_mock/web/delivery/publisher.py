"""The publishers of live lists, which answer requests for `/<app>/<stream>/<file>` (live-llhls.md#requests)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol
from wsgiref.types import WSGIEnvironment

from ...clock import Clock
from ...engine.engine import Engine
from ...engine.stream import OutputStream
from ...hls.delivery_directives import DeliveryDirectives
from ...hls.file_names import LiveFile, MasterPlaylistFile, parse_file_name
from ...live.live_streams import FirstDumped, LiveStreams, Viewing
from ...player_refusals import LiveFileNotFound, NotServed
from ...settings import LlhlsPublisher, VirtualHostSettings, asked_about
from ...ts.ts_file import TsFile, parse_ts_file
from ..wire.answer import Answer
from ..wire.parking import Connection, connection_of
from ..wire.request_line import method_of, path_of
from .addressed_host import addressed_host
from .held_requests import HeldRequest, HeldRequests
from .player_answers import PlayerAnswers, PlayerRequest

if TYPE_CHECKING:
    from ...callbacks.players import Players

METHODS = {"GET", "HEAD", "OPTIONS"}
HELD = Answer("102 Held", ())
"""The answer of held requests in the log; it is never sent."""
CAN_NOT_HOLD = b"ome-mock: OME holds this request until there is an answer; a test client can't wait for that, a socket can\n"


class PlayerSessions(Protocol):
    """PlayerSessions of players, by their names."""

    def begin(self, stream: OutputStream, connection: Connection | None) -> str:
        """Make a session for a player that asks for a master playlist. Raises SessionMissing."""

    def resume(self, stream: OutputStream, name: str | None, connection: Connection | None) -> str:
        """The name under which a session goes on. Raises SessionMissing."""


class Target(NamedTuple):
    """The stream that a player asks for; no virtual host where nobody knows the name."""

    vhost: VirtualHostSettings | None
    app: str
    stream: str


class Delivery:
    """Answers requests of players, at once or when their answer is due."""

    def __init__(
        self,
        engine: Engine,
        first_dumped: FirstDumped,
        clock: Clock,
        held: HeldRequests,
        sessions: PlayerSessions,
        find_players: Callable[[], Players],
    ) -> None:
        self._find_players = find_players
        self._engine = engine
        self._clock = clock
        self._held = held
        self._sessions = sessions
        self._live = LiveStreams(engine, clock.zone, first_dumped)
        self._answers = PlayerAnswers(clock, engine.dialect)
        self._methods = METHODS if engine.dialect.head_is_get else METHODS - {"HEAD"}

    def answer(self, environ: WSGIEnvironment) -> Answer:
        """Answer a request; what is returned of one that is parked doesn't go out."""
        method, world, host = method_of(environ["REQUEST_METHOD"]), self._engine.world, environ.get("HTTP_HOST", "")
        parts = (path_of(host, environ["REQUEST_URI"]) or "").split("/")
        if len(parts) != 4 or method not in self._methods:
            return self._answers.not_taken()
        ts_file = parse_ts_file(parts[3], query_of(environ).get("format"))
        file = parse_file_name(parts[3]) if ts_file is None and world.binds("llhls") else None
        vhost = addressed_host(self._engine.virtual_hosts(), host)
        target, webhooks = Target(vhost, parts[1], parts[2]), asked_about(vhost)
        if ts_file is not None and world.binds("hls"):
            return self._answer_ts(environ, target, ts_file)
        if file is None:
            return self._answers.not_taken()
        if method == "OPTIONS" or webhooks is None:
            return self.answer_for(environ, target, file, self._sessions)
        from .admissions import answer_admitted  # noqa: PLC0415 (lazy: most emulators ask no control server)

        return answer_admitted(environ, self, self._find_players(), webhooks, target, file, self._engine.virtual_hosts())

    def _answer_ts(self, environ: WSGIEnvironment, target: Target, file: TsFile) -> Answer:
        """Answer a player of HLS over MPEG-TS, about whom no control server is asked."""
        from ...ts.ts_streams import TsStreams  # noqa: PLC0415 (lazy: few players ask for it)

        application = self._engine.find_application(target.vhost.name if target.vhost else "", target.app)
        publisher = None if application is None else application.hls
        asked = PlayerRequest.read(environ, publisher, self._engine.world, target.vhost, self._engine.dialect)
        if asked.method == "OPTIONS":
            return self._answers.preflight(asked)
        try:
            stream = self._engine.ts_stream(target.vhost.name, target.app, target.stream) if target.vhost else None
            if stream is None:
                raise LiveFileNotFound
            served = TsStreams(self._clock.zone).serve(stream, file, query_of(environ).get, self._clock.now_ns())
            return self._answers.plain(asked, served.body, served.content_type)
        except NotServed as error:
            return self._answers.refusal(asked, error)

    def answer_for(self, environ: WSGIEnvironment, target: Target, file: LiveFile, sessions: PlayerSessions) -> Answer:
        """Answer for a stream, to a player whose session is one of `sessions`."""
        vhost, app, name = target
        publisher = self._publisher(vhost.name if vhost else "", app)
        asked = PlayerRequest.read(environ, publisher, self._engine.world, vhost, self._engine.dialect)
        if asked.method == "OPTIONS":
            return self._answers.preflight(asked)
        try:
            stream = self._engine.live_stream(vhost.name, app, name) if vhost else None
            if stream is None:
                raise LiveFileNotFound
            viewing = self._viewing(query_of(environ), asked.connection, stream, file, sessions)
        except NotServed as error:
            return self._answers.refusal(asked, error, is_of_stream=False)
        return self._serve_or_refuse(asked, viewing)

    def answer_page(self, environ: WSGIEnvironment, stream: OutputStream, file: LiveFile) -> Answer:
        """Answer a player of the emulator's own page, which has no session, needs no CORS, and of whom no control server is asked."""
        asked = PlayerRequest("GET", {}, False, connection_of(environ))
        directives = DeliveryDirectives.parse(query_of(environ).get, stream.default_directives)
        return self._serve_or_refuse(asked, Viewing(stream, file, directives, "", finds_all_here=True))

    def refused(self) -> Answer:
        """The answer to a player that a control server refuses."""
        return self._answers.without_origins(401)

    def _publisher(self, vhost: str, app: str) -> LlhlsPublisher | None:
        application = self._engine.find_application(vhost, app)
        return None if application is None else application.llhls

    def _viewing(
        self, query: dict[str, str], connection: Connection | None, stream: OutputStream, file: LiveFile, sessions: PlayerSessions
    ) -> Viewing:
        """Read a request for a stream. Raises SessionMissing."""
        carried_on = []
        if stream.publisher is None or not stream.publisher.origin_mode:
            if isinstance(file, MasterPlaylistFile):
                session = sessions.begin(stream, connection)
            else:
                session = sessions.resume(stream, query.get("session"), connection)
            carried_on.append(f"session={session}")
        if "stream_key" in query:
            carried_on.append(f"stream_key={query['stream_key']}")
        directives = DeliveryDirectives.parse(query.get, stream.default_directives)
        return Viewing(stream, file, directives, "&".join(carried_on))

    def _serve_or_refuse(self, asked: PlayerRequest, viewing: Viewing) -> Answer:
        try:
            return self._serve(asked, viewing)
        except NotServed as error:
            return self._answers.refusal(asked, error)

    def _serve(self, asked: PlayerRequest, viewing: Viewing) -> Answer:
        now_ns = self._clock.now_ns()
        due_ns = self._live.due_ns(viewing, now_ns)
        if due_ns is not None and due_ns <= now_ns:
            return self._answers.served(asked, self._live.serve(viewing, now_ns))
        if asked.connection is None:
            return Answer.of_text("503 Service Unavailable", CAN_NOT_HOLD)
        answer_later, is_counted = self._answer_later(asked, viewing), not viewing.finds_all_here
        asked.connection.park(HeldRequest(self._held, lambda: self._live.due_ns(viewing, now_ns), answer_later, is_counted=is_counted))
        return HELD

    def _answer_later(self, asked: PlayerRequest, viewing: Viewing) -> Callable[[int], Answer]:
        """A function for the answer of a held request. It logs nothing, because 500 lines at once would delay 500 answers."""

        def answer_at(due_ns: int) -> Answer:
            try:
                return self._answers.served(asked, self._live.serve_held(viewing, due_ns))
            except NotServed as error:
                return self._answers.refusal(asked, error)

        return answer_at


def query_of(environ: WSGIEnvironment) -> dict[str, str]:
    """The query without decoding it, because URIs repeat it as it was sent."""
    return {name: value for name, _, value in (each.partition("=") for each in environ["QUERY_STRING"].split("&"))}
