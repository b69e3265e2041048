"""The server to which a stream is pushed. Nothing is ever sent there: its URL and faults say if it is there."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Protocol

from ..faults.events import PushEvent
from ..faults.spoilable import SpoilableTarget


class TargetAnswer(Enum):
    """The answer of a server to a try to connect."""

    WELCOME = "welcome"
    GONE = "gone"
    SILENT = "silent"


class TargetFault(Protocol):
    """A fault of a target."""

    def spoil(self, target: SpoilableTarget) -> None: ...


class TargetFaults(Protocol):
    """The faults that are armed."""

    @property
    def is_empty(self) -> bool: ...

    def of(self, event: PushEvent, at_ns: int) -> Sequence[TargetFault]:
        """The faults that an event sets off."""

    def awaits(self, event: PushEvent, at_ns: int) -> bool:
        """Says if an event would set off a fault."""


class Target:
    """The target of one push; `is_reachable` says if it is there while no fault says otherwise."""

    def __init__(self, push_id: str, stream: str, faults: TargetFaults, *, is_reachable: bool) -> None:
        self._push_id = push_id
        self._stream = stream
        self._faults = faults
        self._usual = TargetAnswer.WELCOME if is_reachable else TargetAnswer.GONE

    def answer(self, now_ns: int) -> TargetAnswer:
        """The answer to a try to connect."""
        spoilt = _SpoiltTarget(self._usual)
        for fault in self._faults.of(PushEvent(self._push_id, self._stream, is_connected=False), now_ns):
            fault.spoil(spoilt)
        return spoilt.answer

    def is_lost(self, now_ns: int) -> bool:
        """Says if the target has gone while it was sent to."""
        return not self._faults.is_empty and self._faults.awaits(PushEvent(self._push_id, self._stream, is_connected=True), now_ns)


class _SpoiltTarget:
    """A target at one look, as faults leave it."""

    def __init__(self, answer: TargetAnswer) -> None:
        self.answer = answer

    def go(self) -> None:
        self.answer = TargetAnswer.GONE

    def fall_silent(self) -> None:
        self.answer = TargetAnswer.SILENT
