"""The LL-HLS publisher: answers what players ask for, `/<app>/<stream>/<file>` (live-llhls.md#requests)."""

from __future__ import annotations

from collections.abc import Callable

from flask import request

from ...clock import Clock
from ...engine.engine import Engine
from ...engine.stream import OutputStream
from ...hls.delivery_directives import DeliveryDirectives
from ...live.live_file import LiveFile, MasterPlaylistFile, parse_live_file
from ...live.live_streams import FirstDumped, LiveStreams, Viewing
from ...refusals import LiveFileNotFound, NotServed
from ...settings import LlhlsPublisher
from ..wire.parking import Answer, connection_of
from ..wire.request_line import method_of, path_of
from .held_requests import HeldRequest, HeldRequests
from .hosts import find_virtual_host
from .player_answers import PlayerAnswers, PlayerRequest
from .sessions import PlayerSessions

METHODS = {"GET", "HEAD", "OPTIONS"}
HELD = Answer("102 Held", (), b"")
"""Stands in the log for what has no answer yet; it doesn't go out."""
CAN_NOT_HOLD = b"ome-mock: OME holds this request until there is an answer; a test client can't wait for that, a socket can\n"


class Delivery:
    """Answers requests of players, at once or when their answer is due."""

    def __init__(self, engine: Engine, first_dumped: FirstDumped, clock: Clock, held: HeldRequests, sessions: PlayerSessions) -> None:
        self._engine = engine
        self._clock = clock
        self._held = held
        self._sessions = sessions
        self._live = LiveStreams(engine, clock.zone, first_dumped)
        self._answers = PlayerAnswers(clock)

    def answer(self) -> Answer:
        """Answer Flask's current request; what waits is parked, and what is returned of it doesn't go out."""
        method = method_of(request.method)
        parts = (path_of(request.environ.get("HTTP_HOST", ""), request.environ["REQUEST_URI"]) or "").split("/")
        file = parse_live_file(parts[3]) if len(parts) == 4 and method in METHODS else None
        if file is None:
            return self._answers.not_taken()
        vhost = find_virtual_host(self._engine.virtual_hosts(), request.headers.get("Host", ""))
        publisher = self._publisher(vhost.name if vhost else "", parts[1])
        asked = PlayerRequest.read(method, request.headers.get, publisher, self._engine.world.cross_domains)
        if method == "OPTIONS":
            return self._answers.preflight(asked)
        try:
            stream = self._engine.live_stream(vhost.name, parts[1], parts[2]) if vhost else None
            if stream is None:
                raise LiveFileNotFound
            return self._serve(asked, self._viewing(stream, file))
        except NotServed as error:
            return self._answers.refusal(asked, error)

    def _publisher(self, vhost: str, app: str) -> LlhlsPublisher | None:
        application = self._engine.find_application(vhost, app)
        return None if application is None else application.llhls

    def _viewing(self, stream: OutputStream, file: LiveFile) -> Viewing:
        """Read the query, of which nothing is decoded: what URIs carry on is what was sent. Raises SessionMissing."""
        query = {name: value for name, _, value in (each.partition("=") for each in request.environ["QUERY_STRING"].split("&"))}
        connection = connection_of(request.environ)
        carried_on = []
        if stream.publisher is None or not stream.publisher.origin_mode:
            if isinstance(file, MasterPlaylistFile):
                session = self._sessions.begin(stream, connection)
            else:
                session = self._sessions.resume(stream, query.get("session"), connection)
            carried_on.append(f"session={session}")
        if "stream_key" in query:
            carried_on.append(f"stream_key={query['stream_key']}")
        directives = DeliveryDirectives.parse(query.get, stream.default_directives)
        return Viewing(stream, file, directives, "&".join(carried_on))

    def _serve(self, asked: PlayerRequest, viewing: Viewing) -> Answer:
        now_ns = self._clock.now_ns()
        due_ns = self._live.due_ns(viewing, now_ns)
        if due_ns is not None and due_ns <= now_ns:
            return self._answers.served(asked, self._live.serve(viewing, now_ns))
        connection = connection_of(request.environ)
        if connection is None:
            return Answer.of_text("503 Service Unavailable", CAN_NOT_HOLD)
        connection.park(HeldRequest(self._held, lambda: self._live.due_ns(viewing, now_ns), self._answer_later(asked, viewing)))
        return HELD

    def _answer_later(self, asked: PlayerRequest, viewing: Viewing) -> Callable[[int], Answer]:
        """The answer of a held request; that it was held stands in the log, where 500 more lines would delay 500 answers."""

        def answer_at(due_ns: int) -> Answer:
            try:
                return self._answers.served(asked, self._live.serve(viewing, due_ns))
            except NotServed as error:
                return self._answers.refusal(asked, error)

        return answer_at
