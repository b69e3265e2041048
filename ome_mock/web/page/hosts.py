"""The hosts under whose names the page is shown: any other may be a stranger's name that leads to this machine (DNS rebinding)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from wsgiref.types import WSGIEnvironment

from ...url import host_name, is_address, is_loopback


def is_own_host(environ: WSGIEnvironment, allowed: AbstractSet[str]) -> bool:
    """Says if a request names loopback, the address that it came to, or an allowed host."""
    name = host_name(environ.get("HTTP_HOST", ""))
    return name in allowed or is_loopback(name) or (is_address(name) and name == environ.get("SERVER_NAME"))
