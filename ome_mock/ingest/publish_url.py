"""The address of a published stream: the tcUrl of connect, and the name of FCPublish or publish."""

from __future__ import annotations

import re
from typing import NamedTuple

SCHEMES = ("rtmp", "rtmps")
"""The schemes of RTMP. With another one, connect is answered and publishing is not (recorded: tcUrl of another scheme)."""

_TC_URL = re.compile(
    r"(?P<origin>(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#@]*@)?(?P<host>\[[^\]/]*\]|[^/?:\[\]@]+)(?::[0-9]*)?)"
    r"(?:/(?P<app>[^/?]*)(?:/(?P<stream>[^/?]*)[^?]*)?)?(?:\?(?P<query>.*))?",
    re.DOTALL,
)


class PublishUrl(NamedTuple):
    """The parts of an address. The host chooses the virtual host; the engine ignores port, user and password."""

    origin: str
    """The scheme, user, host and port as the client sent them."""
    scheme: str
    host: str
    app: str
    stream: str
    query: str

    @property
    def is_complete(self) -> bool:
        """True if the scheme is RTMP's, and neither application nor stream is missing."""
        return self.scheme.lower() in SCHEMES and bool(self.app and self.stream)

    def named(self, name: str) -> PublishUrl:
        """The address with the stream that a command names, up to a question mark; an empty name leaves that of tcUrl.

        Both queries are kept, tcUrl's first; how the engine joins them is not recorded.
        """
        stream, _, query = name.partition("?")
        return self._replace(stream=stream or self.stream, query="&".join(filter(None, (self.query, query))))

    def __str__(self) -> str:
        query = f"?{self.query}" if self.query else ""
        return f"{self.origin}/{self.app}/{self.stream}{query}"


def read_tc_url(text: str) -> PublishUrl | None:
    """Read a tcUrl; None if it is no URL with a host. Its second path segment names a stream, further ones are ignored."""
    found = _TC_URL.fullmatch(text)
    return PublishUrl(**found.groupdict(default="")) if found else None
