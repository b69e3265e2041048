"""Many running dumps on the real clock, and what becomes of the emulator meanwhile."""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass

from ome_mock import OmeMock

from .client import api_call
from .completions import Completions, observed
from .probe import probing
from .processes import memory_mb, own_writes_bytes

SEGMENT_S = 6
CONNECTING_S = 12.0
SETTLING_S = 2 * SEGMENT_S + 2
"""After so long a stream that has just come is dumped, and so is what dumps find when they start."""
BYTES_PER_S = 9_500
"""What a dump of two tracks writes, generously."""


@dataclass
class Crew:
    """Dumps of the second output of streams `s0`, `s1` ..., which has two tracks."""

    ome: OmeMock
    streams: int
    dumps: int = 0

    @classmethod
    def connect(cls, ome: OmeMock, streams: int) -> Crew:
        """Connect the streams at moments of their own, so that their segments end at different ones; `s0` is there already."""
        for number in range(1, streams):
            time.sleep(CONNECTING_S / streams)
            ome.connect(f"default/app/s{number}")
        return cls(ome, streams)

    def grow_to(self, dumps: int) -> None:
        """Start dumps, the same number of each stream, until there are so many; returns once they have settled."""
        for number in range(self.dumps, dumps):
            stream = f"s{number % self.streams}"
            path = f"/{stream}/d{number}"
            self.ome.start_dump(
                f"d{number}",
                stream=f"default/app/{stream}",
                output_stream_name=f"{stream}2",
                output_path=path,
                info_file=f"{path}.info",
            )
        self.dumps = dumps
        time.sleep(SETTLING_S)


@dataclass(frozen=True)
class Observation:
    """What happened within some seconds of the real clock."""

    completions: Completions
    latencies_ms: list[float]
    cores: float
    """The share of one core that this process took."""
    memory_mb: tuple[float, float]
    """At the beginning and at the end."""
    written_bytes: int | None
    """What was passed to write(), where the system tells it."""


def observe(ome: OmeMock, seconds: float) -> Observation:
    """Watch an emulator of this process for so long; API calls come from another process."""
    question = api_call("hlsDumps", {"outputStreamName": "s02", "id": "d0"}, "s0")
    memory_before_mb = memory_mb(os.getpid())
    with probing(ome.url, question) as probe, observed(ome.clock) as completions:
        written, began, began_cpu_s = own_writes_bytes(), time.perf_counter(), _cpu_s()
        time.sleep(seconds)
        cores = (_cpu_s() - began_cpu_s) / (time.perf_counter() - began)
        written_bytes = None if written is None else (own_writes_bytes() or 0) - written
    return Observation(completions, probe.latencies_ms(), cores, (memory_before_mb, memory_mb(os.getpid())), written_bytes)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
