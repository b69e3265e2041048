"""`:concludeHlsLive`: end the live lists of a stream (live-llhls.md#conclude)."""

from __future__ import annotations

from typing import Any

from ...engine.input_stream import InputStream
from ...refusals import JsonLibraryError
from ..envelope import NOT_AN_OBJECT, NOTHING
from ..routing import Route
from . import STREAM, Api, of_stream


@of_stream
def conclude_hls_live(api: Api, stream: InputStream, body: Any) -> object:
    """Conclude the live lists; `urgent` has no effect here, because the emulator has no queues."""
    if body is not None and not isinstance(body, dict):
        raise JsonLibraryError(NOT_AN_OBJECT)
    api.engine.conclude_hls_live(stream, api.clock.now_ns())
    return NOTHING


ROUTES = (Route("POST", f"{STREAM}:concludeHlsLive", conclude_hls_live),)
