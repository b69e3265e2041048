"""The files that a dump has written, and when each write fell due."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator

from ..disk.growing_text import GrowingText


class WrittenFiles:
    """Rows of an instant and a file's name in the order of the writes; a file that was written again has another row.

    The names are kept compressed: a dump of a week has 200,000 rows.
    """

    def __init__(self) -> None:
        self._due_ns = array("q")
        self._names = GrowingText()
        """Each ended by a NUL."""
        self._first_rows = array("L", [0])
        """The number of the first row in each block of names."""

    def add(self, due_ns: int, name: str) -> None:
        self._names.add(f"{name}\0".encode("utf-8", "surrogatepass"))
        self._due_ns.append(due_ns)
        if self._names.compressed == len(self._first_rows):
            self._first_rows.append(len(self._due_ns))

    def __len__(self) -> int:
        return len(self._due_ns)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return self.since(0)

    def since(self, row: int) -> Iterator[tuple[int, str]]:
        """The rows from a number on, without a look at those long before it."""
        block = bisect_right(self._first_rows, row) - 1
        names = _split(self._names.between(b"", b"", block=block))[row - self._first_rows[block] :]
        return zip(self._due_ns[row:], names, strict=False)

    def __contains__(self, name: str) -> bool:
        return "\0" not in name and f"\0{name}\0".encode("utf-8", "surrogatepass") in b"\0" + bytes(self._names)

    def names(self) -> list[str]:
        """The name of each file once, in the order of their first write."""
        return list(dict.fromkeys(_split(bytes(self._names))))


def _split(names: bytes) -> list[str]:
    return names.decode("utf-8", "surrogatepass").split("\0")[:-1]
