"""The events that faults can spoil."""

from __future__ import annotations

from typing import NamedTuple


class RequestEvent(NamedTuple):
    """A request: its method and its path as it was sent."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class WriteEvent(NamedTuple):
    """A write of a file: by which dump of which output stream (`vhost/app/stream`), under which name.

    `is_open` is True for a segment that is written again once it is complete.
    """

    stream: str
    dump: str
    name: str
    is_open: bool = False

    def __str__(self) -> str:
        return f"{self.name} of dump {self.dump} of {self.stream}"


class CallbackEvent(NamedTuple):
    """A request that the engine makes: `opening`, `closing` or an alert's first code, and of which input stream (`vhost/app/stream`)."""

    what: str
    stream: str

    def __str__(self) -> str:
        return f"{self.what} of {self.stream}"


class PushEvent(NamedTuple):
    """A try to connect a push of an output stream (`vhost/app/stream`), or that it is being sent."""

    push: str
    stream: str
    is_connected: bool

    def __str__(self) -> str:
        return f"{'sending' if self.is_connected else 'connecting'} push {self.push} of {self.stream}"


Event = RequestEvent | WriteEvent | CallbackEvent | PushEvent
