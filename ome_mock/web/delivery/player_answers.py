"""Responses of the publishers of live lists: statuses, and headers in the engine's order (recorded: live-delivery)."""

from __future__ import annotations

import gzip
from typing import NamedTuple
from wsgiref.types import WSGIEnvironment

from ...clock import Clock
from ...dialect import Dialect
from ...live.live_streams import ContentType, Served
from ...player_refusals import NotServed, ReloadRefused, SessionMissing, StreamNotStarted, ThumbnailRefused
from ...settings import CrossDomains, HlsPublisher, LlhlsPublisher, ThumbnailPublisher, VirtualHostSettings, World
from ...timestamps import http_date
from ..api_answers import SERVER_HEADER, status_line
from ..cors import cors_headers, default_cors_headers, vary
from ..header_order import in_order
from ..wire.answer import Answer
from ..wire.parking import Connection, connection_of
from ..wire.request_headers import header_finder
from ..wire.request_line import method_of

STATUSES: dict[type[NotServed], int] = {SessionMissing: 401, StreamNotStarted: 201, ReloadRefused: 400}
"""The statuses of refusals; of others it is 404."""
TEXT = "text/html"


class PlayerRequest(NamedTuple):
    """The parts of a request, besides its path, on which the response depends."""

    method: str
    cors: dict[str, str]
    takes_gzip: bool
    connection: Connection | None
    """The connection on which it can be held, if there is one."""

    @classmethod
    def read(
        cls,
        environ: WSGIEnvironment,
        publisher: LlhlsPublisher | HlsPublisher | ThumbnailPublisher | None,
        world: World,
        vhost: VirtualHostSettings | None,
        dialect: Dialect,
        methods: str | None = None,
    ) -> PlayerRequest:
        """Of a publisher without rules of its own the defaults decide, with the methods of the API, as of an unknown application.

        Where there are no defaults either, nothing is said of an unknown application (recorded: outgoing/unknown app). Older engines
        take the rules of the virtual host for a publisher's own (configuration-reader.md#cross-domains).
        """
        method, find_header = method_of(environ["REQUEST_METHOD"]), header_finder(environ)
        default, rules = world.cross_domains, publisher.cross_domains if publisher else None
        if publisher and rules is None and vhost and dialect.virtual_hosts_allow_origins:
            rules = vhost.cross_domains
        if publisher is None and default is None:
            cors = {}
        elif rules is not None:
            own = dialect.live_preflight_methods if method == "OPTIONS" else dialect.live_methods
            cors = cors_headers(rules, find_header, methods or own, dialect)
        else:
            cors = default_cors_headers(default or CrossDomains(), find_header, dialect)
        accepted = find_header("Accept-Encoding") or ""
        return cls(method, cors, "gzip" in accepted or "*" in accepted, connection_of(environ))


class PlayerAnswers:
    """Makes responses, with dates from the clock."""

    def __init__(self, clock: Clock, dialect: Dialect) -> None:
        self._clock = clock
        self._dialect = dialect

    def served(self, asked: PlayerRequest, served: Served) -> Answer:
        body, encoding = served.body, None
        if served.content_type is ContentType.PLAYLIST:
            encoding = "gzip" if asked.takes_gzip else "identity"
            body = gzip.compress(body, mtime=0) if asked.takes_gzip else body
        return self._answer(asked, 200, body, served.content_type.value, cache_control=_cache_control(served.max_age_s), encoding=encoding)

    def plain(self, asked: PlayerRequest, body: bytes, content_type: str) -> Answer:
        """The response of thumbnails and of HLS over MPEG-TS, which is neither compressed nor says how long it may be cached."""
        return self._answer(asked, 200, body, content_type)

    def preflight(self, asked: PlayerRequest) -> Answer:
        encoding = "gzip" if self._dialect.live_preflight_is_compressed else None
        return self._answer(asked, 200, b"", TEXT, private_network="true", encoding=encoding)

    def refusal(self, asked: PlayerRequest, error: NotServed, *, is_of_stream: bool = True) -> Answer:
        """The response to a request that is refused; `is_of_stream` says that its stream is there, and its player admitted."""
        if not is_of_stream and not self._dialect.live_refusals_have_cors:
            asked = asked._replace(cors={})
        body = str(error).encode() if isinstance(error, ThumbnailRefused) else b""
        return self._answer(asked, STATUSES.get(type(error), 404), body, TEXT)

    def not_taken(self) -> Answer:
        """The response to a path that belongs to no publisher."""
        return self._bare(404)

    def without_origins(self, status: int, body: bytes = b"") -> Answer:
        """The response of a publisher before it looks at the application (recorded: outgoing/denied HEAD, outgoing/thumbnail ...)."""
        return self._bare(status, tuple(vary({}, self._dialect).items()), body)

    def _bare(self, status: int, more: tuple[tuple[str, str], ...] = (), body: bytes = b"") -> Answer:
        """A response without cross-origin headers, in an order of its own."""
        date = (("Date", self._date()),) if self._dialect.answers_are_dated else ()
        headers = (("Content-Length", str(len(body))), *date, *more, ("Content-Type", TEXT), ("Server", SERVER_HEADER))
        return Answer(status_line(status), headers, body)

    def _answer(
        self,
        asked: PlayerRequest,
        status: int,
        body: bytes,
        content_type: str,
        *,
        cache_control: str | None = None,
        encoding: str | None = None,
        private_network: str | None = None,
    ) -> Answer:
        headers: dict[str, str | None] = {
            "Date": self._date(),
            "Cache-Control": cache_control,
            "Content-Length": str(len(body)),
            "Access-Control-Allow-Private-Network": private_network,
            "Content-Encoding": encoding,
            **vary(asked.cors, self._dialect),
            **asked.cors,
            "Content-Type": content_type,
            "Server": SERVER_HEADER,
        }
        return Answer(status_line(status), tuple(in_order(headers, self._dialect)), b"" if asked.method == "HEAD" else body)

    def _date(self) -> str:
        return http_date(self._clock.now_ns())


def _cache_control(max_age_s: int) -> str | None:
    return None if max_age_s < 0 else f"max-age={max_age_s}" if max_age_s else "no-cache, no-store"
