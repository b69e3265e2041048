"""When the files of dumps were complete, beside when they fell due."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from ome_mock.clock import Clock
from ome_mock.dumps.dump import Write
from ome_mock.dumps.writer import DiskDumpWriter

NS_PER_MS = 1_000_000


class Completions:
    """For each instant at which a dump of an output stream had files due: when all of them were complete.

    Kept in arrays, 24 bytes each: what observes is not to add to the memory that is measured.
    """

    def __init__(self) -> None:
        self._streams: dict[str, int] = {}
        self._rows = array("q")
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._rows) // 3

    def note(self, stream: str, dues_ns: Iterable[int], complete_ns: int) -> None:
        with self._lock:
            number = self._streams.setdefault(stream, len(self._streams))
            for due_ns in dues_ns:
                self._rows.extend((number, due_ns, complete_ns))

    @property
    def streams(self) -> set[str]:
        """Those that had files due."""
        return set(self._streams)

    def lateness_ms(self) -> list[float]:
        """How long after each instant at which a dump had files due these were complete."""
        return [(complete_ns - due_ns) / NS_PER_MS for _, due_ns, complete_ns in self._each()]

    def spreads_ms(self, dumps: int) -> list[float]:
        """How long after the first dump the last one had its files, for each instant at which so many dumps of a stream had some due."""
        instants_ns: dict[tuple[int, int], list[int]] = {}
        for stream, due_ns, complete_ns in self._each():
            instants_ns.setdefault((stream, due_ns), []).append(complete_ns)
        return [(max(each) - min(each)) / NS_PER_MS for each in instants_ns.values() if len(each) == dumps]

    def _each(self) -> Iterator[tuple[int, int, int]]:
        rows = iter(self._rows)
        return zip(rows, rows, rows, strict=True)


@contextmanager
def observed(clock: Clock) -> Iterator[Completions]:
    """Note every batch that dumps of this process write while the block lasts, in whatever thread they do."""
    completions = Completions()
    write = DiskDumpWriter.write

    def noting(self: DiskDumpWriter, writes: Iterable[Write]) -> Iterator[Write]:
        made = list(writes)
        yield from write(self, made)
        completions.note(str(self._stream), {each.due_ns for each in made}, clock.now_ns())

    DiskDumpWriter.write = noting  # type: ignore[method-assign]
    try:
        yield completions
    finally:
        DiskDumpWriter.write = write  # type: ignore[method-assign]
