"""The thread that looks after the pushes of one application, once a second, one after the other (records-and-pushes.md#push-states)."""

from __future__ import annotations

from collections.abc import Callable

from ..engine.stream import OutputStream
from ..timestamps import NS_PER_MS, NS_PER_SECOND
from .push import Push

LOOK_EVERY_NS = NS_PER_SECOND
BREATH_NS = 100 * NS_PER_MS
"""The least time between two looks, after one that took longer than a second."""


class PushThread:
    """The pushes by their ids, in the order in which they came. Not thread-safe: the lock of the pushes guards it.

    A push whose target hangs holds up the ones after it.
    """

    def __init__(self, find_output: Callable[[str], OutputStream | None], began_ns: int) -> None:
        self.pushes: dict[str, Push] = {}
        self._find_output = find_output
        self._look_ns = began_ns
        """The instant at which the last look began; looks are whole seconds apart unless one takes longer."""
        self._next_ns = began_ns + LOOK_EVERY_NS
        self._waiting: list[Push] = []
        """The pushes that are still to be looked at in this look."""

    @property
    def due_ns(self) -> int | None:
        return self._next_ns if self.pushes else None

    def add(self, push: Push, now_ns: int) -> None:
        if not self.pushes:  # looks that met nothing were skipped
            self._look_ns += (now_ns - self._look_ns) // LOOK_EVERY_NS * LOOK_EVERY_NS
            self._next_ns = self._look_ns + LOOK_EVERY_NS
            self._waiting = []
        self.pushes[push.request.id] = push

    def advance(self, now_ns: int) -> None:
        """Look at every push whose turn has come, and see which targets have gone."""
        while self.pushes and self._next_ns <= now_ns:
            if not self._waiting:
                self._look_ns = self._next_ns
                self._waiting = list(self.pushes.values())
            self._watch(self._next_ns)
            self._next_ns += self._look_at(self._waiting.pop(0), self._next_ns)
            if not self._waiting:
                self._next_ns = max(self._look_ns + LOOK_EVERY_NS, self._next_ns + BREATH_NS)
        self._watch(now_ns)

    def _watch(self, now_ns: int) -> None:
        for push in self.pushes.values():
            push.watch(now_ns)

    def _look_at(self, push: Push, now_ns: int) -> int:
        """Look at one push; returns how many nanoseconds that takes."""
        if push.is_removed:
            del self.pushes[push.request.id]
            return 0
        return push.look(self._find_output(push.request.chosen.stream_name), now_ns)
