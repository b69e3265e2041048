"""`:concludeHlsLive`: end the live lists of a stream (live-llhls.md#conclude)."""

from __future__ import annotations

from typing import Any

from ...engine.input_stream import InputStream
from ..envelope import NOTHING
from ..routing import Route
from . import STREAM, Api, of_stream
from .body_fields import BodyFields


@of_stream
def conclude_hls_live(api: Api, stream: InputStream, body: Any) -> object:
    """Conclude the live lists; `urgent` has no effect here, because the emulator has no queues."""
    BodyFields(body)
    api.engine.conclude_hls_live(stream, api.clock.now_ns())
    return NOTHING


ROUTES = (Route("POST", f"{STREAM}:concludeHlsLive", conclude_hls_live),)
