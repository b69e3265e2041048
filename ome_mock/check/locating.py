"""The dumps that a path stands for: a dump's directory, its info file, one of its playlists, or a tree that holds dumps."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from .files import DumpFiles, read_name
from .info_files import Item, first_items, is_info_file

MOST_LOOKS = 5
"""The number of looks at a dump that changes meanwhile."""
PAUSE_S = 0.05
"""The time that an engine may take for one write."""
INFO_ENDINGS = {".info", ".xml"}


class DumpPlace(NamedTuple):
    """A dump's directory, None where it is gone, and the info files that tell of it."""

    directory: Path | None
    info_files: tuple[Path, ...]


class NoDump(Exception):
    """There is no dump where one was to be checked."""


def find_dumps(path: Path) -> list[DumpPlace]:
    """The dumps that a path stands for, in the order of their names. Raises NoDump, OSError.

    An info file that tells of no directory may have been read while it was written: it is looked for again.
    """
    for _ in range(MOST_LOOKS):
        places = _find(path)
        if all(place.directory for place in places):
            break
        time.sleep(PAUSE_S)
    return places


def _find(path: Path) -> list[DumpPlace]:
    path.stat()  # raises OSError where there is nothing
    places = _of_tree(path) if path.is_dir() else _of_file(path)
    if not places:
        raise NoDump(f"{path}: there is no dump here")
    return places


def _of_file(path: Path) -> list[DumpPlace]:
    if is_info_file(path) or path.suffix in INFO_ENDINGS:
        directory = _directory_of(path)
        return [DumpPlace(directory and _as_named(directory, path.parent), (path,))]
    return [DumpPlace(path.parent, _infos_beside(path.parent))] if read_name(path.name) or path in DumpFiles(path.parent).masters else []


def _of_tree(root: Path) -> list[DumpPlace]:
    found: dict[Path | None, list[Path]] = {}
    for directory in _directories(root):
        files = DumpFiles(directory)
        if files.is_a_dump:
            found.setdefault(directory, [])
        for name in files.others:
            if _may_be_info(directory / name):
                told = _directory_of(directory / name)
                found.setdefault(told and _as_named(told, root), []).append(directory / name)
    if root in found:
        found[root] += [path for path in _infos_beside(root) if path not in found[root]]
    gone = [DumpPlace(None, (path,)) for path in found.pop(None, [])]
    return [*(DumpPlace(directory, tuple(infos)) for directory, infos in sorted(found.items()) if directory), *gone]


def _directories(root: Path) -> Iterator[Path]:
    for directory, names, _ in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield Path(directory)


def _infos_beside(directory: Path) -> tuple[Path, ...]:
    """Those in a directory and beside it that tell of it."""
    here = directory.resolve()
    own = [directory / name for name in DumpFiles(directory).others]
    beside = [path for path in _regular(here.parent) if path.suffix in INFO_ENDINGS or path.stem == here.name]
    infos = (path for path in (*own, *beside) if _may_be_info(path) and _tells_of(path, directory))
    return tuple(dict.fromkeys(_as_named(path, directory) for path in infos))


def _as_named(path: Path, asked: Path) -> Path:
    """A path by the name of a directory that was asked about, where it lies in that or beside it, so that no dump has two names."""
    real = path.parent.resolve() / path.name
    for base in (asked, asked.parent) if asked.name not in {"", ".."} else (asked,):
        here = base.resolve()
        if real.is_relative_to(here):
            return base / real.relative_to(here)
    return path


def _regular(directory: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(directory) if entry.is_file())
    except OSError:
        return []


def _may_be_info(path: Path) -> bool:
    """Says if a file is an info file, or may have been one and is empty now."""
    return is_info_file(path) or (path.suffix == ".info" and path.stat().st_size == 0)


def _tells_of(path: Path, directory: Path) -> bool:
    found = _directory_of(path)
    return found is not None and found.resolve() == directory.resolve()


def _directory_of(path: Path) -> Path | None:
    """The directory that an info file tells of, wherever both were moved to together; without items, the one that has its name."""
    items, own = first_items(path), path.parent
    if not items:
        named = own / path.stem
        return named if named.is_dir() else own if DumpFiles(own).is_a_dump else None
    if any((own / item.name).is_file() for item in items):
        return own
    return _moved(own.resolve(), items)


def _moved(own: Path, items: list[Item]) -> Path | None:
    """The directory of the items: as it is named, or below the nearest directory above the info file where its last names are found."""
    named = PurePosixPath(items[0].file).parent
    parts = [part for part in named.parts if part != "/"]
    tails = [Path(*parts[start:]) for start in range(len(parts))]
    candidates = [above / tail for above in (own, *own.parents) for tail in tails]
    existing = [each for each in candidates if each.is_dir()]
    holding = (each for each in existing if any((each / item.name).is_file() for item in items))
    return next(holding, existing[0] if existing else None)
