"""What the engine makes of a request's first line: the method, and the path (rest-api.md#paths, #methods)."""

from __future__ import annotations

import re

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")

_URL = re.compile(r"(?s:.*)://(?:[^:]*:[^@]*@)?(?:\[[0-9A-Fa-f:.]*\]|[^:/?#]*)(?::[0-9]+)?(?P<path>/[^?]*)?")
"""The last `://` begins the host, and what stands before an at sign is taken for credentials, wherever both are.

Only brackets let a host have colons (recorded: transport-more, Host headers).
"""


def method_of(token: str) -> str:
    """The method whose name the token holds, in capitals: `XGET` is GET. The token itself where it holds none or several."""
    found = [method for method in METHODS if method in token]
    return found[0] if len(found) == 1 else token


def path_of(host: str, target: str) -> str | None:
    """The path of a request, as it was sent: nothing is decoded; the query is cut off. None where it is not UTF-8.

    The engine puts the Host header before the request target and takes the whole apart, so `://` and `@` within a target
    lead elsewhere, often to no path at all. WSGI hands bytes over as Latin-1 (PEP 3333).
    """
    try:
        url = f"http://{host}{target}".encode("latin-1").decode()
    except UnicodeDecodeError:
        return None
    match = _URL.match(url)
    return (match["path"] or "") if match else ""
