"""The containers of records, which a file's name selects (records-and-pushes.md#record-files)."""

from __future__ import annotations

from ..media.mp4 import Mp4File
from ..media.mpegts import TransportStream

Container = Mp4File | TransportStream


def container_of(path: str) -> type[Container]:
    """MP4 for names that end in `.mp4`, MPEG-TS for all others."""
    return Mp4File if path.endswith(".mp4") else TransportStream
