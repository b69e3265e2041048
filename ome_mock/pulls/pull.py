"""Input streams that OME fetches from another server (rest-api.md#streams)."""

from __future__ import annotations

from typing import NamedTuple

from ..engine.engine import Engine
from ..engine.input_stream import StreamSource
from ..engine.input_tracks import InputTracks
from ..engine.stream import StreamPath
from ..errors import ConfigurationError
from ..refusals import PullFailed, RequestInvalid, StreamExists
from ..url import Url, parse_url

PROVIDERS = {"rtsp": ("rtspPull", "RtspPull"), "ovt": ("ovt", "Ovt")}
"""The provider's name in a configuration, and the source type of its streams, by scheme."""


class PullRequest(NamedTuple):
    """A requested stream; its upstream is the first URL that can be reached."""

    name: str
    urls: tuple[str, ...]


def pull(engine: Engine, vhost: str, app: str, request: PullRequest, now_ns: int) -> None:
    """Connect a stream of another server, with the usual tracks. Raises StreamExists, RequestInvalid or PullFailed."""
    application = engine.application(vhost, app)
    if any(stream.path.stream == request.name for stream in engine.input_streams(vhost, app)):
        raise StreamExists
    urls = [_parsed(url) for url in request.urls]
    if len({url.scheme for url in urls}) > 1:
        raise RequestInvalid("Only urls with the same scheme can be sent as a group.")
    provider, source_type = PROVIDERS.get(urls[0].scheme, ("", ""))
    upstream = next((url for url in urls if url.is_reachable), None)
    if provider not in application.providers or upstream is None:
        raise PullFailed
    try:
        engine.connect(StreamPath(vhost, app, request.name), InputTracks(), now_ns, StreamSource(source_type, upstream.text))
    except ConfigurationError:  # another request has connected it in the meantime
        engine.application(vhost, app)
        raise StreamExists from None


def _parsed(text: str) -> Url:
    url = parse_url(text)
    if url is None:
        raise RequestInvalid(f"Invalid URL: {text}")
    return url
