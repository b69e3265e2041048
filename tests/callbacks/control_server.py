"""A control server for tests: it keeps what it was asked, byte for byte, and answers what it was told to."""

from __future__ import annotations

import json
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader
from ssl import SSLContext
from threading import Condition, Thread
from typing import Any, NamedTuple, Self

ALLOWED = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n{"allowed": true}'
SILENCE = b"(silence)"
CLOSED = b""


class Asked(NamedTuple):
    """One request: its head without the empty line, and its body."""

    head: str
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.body)
        return value

    @property
    def request(self) -> dict[str, str]:
        request: dict[str, str] = self.json["request"]
        return request


class ControlServer:
    """Each connection has a thread; `answers` are used up in order, then the last one goes on. One may be a function of what was asked."""

    def __init__(self, *answers: bytes | Callable[[Asked], bytes], tls: SSLContext | None = None) -> None:
        self._tls = tls
        self._answers = deque(answers or (ALLOWED,))
        self._changed = Condition()
        self._threads: list[Thread] = []
        self.asked: list[Asked] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}/v1/admission?who=ome"
        self._acceptor = Thread(target=self._accept, daemon=True)

    def answer(self, *answers: bytes | Callable[[Asked], bytes]) -> None:
        with self._changed:
            self._answers = deque(answers)

    def wait_for(self, count: int, timeout_s: float = 5) -> list[Asked]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.asked) >= count, timeout_s), self.asked
            return list(self.asked)

    def __enter__(self) -> Self:
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close_port()
        for thread in self._threads:
            thread.join()

    def close_port(self) -> None:
        """Let nobody connect any more."""
        if self._acceptor.is_alive():
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._acceptor.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            secured = connection if self._tls is None else self._tls.wrap_socket(connection, server_side=True)
        except OSError:  # the client doesn't trust it
            connection.close()
            return
        with secured, secured.makefile("rb") as stream:
            asked = _read(stream)
            if asked is None:
                return
            with self._changed:
                self.asked.append(asked)
                answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
                self._changed.notify_all()
            if callable(answer):
                answer = answer(asked)
            if answer is SILENCE:
                stream.read(1)  # until the emulator gives it up
            else:
                with suppress(ConnectionError):  # the emulator may have heard enough
                    secured.sendall(answer)


def _read(stream: BufferedReader) -> Asked | None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return None
        head += line
    length = next(int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    return Asked(head[:-4].decode(), stream.read(length))


def answered(body: str | dict[str, Any], status: str = "200 OK") -> bytes:
    text = body if isinstance(body, str) else json.dumps(body)
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(text.encode())}\r\n\r\n{text}".encode()
