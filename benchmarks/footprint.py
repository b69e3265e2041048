"""What a running dump takes of memory, and whether that grows."""

from __future__ import annotations

from collections.abc import Iterator

from ome_mock import OmeMock
from ome_mock.faults import SkippedFile

from .figures import Figure
from .processes import MEMORY
from .setting import Setting
from .week import settled_memory_mb

DUMPS = 1_000
STEP_S = 120
HOUR_S = 3_600
SEGMENTS_AN_HOUR = 2 * HOUR_S // 6
BYTES_AN_HOUR = 500_000
"""Of what a dump lists, and of the segments it finds when it starts."""


def footprint(setting: Setting) -> Iterator[Figure | str]:
    """Memory of 1,000 running dumps, a dump; when they have started, and after an hour of the manual clock."""
    dumps = setting.dumps or DUMPS
    with setting.place(dumps * BYTES_AN_HOUR) as place, OmeMock(root=place) as ome:
        ome.clock.advance(STEP_S)
        before_mb = settled_memory_mb(ome)
        for number in range(dumps):
            ome.start_dump(f"d{number}", output_stream_name="stream2", output_path=f"/d{number}", info_file=f"/d{number}.info")
        started_mb = settled_memory_mb(ome)
        for _ in range(HOUR_S // STEP_S):
            _skip_segments(ome)
            ome.clock.advance(STEP_S)
        ome.faults.clear()
        later_mb = settled_memory_mb(ome)
    yield Figure("footprint", f"{MEMORY} of each of {dumps:,} dumps that have started", (started_mb - before_mb) * 1024 / dumps, "kB")
    yield Figure("footprint", f"{MEMORY} of each an hour later", (later_mb - before_mb) * 1024 / dumps, "kB")
    kept_bytes = (later_mb - started_mb) * 1024 * 1024 / dumps / SEGMENTS_AN_HOUR
    yield Figure("footprint", "memory kept of each segment within the hour", kept_bytes, "bytes")


def _skip_segments(ome: OmeMock) -> None:
    """Leave the segments unwritten, which no dump notices: an hour of 1,000 dumps is more than 30 GB. Forgets those left out so far."""
    ome.faults.clear()
    ome.faults.arm(SkippedFile(file="seg_*", times=None))
