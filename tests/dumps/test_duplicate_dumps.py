from collections.abc import Callable, Iterator, Sequence
from threading import Event, Thread
from typing import Any

import pytest
from engine.scenes import Scene

from ome_mock.dumps.dump import DumpRequest, DumpWriter
from ome_mock.engine.stream import OutputStream
from ome_mock.errors import OmeMockError, StartFailure, WriteFailed
from ome_mock.refusals import DumpNotStarted

PATIENCE_S = 20
"""How long a thread may take before the test is called a failure; nothing waits that long."""


def failure_of(scene: Scene, dump_id: str, now_ms: int, **kwargs: Any) -> StartFailure:
    with pytest.raises(DumpNotStarted) as refusal:
        scene.start(dump_id, now_ms, **kwargs)
    return refusal.value.failure


class Starting(Thread):
    """A start in a thread of its own, and what became of it."""

    def __init__(self, scene: Scene, dump_id: str, **kwargs: Any) -> None:
        super().__init__(daemon=True)
        self.outcome: Sequence[str] | OmeMockError | None = None
        self._start_dump: Callable[[], Sequence[str]] = lambda: scene.start(dump_id, 63_200, **kwargs)
        self.start()

    def run(self) -> None:
        try:
            self.outcome = self._start_dump()
        except OmeMockError as error:
            self.outcome = error

    def finish(self) -> Sequence[str] | OmeMockError | None:
        self.join(PATIENCE_S)
        assert not self.is_alive()
        return self.outcome


class Gate:
    """A `before_write` that lets nothing through until it is opened, and then maybe fails."""

    def __init__(self) -> None:
        self.reached = Event()
        self.opened = Event()
        self.error: WriteFailed | None = None

    def __call__(self, _: object) -> None:
        self.reached.set()
        assert self.opened.wait(PATIENCE_S)
        if self.error is not None:
            raise self.error


@pytest.fixture
def gated() -> Iterator[tuple[Scene, Gate, Starting]]:
    """A scene whose first dump, `d1`, is stuck in its first write, the gate that holds it, and the start."""
    scene, gate = Scene(), Gate()
    scene.writers.before_write = gate
    first = Starting(scene, "d1", info_file="/dumps/d1.info")
    assert gate.reached.wait(PATIENCE_S)
    scene.writers.before_write = lambda _: None
    yield scene, gate, first
    gate.opened.set()
    first.finish()


def second_start(scene: Scene, dump_id: str, **kwargs: Any) -> Starting:
    """A start that has gone as far as making its writer when this returns."""
    made = Event()
    make_writer = scene.dumps._make_writer

    def make_and_tell(request: DumpRequest, stream: OutputStream) -> DumpWriter:
        made.set()
        return make_writer(request, stream)

    scene.dumps._make_writer = make_and_tell
    second = Starting(scene, dump_id, **kwargs)
    assert made.wait(PATIENCE_S)
    return second


# One after the other


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_id_is_taken(state: str) -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    if state == "stopped":
        scene.stop("d1", 64_000)

    assert failure_of(scene, "d1", 65_000) is StartFailure.DUPLICATE_ID


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_info_file_is_taken(state: str) -> None:
    scene = Scene()
    scene.start("d1", 63_200, info_file="/dumps/a.info")
    if state == "stopped":
        scene.stop("d1", 64_000)

    assert failure_of(scene, "d2", 65_000, info_file="/dumps/a.info") is StartFailure.DUPLICATE_INFO_FILE


def test_queued_dump_takes_its_id_and_info_file() -> None:
    scene = Scene()
    scene.start("d1", 100, info_file="/dumps/a.info")

    assert failure_of(scene, "d1", 200) is StartFailure.DUPLICATE_ID
    assert failure_of(scene, "d2", 200, info_file="/dumps/a.info") is StartFailure.DUPLICATE_INFO_FILE


def test_dumps_without_an_info_file_do_not_share_one() -> None:
    scene = Scene()

    scene.start("d1", 63_200)
    scene.start("d2", 63_200)

    assert scene.ids() == ["d1", "d2"]


def test_info_files_are_compared_as_strings() -> None:
    scene = Scene()

    scene.start("d1", 63_200, info_file="/dumps/a.info")
    scene.start("d2", 63_200, info_file="/dumps//a.info")

    assert scene.ids() == ["d1", "d2"]


@pytest.mark.parametrize(
    ("dump_id", "info_file", "failure"),
    [
        pytest.param("a", "/b.info", StartFailure.DUPLICATE_ID, id="the id of the first, the info file of the second"),
        pytest.param("b", "/a.info", StartFailure.DUPLICATE_INFO_FILE, id="the id of the second, the info file of the first"),
        pytest.param("a", "/a.info", StartFailure.DUPLICATE_ID, id="both of the first"),
        pytest.param("b", "/b.info", StartFailure.DUPLICATE_ID, id="both of the second"),
        pytest.param("c", "/b.info", StartFailure.DUPLICATE_INFO_FILE, id="the info file of the second alone"),
        pytest.param("b", "", StartFailure.DUPLICATE_ID, id="the id of the second alone"),
    ],
)
def test_existing_dumps_are_scanned_in_the_order_of_their_ids(dump_id: str, info_file: str, failure: StartFailure) -> None:
    scene = Scene()
    scene.start("b", 63_200, info_file="/b.info")
    scene.start("a", 63_200, info_file="/a.info")

    assert failure_of(scene, dump_id, 64_000, info_file=info_file) is failure


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        pytest.param("Z", "a", id="capitals first"),
        pytest.param("a10", "a9", id="digit by digit"),
        pytest.param("z", "é", id="ASCII first"),
        pytest.param("\uff5e", "\U0001f600", id="code points, not UTF-16"),
    ],
)
def test_order_of_ids_is_that_of_their_bytes(earlier: str, later: str) -> None:
    scene = Scene()
    scene.start(later, 63_200, info_file="/later.info")
    scene.start(earlier, 63_200, info_file="/earlier.info")

    assert scene.ids() == [earlier, later]
    assert failure_of(scene, later, 64_000, info_file="/earlier.info") is StartFailure.DUPLICATE_INFO_FILE
    assert failure_of(scene, earlier, 64_000, info_file="/later.info") is StartFailure.DUPLICATE_ID


def test_refused_duplicate_changes_nothing() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    writer, dump = scene.writers["d1"], scene.dump("d1")

    failure_of(scene, "d1", 65_000)
    scene.advance(70_000)

    assert scene.writers["d1"].batches == []
    assert len(writer.batches) == 2
    assert scene.dump("d1") is dump


def test_ids_and_info_files_are_taken_in_one_output_stream_only() -> None:
    scene = Scene()

    scene.start("d1", 63_200, info_file="/a.info")
    scene.start("d1", 63_200, output="stream2", info_file="/a.info")

    assert (scene.ids("stream"), scene.ids("stream2")) == (["d1"], ["d1"])


def test_id_is_free_again_when_the_stream_is_connected_anew() -> None:
    scene = Scene()
    scene.start("d1", 63_200, info_file="/a.info")
    scene.disconnect(64_000)
    scene.connect(now_ms=65_000)
    assert scene.ids() == []

    scene.start("d1", 66_000, info_file="/a.info")

    assert scene.ids() == ["d1"]


# At the same time


def test_of_two_starts_of_one_id_the_first_wins(gated: tuple[Scene, Gate, Starting]) -> None:
    scene, gate, first = gated
    second = second_start(scene, "d1")
    assert (first.outcome, second.outcome) == (None, None)

    gate.opened.set()

    assert first.finish() == ["stream", "stream2"]
    assert second.finish() == DumpNotStarted("default", "app", "stream", StartFailure.DUPLICATE_ID)
    assert scene.ids() == ["d1"]


def test_of_two_starts_with_one_info_file_the_first_wins(gated: tuple[Scene, Gate, Starting]) -> None:
    scene, gate, first = gated
    second = second_start(scene, "d2", info_file="/dumps/d1.info")

    gate.opened.set()

    assert first.finish() == ["stream", "stream2"]
    assert second.finish() == DumpNotStarted("default", "app", "stream", StartFailure.DUPLICATE_INFO_FILE)


def test_second_start_wins_where_the_first_fails(gated: tuple[Scene, Gate, Starting]) -> None:
    scene, gate, first = gated
    gate.error = WriteFailed("the disk says no")
    second = second_start(scene, "d1", info_file="/dumps/d1.info")

    gate.opened.set()

    assert first.finish() == DumpNotStarted("default", "app", "stream", StartFailure.SEGMENT)
    assert second.finish() == ["stream", "stream2"]
    assert scene.ids() == ["d1"]


def test_of_many_starts_of_one_id_exactly_one_wins(gated: tuple[Scene, Gate, Starting]) -> None:
    scene, gate, first = gated
    others = [Starting(scene, "d1") for _ in range(8)]

    gate.opened.set()

    outcomes = [first.finish(), *(other.finish() for other in others)]
    assert sum(outcome == ["stream", "stream2"] for outcome in outcomes) == 1
    assert sum(outcome == DumpNotStarted("default", "app", "stream", StartFailure.DUPLICATE_ID) for outcome in outcomes) == 8


def test_slow_start_is_not_listed_yet(gated: tuple[Scene, Gate, Starting]) -> None:
    scene, _, _ = gated

    assert scene.ids() == []
    assert list(scene.dumps.all()) == []


def test_start_on_a_slow_disk_stalls_no_other_dump(gated: tuple[Scene, Gate, Starting]) -> None:
    scene, gate, first = gated

    scene.start("d2", 63_300, info_file="/dumps/d2.info")
    scene.start("d1", 63_300, output="stream2")
    scene.advance(70_000)
    scene.stop("d2", 71_000)

    assert first.is_alive()
    assert len(scene.writers["d2"].batches) == 2
    gate.opened.set()
    assert first.finish() == ["stream", "stream2"]
    assert scene.ids() == ["d1", "d2"]
