"""Faults of the disk: each spoils writes of files.

The effect of a failed write depends on the dialect: `docs` ends the dump with `Error`, `engine-0.21` notices only a file that
it can't open.
"""

from __future__ import annotations

import errno
import re
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import EngineCrashed
from ..text import printable
from .events import Event, WriteEvent
from .fault import Fault, bearable_seconds, checked, fits

if TYPE_CHECKING:
    from .spoilable import SpoilableWrite

SEGMENT_BEGINS = re.compile(rb"^(?=(?:#EXT-X-DISCONTINUITY\n(?:#EXT-X-MAP:[^\n]*\n)?)?#EXT-X-PROGRAM-DATE-TIME:)", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class WriteFault(Fault, is_family=True):
    """Spoils a write. `file` is the file's name, such as `seg_0_*`, `chunklist_*` or `*.info`, of a record's file the one that it gets in
    the end; `dump` the id of a dump or a record; `stream` an output stream, `vhost/app/stream`. In each `*` is anything. Counted are the
    writes that happen: a file that changes many times within one `advance` is written once. The two writes of a segment that a start
    finds open are one to a fault that `lasts`.
    """

    file: str = "*"
    dump: str = "*"
    stream: str = "*"

    @abstractmethod
    def spoil(self, write: SpoilableWrite) -> None:
        """Spoil a write before it happens. Raises EngineCrashed if the engine dies instead."""

    def fits(self, event: Event) -> bool:
        if not isinstance(event, WriteEvent):
            return False
        return fits(self.file, event.name) and fits(self.dump, event.dump) and fits(self.stream, event.stream)


@dataclass(frozen=True)
class DiskFull(WriteFault):
    """There is no space left: nothing can be written into the file."""

    lasts = True

    def spoil(self, write: SpoilableWrite) -> None:
        write.fail_to_fill(errno.ENOSPC)


@dataclass(frozen=True)
class ReadOnly(WriteFault):
    """The file system is read-only: the file can't be opened."""

    lasts = True

    def spoil(self, write: SpoilableWrite) -> None:
        write.fail_to_open(errno.EROFS)


@dataclass(frozen=True)
class VanishedDirectory(WriteFault):
    """The directory is gone, moved aside under another name, and comes back empty but for what is written from now on."""

    def spoil(self, write: SpoilableWrite) -> None:
        write.move_directory_aside()


@dataclass(frozen=True, kw_only=True)
class ZeroBytes(WriteFault):
    """The file is made and left empty, and nobody notices, as with OME 0.16.2."""

    lasts = True

    file: str = "seg_*"

    def spoil(self, write: SpoilableWrite) -> None:
        write.data = b""


@dataclass(frozen=True, kw_only=True)
class Torn(WriteFault):
    """Half of the file is written, in place, and nobody notices; the next write of the file heals it."""

    lasts = True

    file: str = "*.info"

    def spoil(self, write: SpoilableWrite) -> None:
        write.data = write.data[: len(write.data) // 2]
        write.put_in_place()


@dataclass(frozen=True, kw_only=True)
class ForgottenSegments(WriteFault):
    """The list names only the last `segments` segments, though the files of all are there, as with OME before 0.17.1."""

    file: str = "chunklist_*"
    times: int | None = None
    segments: int = checked(10, lambda segments: segments >= 1, "is 1 or more")

    def spoil(self, write: SpoilableWrite) -> None:
        head, *listed = SEGMENT_BEGINS.split(write.data)
        write.data = head + b"".join(listed[-self.segments :])


@dataclass(frozen=True)
class SkippedFile(WriteFault):
    """The file is not written, and nobody notices: it is listed all the same."""

    lasts = True

    def spoil(self, write: SpoilableWrite) -> None:
        write.skip()


@dataclass(frozen=True, kw_only=True)
class MissingInit(SkippedFile):
    """The init section is not written, though playlists name it."""

    file: str = "init_*"


@dataclass(frozen=True, kw_only=True)
class FrozenInfoFile(SkippedFile):
    """The info file stays as it is, `Running` for ever, as with OME up to 0.15.13."""

    file: str = "*.info"
    times: int | None = None
    nth: int = 2
    """The first write makes the file."""


@dataclass(frozen=True)
class SlowWrite(WriteFault):
    """The write takes `seconds` of real time longer."""

    seconds: float = bearable_seconds()

    def spoil(self, write: SpoilableWrite) -> None:
        write.sleep(self.seconds)


@dataclass(frozen=True)
class Crash(WriteFault):
    """The engine dies before the write: dumps and records stay as they are, and it starts anew with nothing connected."""

    def spoil(self, write: SpoilableWrite) -> None:
        raise EngineCrashed(f"before writing {printable(write.path)}")
