"""What follows the streams of an engine: records, pushes and channels begin and end with them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Protocol

from .stream import InputStream
from .virtual_hosts import Scope


class Follower(Protocol):
    """Hears of streams. Called from any thread, and never while the engine's lock is held; what falls due later has alarms of its own."""

    def stream_came(self, stream: InputStream, now_ns: int) -> None: ...

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        """A stream has ended, and its dumps are completed."""

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:
        """Virtual hosts and applications are no more, and their streams have ended; others are new. What was made anew is both."""
