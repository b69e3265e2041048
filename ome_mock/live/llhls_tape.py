"""A track of LL-HLS as DVR keeps it on disk (live-llhls.md#dvr)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..dialect import Dialect
from ..engine.stream import OutputStream
from .live_list import LiveList


class LlhlsTape(NamedTuple):
    """The segments of one track; `root` is the directory of the publisher's DVR."""

    live_list: LiveList
    root: str

    @property
    def directories(self) -> tuple[str, ...]:
        stream = self.live_list.stream
        of_stream = f"{self.root}/#{stream.vhost}#{stream.app}/{stream.name}"
        return (f"{of_stream}/{self.live_list.track.id}", of_stream)

    def stored(self, now_ns: int) -> range:
        return self.live_list.stored(now_ns)

    def changes_ns(self, now_ns: int) -> int | None:
        return None if self.live_list.stream.concluded_ns is not None else self.live_list.on_air.completes_ns(1, now_ns)

    def file_name(self, msn: int) -> str:
        return f"{self.live_list.track.first_number + msn}.m4s"

    def data(self, msn: int) -> bytes:
        return self.live_list.on_air.data(self.live_list.on_air.timeline.segment(msn))


def llhls_tapes(stream: OutputStream, dialect: Dialect) -> Iterator[LlhlsTape]:
    """The tapes of a stream whose LL-HLS has DVR."""
    if stream.publisher is not None and stream.publisher.dvr is not None:
        for on_air in stream.on_air:
            yield LlhlsTape(LiveList(on_air, dialect, None), stream.publisher.dvr.storage_path)
