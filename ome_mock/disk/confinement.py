"""Where dumps may be written. A client of the API names paths; the emulator is not the machine's owner, as OME's process often is."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..errors import ConfigurationError, PathRefused
from ..text import printable

LONGEST_PATH = 4095
"""What the system takes at once (PATH_MAX on Linux); walking from directory to directory would get round it."""


Identity = tuple[int, int]
"""Which directory it is, whatever it is called: its device and its number."""


class ConfinedPath(NamedTuple):
    """A directory as a walk: from an allowed one, by names that were no links when they were looked up."""

    allowed: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return os.path.join(self.allowed, *self.names)


@dataclass(frozen=True)
class Confinement:
    """What may be written.

    With `root`, every path is mapped below it but for those inside it already. Relative paths start at `base`.
    The `allowed` directories are real paths.
    """

    allowed: tuple[str, ...]
    base: str
    root: str | None = None
    identities: dict[str, Identity] = field(init=False, compare=False)
    """Which directories the allowed ones were when the emulator began; one that was moved and linked back is still that."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "identities", {path: identity_of(os.stat(path)) for path in self.allowed})

    def locate(self, directory: str) -> ConfinedPath:
        """Find the directory that a client's path means; raises PathRefused where it may not be written."""
        try:
            _refuse_long(directory)
            real = os.path.realpath(self._mapped(directory))
            _refuse_long(real)
        except (OSError, ValueError) as error:
            raise PathRefused(f"refused to write to {printable(directory)}: {printable(str(error))}") from None
        return self.place(real, directory)

    def locate_file(self, path: str) -> tuple[ConfinedPath, str]:
        """Find the directory and the name that a client's path means; raises PathRefused, for a path without a name too."""
        directory, name = os.path.split(path)
        if name in {"", ".", ".."}:
            raise PathRefused(f"refused to write to {printable(path)}: it names no file")
        return self.locate(directory), name

    def place(self, real: str, path: str | None = None) -> ConfinedPath:
        """Find a directory by its real path; `path` is how the client put it. Raises PathRefused."""
        for allowed in self.allowed:
            if _is_within(real, allowed):
                return ConfinedPath(allowed, tuple(name for name in real[len(allowed) :].split(os.sep) if name))
        directories = ", ".join(self.allowed)
        where, real = printable(path or real), printable(real)
        raise PathRefused(f"refused to write to {where}: {real} is outside {directories}; {self._advice(real)}")

    def is_plain(self, directory: str, place: ConfinedPath) -> bool:
        """Whether there was no link on the way from a client's path to its place."""
        return os.path.normpath(self._mapped(directory)) == str(place)

    def _mapped(self, path: str) -> str:
        if ".." in path.split("/"):
            raise PathRefused(f"refused to write to {printable(path)}: a path with '..' is never followed")
        if not path.startswith("/"):
            return os.path.join(self.base, path)
        if self.root is None or _is_within(os.path.normpath(path), self.root) or _is_within(os.path.realpath(path), self.allowed[0]):
            return path
        return self.root + path

    def _advice(self, real: str) -> str:
        if self.root is not None:
            return "a link leads out of the root"
        return f"--root DIR maps it below DIR, --allow-path {real} allows it, --allow-any-path allows everything"


def confine(*, root: str | Path | None = None, allow_paths: Sequence[str | Path] = (), allow_any_path: bool = False) -> Confinement:
    """Make the confinement that the options ask for.

    By default the system's temporary directory, `/tmp` and the working directory are allowed (the working directory not where it
    is `/`, as in many containers). A root is made where it is missing. Raises ConfigurationError for a directory that can't be had,
    and for options that exclude each other.
    """
    if sum([root is not None, bool(allow_paths), allow_any_path]) > 1:
        raise ConfigurationError("--root, --allow-path and --allow-any-path exclude each other")
    if allow_any_path:
        return Confinement((os.sep,), _working_directory())
    if root is not None:
        real = _made_root(root)
        return Confinement((real,), real, os.path.abspath(root))
    base = _working_directory()
    directories = [tempfile.gettempdir(), "/tmp", base]  # noqa: S108
    defaults = [os.path.realpath(directory) for directory in directories if os.path.isdir(directory)]
    chosen = [_real_directory(path) for path in allow_paths]
    return Confinement(tuple(dict.fromkeys([*(each for each in defaults if each != os.sep), *chosen])), base)


def identity_of(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError as error:
        raise ConfigurationError(f"the working directory can't be used: {error.strerror}") from None


def _made_root(root: str | Path) -> str:
    """The real path of the root, which is made where it is missing: what lies below it is the emulator's own."""
    try:
        os.makedirs(root, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"--root {root}: {error.strerror}") from None
    return os.path.realpath(root)


def _real_directory(path: str | Path) -> str:
    if not os.path.isdir(path):
        raise ConfigurationError(f"--allow-path {path}: there is no such directory")
    return os.path.realpath(path)


def _refuse_long(path: str) -> None:
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise PathRefused(f"refused to write to {printable(path[:80])}...: the path is longer than {LONGEST_PATH} bytes")


def _is_within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)
