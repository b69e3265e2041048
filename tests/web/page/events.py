"""A reader of `/_mock/events` over a socket."""

from __future__ import annotations

import json
import socket
from types import TracebackType
from typing import Any, Self

TIMEOUT_S = 20


def read_events(text: str) -> list[tuple[str, Any]]:
    """The events of a text, each with its name and its JSON value."""
    read = []
    for block in text.split("\n\n"):
        if block.startswith("event: "):
            name, _, data = block.removeprefix("event: ").partition("\ndata: ")
            read.append((name, json.loads(data)))
    return read


class Events:
    """A connection on which events come; whatever is awaited is awaited for twenty seconds at most."""

    def __init__(self, port: int, authorization: str, host: str = "127.0.0.1", receive_buffer: int | None = None) -> None:
        self._socket = socket.socket()
        self._socket.settimeout(TIMEOUT_S)
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall(f"GET /_mock/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\n\r\n".encode())
        self._received = b""
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        self.head = head.decode()

    def _receive(self) -> None:
        received = self._socket.recv(1 << 16)
        if not received:
            raise EOFError("the server closed the connection")
        self._received += received

    def next(self) -> tuple[str, Any]:
        """The next event."""
        while b"\n\n" not in self._received:
            self._receive()
        block, _, self._received = self._received.partition(b"\n\n")
        found = read_events(block.decode() + "\n\n")
        return found[0] if found else self.next()

    def wait_for(self, name: str, condition: Any = lambda value: True) -> Any:  # noqa: ARG005
        """The value of the next event of a name that fulfils a condition."""
        while True:
            found, value = self.next()
            if found == name and condition(value):
                return value

    def has_ended(self) -> bool:
        """Say if the server closes the connection, after what it still sends."""
        try:
            while True:
                self._receive()
        except (EOFError, ConnectionResetError):
            return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()
