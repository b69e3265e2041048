"""`/v1/vhosts/{vhost}/apps/{app}/streams`: input streams, including those pulled from other servers (rest-api.md#streams)."""

from __future__ import annotations

from typing import Any

from ...engine.input_stream import InputStream
from ...errors import ConfigurationError
from ...pulls.pull import PullRequest, pull
from ...refusals import RequestInvalid, StreamNotFound, StreamNotTerminated
from ..envelope import NOTHING, Created
from ..routing import Route
from . import STREAM, STREAMS, Api, of_stream
from .apps import get_raw_application
from .bodies import members
from .stream_document import describe


def list_streams(api: Api, vhost: str, app: str) -> object:
    return [stream.path.stream for stream in api.engine.input_streams(vhost, app)]


def get_stream(api: Api, vhost: str, app: str, stream: str) -> object:
    if stream.endswith(":") and api.dialect.empty_action_shows_application:
        return get_raw_application(api, vhost, app)
    return describe(api, api.engine.input_stream(vhost, app, stream))


def create_stream(api: Api, vhost: str, app: str, body: Any) -> object:
    api.engine.application(vhost, app)
    pull(api.engine, vhost, app, read_pull(body), api.clock.now_ns())
    return Created()


@of_stream
def delete_stream(api: Api, stream: InputStream) -> object:
    if stream.relay is not None:
        raise StreamNotTerminated
    try:
        api.engine.terminate(stream.path, api.clock.now_ns())
    except ConfigurationError:  # it has ended already
        raise StreamNotFound(*stream.path) from None
    return NOTHING


def read_pull(body: Any) -> PullRequest:
    """The fields of a new stream (rest-api.md#streams). Raises RequestInvalid."""
    fields = members(body)
    name, urls = fields.get("name"), fields.get("urls")
    if not isinstance(name, str) or not isinstance(urls, list):
        raise RequestInvalid("Stream name or urls is required")
    if not urls:
        raise RequestInvalid("Urls must be at least one")
    if not all(isinstance(url, str) for url in urls):
        raise RequestInvalid("Url must be a string")
    return PullRequest(name, tuple(urls))


ROUTES = (
    Route("GET", STREAMS, list_streams),
    Route("POST", STREAMS, create_stream),
    Route("GET", STREAM, get_stream),
    Route("DELETE", STREAM, delete_stream),
)
