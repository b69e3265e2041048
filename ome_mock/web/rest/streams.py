"""`/v1/vhosts/{vhost}/apps/{app}/streams`: names of input streams, and of one stream when it came and what is made of it."""

from __future__ import annotations

from ...timestamps import iso_time
from ..routing import Route
from . import STREAM, STREAMS, Api


def list_streams(api: Api, vhost: str, app: str) -> object:
    return [stream.path.stream for stream in api.engine.input_streams(vhost, app)]


def get_stream(api: Api, vhost: str, app: str, stream: str) -> object:
    found = api.engine.input_stream(vhost, app, stream)
    return {
        "name": found.path.stream,
        "input": {"createdTime": iso_time(found.published_ns, api.clock.zone), "sourceType": "Rtmp"},
        "outputs": [{"name": output.name} for output in found.outputs],
    }


ROUTES = (Route("GET", STREAMS, list_streams), Route("GET", STREAM, get_stream))
