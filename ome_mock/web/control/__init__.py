"""The control API under `/_mock/`, which OME doesn't have. `openapi.json` describes it.

A handler takes the `Control`, the names in the path, and the body's JSON value or the query if its route reads one; it returns
the answer's JSON value, or its text if its route has a type of text, or raises a ConfigurationError.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ...clock import Clock
from ...dialect import Dialect
from ...disk.confinement import Confinement
from ...dumps.dump_view import DumpsByKey
from ...engine.engine import Engine
from ...engine.input_tracks import AudioInput, VideoInput
from ...faults import FaultPlan
from ...journal.request_journal import RequestJournal

if TYPE_CHECKING:
    from ..delivery.publisher import Delivery
    from ..rest import Api


class Control(Protocol):
    """The operations of the control API on an emulator; `Emulator` has them."""

    clock: Clock
    confinement: Confinement
    dialect: Dialect
    faults: FaultPlan
    journal: RequestJournal
    page_hosts: frozenset[str]
    """The names, beside those of loopback, under which the page is shown."""
    streams: tuple[str, ...]

    @property
    def engine(self) -> Engine: ...

    @property
    def held_requests(self) -> int: ...

    @property
    def api(self) -> Api: ...

    @property
    def delivery(self) -> Delivery: ...

    @property
    def dumps(self) -> DumpsByKey: ...

    def connect(
        self,
        stream: str,
        *,
        video: bool | VideoInput = True,
        audio: bool | AudioInput = True,
        media: str | Path | None = None,
        protocol: str = "rtmp",
        url: str | None = None,
        address: str = "127.0.0.1",
        port: int | None = None,
        user_agent: str | None = None,
        ready: bool = False,
    ) -> str: ...

    def disconnect(self, stream: str) -> None: ...

    def reconnect(self, stream: str, *, ready: bool = False) -> str: ...

    def stall(self, stream: str, seconds: float) -> None: ...

    def set_bitrate(self, stream: str, bitrate: int) -> None: ...

    def set_framerate(self, stream: str, framerate: float) -> None: ...

    def until_segment(self, stream: str, count: int = 1) -> None: ...

    def reset(self, *, config: str | Path | bytes | None = None, streams: Iterable[str] | None = None) -> None: ...
