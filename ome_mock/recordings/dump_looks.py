"""Looks at the directories that dumps named, on a disk where they can be seen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from .case import Exchange, Look, RecordedFile

STARTS = ":startHlsDump"
OF_DUMPS = (STARTS, ":stopHlsDump", ":hlsDumps")
TEXTS = frozenset({".m3u8", ".info", ".xml"})
LONGEST_TEXT = 4 * 1024 * 1024
MOST_FILES = 20_000
OK = 200


class DumpLooks:
    """Looks at paths below `root`, where the server's `/` is seen: those that are `named`, and those that starts named since."""

    def __init__(self, root: Path, named: Iterable[str] = ()) -> None:
        self._root = root
        self._named: dict[str, None] = dict.fromkeys(named)

    def follows(self, exchange: Exchange) -> bool:
        """Note the paths of a start that succeeded, and say if it is time to look: after each action of dumps."""
        path = exchange.request.path.partition("?")[0]
        if path.endswith(STARTS) and exchange.answer.status == OK:
            self._named |= dict.fromkeys(each for each in _named(exchange.request.body or b"") if not self._sees(each))
        return bool(self._named) and path.endswith(OF_DUMPS)

    def _sees(self, path: str) -> bool:
        return any(f"{path}/".startswith(f"{each.rstrip('/')}/") for each in self._named)

    def look(self, within: tuple[str, ...] = ()) -> Look:
        """The files there are now, in these directories or else in the named ones; those that vanish meanwhile are not among them."""
        return Look(dict(sorted(self._files(within or self._named))), within)

    def _files(self, directories: Iterable[str]) -> Iterator[tuple[str, RecordedFile]]:
        count = 0
        for named in directories:
            on_disk = self._root / named.lstrip("/")
            for path in sorted(on_disk.rglob("*")) if on_disk.is_dir() else [on_disk]:
                count += 1
                if count > MOST_FILES:
                    return
                try:
                    if path.is_file():
                        yield "/" + str(path.relative_to(self._root)), _recorded(path)
                except OSError:
                    continue


def _named(body: bytes) -> Iterator[str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    for key in ("outputPath", "infoFile"):
        if isinstance(value, dict) and isinstance(value.get(key), str) and value[key]:
            yield value[key]


def _recorded(path: Path) -> RecordedFile:
    size = path.stat().st_size
    is_text = (path.suffix in TEXTS or not path.suffix) and size <= LONGEST_TEXT
    return RecordedFile(size, path.read_bytes().decode("utf-8", "replace") if is_text else None)
