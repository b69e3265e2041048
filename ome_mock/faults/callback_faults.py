"""Faults of callbacks: admission webhooks and alerts."""

from __future__ import annotations

from dataclasses import dataclass

from .events import CallbackEvent, Event
from .fault import Fault, fits


@dataclass(frozen=True, kw_only=True)
class CallbackFault(Fault):
    """Spoils a callback of a `stream`, `vhost/app/stream`, that `callback` names: `opening`, `closing` or the first code of an alert."""

    callback: str = "*"
    stream: str = "*"

    def fits(self, event: Event) -> bool:
        return isinstance(event, CallbackEvent) and fits(self.callback, event.what) and fits(self.stream, event.stream)


@dataclass(frozen=True)
class LostCallback(CallbackFault):
    """It isn't sent, and passes for one that was never answered."""


@dataclass(frozen=True)
class LateCallback(CallbackFault):
    """It is sent `seconds` of the emulator's clock later; an `opening`, which is waited for, so much of real time later."""

    seconds: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("seconds", 0 <= self.seconds <= 3600, "is between 0 and 3600")


@dataclass(frozen=True)
class TwiceCallback(CallbackFault):
    """It is sent twice, each time over a connection of its own; the second answer counts."""


@dataclass(frozen=True)
class ReorderedCallback(CallbackFault):
    """It is sent after the one that follows it; an `opening`, which is waited for, stays where it is."""

    def fits(self, event: Event) -> bool:
        return super().fits(event) and isinstance(event, CallbackEvent) and event.what != "opening"


@dataclass(frozen=True)
class WrongSignature(CallbackFault):
    """It is signed with another key."""


@dataclass(frozen=True)
class RefusedConnection(CallbackFault):
    """The control server's port is closed."""


@dataclass(frozen=True)
class CutCallback(CallbackFault):
    """The connection is closed once so many bytes of the request are sent."""

    sent: int = 100

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("sent", self.sent >= 0, "is 0 or more")
