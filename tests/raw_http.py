"""A client that sends the bytes it is given and shows the bytes that come back."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass
from ssl import SSLContext
from types import TracebackType
from typing import Self

AUTHORIZATION = "Authorization: Basic b21lLWFjY2Vzcy10b2tlbg=="
TIMEOUT_S = 10


@dataclass(frozen=True)
class Answer:
    """One response: its status line, its headers in order, its body."""

    status_line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def status(self) -> int:
        return int(self.status_line.split(" ")[1])

    @property
    def header_names(self) -> list[str]:
        return [name for name, _ in self.headers]

    def header(self, name: str) -> str | None:
        return dict(self.headers).get(name)


class Connection:
    """One TCP connection; whatever is awaited is awaited for ten seconds at most."""

    def __init__(self, port: int, host: str = "127.0.0.1", tls: SSLContext | None = None) -> None:
        plain = socket.create_connection((host, port), timeout=TIMEOUT_S)
        self._socket = plain if tls is None else tls.wrap_socket(plain, server_hostname=host)
        self._received = b""

    def send(self, *messages: bytes) -> None:
        self._socket.sendall(b"".join(messages))

    def answer(self, *, has_body: bool = True) -> Answer:
        """The next response; `has_body` is false for what answers a HEAD."""
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        headers = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
        length = int(dict(headers).get("Content-Length", "0")) if has_body else 0
        while len(self._received) < length:
            self._receive()
        body, self._received = self._received[:length], self._received[length:]
        return Answer(status_line, headers, body)

    def take(self, length: int) -> bytes:
        """The next bytes, fewer where the server closes the connection before."""
        with suppress(EOFError):
            while len(self._received) < length:
                self._receive()
        taken, self._received = self._received[:length], self._received[length:]
        return taken

    def is_silent(self) -> bool:
        """Whether the connection is open and nothing has come meanwhile."""
        self._socket.setblocking(False)
        try:
            self._receive()
        except BlockingIOError:
            return not self._received
        except (EOFError, ConnectionResetError):
            return False
        finally:
            self._socket.settimeout(TIMEOUT_S)
        return False

    def shut_down(self) -> None:
        """Send nothing more."""
        self._socket.shutdown(socket.SHUT_WR)

    def rest(self) -> bytes:
        """Everything until the server closes the connection."""
        while True:
            try:
                self._receive()
            except EOFError:
                return self._received

    def ends_without_a_byte(self) -> bool:
        """Whether the server closes the connection, or resets it, with nothing more to read."""
        try:
            return self.rest() == b""
        except ConnectionResetError:
            return True

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> None:
        received = self._socket.recv(65536)
        if not received:
            raise EOFError("the server closed the connection")
        self._received += received

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def request(method: str, target: str, *headers: str, body: bytes | None = None, version: str = "HTTP/1.1") -> bytes:
    """The bytes of a request with exactly these headers, and the length of a body."""
    length = [] if body is None else [f"Content-Length: {len(body)}"]
    lines = [f"{method} {target} {version}", "Host: localhost", *headers, *length, "", ""]
    return "\r\n".join(lines).encode("latin-1") + (body or b"")


def exchange(port: int, message: bytes, *, has_body: bool = True) -> Answer:
    """One request on a connection of its own."""
    with Connection(port) as connection:
        connection.send(message)
        return connection.answer(has_body=has_body)
