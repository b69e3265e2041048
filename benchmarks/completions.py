"""When the files of dumps were complete, beside when they fell due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ome_mock.clock import Clock
from ome_mock.dumps.writer import Writer

NS_PER_MS = 1_000_000


@dataclass
class Completions:
    """Batches of files: of which output stream, the instants at which they fell due, and the one at which all were complete."""

    batches: list[tuple[str, frozenset[int], int]] = field(default_factory=list)

    def lateness_ms(self) -> list[float]:
        """How long after each instant at which a dump had files due these were complete."""
        return [(complete_ns - due_ns) / NS_PER_MS for _, dues_ns, complete_ns in self.batches for due_ns in dues_ns]

    def spreads_ms(self, dumps: int) -> list[float]:
        """How long after the first dump the last one had its files, for each instant at which so many dumps of a stream had some due."""
        complete_ns: dict[tuple[str, int], list[int]] = {}
        for stream, dues_ns, instant_ns in self.batches:
            for due_ns in dues_ns:
                complete_ns.setdefault((stream, due_ns), []).append(instant_ns)
        return [(max(each) - min(each)) / NS_PER_MS for each in complete_ns.values() if len(each) == dumps]


@contextmanager
def observed(clock: Clock) -> Iterator[Completions]:
    """Note every batch that dumps of this process write while the block lasts, in whatever thread they do."""
    completions = Completions()
    write = Writer.write

    def noting(self: Writer, writes: Iterable[Any]) -> None:
        made = list(writes)
        write(self, made)
        batch = str(self._stream), frozenset(each.due_ns for each in made), clock.now_ns()
        completions.batches.append(batch)  # appending to a list is atomic, so threads need no lock

    Writer.write = noting  # type: ignore[method-assign]
    try:
        yield completions
    finally:
        Writer.write = write  # type: ignore[method-assign]
