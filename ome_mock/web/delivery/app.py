"""The applications of the publishers that players ask."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol
from wsgiref.types import WSGIEnvironment

from ...errors import log_internal_error
from ..api_answers import log_request
from ..late_flask import LateFlask
from ..wire.answer import Answer

if TYPE_CHECKING:
    from ..catch_all_flask import CatchAllFlask

log = logging.getLogger("ome_mock.requests")


class Publisher(Protocol):
    """A publisher of streams."""

    def answer(self, environ: WSGIEnvironment) -> Answer: ...


def create_delivery_app(find_publisher: Callable[[], Publisher]) -> LateFlask:
    """Make the application, which serves the streams of the current engine."""

    def answer(environ: WSGIEnvironment, _: bytes) -> Answer:
        try:
            given = find_publisher().answer(environ)
        except Exception as error:  # noqa: BLE001 (a client gets an answer to every request)
            log_internal_error(log, error)
            text = f"ome-mock: internal error: {type(error).__name__}\n"
            given = Answer.of_text("500 Internal Server Error", text.encode())
        log_request(
            environ, "%s %s %s", environ["REQUEST_METHOD"], environ["REQUEST_URI"], given.code or "connection closed", is_of_player=True
        )
        return given

    def make_flask() -> CatchAllFlask:
        from ..catch_all_flask import CatchAllFlask  # noqa: PLC0415 (lazy: Flask takes its time)

        return CatchAllFlask("ome_mock.web.delivery", "players", answer)

    return LateFlask(answer, make_flask)
