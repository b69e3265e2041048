"""The dumps that a real engine wrote, as the tests of `media` need them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media.boxes import Chunk, read_chunks

DUMPS = Path(__file__).parents[2] / "fixtures" / "dumps"


@dataclass(frozen=True)
class RecordedSegment:
    story: str
    track_id: int
    msn: int
    kind: str
    path: Path

    def __str__(self) -> str:
        return f"{self.story}: seg_{self.track_id}_{self.msn}_{self.kind}"

    def read(self) -> bytes:
        return self.path.read_bytes()

    def chunks(self) -> list[Chunk]:
        return read_chunks(self.read())


def _recorded_segments() -> Iterator[RecordedSegment]:
    for path in sorted(DUMPS.glob("*/d1/seg_*.m4s")):
        named = re.match(r"seg_(\d+)_(\d+)_(video|audio)_", path.name)
        assert named
        track_id, msn, kind = named.groups()
        yield RecordedSegment(path.parents[1].name, int(track_id), int(msn), kind, path)


SEGMENTS = list(_recorded_segments())
INIT_SECTIONS = sorted(DUMPS.glob("*/d1/init_*.m4s"))
