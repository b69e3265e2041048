"""Every route of the emulated REST API in the order of trying; those of dumps are first, because they are used most."""

from __future__ import annotations

from collections.abc import Iterable

from ...dialect import Dialect
from ...refusals import ControllerNotFound
from ..routing import Route, RouteTable, find_route

API_ROUTES = RouteTable(
    __package__,
    "hls_dumps",
    "version",
    "vhosts",
    "apps",
    "output_profiles",
    "streams",
    "conclude_hls_live",
    "events",
    "subtitles",
    "records",
    "pushes",
    "scheduled_channels",
    "multiplex_channels",
    "statistics",
    "certificates",
)


def known_routes(dialect: Dialect) -> Iterable[Route]:
    """The routes that this dialect has."""
    return (route for route in API_ROUTES if is_known(route, dialect)) if dialect.unknown_routes else API_ROUTES


def is_known(route: Route, dialect: Dialect) -> bool:
    """True for a route that this dialect has."""
    return dialect.unknown_routes.isdisjoint(route.words)


def find_api_route(dialect: Dialect, method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a request, and the names in its path. Raises ControllerNotFound."""
    route, names = find_route(known_routes(dialect), method, path)
    if not dialect.names_hold_colons and ":" in names.get("stream", "") and ":" in route.path:
        raise ControllerNotFound
    return route, names
