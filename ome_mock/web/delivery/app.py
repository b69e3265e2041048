"""The Flask applications of the publishers that players ask."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from flask import Blueprint, Response, request

from ...text import printable
from ..catch_all_flask import CatchAllFlask
from ..wire.exact_response import ExactResponse, hang_up
from ..wire.parking import Answer

log = logging.getLogger("ome_mock.requests")


class Publisher(Protocol):
    """A publisher of streams."""

    def answer(self) -> Answer | None:
        """Answer Flask's current request, with None by closing the connection."""


def create_delivery_app(find_publisher: Callable[[], Publisher]) -> CatchAllFlask:
    """Make the application, which serves the streams of the current engine."""
    blueprint = Blueprint("players", __name__)
    blueprint.register_error_handler(Exception, _internal_error)
    blueprint.after_request(_log_request)
    return CatchAllFlask("ome_mock.web.delivery", blueprint, lambda: _response(find_publisher().answer()))


def _response(answer: Answer | None) -> Response:
    return hang_up() if answer is None else ExactResponse(answer.body, answer.status, list(answer.headers))


def _log_request(response: Response) -> Response:
    log.info("%s %s %s", request.method, printable(request.environ["REQUEST_URI"]), response.status_code)
    return response


def _internal_error(error: Exception) -> Response:
    log.error("internal error, please report it: %s: %s", type(error).__name__, error)
    log.debug("where it happened:", exc_info=error)
    return _response(Answer.of_text("500 Internal Server Error", f"ome-mock: internal error: {type(error).__name__}\n".encode()))
