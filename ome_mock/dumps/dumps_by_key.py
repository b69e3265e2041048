"""The dumps of an emulator, as tests look at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .dump import Dump

DumpKey = str | tuple[str, str]


class DumpsByKey(Mapping[DumpKey, Dump]):
    """Dumps by `(output stream, id)`, such as `("default/app/stream2", "d1")`, or by the id alone where it is unique.

    Of streams that are gone, the last dump of each key is still here.
    """

    def __init__(self, dumps: Iterable[Dump]) -> None:
        self._by_key = {(str(dump.stream), dump.id): dump for dump in dumps}

    def __getitem__(self, key: DumpKey) -> Dump:
        if isinstance(key, tuple):
            return self._by_key[key]
        found = [name for name in self._by_key if name[1] == key]
        if len(found) != 1:
            raise KeyError(f"{len(found)} dumps have the id {key!r}: {found or list(self._by_key)}")
        return self._by_key[found[0]]

    def __iter__(self) -> Iterator[DumpKey]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)
