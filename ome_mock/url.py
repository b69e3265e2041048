"""Names of hosts, URLs of other servers, and a rule that says if these can be reached.

The emulator connects to none of those URLs. Each counts as reachable, unless its port is 0 or 1, where nothing listens (recorded:
streams/create unreachable), or its host ends in `.invalid`, a name that never exists (RFC 6761, section 6.4).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

_URL = re.compile(r"([^:/?#\s]+)://(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#\[\]]+)(?::([0-9]{1,5}))?(?:/[^?]*)?(?:[?#](.*))?", re.DOTALL | re.ASCII)
CLOSED_PORTS = {0, 1}
UNKNOWN_DOMAIN = ".invalid"


class Url(NamedTuple):
    """A URL as the client gave it, with its scheme in lower case, its host, its port if it has one, and its query."""

    text: str
    scheme: str
    host: str
    port: int | None
    query: Mapping[str, str]

    @property
    def is_reachable(self) -> bool:
        return self.port not in CLOSED_PORTS and not f".{self.host.rstrip('.').lower()}".endswith(UNKNOWN_DOMAIN)


def parse_url(text: str) -> Url | None:
    """Read `scheme://host[:port][/...]`; None if the text is no such URL."""
    match = _URL.fullmatch(text)
    if match is None:
        return None
    scheme, host, port, query = match.groups()
    return Url(text, scheme.lower(), host, None if port is None else int(port), dict(parse_qsl(query or "", keep_blank_values=True)))


def host_name(host: str) -> str:
    """A name or an address, with or without a port, as names of hosts are compared: in lower case, without port and brackets."""
    name = host.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name if name.count(":") > 1 else name.partition(":")[0].rstrip(".")


def is_loopback(name: str) -> bool:
    """Says if a host's name in lower case, or its address, leads to the machine itself (RFC 6761, section 6.3)."""
    if is_address(name):
        return ipaddress.ip_address(name).is_loopback
    return name == "localhost" or name.endswith(".localhost")


def is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
