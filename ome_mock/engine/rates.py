"""What an encoder is said to send, which may change while it runs; what the media carries stays the loop's."""

from __future__ import annotations

from typing import NamedTuple


class Rates(NamedTuple):
    """The rates of one input's video from an instant on; None is what the media has."""

    since_ns: int
    bitrate: int | None = None
    framerate: float | None = None


class RateHistory:
    """Rates by the instants at which they were set, the first ones since ever."""

    def __init__(self, bitrate: int | None = None, framerate: float | None = None) -> None:
        self._rates: tuple[Rates, ...] = (Rates(0, bitrate, framerate),)

    def at(self, now_ns: int) -> Rates:
        return next((rates for rates in reversed(self._rates) if rates.since_ns <= now_ns), self._rates[0])

    @property
    def changed_ns(self) -> int:
        """When they were set last."""
        return self._rates[-1].since_ns

    def change(self, now_ns: int, *, bitrate: int | None = None, framerate: float | None = None) -> None:
        """Set what is given; the other rate stays."""
        last = self._rates[-1]
        new = Rates(now_ns, last.bitrate if bitrate is None else bitrate, last.framerate if framerate is None else framerate)
        self._rates = (*self._rates, new)
