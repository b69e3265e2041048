"""How many bytes are written for each that is kept: playlists and info files are written again with every segment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ome_mock import OmeMock

from .figures import Figure, at_most
from .setting import Setting

HOUR_S = 3_600
STEP_S = 1
"""Shorter than the time between the segments of two tracks, so that each is a batch of its own, as on the real clock."""


def rewriting(setting: Setting) -> Iterator[Figure | str]:
    """Bytes written over bytes kept in an hour of a dump: advanced at once, and second by second, as the real clock does."""
    yield Figure("rewriting", "bytes written over bytes kept, an hour at once", _ratio(setting, HOUR_S), "x", at_most(1.2))
    yield Figure("rewriting", "bytes written over bytes kept, an hour by seconds", _ratio(setting, STEP_S), "x")


def _ratio(setting: Setting, step_s: int) -> float:
    with setting.place() as place, OmeMock(root=place) as ome:
        ome.start_dump("d", output_stream_name="stream2", output_path="/d", info_file="/d.info")
        for _ in range(HOUR_S // step_s):
            ome.clock.advance(step_s)
        writes = ome.journal.writes
        if writes[0].number != 1:
            raise RuntimeError("the journal has dropped writes")
        return sum(write.size for write in writes) / _kept_bytes(place)


def _kept_bytes(place: Path) -> int:
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
