"""The emulated REST API: one file per controller.

A handler takes the `Api` and the names in the path, and the body's JSON value where the route reads one; it returns what `response`
is to hold, or raises a RequestRefused. It knows nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...clock import Clock
from ...dialect import Dialect
from ...engine.engine import Engine


@dataclass(frozen=True)
class Api:
    """What handlers work on."""

    engine: Engine
    clock: Clock
    dialect: Dialect


@dataclass(frozen=True)
class Route:
    """One method and path; a POST reads a JSON body, before anything named in the path is looked up."""

    method: str
    path: str
    handler: Callable[..., Any]


VHOSTS = "/v1/vhosts"
VHOST = f"{VHOSTS}/<segment:vhost>"
APPS = f"{VHOST}/apps"
APP = f"{APPS}/<app:app>"
STREAMS = f"{APP}/streams"
STREAM = f"{STREAMS}/<segment:stream>"
