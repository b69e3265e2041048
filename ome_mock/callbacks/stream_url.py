"""URLs of streams, as encoders and players connect to them: `scheme://host[:port]/app/stream[/file][?query]`."""

from __future__ import annotations

import re
from typing import NamedTuple

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#\[\]\s]+)(?::[0-9]{1,5})?(?:/([^?]*))?(?:\?.*)?", re.DOTALL)


class StreamUrl(NamedTuple):
    """The parts of a URL that say which stream it means; empty where they are missing."""

    scheme: str
    host: str
    app: str
    stream: str


def parse_stream_url(text: str) -> StreamUrl | None:
    """Read a URL; None where it is none."""
    match = _URL.fullmatch(text)
    if match is None:
        return None
    scheme, host, path = match.groups()
    app, _, rest = (path or "").partition("/")
    return StreamUrl(scheme.lower(), host, app, rest.partition("/")[0])
