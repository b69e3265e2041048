"""Finds routes as the engine does: in a list of methods and patterns over the raw path, of which the first match wins.

So a wrong method makes a path unknown (404, never 405), nothing is decoded, and no slash is added or merged
(rest-api.md#order-of-processing, #names-in-paths).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from ..refusals import ControllerNotFound

WITHOUT_COLON = "[^/:]*"
NAMES = {"app": WITHOUT_COLON, "plain_vhost": WITHOUT_COLON}
"""The patterns of names in braces, if not `[^/]*`; an application's name has no colon."""


@dataclass(frozen=True)
class Route:
    """One method and path, such as `POST /v1/vhosts/{vhost}/apps/{app}/streams/{stream}:startHlsDump`.

    A name matches any text between two slashes, also an empty one; the last colon begins an action. A POST, PATCH or PUT reads a JSON
    body before the names in the path are looked up.
    """

    method: str
    path: str
    handler: Callable[..., Any]

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the path, its action among them."""
        return frozenset(re.split("[/:]", self.path))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        literals_and_names = re.split(r"{(\w+)}", self.path)
        return re.compile(
            "".join(
                f"(?P<{text}>{NAMES.get(text, '[^/]*')})" if position % 2 else re.escape(text)
                for position, text in enumerate(literals_and_names)
            )
        )


class RouteTable:
    """The routes of several controllers, each a module of a package with its ROUTES, in the order of trying.

    A controller is imported when no earlier one has matched a request, because most emulators use only a few, and the start is quick.
    """

    def __init__(self, package: str, *controllers: str) -> None:
        self._routes: dict[str, tuple[Route, ...] | None] = {f"{package}.{name}": None for name in controllers}

    def __iter__(self) -> Iterator[Route]:
        for controller, routes in self._routes.items():
            yield from routes or self._load(controller)

    def _load(self, controller: str) -> tuple[Route, ...]:
        routes: tuple[Route, ...] = import_module(controller).ROUTES
        self._routes[controller] = routes
        return routes


def find_route(routes: Iterable[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The first route of this method that matches the path, and the names in it. Raises ControllerNotFound."""
    for route in routes:
        match = route.pattern.fullmatch(path) if route.method == method else None
        if match:
            return route, match.groupdict()
    raise ControllerNotFound
