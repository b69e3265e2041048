"""Requests that wait in their handler, and what becomes of a plain one meanwhile."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from .bare_app import WAIT_S

WAITING = 64
TIMEOUT_S = 60.0
EVERY_S = 0.01
"""How often a plain request is due."""


def plain_beside_waiting(url: str) -> tuple[list[float], float]:
    """How long plain requests take on a connection of their own while others wait in their handler, and when the last of these is done."""
    latencies_ms: list[float] = []
    with ThreadPoolExecutor(WAITING) as pool, closing(HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT_S)) as connection:
        began = time.perf_counter()
        waiting = [pool.submit(_answered, url) for _ in range(WAITING)]
        due = began + WAIT_S / 10
        while not all(each.done() for each in waiting):
            time.sleep(max(0, due - time.perf_counter()))
            latencies_ms.append(_plain_ms(connection, due))
            due += EVERY_S
    return latencies_ms, max(each.result() for each in waiting) - began


def asking(url: str, path: str) -> socket.socket:
    """A connection that has sent a request."""
    address = urlsplit(url)
    client = socket.create_connection((address.hostname, address.port), timeout=TIMEOUT_S)
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return client


def _answered(url: str) -> float:
    """When a request was answered that waits."""
    with asking(url, "/wait") as client:
        if not client.recv(1 << 16).startswith(b"HTTP/1.1 200"):
            raise RuntimeError("a request that waits was not answered")
    return time.perf_counter()


def _plain_ms(connection: HTTPConnection, due: float) -> float:
    """How long after it was due a request is answered, so that a stall counts for each request that it delays."""
    connection.request("GET", "/")
    connection.getresponse().read()
    return (time.perf_counter() - due) * 1000
