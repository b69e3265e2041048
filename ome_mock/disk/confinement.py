"""Confines writing to allowed directories.

Clients of the API name the paths. OME's process often may write anywhere; the emulator runs on its user's machine and must not.
"""

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
"""The longest path that the system accepts (PATH_MAX on Linux); walking by directory descriptors would allow longer ones."""


Identity = tuple[int, int]
"""A directory's device and inode, which stay when it is renamed."""


class ConfinedPath(NamedTuple):
    """A directory below an allowed one, as names to follow; none of them was a link when the path was resolved."""

    allowed: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return os.path.join(self.allowed, *self.names)


@dataclass(frozen=True)
class Confinement:
    """The directories in which files may be written.

    With `root`, every path outside it is mapped below it. Relative paths start at `base`.
    The `allowed` directories are real paths.
    """

    allowed: tuple[str, ...]
    base: str
    root: str | None = None
    identities: dict[str, Identity] = field(init=False)
    """The identities of the allowed directories at the start; one that was moved, and linked from its old path, is still allowed."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "identities", {path: identity_of(os.stat(path)) for path in self.allowed})

    def locate(self, directory: str) -> ConfinedPath:
        """Find the directory that a client's path names.

        Raises PathRefused if nothing may be written there, or if a `..` leads out of the allowed directories on the way.
        """
        for led_to in _ways_up(self._mapped(directory)):
            self._place(f"{led_to}/..", directory)
        return self._place(self._mapped(directory), directory)

    def passed(self, directory: str) -> list[ConfinedPath]:
        """The directories that a client's path leaves by `..`; the engine makes them where they are missing. Raises PathRefused."""
        return [self._place(led_to, directory) for led_to in _ways_up(self._mapped(directory))]

    def locate_file(self, path: str) -> tuple[ConfinedPath, str]:
        """Find the directory and the file name of a client's path. Raises PathRefused, also if it has no file name."""
        directory, name = os.path.split(path)
        if name in {"", ".", ".."}:
            raise PathRefused(f"refused to write to {printable(path)}: it names no file")
        return self.locate(directory), name

    def _place(self, mapped: str, directory: str) -> ConfinedPath:
        try:
            real = os.path.realpath(mapped)
            _refuse_long(real)
        except (OSError, ValueError) as error:
            raise _refused(directory, error) from None
        return self.place(real, directory)

    def place(self, real: str, path: str | None = None) -> ConfinedPath:
        """Find a directory by its real path; `path` is the client's, for the message. Raises PathRefused."""
        for allowed in self.allowed:
            if _is_within(real, allowed):
                return ConfinedPath(allowed, tuple(name for name in real[len(allowed) :].split(os.sep) if name))
        directories = ", ".join(self.allowed)
        where, real = printable(path or real), printable(real)
        raise PathRefused(f"refused to write to {where}: {real} is outside {directories}; {self._advice(real)}")

    def is_plain(self, directory: str, place: ConfinedPath) -> bool:
        """Says if a client's path led to its place without a link."""
        return ".." not in directory.split("/") and os.path.normpath(self._mapped(directory)) == str(place)

    def _mapped(self, path: str) -> str:
        """The path on this machine, links and `..` still in it."""
        try:
            _refuse_long(path)
            if not path.startswith("/"):
                return os.path.join(self.base, path)
            if self.root is None or self._is_inside(path, self.root):
                return path
        except (OSError, ValueError) as error:
            raise _refused(path, error) from None
        return self.root + path

    def _is_inside(self, path: str, root: str) -> bool:
        """Says if an absolute path names the root itself, in any way, or something in it."""
        return any(_is_within(each, root) for each in (path, os.path.normpath(path))) or _is_within(os.path.realpath(path), self.allowed[0])

    def _advice(self, real: str) -> str:
        if self.root is not None:
            return "a link or '..' leads out of the root"
        return f"--root DIR maps it below DIR, --allow-path {real} allows it, --allow-any-path allows everything"


def confine(*, root: str | Path | None = None, allow_paths: Sequence[str | Path] = (), allow_any_path: bool = False) -> Confinement:
    """Make the confinement that the options ask for.

    By default the system's temporary directory, `/tmp` and the working directory are allowed, except a working directory `/`, as in
    many containers. A missing root is made. Raises ConfigurationError for a directory that is missing or can't be made, and for
    options that exclude each other.
    """
    if sum([root is not None, bool(allow_paths), allow_any_path]) > 1:
        raise ConfigurationError("root, allow_paths and allow_any_path exclude each other", "root", "allow_paths", "allow_any_path")
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
    """The real path of the root, which is made if it is missing."""
    try:
        os.makedirs(root, exist_ok=True)
    except OSError as error:
        reason = "it is no directory" if isinstance(error, FileExistsError) else error.strerror
        raise ConfigurationError(f"root {root}: {reason}", "root") from None
    return os.path.realpath(root)


def _real_directory(path: str | Path) -> str:
    if not os.path.isdir(path):
        raise ConfigurationError(f"allow_paths {path}: there is no such directory", "allow_paths")
    return os.path.realpath(path)


def _refused(path: str, error: Exception) -> PathRefused:
    return PathRefused(f"refused to write to {printable(path)}: {printable(str(error))}")


def _ways_up(path: str) -> list[str]:
    """The beginnings of a path that stand before a `..`, the shortest first."""
    names = path.split("/")
    return ["/".join(names[:index]) for index, name in enumerate(names) if name == ".."]


def _refuse_long(path: str) -> None:
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise PathRefused(f"refused to write to {printable(path[:80])}...: the path is longer than {LONGEST_PATH} bytes")


def _is_within(path: str, directory: str) -> bool:
    return path == directory or path.startswith(directory.rstrip(os.sep) + os.sep)
