"""Stream time: the time since a stream was published, without the stalls of its encoder."""

from __future__ import annotations

FOREVER_NS = 1 << 62


class Pace:
    """Converts instants, nanoseconds since the epoch, to nanoseconds of stream time, and back.

    A new stall changes nothing about the time before it.
    """

    def __init__(self, published_ns: int) -> None:
        self.published_ns = published_ns
        self._stalls: tuple[tuple[int, int], ...] = ()
        """The stalls: the stream time at which each begins, and its length, in nanoseconds."""
        self.interruptions_ns: tuple[int, ...] = ()
        """The stream times at which the encoder changed its encoding."""

    def stall(self, now_ns: int, duration_ns: int) -> None:
        """Stop stream time at an instant for `duration_ns`; during a stall, make it longer."""
        self._stalls = (*self._stalls, (self.media_ns(now_ns), duration_ns))

    def hold(self, now_ns: int) -> None:
        """Stop stream time at an instant, until `go_on`."""
        if not self.is_held:
            self.stall(now_ns, FOREVER_NS)

    def go_on(self, now_ns: int) -> None:
        """Continue after `hold`. A stream held from its beginning is published at this instant."""
        if self.is_held:
            (at_ns, _), self._stalls = self._stalls[-1], self._stalls[:-1]
            if at_ns <= 0:
                self.published_ns = now_ns
            elif (pause_ns := now_ns - self.instant_ns(at_ns)) > 0:
                self._stalls = (*self._stalls, (at_ns, pause_ns))

    @property
    def is_held(self) -> bool:
        return bool(self._stalls) and self._stalls[-1][1] >= FOREVER_NS

    @property
    def has_begun(self) -> bool:
        return not self.is_held or self._stalls[-1][0] > 0

    def interrupt(self, now_ns: int) -> None:
        """Note that the encoder changes its encoding, so that a discontinuity follows."""
        self.interruptions_ns = (*self.interruptions_ns, self.media_ns(now_ns))

    def media_ns(self, instant_ns: int) -> int:
        """The stream time at an instant."""
        media_ns = instant_ns - self.published_ns
        for at_ns, duration_ns in self._stalls:
            if media_ns > at_ns:
                media_ns = max(at_ns, media_ns - duration_ns)
        return media_ns

    def instant_ns(self, media_ns: int) -> int:
        """The instant of a stream time."""
        return self.published_ns + media_ns + sum(duration_ns for at_ns, duration_ns in self._stalls if at_ns < media_ns)
