"""What dumps take of processor time and disk as they grow older: their lists and info files are written whole each time, as OME does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from ome_mock import OmeMock

from .crew import BYTES_PER_S
from .figures import Figure
from .rewriting import STEP_S
from .setting import Setting

DUMPS = 50
DUMPS_OF_A_STREAM = 10
SPAN_S = 600
HOUR_S = 3_600
APART_S = 1.7
"""Between the beginnings of two streams: each is ready by then, and their segments end at different moments."""


@dataclass(frozen=True)
class Spent:
    """What this process has spent."""

    cpu_s: float
    files: int
    written_bytes: int

    @classmethod
    def by(cls, ome: OmeMock) -> Self:
        totals = ome.journal.totals
        return cls(time.process_time(), totals.files, totals.bytes)


def hour(setting: Setting) -> Iterator[Figure | str]:
    """50 dumps on 5 streams for an hour of the manual clock, second by second: cores and writes of a thousand, every ten minutes."""
    dumps = setting.dumps or DUMPS
    with setting.place(dumps * BYTES_PER_S * HOUR_S) as place, OmeMock(root=place) as ome:
        _start_dumps(ome, dumps)
        first = before = Spent.by(ome)
        for until_s in range(SPAN_S, HOUR_S + 1, SPAN_S):
            for _ in range(SPAN_S // STEP_S):
                ome.clock.advance(STEP_S)
            now = Spent.by(ome)
            yield from _figures(f"until minute {until_s // 60}", before, now, dumps * SPAN_S)
            before = now
    yield from _figures("on average", first, before, dumps * HOUR_S)


def _start_dumps(ome: OmeMock, dumps: int) -> None:
    for number in range(dumps):
        stream, place = divmod(number, DUMPS_OF_A_STREAM)
        if place == 0:
            ome.connect(f"default/app/s{stream}")
            ome.clock.advance(APART_S)
        path = f"/s{stream}/d{number}"
        names = {"stream": f"default/app/s{stream}", "output_stream_name": f"s{stream}2"}
        ome.start_dump(f"d{number}", output_path=path, info_file=f"{path}.info", **names)


def _figures(when: str, before: Spent, now: Spent, dump_seconds: float) -> Iterator[Figure]:
    a_thousand = 1000 / dump_seconds
    yield Figure("hour", f"a thousand dumps, {when}: cores", (now.cpu_s - before.cpu_s) * a_thousand, "")
    yield Figure("hour", f"a thousand dumps, {when}: files", (now.files - before.files) * a_thousand, "a second")
    yield Figure("hour", f"a thousand dumps, {when}: written", (now.written_bytes - before.written_bytes) * a_thousand / 1e6, "MB/s")
