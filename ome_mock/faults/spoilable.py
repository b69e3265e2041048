"""The things that faults spoil, as faults see them: an answer, a write, an encoder, a target of a push, a callback."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class SpoilableAnswer(Protocol):
    """The answer to a request, on its way to the client."""

    @property
    def body(self) -> bytes: ...

    def fail(self, status: int, text: str = "") -> None:
        """Become a failure; without `text` in the engine's words, if it has any for this status and route."""

    def hold_back(self, seconds: float) -> None:
        """Be sent so many seconds of real time later; the journal has the request at once."""

    def sleep(self, seconds: float) -> None:
        """Wait in real time between two pieces, no longer than the emulator runs."""

    def send(self, pieces: Iterable[bytes]) -> None:
        """Send the body in pieces; its length stays as promised."""

    def break_off(self, sent: int) -> None:
        """Close the connection after so many bytes of the body."""

    def hang_up(self) -> None:
        """Close the connection without an answer."""


class SpoilableWrite(Protocol):
    """A write of a file that is about to happen."""

    @property
    def path(self) -> str:
        """The path as the client gave it."""

    data: bytes

    def sleep(self, seconds: float) -> None:
        """Wait in real time, no longer than the emulator runs."""

    def put_in_place(self) -> None:
        """Write into the file itself, whatever the mode of writing."""

    def skip(self) -> None:
        """Don't write, and tell nobody."""

    def fail_to_open(self, error: int) -> None:
        """Have opening the file fail with a number of `errno`."""

    def fail_to_fill(self, error: int) -> None:
        """Have the file opened, and filling it fail with a number of `errno`."""

    def move_directory_aside(self) -> None:
        """Rename the directory of the file, so that its content is kept."""


class SpoilableEncoder(Protocol):
    """The encoder of an input stream. The methods raise ConfigurationError where its stream can't have that."""

    def stall(self, seconds: float) -> None: ...

    def disconnect(self) -> None: ...

    def reconnect(self) -> None: ...

    def interrupt(self) -> None:
        """Change the encoding."""


class SpoilableTarget(Protocol):
    """The server to which a stream is pushed."""

    def go(self) -> None:
        """Not be there."""

    def fall_silent(self) -> None:
        """Take a connection, and say nothing."""


class SpoilableCallback(Protocol):
    """A request that the engine is about to make."""

    times: int
    """The number of times that it is sent, each over a connection of its own."""
    is_forged: bool
    """True if it is signed with another key."""
    cut_after: int | None
    """The number of bytes after which the connection is closed, or None."""
    late_s: float | None
    """The seconds of the emulator's clock by which it is late, of real time for one that is waited for; None if it isn't."""
    is_after_next: bool
    """True if the callback that follows it is sent first."""

    def time_out(self, reason: str) -> None:
        """Don't send it; it passes for one without an answer."""

    def fail(self, reason: str) -> None:
        """Don't send it; it passes for one that couldn't be sent."""
