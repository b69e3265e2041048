"""How the media of a stream follows the clock: from its publishing on, but for the times when its encoder stalls."""

from __future__ import annotations

FOREVER_NS = 1 << 62


class Pace:
    """Turns instants, nanoseconds since the epoch, into nanoseconds of stream time, and back. What was before a stall stays as it was."""

    def __init__(self, published_ns: int) -> None:
        self.published_ns = published_ns
        self._stalls: tuple[tuple[int, int], ...] = ()
        """When stream time stands still, in stream time, and for how long."""
        self.interruptions_ns: tuple[int, ...] = ()
        """When the encoder changed something, in stream time."""

    def stall(self, now_ns: int, duration_ns: int) -> None:
        """Let stream time stand still from an instant on, or stand still longer."""
        self._stalls = (*self._stalls, (self.media_ns(now_ns), duration_ns))

    def hold(self, now_ns: int) -> None:
        """Let stream time stand still until it is told to go on."""
        if not self.is_held:
            self.stall(now_ns, FOREVER_NS)

    def go_on(self, now_ns: int) -> None:
        """Let held stream time go on. What was held from its beginning is published now."""
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
        """Have the encoder change something: what follows is no continuation."""
        self.interruptions_ns = (*self.interruptions_ns, self.media_ns(now_ns))

    def media_ns(self, instant_ns: int) -> int:
        """How much the encoder has sent at an instant."""
        media_ns = instant_ns - self.published_ns
        for at_ns, duration_ns in self._stalls:
            if media_ns > at_ns:
                media_ns = max(at_ns, media_ns - duration_ns)
        return media_ns

    def instant_ns(self, media_ns: int) -> int:
        """When the encoder has sent so much."""
        return self.published_ns + media_ns + sum(duration_ns for at_ns, duration_ns in self._stalls if at_ns < media_ns)
