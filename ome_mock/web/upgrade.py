"""The engine's answer to a WebSocket handshake, for any path and without a token (rest-api.md#order-of-processing)."""

from __future__ import annotations

import base64
import hashlib
from wsgiref.types import WSGIEnvironment

from .wire.request_line import method_of

WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""The text that every server appends to a client's key (RFC 6455, section 1.3)."""


def asks_for_websocket(environ: WSGIEnvironment) -> bool:
    return (
        "HTTP_SEC_WEBSOCKET_KEY" in environ
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and "websocket" in environ.get("HTTP_UPGRADE", "").lower()
        and "upgrade" in environ.get("HTTP_CONNECTION", "").lower()
        and method_of(environ["REQUEST_METHOD"]) == "GET"
        and environ["SERVER_PROTOCOL"] != "HTTP/1.0"
    )


def handshake_headers(environ: WSGIEnvironment, date: str, server: str) -> list[tuple[str, str]]:
    """The headers in the engine's order (recorded: transport/upgrade websocket)."""
    key = environ["HTTP_SEC_WEBSOCKET_KEY"] + WEBSOCKET_GUID
    accept = base64.b64encode(hashlib.sha1(key.encode("latin-1")).digest()).decode()  # noqa: S324 (the RFC's)
    return [
        ("Content-Length", "0"),
        ("Date", date),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Content-Type", "text/html"),
        ("Sec-WebSocket-Accept", accept),
        ("Server", server),
    ]
