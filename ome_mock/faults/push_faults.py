"""Faults of the servers to which streams are pushed."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .events import Event, PushEvent
from .fault import Fault, fits

if TYPE_CHECKING:
    from .spoilable import SpoilableTarget


@dataclass(frozen=True, kw_only=True)
class PushFault(Fault, is_family=True):
    """Spoils the target of a `push`, its id, of an output stream, `vhost/app/stream`. Counted are the tries to connect."""

    ends_sending: ClassVar[bool] = False
    """True if it ends what is being sent, and not only tries to connect."""

    push: str = "*"
    stream: str = "*"

    @abstractmethod
    def spoil(self, target: SpoilableTarget) -> None:
        """Spoil a target at a look."""

    def fits(self, event: Event) -> bool:
        if not isinstance(event, PushEvent) or (event.is_connected and not self.ends_sending):
            return False
        return fits(self.push, event.push) and fits(self.stream, event.stream)


@dataclass(frozen=True)
class PushTargetGone(PushFault):
    """The push's target is not there: a try to connect ends with `error`, and so does what is being sent once the fault can happen."""

    ends_sending: ClassVar[bool] = True

    def spoil(self, target: SpoilableTarget) -> None:
        target.go()


@dataclass(frozen=True)
class PushTargetSilent(PushFault):
    """The push's target takes the connection and says nothing, so that a try ends after seconds in which other pushes wait."""

    def spoil(self, target: SpoilableTarget) -> None:
        target.fall_silent()
