"""The routes of the API for comparison with a wrong path; names are not empty and hold no action."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from ...dialect import ENGINES, Dialect
from ...refusals import ControllerNotFound
from ..rest.api_routes import API_ROUTES, is_known
from ..routing import find_route


def known_since(method: str, path: str, dialect: Dialect) -> str | None:
    """The oldest version that has a route of this method and path; None if the dialect has it, or none has."""
    try:
        route, _ = find_route(API_ROUTES, method, path)
    except ControllerNotFound:
        return None
    if is_known(route, dialect):
        return None
    return next((engine.version for engine in reversed(ENGINES) if is_known(route, engine)), None)


def methods_of(path: str) -> list[str]:
    """The methods that OME has for a path."""
    return next((methods for pattern, methods in _methods().items() if pattern.fullmatch(path)), [])


@cache
def _methods() -> Mapping[re.Pattern[str], list[str]]:
    """The methods by the pattern of their paths, patterns with an action first."""
    found: dict[str, list[str]] = {}
    for route in sorted(API_ROUTES, key=lambda route: ":" not in route.path):
        found.setdefault(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route.path)), []).append(route.method)
    return {re.compile(pattern): methods for pattern, methods in found.items()}


@cache
def actions_by_slashes() -> Mapping[int, tuple[str, ...]]:
    """The actions of paths, by the number of slashes before the name that they follow."""
    found: dict[int, dict[str, None]] = {}
    for route in API_ROUTES:
        named, colon, action = route.path.rpartition(":")
        if colon and action:
            found.setdefault(named.count("/"), {})[action] = None
    return {slashes: tuple(actions) for slashes, actions in found.items()}


OF_AN_APPLICATION, OF_A_STREAM = 5, 7
