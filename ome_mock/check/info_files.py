"""The info file of a dump read (dump-output.md#info-file), XML or not: OME pastes user data as it is.

It is read line by line and kept as little of as possible: that of a day has tens of thousands of items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from ..text import unescaped_xml

ROOTS = (b"<DumpInfo>", b"<HLSDumpInfo>")
"""The engine's, and that of OME's documentation."""
FEW = 10
LONGEST_ELEMENT = 1 << 16
"""A path is shorter, even one with line feeds in it."""
_ELEMENT = re.compile(rb"\s*<(?P<name>Status|Seq|Time|File)>(?P<text>.*)</(?P=name)>\s*", re.DOTALL)
_BEGINNING = re.compile(rb"\s*<(?:Status|Seq|Time|File)>")


class Item(NamedTuple):
    """One write that an info file tells of; `line` is that of its `<File>`, the rest as it is written."""

    line: int
    sequence: str
    time: str
    file: str

    @property
    def name(self) -> str:
        return self.file.rpartition("/")[2]


class Trouble(NamedTuple):
    """A line of an info file, the rule that it breaks, and how."""

    line: int
    rule: str
    problem: str


class InfoFile(NamedTuple):
    """The contents of an info file; `lines` holds the names that it lists, each with the line where it is listed first."""

    path: Path
    size: int
    modified_s: float
    status: str
    lines: dict[str, int]
    first_file: str
    last_time: datetime | None
    troubles: tuple[Trouble, ...]


def is_info_file(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip().startswith(ROOTS)
    except OSError:
        return False


def first_items(path: Path) -> list[Item]:
    """A few items, to know of which directory an info file tells. Raises OSError."""
    with path.open("rb") as file:
        return list(islice((each for each in _read(file) if isinstance(each, Item)), FEW))


def read_info_file(path: Path) -> InfoFile:
    """Raises OSError."""
    status, lines, first_file = "", dict[str, int](), ""
    syntax, order = _Syntax(), _Order()
    with path.open("rb") as file:
        for each in _read(syntax.parse(file)):
            if isinstance(each, Item):
                order.look_at(each)
                lines.setdefault(each.name, each.line)
                first_file = first_file or each.file
            else:
                status = each
        modified_s, size = path.stat().st_mtime, file.tell()
    return InfoFile(path, size, modified_s, status, lines, first_file, order.last_time, (*syntax.troubles, *order.troubles))


class _Syntax:
    """Check that the text is XML."""

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        self._parser = expat.ParserCreate()

    def parse(self, file: Iterable[bytes]) -> Iterator[bytes]:
        """The lines of a file, each of which has been parsed, up to the first that is no XML."""
        for line in file:
            self._parse(line, is_last=False)
            yield line
        self._parse(b"", is_last=True)

    def _parse(self, text: bytes, *, is_last: bool) -> None:
        try:
            if not self.troubles:
                self._parser.Parse(text, is_last)
        except expat.ExpatError as error:
            self.troubles.append(Trouble(error.lineno, "info-not-xml", f"it is not XML: {expat.ErrorString(error.code)}"))


class _Order:
    """Find where numbers don't count from 0 and where times go back, once each, because everything after it is wrong too."""

    def __init__(self) -> None:
        self.last_time: datetime | None = None
        self._found: dict[str, Trouble] = {}
        self._count = 0

    @property
    def troubles(self) -> list[Trouble]:
        return list(self._found.values())

    def look_at(self, item: Item) -> None:
        if item.sequence != str(self._count):
            self._find(item, "info-sequence", f"Seq is {item.sequence or 'missing'}, not {self._count}")
        self._count += 1
        time = read_date(item.time)
        if time is None:
            self._find(item, "info-time", f"Time {item.time!r} is no date with a zone")
        elif self.last_time is not None and time < self.last_time:
            self._find(item, "info-time", f"Time {item.time} is before that of the item before it")
        self.last_time = time or self.last_time

    def _find(self, item: Item, rule: str, problem: str) -> None:
        self._found.setdefault(rule, Trouble(item.line, rule, problem))


def read_date(text: str) -> datetime | None:
    """A date with its zone, or None."""
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return date if date.tzinfo is not None else None


def _read(file: Iterable[bytes]) -> Iterator[Item | str]:
    """Items, and the status."""
    said: dict[str, str] = {}
    for number, match in _elements(file):
        name, text = match["name"].decode(), unescaped_xml(match["text"].decode("utf-8", "surrogateescape"))
        if name == "Status":
            yield text
        elif name == "File":
            yield Item(number, said.get("Seq", ""), said.get("Time", ""), text)
            said = {}
        else:
            said[name] = text


def _elements(file: Iterable[bytes]) -> Iterator[tuple[int, re.Match[bytes]]]:
    """The elements, and the numbers of the lines where they begin; the text of one may have line feeds."""
    pending, first = b"", 0
    for number, line in enumerate(file, start=1):
        if not pending and not _BEGINNING.match(line):
            continue
        first = first if pending else number
        pending += line
        match = _ELEMENT.fullmatch(pending)
        if match:
            yield first, match
        if match or len(pending) > LONGEST_ELEMENT:
            pending = b""
