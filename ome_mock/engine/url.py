"""URLs of other servers, and whether the emulated world has anything behind them.

Nothing is ever connected to: an upstream or a destination can be reached unless its port is 0 or 1, where nothing listens (recorded:
streams/create unreachable), or its host ends in `.invalid`, a name that is never there (RFC 6761, section 6.4).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

_URL = re.compile(r"([^:/?#\s]+)://(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#\[\]]+)(?::([0-9]{1,5}))?(?:/[^?]*)?(?:[?#](.*))?", re.DOTALL | re.ASCII)
CLOSED_PORTS = {0, 1}
UNKNOWN_DOMAIN = ".invalid"


@dataclass(frozen=True)
class Url:
    """A URL as it was given, its scheme in lower case, its host, its port where it names one, and what follows its `?`."""

    text: str
    scheme: str
    host: str
    port: int | None
    query: Mapping[str, str]

    @property
    def is_reachable(self) -> bool:
        return self.port not in CLOSED_PORTS and not f".{self.host.rstrip('.').lower()}".endswith(UNKNOWN_DOMAIN)


def parse_url(text: str) -> Url | None:
    """Read `scheme://host[:port][/...]`; None where it is none."""
    match = _URL.fullmatch(text)
    if match is None:
        return None
    scheme, host, port, query = match.groups()
    return Url(text, scheme.lower(), host, None if port is None else int(port), dict(parse_qsl(query or "", keep_blank_values=True)))
