"""The destination of a publisher: the tcUrl of its connect, and the name of its FCPublish or publish."""

from __future__ import annotations

import re
from typing import NamedTuple

SCHEMES = ("rtmp", "rtmps")
"""With another one connect is answered and publishing is not (recorded: tcUrl of another scheme)."""

_TC_URL = re.compile(
    r"(?P<origin>(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#@]*@)?(?P<host>\[[^\]/]*\]|[^/?:\[\]@]+)(?::[0-9]*)?)"
    r"(?:/(?P<app>[^/?]*)(?:/(?P<stream>[^/?]*)[^?]*)?)?(?:\?(?P<query>.*))?",
    re.DOTALL,
)


class PublishUrl(NamedTuple):
    """An address in parts. The host stands for the virtual host; port, user and password mean nothing to the engine."""

    origin: str
    """Scheme, user, host and port as they came."""
    scheme: str
    host: str
    app: str
    stream: str
    query: str

    @property
    def is_complete(self) -> bool:
        """The scheme is RTMP's, and neither application nor stream is missing."""
        return self.scheme.lower() in SCHEMES and bool(self.app and self.stream)

    def named(self, name: str) -> PublishUrl:
        """The address of the stream that a command names. A name goes to its first question mark; an empty one leaves what tcUrl says.

        Both queries are kept, tcUrl's first; how the engine joins them is not recorded.
        """
        stream, _, query = name.partition("?")
        return self._replace(stream=stream or self.stream, query="&".join(filter(None, (self.query, query))))

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.origin}/{self.app}/{self.stream}{query}"


def read_tc_url(text: str) -> PublishUrl | None:
    """Read a tcUrl; None for what is no URL with a host. Its second path segment is a stream's name, further ones are nothing."""
    found = _TC_URL.fullmatch(text)
    return PublishUrl(**found.groupdict(default="")) if found else None
