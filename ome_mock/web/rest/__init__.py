"""The emulated REST API: one file per controller.

A handler takes the `Api` and the names in the path, and the body's JSON value where the route reads one; it returns what `response`
is to hold, or raises a RequestRefused. It knows nothing of HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...clock import Clock
from ...dialect import Dialect
from ...engine.channels import Channels
from ...engine.engine import Engine
from ...engine.pushes import Pushes
from ...engine.records import Records
from ...engine.statistics import Statistics


@dataclass(frozen=True)
class Api:
    """What handlers work on."""

    engine: Engine
    clock: Clock
    dialect: Dialect
    records: Records
    pushes: Pushes
    statistics: Statistics
    channels: Channels


VHOSTS = "/v1/vhosts"
VHOST = f"{VHOSTS}/{{vhost}}"
APPS = f"{VHOST}/apps"
APP = f"{APPS}/{{app}}"
STREAMS = f"{APP}/streams"
STREAM = f"{STREAMS}/{{stream}}"
