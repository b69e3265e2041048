"""Faults of callbacks: admission webhooks and alerts."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .events import CallbackEvent, Event
from .fault import Fault, bearable_seconds, checked, fits

if TYPE_CHECKING:
    from .spoilable import SpoilableCallback


@dataclass(frozen=True, kw_only=True)
class CallbackFault(Fault, is_family=True):
    """Spoils a callback of a `stream`, `vhost/app/stream`, that `callback` names: `opening`, `closing` or the first code of an alert."""

    callback: str = "*"
    stream: str = "*"

    @abstractmethod
    def spoil(self, callback: SpoilableCallback) -> None:
        """Spoil a callback before it is sent."""

    def fits(self, event: Event) -> bool:
        return isinstance(event, CallbackEvent) and fits(self.callback, event.what) and fits(self.stream, event.stream)


@dataclass(frozen=True)
class LostCallback(CallbackFault):
    """It isn't sent, and passes for one that was never answered."""

    def spoil(self, callback: SpoilableCallback) -> None:
        callback.time_out("lost, as a fault wants it")


@dataclass(frozen=True)
class LateCallback(CallbackFault):
    """It is sent `seconds` of the emulator's clock later; an `opening`, which is waited for, so much of real time later."""

    seconds: float = bearable_seconds()

    def spoil(self, callback: SpoilableCallback) -> None:
        callback.late_s = self.seconds


@dataclass(frozen=True)
class TwiceCallback(CallbackFault):
    """It is sent twice, each time over a connection of its own; the second answer counts."""

    def spoil(self, callback: SpoilableCallback) -> None:
        callback.times = 2


@dataclass(frozen=True)
class ReorderedCallback(CallbackFault):
    """It is sent after the one that follows it; an `opening`, which is waited for, stays where it is."""

    def spoil(self, callback: SpoilableCallback) -> None:
        callback.is_after_next = True

    def fits(self, event: Event) -> bool:
        return super().fits(event) and isinstance(event, CallbackEvent) and event.what != "opening"


@dataclass(frozen=True)
class WrongSignature(CallbackFault):
    """It is signed with another key."""

    def spoil(self, callback: SpoilableCallback) -> None:
        callback.is_forged = True


@dataclass(frozen=True)
class RefusedConnection(CallbackFault):
    """The control server's port is closed."""

    def spoil(self, callback: SpoilableCallback) -> None:
        callback.fail("connection refused, as a fault wants it")


@dataclass(frozen=True)
class CutCallback(CallbackFault):
    """The connection is closed once so many bytes of the request are sent."""

    sent: int = checked(100, lambda sent: sent >= 0, "is 0 or more")

    def spoil(self, callback: SpoilableCallback) -> None:
        callback.cut_after = self.sent
