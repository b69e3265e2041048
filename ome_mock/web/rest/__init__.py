"""The emulated REST API: one file per controller.

A handler takes the `Api`, the names in the path, and the body's JSON value if the route reads one; it returns the value of
`response`, or raises a RequestRefused. It is independent of HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from ...clock import Clock
from ...dialect import Dialect
from ...dumps.dumps import Dumps
from ...engine.engine import Engine
from ...engine.statistics import Statistics

if TYPE_CHECKING:  # most emulators never need these
    from ...channels.channels import Channels
    from ...pushes.pushes import Pushes
    from ...records.records import Records
    from ..wire.certificates import Certificates


class Api(NamedTuple):
    """The objects that handlers use."""

    engine: Engine
    clock: Clock
    dialect: Dialect
    dumps: Dumps
    statistics: Statistics
    find_records: Callable[[], Records]
    find_pushes: Callable[[], Pushes]
    find_channels: Callable[[], Channels]
    find_certificates: Callable[[], Certificates | None] = lambda: None
    """The certificates of TLS ports, None where there are none."""

    @property
    def records(self) -> Records:
        return self.find_records()

    @property
    def pushes(self) -> Pushes:
        return self.find_pushes()

    @property
    def certificates(self) -> Certificates | None:
        return self.find_certificates()

    @property
    def channels(self) -> Channels:
        return self.find_channels()


def of_stream(handler: Callable[..., object]) -> Callable[..., object]:
    """A handler that gets the input stream that its path names, which is looked up before anything of the body is."""

    @wraps(handler)
    def handle(api: Api, vhost: str, app: str, stream: str, **body: Any) -> object:
        return handler(api, api.engine.input_stream(vhost, app, stream), **body)

    return handle


VHOSTS = "/v1/vhosts"
VHOST = f"{VHOSTS}/{{vhost}}"
APPS = f"{VHOST}/apps"
APP = f"{APPS}/{{app}}"
STREAMS = f"{APP}/streams"
STREAM = f"{STREAMS}/{{stream}}"
