"""Whatever a recorded request is put to: a server at an address, or a Flask application in this process."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from ..errors import ConfigurationError
from .case import NO_ANSWER, Answer, Request
from .http_bytes import cut_answer, encode_request

if TYPE_CHECKING:
    from flask import Flask

TIMEOUT_S = 30.0
"""The longest that an answer is waited for."""


class Target(Protocol):
    """Answers requests. `authorization` is the value of the header that it accepts, `address` its `host:port`."""

    authorization: str
    address: str

    def send(self, request: Request, connection: int | None = None) -> Answer:
        """The answer to a request. Those that name one connection share it, as long as it lasts."""
        ...


class ServerTarget:
    """A server at `http://host:port` or `https://host:port`."""

    def __init__(self, url: str, authorization: str, timeout_s: float = TIMEOUT_S) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(f"{url!r} is not the URL of a server, such as http://127.0.0.1:8081")
        self._is_tls = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port or (443 if self._is_tls else 80)
        self.authorization = authorization
        self.address = parts.netloc.rpartition("@")[2]
        self._timeout_s = timeout_s
        self._connections: dict[int, socket.socket] = {}

    def send(self, request: Request, connection: int | None = None) -> Answer:
        kept = self._connections.pop(connection, None) if connection is not None else None
        used = kept or self._connect()
        try:
            answer, is_open = _exchange(used, request)
        except (ConnectionError, TimeoutError):
            used.close()
            return NO_ANSWER
        if connection is not None and is_open:
            self._connections[connection] = used
        else:
            used.close()
        return answer

    def close(self) -> None:
        """Close the connections that are still open."""
        while self._connections:
            self._connections.popitem()[1].close()

    def _connect(self) -> socket.socket:
        try:
            made = socket.create_connection((self._host, self._port), timeout=self._timeout_s)
        except OSError as error:
            raise ConfigurationError(f"{self.address} can't be reached: {error.strerror or error}") from None
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return ssl.create_default_context().wrap_socket(made, server_hostname=self._host) if self._is_tls else made


def _exchange(used: socket.socket, request: Request) -> tuple[Answer, bool]:
    """Send a request, and return its answer and if the connection is still open."""
    with suppress(BrokenPipeError):  # an answer may have come before the whole request went
        used.sendall(encode_request(request))
    received = b""
    while True:
        chunk = used.recv(65536)
        received += chunk
        cut = cut_answer(received, request.method, is_closed=not chunk)
        if cut is not None:
            return cut.answer, bool(chunk) and "close" not in _connection(cut.answer)
        if not chunk:
            return NO_ANSWER, False


def _connection(answer: Answer) -> str:
    return next((value.lower() for name, value in answer.headers if name.lower() == "connection"), "")


class AppTarget:
    """A Flask application in this process, without sockets. What is odd in a request's bytes does not reach it."""

    def __init__(self, app: Flask, authorization: str, address: str = "127.0.0.1:8081") -> None:
        self._client = app.test_client()
        self.authorization = authorization
        self.address = address

    def send(self, request: Request, connection: int | None = None) -> Answer:
        del connection
        answer = self._client.open(
            base_url=f"http://{self.address}",
            method=request.method,
            data=request.body or b"",
            headers=list(request.headers),
            environ_overrides={"REQUEST_URI": request.path},
        )
        status, _, reason = answer.status.partition(" ")
        return Answer(int(status), reason, tuple(answer.headers.items()), answer.data)
