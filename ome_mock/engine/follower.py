"""What follows the streams of an engine: dumps, records, pushes and channels begin and end with them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from .stream import InputStream, OutputStream
from .virtual_hosts import Scope


class Follower:
    """Hears of streams; a subject of the engine overrides what matters to it.

    Called from any thread, and never while the engine's lock is held. What falls due later has alarms of its own. Followers hear of
    everything in the order in which they began to follow.
    """

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        """A stream was published."""

    def stream_changed(self, stream: InputStream, now_ns: int) -> None:
        """The media of a stream goes on sooner than it seemed."""

    def stream_concluded(self, stream: InputStream, outputs: list[OutputStream], now_ns: int) -> None:
        """The live lists of these outputs have ended, and the stream goes on."""

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:
        """A stream has ended. Raises EngineCrashed where a fault has the engine die of it."""

    def stream_lost(self, stream: InputStream, now_ns: int) -> None:
        """A stream has ended because the engine has died; unless overridden, as any other end."""
        self.stream_gone(stream, now_ns)

    def configured(self, gone: AbstractSet[Scope], came: AbstractSet[Scope], now_ns: int) -> None:
        """Virtual hosts and applications are no more, and their streams have ended; others are new. What was made anew is both."""
