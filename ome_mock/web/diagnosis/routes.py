"""The routes of the API, as a path that is none of them is compared with them: no name is empty, no action is a part of a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..rest.routes import API_ROUTES
from ..routing import Route


def methods_of(path: str) -> list[str]:
    """The methods that OME has for a path."""
    return next((methods for pattern, methods in _METHODS.items() if pattern.fullmatch(path)), [])


def _methods(routes: Iterable[Route]) -> Mapping[re.Pattern[str], list[str]]:
    """Those of each pattern, patterns with an action first."""
    found: dict[str, list[str]] = {}
    for route in sorted(routes, key=lambda route: ":" not in route.path):
        found.setdefault(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route.path)), []).append(route.method)
    return {re.compile(pattern): methods for pattern, methods in found.items()}


def _actions(routes: Iterable[Route]) -> Mapping[int, tuple[str, ...]]:
    found: dict[int, dict[str, None]] = {}
    for route in routes:
        named, colon, action = route.path.rpartition(":")
        if colon and action:
            found.setdefault(named.count("/"), {})[action] = None
    return {slashes: tuple(actions) for slashes, actions in found.items()}


_METHODS = _methods(API_ROUTES)

ACTIONS = _actions(API_ROUTES)
"""The actions of what a path names, by the number of slashes before its name."""

OF_AN_APPLICATION, OF_A_STREAM = 5, 7
