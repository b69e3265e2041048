"""Whatever a recorded request is put to, such as a server at an address."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

from ..errors import ConfigurationError, reason_of
from .case import NO_ANSWER, Answer, RawExchange, Request, find_header
from .http_bytes import cut_answer, encode_request

TIMEOUT_S = 30.0
"""The longest that an answer is waited for."""
OTHER_CLIENTS = 3
"""The number of answers to others after which a server has surely done what it does with a connection."""


class Target(Protocol):
    """Answers requests. `authorization` is the value of the header that it accepts, `address` its `host:port`."""

    authorization: str
    address: str

    def send(self, request: Request, connection: int | None = None) -> Answer:
        """The answer to a request. Those that name one connection share it, as long as it lasts."""
        ...

    def hold(self, request: Request, until: Callable[[], bool]) -> Answer:
        """The answer to a request that the server holds back; none where `until`, which is called when it is sent, returns False."""
        ...

    def say(self, recorded: RawExchange) -> RawExchange:
        """Send bytes on a connection of their own, and read as many answers as were recorded, or bytes where they are none."""
        ...


class ServerTarget:
    """A server at `http://host:port` or `https://host:port`."""

    def __init__(self, url: str, authorization: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ConfigurationError(f"{url!r} is not the URL of a server, such as http://127.0.0.1:8081")
        self._is_tls = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port or (443 if self._is_tls else 80)
        self.authorization = authorization
        self.address = parts.netloc.rpartition("@")[2]
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

    def hold(self, request: Request, until: Callable[[], bool]) -> Answer:
        used = self._connect()
        try:
            used.sendall(encode_request(request))
            return _read_answer(used, request.method)[0] if until() else NO_ANSWER
        except (ConnectionError, TimeoutError):
            return NO_ANSWER
        finally:
            used.close()

    def say(self, recorded: RawExchange) -> RawExchange:
        used = self._connect()
        with used:
            with suppress(BrokenPipeError, ConnectionResetError):
                used.sendall(recorded.sent)
                if recorded.shuts_down:
                    used.shutdown(socket.SHUT_WR)
            received, is_closed = _read_like(used, recorded)
            if not is_closed and not recorded.is_closed:
                for _ in range(OTHER_CLIENTS):
                    self.send(Request("GET", "/"))
                used.setblocking(False)
            rest, is_closed = _read(used, lambda _: False) if not is_closed else (b"", True)
        return recorded._replace(received=received + rest, is_closed=is_closed)

    def close(self) -> None:
        """Close the connections that are still open."""
        while self._connections:
            self._connections.popitem()[1].close()

    def _connect(self) -> socket.socket:
        try:
            made = socket.create_connection((self._host, self._port), timeout=TIMEOUT_S)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return ssl.create_default_context().wrap_socket(made, server_hostname=self._host) if self._is_tls else made
        except ssl.SSLCertVerificationError as error:
            raise ConfigurationError(
                f"{self.address} can't be trusted: {error.verify_message} (SSL_CERT_FILE names other authorities)"
            ) from None
        except ssl.SSLError as error:
            raise ConfigurationError(f"{self.address} doesn't speak TLS: {error.reason or error}") from None
        except OSError as error:
            raise ConfigurationError(f"{self.address} can't be reached: {reason_of(error)}") from None


def _exchange(used: socket.socket, request: Request) -> tuple[Answer, bool]:
    """Send a request, and return its answer and if the connection is still open."""
    with suppress(BrokenPipeError):  # an answer may have come before the whole request went
        used.sendall(encode_request(request))
    return _read_answer(used, request.method)


def _read_answer(used: socket.socket, method: str) -> tuple[Answer, bool]:
    received = b""
    while True:
        chunk = used.recv(65536)
        received += chunk
        cut = cut_answer(received, method, is_closed=not chunk)
        if cut is not None:
            return cut.answer, bool(chunk) and "close" not in (find_header(cut.answer.headers, "connection") or "").lower()
        if not chunk:
            return NO_ANSWER, False


def _read_like(used: socket.socket, recorded: RawExchange) -> tuple[bytes, bool]:
    """Read as many answers as were recorded, or as many bytes where they are none; also tells if the connection was closed."""
    method = recorded.sent.partition(b" ")[0].decode("latin-1")
    wanted = _count_answers(recorded.received, method, is_closed=True)
    size = len(recorded.received)
    return _read(used, lambda got: _count_answers(got, method) >= wanted if wanted else len(got) >= size)


def _count_answers(received: bytes, method: str, *, is_closed: bool = False) -> int:
    count = 0
    while received.startswith(b"HTTP/") and (cut := cut_answer(received, method, is_closed=is_closed)) is not None:
        received, count = received[cut.size :], count + 1
    return count


def _read(used: socket.socket, is_enough: Callable[[bytes], bool]) -> tuple[bytes, bool]:
    """Read until it is enough or nothing more comes; also tells if the connection was closed."""
    received = b""
    try:
        while not is_enough(received):
            chunk = used.recv(65536)
            if not chunk:
                return received, True
            received += chunk
    except (TimeoutError, BlockingIOError):
        return received, False
    except ConnectionResetError:
        return received, True
    return received, False
