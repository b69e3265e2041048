"""The hosts under whose names the page is shown: any other may be a stranger's name that leads to this machine (DNS rebinding)."""

from __future__ import annotations

import ipaddress
from collections.abc import Set as AbstractSet
from wsgiref.types import WSGIEnvironment


def is_own_host(environ: WSGIEnvironment, allowed: AbstractSet[str]) -> bool:
    """Says if a request names loopback, the address that it came to, or an allowed host."""
    name = host_name(environ.get("HTTP_HOST", ""))
    return name in allowed or _is_loopback(name) or (_is_address(name) and name == environ.get("SERVER_NAME"))


def host_name(host: str) -> str:
    """The name or address in a Host header, in lower case, without port and brackets."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.partition(":")[0].rstrip(".")


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _is_address(name) and ipaddress.ip_address(name).is_loopback


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
