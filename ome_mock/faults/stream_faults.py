"""Faults of encoders: each happens to an input stream, `after_s` seconds after it was armed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .fault import Fault


@dataclass(frozen=True, kw_only=True)
class StreamFault(Fault):
    """Happens to the input stream `stream`, `vhost/app/stream`, `after_s` seconds after it was armed, and `times` is 1."""

    is_of_time: ClassVar[bool] = True

    stream: str = "default/app/stream"


@dataclass(frozen=True)
class Stall(StreamFault):
    """The encoder sends nothing for `seconds`, then goes on where it stopped."""

    seconds: float = 10.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require("seconds", self.seconds > 0, "is more than 0")


@dataclass(frozen=True)
class Disconnect(StreamFault):
    """The encoder goes."""


@dataclass(frozen=True)
class Reconnect(StreamFault):
    """The encoder comes again, with the tracks that it had."""


@dataclass(frozen=True)
class Discontinuity(StreamFault):
    """The encoder changes something: the next segments follow an `EXT-X-DISCONTINUITY`, pictures with another init section.

    The open segment is completed first; OME cuts it short.
    """
