"""A second implementation of the port in `dumps/dump.py`: it keeps in memory what it was told to write."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ome_mock.dumps.dump import ChunklistWrite, DumpRequest, DumpState, InitWrite, MasterPlaylistWrite, SegmentWrite, Write
from ome_mock.engine.stream import OutputStream


def file_name(write: Write) -> str:
    match write:
        case InitWrite(track=track):
            return track.init_name
        case SegmentWrite(track=track, segment=segment):
            return track.segment_name(segment.msn)
        case ChunklistWrite(track=track):
            return track.chunklist_name
        case MasterPlaylistWrite(name=name):
            return name


def without_key(name: str) -> str:
    """A file name without its stream key, such as `seg_0_2_video` or `llhls.m3u8`."""
    return re.sub(r"_[0-9A-Za-z]{8}_llhls\.\w+$", "", name)


@dataclass
class MemoryWriter:
    """`writes` has everything, `batches` how much came at once; `before_write` may block or raise."""

    request: DumpRequest
    stream: OutputStream
    before_write: Callable[[Write], None]
    batches: list[list[Write]] = field(default_factory=list)
    states: list[DumpState] = field(default_factory=list)
    withdrawals: int = 0

    @property
    def writes(self) -> list[Write]:
        return [write for batch in self.batches for write in batch]

    @property
    def names(self) -> list[str]:
        return [without_key(file_name(write)) for write in self.writes]

    @property
    def files(self) -> list[Path]:
        return [Path(self.request.output_path, name) for name in dict.fromkeys(map(file_name, self.writes))]

    @property
    def info_file(self) -> Path | None:
        return Path(self.request.info_file) if self.request.info_file else None

    @property
    def items(self) -> list[tuple[str, str]]:
        return [("", file_name(write)) for write in self.writes]

    def status(self, state: DumpState) -> str:
        return state.name

    def prepare(self, *, is_queued: bool) -> None:
        pass

    def write(self, writes: Iterable[Write]) -> None:
        self.batches.append([])
        for write in writes:
            self.before_write(write)
            self.batches[-1].append(write)

    def set_state(self, state: DumpState) -> None:
        self.states.append(state)

    def withdraw(self) -> None:
        self.withdrawals += 1


class MemoryWriters:
    """Makes a writer for each dump and remembers the last of each id."""

    def __init__(self) -> None:
        self.by_id: dict[str, MemoryWriter] = {}
        self.before_write: Callable[[Write], None] = lambda _: None

    def __call__(self, request: DumpRequest, stream: OutputStream) -> MemoryWriter:
        writer = self.by_id[request.id] = MemoryWriter(request, stream, self.before_write)
        return writer

    def __getitem__(self, dump_id: str) -> MemoryWriter:
        return self.by_id[dump_id]
