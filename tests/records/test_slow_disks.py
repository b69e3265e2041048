"""A slow disk holds up the record that writes to it, and nobody who asks."""

from __future__ import annotations

from datetime import UTC
from threading import Event, Thread
from typing import Any

import pytest
from engine.scenes import SECOND, Scene, at

from ome_mock.engine.track import ChosenTracks
from ome_mock.records.record import RecordRequest, RecordState, RecordStatus
from ome_mock.records.records import RecordOrigin, Records
from ome_mock.refusals import RecordNotFound
from ome_mock.settings import ApplicationSettings

APPLICATION = ApplicationSettings("app", publishers=frozenset({"file"}))


class SlowWriter:
    """Writes nothing, and takes until it is told to have written it."""

    def __init__(self, _: object) -> None:
        self.writing, self.written = Event(), Event()

    def open(self, path: str, tracks: object, start_ms: int) -> None:
        pass

    def append(self, samples: object) -> None:
        pass

    def finish(self, _: object) -> None:
        self.writing.set()
        assert self.written.wait(10)

    def abandon(self) -> None:
        pass


@pytest.fixture
def writers() -> list[SlowWriter]:
    return []


@pytest.fixture
def records(writers: list[SlowWriter]) -> Records:
    def make_writer(origin: RecordOrigin) -> SlowWriter:
        writers.append(SlowWriter(origin))
        return writers[-1]

    records = Records(make_writer, UTC)
    scene = Scene()
    records.stream_came(scene.stream, at(0))
    return records


def start(records: Records, record_id: str, **fields: Any) -> RecordStatus:
    request = RecordRequest(record_id, ChosenTracks("stream"), file_path="/r.ts", **fields)
    return records.start("default", APPLICATION, request, at(0))


def test_list_is_answered_while_a_file_is_written(records: Records, writers: list[SlowWriter]) -> None:
    start(records, "r", interval_ms=2000)
    thread = Thread(target=records.advance, args=(at(0) + 5 * SECOND,))
    thread.start()
    try:
        assert writers[0].writing.wait(10)
        ((_, status),) = records.find("default", APPLICATION, "", at(0) + 5 * SECOND)
        assert (status.state, status.total_ms) == (RecordState.RECORDING, 2005)
    finally:
        writers[0].written.set()
        thread.join()


def test_stopped_record_is_gone_before_its_file_is_written(records: Records, writers: list[SlowWriter]) -> None:
    start(records, "r")
    thread = Thread(target=records.stop, args=("default", APPLICATION, "r", at(0) + 3 * SECOND))
    thread.start()
    try:
        assert writers[0].writing.wait(10)
        with pytest.raises(RecordNotFound):
            records.stop("default", APPLICATION, "r", at(0) + 3 * SECOND)
        assert start(records, "r").state is RecordState.RECORDING
    finally:
        writers[0].written.set()
        thread.join()
