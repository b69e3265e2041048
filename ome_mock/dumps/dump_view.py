"""The dumps of an emulator, as tests look at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..text import printable
from .dump import Dump

if TYPE_CHECKING:
    from ..check.finding import Finding

DumpKey = str | tuple[str, str]


class DumpNotFound(KeyError):
    """No dump, or more than one, has a key; the message is a sentence."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, repr=False)
class DumpView:
    """One dump, to be read: each property tells how things stand now. Views of the same dump are equal."""

    _dump: Dump

    @property
    def id(self) -> str:
        return self._dump.id

    @property
    def stream(self) -> str:
        """The output stream, `vhost/app/stream`."""
        return str(self._dump.stream)

    @property
    def status(self) -> str:
        """The status in the info file, even if there is none: `Running`, `Completed` or `Error`."""
        return self._dump.status

    @property
    def enabled(self) -> bool:
        """True until it is stopped or ends with its stream, by a failed write or by a crash."""
        return self._dump.enabled

    @property
    def files(self) -> tuple[Path, ...]:
        """The files on disk, each once, in the order of their first write; the info file is not among them."""
        return self._dump.files

    @property
    def items(self) -> list[tuple[str, str]]:
        """Every write so far, time and path as the info file has them, whether or not there is one."""
        return self._dump.items

    @property
    def info_file(self) -> Path | None:
        """The path of the info file on disk, or None if none was requested."""
        return self._dump.info_file

    def check(self) -> list[Finding]:
        """Check the files on disk, as `ome_mock.check_dump` does."""
        return self._dump.check()

    def __repr__(self) -> str:
        files = self.files
        written = f"{len(files)} files in {printable(str(files[0].parent))}" if files else "no file yet" if self.enabled else "no file"
        info_file = "" if self.info_file is None else f", info file {printable(str(self.info_file))}"
        return f"<dump {printable(self.id)} of {self.stream}: {self.status}, {written}{info_file}>"


class DumpsByKey(Mapping[DumpKey, DumpView]):
    """Dumps by `(output stream, id)`, such as `("default/app/stream2", "d1")`, or by the id alone where it is unique.

    Of several dumps of one key, which were of streams that are gone, the last one is here; `all` has every one.
    """

    def __init__(self, dumps: Iterable[Dump]) -> None:
        self.all = tuple(map(DumpView, dumps))
        """Every dump that was started: those of streams that are gone, the last two thousand, then those of connected streams."""
        self._by_key = {(dump.stream, dump.id): dump for dump in self.all}

    def __getitem__(self, key: DumpKey) -> DumpView:
        if isinstance(key, tuple) and key in self._by_key:
            return self._by_key[key]
        found = [name for name in self._by_key if key in {name, name[1]}]
        if len(found) == 1:
            return self._by_key[found[0]]
        if found:
            raise DumpNotFound(f"{len(found)} dumps have the id {key!r}; name the stream too: {_listed(found)}")
        raise DumpNotFound(f"there is no dump {key!r}; there {_counted(self._by_key)}")

    def __iter__(self) -> Iterator[DumpKey]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def __repr__(self) -> str:
        return f"<dumps: {', '.join(f'{dump.id} of {dump.stream} ({dump.status})' for dump in self._by_key.values()) or 'none'}>"


def _counted(names: Iterable[tuple[str, str]]) -> str:
    listed = _listed(names)
    return f"are {listed}" if listed else "is none at all"


def _listed(names: Iterable[tuple[str, str]]) -> str:
    return ", ".join(map(repr, names))
