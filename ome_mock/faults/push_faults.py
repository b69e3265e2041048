"""Faults of the servers to which streams are pushed."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .events import Event, PushEvent
from .fault import Fault, fits

if TYPE_CHECKING:
    from .spoilable import SpoilableTarget


@dataclass(frozen=True, kw_only=True)
class PushFault(Fault, is_family=True):
    """Spoils the target of a `push`, its id, of a `stream`, `vhost/app/stream`. Counted are the looks at it, one a second: tries to
    connect, and while it is sent to.
    """

    push: str = "*"
    stream: str = "*"

    @abstractmethod
    def spoil(self, target: SpoilableTarget) -> None:
        """Spoil a target at a look."""

    def fits(self, event: Event) -> bool:
        return isinstance(event, PushEvent) and fits(self.push, event.push) and fits(self.stream, event.stream)


@dataclass(frozen=True)
class PushTargetGone(PushFault):
    """The push's target is not there: what is sent ends with `error`, and so does a try to connect."""

    def spoil(self, target: SpoilableTarget) -> None:
        target.go()


@dataclass(frozen=True)
class PushTargetSilent(PushFault):
    """The push's target takes the connection and says nothing, so that a try ends after seconds in which other pushes wait."""

    def spoil(self, target: SpoilableTarget) -> None:
        target.fall_silent()

    def fits(self, event: Event) -> bool:
        return super().fits(event) and isinstance(event, PushEvent) and not event.is_connected
