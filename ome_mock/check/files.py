"""The files of a dump's directory, by what their names say (dump-output.md#file-names)."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from sys import intern
from typing import NamedTuple
from urllib.parse import unquote

_LLHLS = re.compile(
    r"(?P<what>chunklist|init|seg)_(?P<track>\d+)(?:_(?P<number>\d+))?_(?P<kind>video|audio|subtitle)(?:_(?P<key>[0-9A-Za-z]+))?"
    r"(?:_v\d+)?(?:_llhls)?\.(?P<ending>m3u8|m4s|vtt)"
)
_TS = re.compile(r"(?P<what>medialist|seg)_(?P<track>\d+)(?:_(?P<number>\d+))?_hls\.(?P<ending>m3u8|ts|vtt)")
_ENDINGS = {"chunklist": {"m3u8"}, "medialist": {"m3u8"}, "init": {"m4s"}, "seg": {"m4s", "vtt", "ts"}}
_LIKE_OMES = re.compile(r"(?:chunklist|medialist|init|seg|part)_\d")
MASTER_ENDING = ".m3u8"

Rendition = tuple[str, str, str]
"""A track's id, its kind and its stream's key."""


class DumpName(NamedTuple):
    """The parts of a name: `chunklist` (or `medialist`), `init` or `seg`; the track; of a segment its number; the stream key, if any."""

    what: str
    track: str
    number: int | None
    kind: str
    key: str

    @property
    def is_list(self) -> bool:
        return self.what in {"chunklist", "medialist"}

    @property
    def rendition(self) -> Rendition:
        """The beginning that the names of one track's files share."""
        return self.track, self.kind, self.key

    @property
    def is_ts(self) -> bool:
        return self.kind == "ts"


def read_name(name: str) -> DumpName | None:
    """The parts of a name; None where it is none that OME gives."""
    match = _LLHLS.fullmatch(name) or _TS.fullmatch(name)
    if match is None:
        return None
    said = match.groupdict()
    if said["ending"] not in _ENDINGS[said["what"]] or (said["what"] == "seg") != (said["number"] is not None):
        return None
    number = None if said["number"] is None else int(said["number"])
    return DumpName(intern(said["what"]), intern(said["track"]), number, intern(said.get("kind", "ts")), intern(said.get("key") or ""))


def looks_like_omes(name: str) -> bool:
    return _LIKE_OMES.match(name) is not None


def file_of(uri: str) -> str | None:
    """The name of the file that a URI stands for; None where it leads out of the directory."""
    path = uri.partition("?")[0]
    if "%" in path:
        path = unquote(path)
    return None if "/" in path or path in {"", ".", ".."} else path


class DumpFiles:
    """The regular files of one directory, as they were when this was made; names that begin with a dot are nobody's.

    `named` are those that OME's names fit, `others` the rest.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.named: dict[str, DumpName] = {}
        self.others: list[str] = []
        for entry in sorted(os.scandir(directory), key=attrgetter("name")):
            if entry.name[:1] != "." and entry.is_file():
                name = read_name(entry.name)
                if name is None:
                    self.others.append(entry.name)
                else:
                    self.named[entry.name] = name

    def __contains__(self, name: str) -> bool:
        """Look whether a file is there, or has come meanwhile: a list is written after the files that it names."""
        return name in self.named or (self.directory / name).is_file()

    def name_of(self, file: str) -> DumpName | None:
        """Read the name of a file, which may be absent."""
        return self.named.get(file) or read_name(file)

    def lists(self) -> Iterator[tuple[Path, DumpName]]:
        """The chunklists, those of one track after another."""
        lists = [(int(name.track), file, name) for file, name in self.named.items() if name.is_list]
        for _, file, name in sorted(lists):
            yield self.directory / file, name

    @cached_property
    def masters(self) -> tuple[Path, ...]:
        """The playlists that are no chunklists, whatever their names end with: OME takes `llhls` and `llhls.m3u8?x=1` too."""
        paths = (self.directory / name for name in self.others)
        return tuple(path for path in paths if path.name.lower().endswith(MASTER_ENDING) or begins_with(path, b"#EXTM3U"))

    @cached_property
    def segments(self) -> dict[Rendition, dict[int, str]]:
        """Of each track the names of its segments by their numbers."""
        found: dict[Rendition, dict[int, str]] = {}
        for file, name in self.named.items():
            if name.number is not None:
                found.setdefault(name.rendition, {})[name.number] = file
        return found

    @property
    def is_a_dump(self) -> bool:
        return bool(self.named or self.masters)


def count_segments(directory: Path) -> int:
    return sum(entry.name.startswith("seg_") for entry in os.scandir(directory))


def begins_with(path: Path, *beginnings: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(beginnings)
    except OSError:
        return False
