"""A rendition of HLS over MPEG-TS as DVR keeps it on disk (live-llhls.md#dvr)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..engine.stream import OutputStream
from .rendition import TsRendition, all_renditions
from .ts_streams import first_kept, segment_data


class TsTape(NamedTuple):
    """The segments of one rendition; `root` is the directory of the publisher's DVR."""

    rendition: TsRendition
    root: str

    @property
    def directories(self) -> tuple[str, ...]:
        stream = self.rendition.stream
        of_stream = f"{self.root}/#{stream.vhost}#{stream.app}_{stream.name}"
        return (f"{of_stream}/{self.rendition.name}", of_stream)

    def stored(self, now_ns: int) -> range:
        """As many segments as the list usually shows are in memory."""
        first, in_memory = first_kept(self.rendition, now_ns), self.rendition.hls.segment_count
        return range(first, max(first, self.rendition.completed(now_ns) - in_memory))

    def changes_ns(self, now_ns: int) -> int | None:
        return None if self.rendition.stream.concluded_ns is not None else self.rendition.on_air.completes_ns(1, now_ns)

    def file_name(self, msn: int) -> str:
        return f"segment_{msn}_hls.ts"

    def data(self, msn: int) -> bytes:
        return segment_data(self.rendition, msn)


def ts_tapes(stream: OutputStream) -> Iterator[TsTape]:
    """The tapes of a stream whose HLS has DVR."""
    if stream.hls is not None and stream.hls.dvr is not None:
        for rendition in all_renditions(stream).values():
            yield TsTape(rendition, stream.hls.dvr.storage_path)
