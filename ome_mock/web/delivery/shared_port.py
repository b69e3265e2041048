"""One port for live streams and for thumbnails, as OME's documentation allows it (live-llhls.md#thumbnails)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from wsgiref.types import StartResponse, WSGIEnvironment

from .thumbnail_publisher import is_for_thumbnails

if TYPE_CHECKING:
    from ..late_flask import LateFlask


class SharedPort:
    """Gives each request to the publisher that takes it."""

    def __init__(self, players: LateFlask, thumbnails: LateFlask) -> None:
        self._players = players
        self._thumbnails = thumbnails

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        publisher = self._thumbnails if is_for_thumbnails(environ) else self._players
        return publisher(environ, start_response)
