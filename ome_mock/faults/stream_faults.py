"""Faults of encoders: each happens to an input stream, `after_s` seconds after it was armed."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from .fault import Fault, checked

if TYPE_CHECKING:
    from .spoilable import SpoilableEncoder


@dataclass(frozen=True, kw_only=True)
class StreamFault(Fault, is_family=True):
    """Happens to the input stream `stream`, `vhost/app/stream`, `after_s` seconds after it was armed, and `times` is 1."""

    is_of_time: ClassVar[bool] = True

    stream: str = "default/app/stream"

    @abstractmethod
    def spoil(self, encoder: SpoilableEncoder) -> None:
        """Have it happen to the stream's encoder. Raises ConfigurationError where it can't."""


@dataclass(frozen=True)
class Stall(StreamFault):
    """The encoder sends nothing for `seconds`, then goes on where it stopped."""

    seconds: float = checked(10.0, lambda seconds: seconds > 0, "is more than 0")

    def spoil(self, encoder: SpoilableEncoder) -> None:
        encoder.stall(self.seconds)


@dataclass(frozen=True)
class Disconnect(StreamFault):
    """The encoder goes."""

    def spoil(self, encoder: SpoilableEncoder) -> None:
        encoder.disconnect()


@dataclass(frozen=True)
class Reconnect(StreamFault):
    """The encoder comes again, with the tracks that it had."""

    def spoil(self, encoder: SpoilableEncoder) -> None:
        encoder.reconnect()


@dataclass(frozen=True)
class Discontinuity(StreamFault):
    """The encoder changes something: the next segments follow an `EXT-X-DISCONTINUITY`, pictures with another init section.

    The open segment of every track ends at the next key frame. Engines before 0.21 leave no trace of a change.
    """

    def spoil(self, encoder: SpoilableEncoder) -> None:
        encoder.interrupt()
