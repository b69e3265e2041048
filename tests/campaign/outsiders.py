"""Web pages that a developer visits, and control servers that mean harm.

A page sends what a browser lets it send without the access token, also under a name that leads to this machine (rebinding): nothing
changes. A control server answers a gigabyte, or without end, redirects, or packs a bomb: the encoder is refused or let in, soon and with
little memory, and no other server is asked.
"""

from __future__ import annotations

import socket
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Thread
from typing import Self

from raw_http import exchange, request

from ome_mock import AdmissionWebhooks, OmeMock
from ome_mock.emulator import Emulator
from ome_mock.errors import PublisherRefused
from ome_mock.web.control.routes import ROUTES

from .request_grammar import Described
from .requests import DIALECTS, describe
from .setting import Outcome, Setting

TIMEOUT_MS = 1000
LONGEST_S = 20.0
"""What a machine under load may need beyond the timeout."""
MOST_MORE_MB = 48
PIECE = bytes(1 << 16)
BOMB = zlib.compress(bytes(1 << 26))
Sends = Iterator[bytes]


def attack(setting: Setting) -> Outcome:
    outcome = Outcome()
    with OmeMock(root=setting.directory / "root") as ome, ControlServer() as server, ControlServer() as bystander:
        for number, chance in setting.attempts():
            if number % 2:
                _meet_page(number, ome, chance, outcome)
            else:
                _meet_server(number, server, bystander, chance, outcome)
        outcome.expect(bystander.asked == 0, f"a redirect was followed {bystander.asked} times")
    return outcome


# Pages


def _meet_page(number: int, ome: OmeMock, chance: Random, outcome: Outcome) -> None:
    before = _state(ome)
    described = Described(describe(DIALECTS[0]))
    if chance.random() < 0.5:
        method, path = chance.choice([route for route in described.routes if route[0] in {"GET", "POST"}])
        path = path.format_map(Known())
    else:
        route = chance.choice([route for route in ROUTES if route.method in {"GET", "POST"} and route.path != "/health"])
        method, path = (
            route.method,
            "/_mock" + route.path.replace("<vhost>", "default").replace("<app>", "app").replace("<stream>", "stream"),
        )
    headers = [
        f"Origin: {chance.choice(('http://evil.example', 'null', 'http://127.0.0.1', ome.url))}",
        f"Content-Type: {chance.choice(('text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'))}",
        "Cookie: a=b",
    ]
    body = (
        chance.choice((b'{"outputStreamName":"stream","id":"x","outputPath":"/x"}', b"a=b", b'{"seconds":3600}', b"[]"))
        if method == "POST"
        else None
    )
    message = request(method, path, *headers, body=body)
    if chance.random() < 0.5:  # a name of the page's that was bound anew to this machine
        message = message.replace(b"Host: localhost", b"Host: evil.example:8081")
    answer = exchange(ome.port, message)
    outcome.count("pages")
    outcome.expect(answer.status == 401, f"page {number}: {method} {path} without the token is {answer.status}")
    outcome.expect(_state(ome) == before, f"page {number}: {method} {path} changed the state")


class Known(dict[str, str]):
    """Names of what there is, by those of the description."""

    def __missing__(self, name: str) -> str:
        return {"app": "app", "any_app": "app", "stream": "stream"}.get(name, "default")


def _state(ome: OmeMock) -> tuple[int, list[str], int, int]:
    return ome.clock.now_ns(), sorted(map(str, ome.dumps)), len(ome.faults.armed), len(list(Path(str(ome.confinement.root)).rglob("*")))


# Control servers


def _meet_server(number: int, server: ControlServer, bystander: ControlServer, chance: Random, outcome: Outcome) -> None:
    name = chance.choice(list(ANSWERS))
    server.answer = lambda: ANSWERS[name](bystander.port)
    emulator = Emulator(streams=[], admission_webhooks=AdmissionWebhooks(f"http://127.0.0.1:{server.port}/", "key", TIMEOUT_MS))
    before_mb, began = _peak_mb(), time.monotonic()
    with suppress(PublisherRefused):
        emulator.connect("default/app/camera")
    took_s, more_mb = time.monotonic() - began, _peak_mb() - before_mb
    emulator.close()
    outcome.count("control servers")
    outcome.figures["most seconds"] = max(float(outcome.figures.get("most seconds", 0)), round(took_s, 1))
    outcome.figures["most memory for one, MB"] = max(float(outcome.figures.get("most memory for one, MB", 0)), round(more_mb, 1))
    outcome.expect(took_s < LONGEST_S, f"control server {number}, {name}: {took_s:.1f} s")
    outcome.expect(more_mb < MOST_MORE_MB, f"control server {number}, {name}: {more_mb:.0f} MB")


def _peak_mb() -> float:
    """The most memory that this process has had since it was last asked."""
    text = Path("/proc/self/status").read_text()
    Path("/proc/self/clear_refs").write_text("5")
    return int(text.partition("VmHWM:")[2].split()[0]) / 1024


def _head(*lines: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: application/json", *lines, "", ""]).encode()


def _gigabyte(_: int) -> Sends:
    yield _head("Content-Length: 1073741824")
    for _number in range(1 << 14):
        yield PIECE


def _endless_chunks(_: int) -> Sends:
    yield _head("Transfer-Encoding: chunked")
    while True:
        yield b"10000\r\n" + PIECE + b"\r\n"


def _endless_body(_: int) -> Sends:
    yield _head()
    while True:
        yield PIECE


def _endless_head(_: int) -> Sends:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X: " + b"y" * 1000 + b"\r\n"


def _endless_line(_: int) -> Sends:
    yield b"HTTP/1.1 200 OK\r\nX: "
    while True:
        yield b"y" * (1 << 16)


def _endless_continue(_: int) -> Sends:
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n"


def _dripping(_: int) -> Sends:
    for byte in _head("Content-Length: 17") + b'{"allowed": true}':
        time.sleep(0.05)
        yield bytes([byte])


def _redirect(bystander: int) -> Sends:
    yield f"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:{bystander}/\r\nContent-Length: 0\r\n\r\n".encode()


def _bomb(_: int) -> Sends:
    yield _head("Content-Encoding: deflate", f"Content-Length: {len(BOMB)}") + BOMB


def _deep_json(_: int) -> Sends:
    yield _head("Content-Length: 1000000") + b"[" * 1_000_000


def _nonsense(_: int) -> Sends:
    yield b"\0\xff" * 5000


ANSWERS: dict[str, Callable[[int], Sends]] = {
    each.__name__[1:].replace("_", " "): each
    for each in (
        _gigabyte, _endless_chunks, _endless_body, _endless_head, _endless_line, _endless_continue, _dripping, _redirect, _bomb,
        _deep_json, _nonsense
    )
}  # fmt: skip


class ControlServer:
    """Answers every connection with the pieces of `answer`, as long as the other side bears it."""

    def __init__(self) -> None:
        self.answer: Callable[[], Sends] = lambda: iter(())
        self.asked = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.asked += 1
                Thread(target=self._serve, args=(connection, self.answer()), daemon=True).start()

    def _serve(self, connection: socket.socket, pieces: Sends) -> None:
        with suppress(OSError), connection:
            connection.recv(65536)
            for piece in pieces:
                connection.sendall(piece)
