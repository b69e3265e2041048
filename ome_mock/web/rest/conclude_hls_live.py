"""`:concludeHlsLive`: end the live lists of a stream (live-llhls.md#conclude)."""

from __future__ import annotations

from typing import Any

from ...refusals import JsonLibraryError
from ..envelope import NOT_AN_OBJECT, NOTHING
from ..routing import Route
from . import STREAM, Api


def conclude_hls_live(api: Api, vhost: str, app: str, stream: str, body: Any) -> object:
    """`urgent` may be given and makes no difference here: nothing waits in queues."""
    input_stream = api.engine.input_stream(vhost, app, stream)
    if body is not None and not isinstance(body, dict):
        raise JsonLibraryError(NOT_AN_OBJECT)
    api.engine.conclude_hls_live(input_stream, api.clock.now_ns())
    return NOTHING


ROUTES = (Route("POST", f"{STREAM}:concludeHlsLive", conclude_hls_live),)
