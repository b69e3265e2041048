"""A second implementation of the port in `dumps/dump.py`: it keeps in memory what it was told to write."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ome_mock.dumps.dump import DumpRequest, DumpState, Write
from ome_mock.engine.stream import OutputStream


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
        return [without_key(write.name) for write in self.writes]

    def prepare(self, *, is_queued: bool, kept_since_ns: int) -> Path | None:  # noqa: ARG002
        return Path(self.request.info_file) if self.request.info_file else None

    def locate(self, name: str) -> Path:
        return Path(self.request.output_path, name)

    def write(self, writes: Iterable[Write]) -> Iterator[Write]:
        self.batches.append([])
        for write in writes:
            self.before_write(write)
            self.batches[-1].append(write)
            yield write

    def set_state(self, state: DumpState, now_ns: int) -> None:  # noqa: ARG002
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
