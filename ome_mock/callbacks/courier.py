"""One HTTP request over a connection of its own, with headers in a given order, and its answer within a timeout of real time."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum
from http.client import HTTPException, HTTPResponse
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    import ssl

PORTS = {"http": 80, "https": 443}
LONGEST_ANSWER = 8 * 1024 * 1024
"""The longest body of an answer in bytes. OME's own limit is not known; without one, an answer without end fills the memory."""


class Outcome(Enum):
    """The ways in which a request ends."""

    ANSWERED = "answered"
    TIMED_OUT = "timed out"
    FAILED = "failed"
    """No connection, one that was closed too early, or an answer that is no HTTP."""


class Reply(NamedTuple):
    """The result of a request; without an answer the status is None, and `reason` says why."""

    outcome: Outcome
    status: int | None = None
    body: bytes = b""
    reason: str = ""


class Courier:
    """Sends requests. `ca_file` names certificates that are trusted beside the machine's."""

    def __init__(self, ca_file: str | None = None) -> None:
        self._ca_file = ca_file
        self._lock = Lock()
        self._sockets: set[socket.socket] = set()
        self._is_closed = False

    def post(self, url: str, headers: Iterable[tuple[str, str]], body: bytes, timeout_s: float, cut_after: int | None = None) -> Reply:
        """Send a POST and wait for its answer; with `cut_after` close the connection after so many bytes of the request."""
        deadline = time.monotonic() + timeout_s
        target = parse_url(url)
        if target is None:
            return Reply(Outcome.FAILED, reason=f"{url!r} is not an HTTP URL")
        try:
            with self._connected(target, deadline) as connection:
                request = _head(target, headers) + body
                connection.sendall(request if cut_after is None else request[:cut_after])
                if cut_after is not None:
                    return Reply(Outcome.FAILED, reason="cut")
                return _read_reply(connection, deadline)
        except TimeoutError:
            return Reply(Outcome.TIMED_OUT, reason=f"no answer within {timeout_s:g} s")
        except (OSError, HTTPException, ValueError) as error:
            return Reply(Outcome.FAILED, reason=_reason(error))

    def close(self) -> None:
        """Give up what is being asked; nothing is sent any more."""
        with self._lock:
            self._is_closed = True
            for connection in self._sockets:
                _shut_down(connection)

    @contextmanager
    def _connected(self, target: SplitResult, deadline: float) -> Iterator[socket.socket]:
        address = (target.hostname or "", target.port or PORTS[target.scheme])
        with self._kept(socket.create_connection(address, _left(deadline))) as plain:
            if target.scheme == "http":
                yield plain
                return
            plain.settimeout(_left(deadline))
            with self._kept(self._context().wrap_socket(plain, server_hostname=address[0])) as secured:
                yield secured

    def _context(self) -> ssl.SSLContext:
        import ssl  # noqa: PLC0415 (lazy: most control servers are plain HTTP)

        context = ssl.create_default_context()
        if self._ca_file is not None:
            context.load_verify_locations(self._ca_file)
        return context

    @contextmanager
    def _kept(self, connection: socket.socket) -> Iterator[socket.socket]:
        """Keep a connection where `close` finds it, and close it in the end."""
        try:
            with self._lock:
                if self._is_closed:
                    raise ConnectionError("the emulator stops")
                self._sockets.add(connection)
            yield connection
        finally:
            with self._lock:
                self._sockets.discard(connection)
            connection.close()


class _Incoming(io.RawIOBase):
    """The bytes that come, each read within what is left of the time; `makefile` is all that an HTTPResponse asks of a socket."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._connection.settimeout(_left(self._deadline))
        return self._connection.recv_into(cast(bytearray, buffer))


def parse_url(url: str) -> SplitResult | None:
    """The parts of an HTTP URL, or None where it is none."""
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    return parts if is_fine and url.isascii() and " " not in url else None


def host_of(target: SplitResult) -> str:
    """Host and port, the scheme's own one too (recorded: configurations, `7de8e481.hook`), also where the URL leaves it out."""
    host = target.netloc.rpartition("@")[2]
    return host if target.port else f"{host.rstrip(':')}:{PORTS[target.scheme]}"


def _head(target: SplitResult, headers: Iterable[tuple[str, str]]) -> bytes:
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _read_reply(connection: socket.socket, deadline: float) -> Reply:
    """An answer that doesn't say how long it is counts as none: the engine waits for its end until the timeout (recorded)."""
    response = HTTPResponse(cast(socket.socket, _Incoming(connection, deadline)))
    response.begin()
    if response.length is None and not response.chunked:
        raise TimeoutError
    return Reply(Outcome.ANSWERED, response.status, _read_body(response))


def _read_body(response: HTTPResponse) -> bytes:
    length = response.length or 0
    body = b"" if length > LONGEST_ANSWER else response.read(LONGEST_ANSWER + 1) if response.chunked else response.read()
    if max(length, len(body)) > LONGEST_ANSWER:
        raise ValueError(f"an answer of more than {LONGEST_ANSWER} bytes")
    return body


def _left(deadline: float) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _shut_down(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        connection.close()


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
