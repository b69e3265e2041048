"""Routes that OME has and the emulator has not: they are answered as unknown ones, and the log says whose fault that is."""

from __future__ import annotations

import logging
from typing import NoReturn

from ...errors import ControllerNotFound
from ..routing import Route, find_route
from . import STREAM

log = logging.getLogger("ome_mock.requests")


def _nobody() -> NoReturn:
    raise ControllerNotFound


ROUTES = (Route("POST", f"{STREAM}:concludeHlsLive", _nobody),)


def warn_of_missing(method: str, path: str) -> None:
    """Name the route of OME that a request meant, if it meant one."""
    try:
        route, _ = find_route(ROUTES, method, path)
    except ControllerNotFound:
        return
    log.warning("%s %s is a route of OME that ome-mock does not emulate", route.method, route.path)
