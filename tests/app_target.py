"""A WSGI application in this process that recorded requests are put to, which is faster than a server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote
from wsgiref.types import WSGIApplication, WSGIEnvironment

from ome_mock.errors import ConfigurationError
from ome_mock.recordings.case import Answer, Headers, RawExchange, Request

WSGI: dict[str, Any] = {
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
"""The part of the environment that all requests to an application have in common."""
NO_PREFIX = ("CONTENT_TYPE", "CONTENT_LENGTH")
"""The headers whose keys in an environment don't begin with `HTTP_`."""


class AppTarget:
    """A WSGI application in this process, without sockets. What is odd in a request's bytes does not reach it, and nothing is held."""

    def __init__(self, app: WSGIApplication, authorization: str, address: str = "127.0.0.1:8081") -> None:
        self._app = app
        self.authorization = authorization
        self.address = address

    def send(self, request: Request, connection: int | None = None) -> Answer:
        del connection
        started: list[tuple[str, Headers]] = []
        written: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
            started.append((status, tuple(headers)))
            return written.append

        chunks = self._app(self._environ_of(request), start_response)
        try:
            written.extend(chunks)
        finally:
            getattr(chunks, "close", bool)()
        (line, headers), body = started[-1], b"".join(written)
        status, _, reason = line.partition(" ")
        return Answer(int(status), reason, headers, body)

    def _environ_of(self, request: Request) -> WSGIEnvironment:
        """The environment of a request (PEP 3333); a header that is there twice has both values."""
        raw_path, _, query = request.path.partition("?")
        host, _, port = self.address.partition(":")
        body = request.body or b""
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": request.method,
            "REQUEST_URI": request.path,
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/{unquote(raw_path, 'latin-1').removeprefix('/')}",
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self.address,
            **WSGI,
            "wsgi.errors": sys.stderr,
            "wsgi.input": BytesIO(body),
        }
        for name in dict.fromkeys(name.lower() for name, _ in request.headers):
            key = name.upper().replace("-", "_")
            values = ", ".join(value for each, value in request.headers if each.lower() == name)
            environ[key if key in NO_PREFIX else f"HTTP_{key}"] = values
        return environ | {"CONTENT_LENGTH": str(len(body))}

    def hold(self, request: Request, until: Callable[[], bool]) -> Answer:
        del until
        return self.send(request)

    def say(self, recorded: RawExchange) -> RawExchange:
        raise ConfigurationError(f"{len(recorded.sent)} bytes need a connection, and an application in this process has none")
