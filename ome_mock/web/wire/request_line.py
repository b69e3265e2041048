"""Reads the method and the path of a request line as the engine does (rest-api.md#paths, #methods)."""

from __future__ import annotations

import re

from ...text import remembering

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")

_URL = re.compile(r"(?s:.*)://(?:[^:]*:[^@]*@)?(?:\[[0-9A-Fa-f:.]*\]|[^:/?#]*)(?::[0-9]+)?(?P<path>/[^?]*)?")
"""A URL as the engine reads it: the last `://` begins the host, and text before an at sign is a credential.

A host has colons only in brackets (recorded: transport-more, Host headers).
"""


@remembering(64)
def method_of(token: str) -> str:
    """The method whose name, in capitals, is in the token: `XGET` is GET. The token itself if it has none or several."""
    found = [method for method in METHODS if method in token]
    return found[0] if len(found) == 1 else token


def path_of(host: str, target: str) -> str | None:
    """The path of a request without its query, not decoded. None if it is not UTF-8.

    The engine puts the Host header before the request target and parses the whole, so `://` and `@` within a target
    change the path, and often leave none. WSGI passes bytes as Latin-1 (PEP 3333).
    """
    try:
        url = f"http://{host}{target}".encode("latin-1").decode()
    except UnicodeError:
        return None
    match = _URL.match(url)
    return (match["path"] or "") if match else ""
