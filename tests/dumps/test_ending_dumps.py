import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NoReturn

import pytest
from engine.scenes import Scene, at

from ome_mock.dialect import DOCS
from ome_mock.dumps.dump import Dump, DumpState
from ome_mock.errors import EngineCrashed, WriteFailed
from ome_mock.refusals import DumpNotStarted, DumpNotStopped

COMPLETED, FAILED = DumpState.COMPLETED, DumpState.FAILED
ENGINES = replace(DOCS, failure_is_final=False)


def fail(*_: object) -> NoReturn:
    raise WriteFailed("the disk says no")


# Stops


def test_stopped_dump_is_completed_and_stays_listed() -> None:
    scene = Scene()
    scene.start("d1", 63_200)

    assert scene.stop("d1", 70_000) == ["stream", "stream2"]

    assert (scene.dump("d1").state, scene.dump("d1").enabled) == (COMPLETED, False)
    assert scene.writers["d1"].states == [COMPLETED]


def test_stop_writes_what_has_fallen_due_first() -> None:
    scene = Scene()
    scene.start("d1", 63_200, output="stream2")

    scene.stop("d1", 67_000, output="stream2")

    assert scene.writers["d1"].names[6:] == ["seg_5_10_audio", "chunklist_5_audio", "seg_4_10_video", "chunklist_4_video"]


def test_stopped_dump_writes_nothing_more() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    scene.stop("d1", 70_000)
    written = scene.writers["d1"].names

    scene.advance(3_600_000)

    assert scene.writers["d1"].names == written
    assert scene.engine.next_due_ns() is None


def test_segment_in_progress_is_lost() -> None:
    scene = Scene()
    scene.start("d1", 63_200, output="stream2")

    scene.stop("d1", 65_000, output="stream2")

    assert len(scene.writers["d1"].batches) == 1


def test_stop_again_rewrites_the_info_file_and_no_more() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    scene.stop("d1", 70_000)
    batches = len(scene.writers["d1"].batches)

    assert scene.stop("d1", 80_000) == ["stream", "stream2"]

    assert scene.writers["d1"].states == [COMPLETED, COMPLETED]
    assert len(scene.writers["d1"].batches) == batches


def test_stop_of_an_unknown_id_is_refused_and_stops_nothing() -> None:
    scene = Scene()
    scene.start("d1", 63_200)

    with pytest.raises(DumpNotStopped) as refusal:
        scene.stop("nope", 64_000)
    assert refusal.value == DumpNotStopped("default", "app", "stream", "nope")
    assert scene.dump("d1").enabled


@pytest.mark.parametrize("dump_id", [pytest.param(None, id="no id"), pytest.param("", id="an empty id")])
def test_stop_without_an_id_stops_every_dump_of_the_output_stream(dump_id: str | None) -> None:
    scene = Scene()
    for each in ("d2", "d1"):
        scene.start(each, 63_200)
    scene.start("d1", 63_200, output="stream2")
    scene.stop("d2", 64_000)

    scene.stop(dump_id, 70_000)

    assert [dump.state for dump in scene.dumps.find(scene.stream, "stream", None)] == [COMPLETED, COMPLETED]
    assert scene.writers["d2"].states == [COMPLETED, COMPLETED]
    assert scene.dump("d1", "stream2").enabled


def test_stop_without_an_id_is_fine_where_there_is_no_dump() -> None:
    assert Scene().stop(None, 1000) == ["stream", "stream2"]


def test_stop_of_a_queued_dump_completes_it_before_it_wrote_anything() -> None:
    scene = Scene()
    scene.start("d1", 100)

    scene.stop("d1", 200)
    scene.advance(20_000)

    assert scene.writers["d1"].writes == []
    assert scene.writers["d1"].states == [COMPLETED]


def test_dumps_are_listed_by_the_bytes_of_their_ids() -> None:
    scene = Scene()
    for dump_id in ("b", "é", "B", "a10", "a9"):
        scene.start(dump_id, 63_200)

    assert scene.ids() == ["B", "a10", "a9", "b", "é"]


def test_one_dump_is_listed_by_its_id_and_an_unknown_one_is_none() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    scene.start("d2", 63_200)

    assert [dump.id for dump in scene.dumps.find(scene.stream, "stream", "d2")] == ["d2"]
    assert scene.dumps.find(scene.stream, "stream", "nope") == []


# Streams that end


def test_stream_that_ends_completes_its_dumps() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    scene.start("d2", 63_200, output="stream2")
    dumps = [scene.dump("d1"), scene.dump("d2", "stream2")]

    scene.disconnect(70_000)

    assert [dump.state for dump in dumps] == [COMPLETED, COMPLETED]
    assert scene.writers["d1"].states == scene.writers["d2"].states == [COMPLETED]


def test_stream_that_ends_completes_stopped_dumps_again() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    scene.stop("d1", 64_000)

    scene.disconnect(70_000)

    assert scene.writers["d1"].states == [COMPLETED, COMPLETED]


def test_stream_that_ends_has_its_complete_segments_written_and_loses_the_open_one() -> None:
    scene = Scene()
    scene.start("d1", 63_200, output="stream2")

    scene.disconnect(67_000)
    scene.advance(120_000)

    assert scene.writers["d1"].names[6:] == ["seg_5_10_audio", "chunklist_5_audio", "seg_4_10_video", "chunklist_4_video"]


def test_dumps_of_streams_that_are_gone_are_remembered() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    scene.disconnect(64_000)
    scene.connect(now_ms=65_000)
    scene.start("d2", 66_000)

    assert [(dump.id, dump.state) for dump in scene.dumps.all()] == [("d1", COMPLETED), ("d2", DumpState.RUNNING)]


def test_last_dump_of_an_id_is_found() -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    scene.start("d2", 63_200)
    scene.disconnect(64_000)
    scene.connect(now_ms=65_000)
    ended, other = scene.dumps.all()
    assert scene.dumps.find_last("default/app/stream", "d1") is ended
    scene.start("d1", 66_000)
    assert scene.dumps.find_last("default/app/stream", "d1") is scene.dumps.all()[-1]
    assert scene.dumps.find_last("default/app/stream", "d2") is other
    scene.disconnect(67_000)
    last = scene.dumps.all()[-1]
    assert (last.id, scene.dumps.find_last("default/app/stream", "d1")) == ("d1", last)
    assert last is not ended
    assert scene.dumps.find_last("default/app/stream", "d3") is None
    assert scene.dumps.find_last("default/app/other", "d1") is None


def test_last_dump_of_an_id_is_found_among_those_of_other_streams() -> None:
    scene = Scene()
    outputs = ("stream", "stream2")
    for output in outputs:
        scene.start("d1", 63_200, output=output)
    dumps = [scene.dump("d1", output) for output in outputs]

    def found(dump_id: str = "d1") -> list[Dump | None]:
        return [scene.dumps.find_last(f"default/app/{name}", dump_id) for name in ("a", *outputs, "z")]

    assert found() == [None, *dumps, None]
    scene.disconnect(64_000)
    asked = bytes([100, 49]).decode()  # equal to the id, and another object
    assert found(asked) == [None, *dumps, None]


def test_a_hundred_dumps_of_a_stream_that_is_gone_are_remembered() -> None:
    scene = Scene()
    for number in range(100):
        scene.start(str(number), 61_000)
    scene.disconnect(62_000)
    assert len(scene.dumps.all()) == 100


def test_of_too_many_dumps_of_streams_that_are_gone_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ome_mock.dumps.dumps.ENDED_DUMPS_KEPT", 2)
    scene = Scene()
    for dump_id in ("a", "b", "c"):
        scene.start(dump_id, 61_000)
    scene.disconnect(62_000)
    assert [dump.id for dump in scene.dumps.all()] == ["b", "c"]


def test_engine_that_crashes_while_a_stream_ends_ends_its_dumps_without_a_write() -> None:
    scene = Scene()
    for dump_id in ("d1", "d2"):
        scene.start(dump_id, 63_200)
    dumps = scene.dumps.all()

    def crash(_: object) -> NoReturn:
        raise EngineCrashed("before the next segment")

    scene.writers["d1"].before_write = crash
    scene.disconnect(75_000)

    assert scene.dumps.all() == dumps
    assert [dump.enabled for dump in dumps] == [False, False]
    assert scene.writers["d1"].states == scene.writers["d2"].states == []


def test_reconnected_stream_counts_from_zero_under_a_new_key() -> None:
    scene = Scene()
    scene.start("d1", 63_200, output="stream2")
    scene.disconnect(64_000)
    scene.connect(now_ms=65_000)

    scene.start("d1", 72_000, output="stream2")

    assert scene.writers["d1"].names[:3] == ["init_4_video", "seg_4_1_video", "chunklist_4_video"]


def test_close_ends_every_stream() -> None:
    scene = Scene()
    scene.start("d1", 63_200)

    scene.engine.close(at(64_000))

    assert scene.engine.input_streams("default", "app") == []
    assert scene.writers["d1"].states == [COMPLETED]


# Writes that fail


@pytest.fixture
def failing() -> Scene:
    """A scene whose dump `d1` can't write any more."""
    scene = Scene()
    scene.start("d1", 63_200)
    scene.writers["d1"].before_write = fail
    return scene


def test_failed_write_ends_the_dump(failing: Scene) -> None:
    failing.advance(70_000)

    assert (failing.dump("d1").state, failing.dump("d1").enabled) == (FAILED, False)
    assert failing.writers["d1"].states == [FAILED]


def test_failed_dump_is_not_tried_again(failing: Scene) -> None:
    failing.advance(70_000)
    failing.writers["d1"].before_write = lambda _: None

    failing.advance(120_000)

    assert failing.engine.next_due_ns() is None
    assert len(failing.writers["d1"].writes) == 9


def test_failed_dump_keeps_its_status_when_it_is_stopped(failing: Scene) -> None:
    failing.advance(70_000)

    failing.stop("d1", 71_000)

    assert failing.writers["d1"].states == [FAILED, FAILED]


def test_failed_dump_is_completed_by_a_stop_where_the_engine_is_the_witness() -> None:
    scene = Scene(dialect=ENGINES)
    scene.start("d1", 63_200)
    scene.writers["d1"].before_write = fail
    scene.advance(70_000)

    scene.stop("d1", 71_000)

    assert scene.writers["d1"].states == [FAILED, COMPLETED]


def test_write_that_fails_in_a_stop_leaves_the_dump_failed(failing: Scene) -> None:
    failing.stop("d1", 70_000)

    assert failing.dump("d1").state is FAILED
    assert failing.writers["d1"].states == [FAILED, FAILED]


def test_failed_write_of_one_dump_leaves_the_others_alone(failing: Scene) -> None:
    failing.writers.before_write = lambda _: None
    failing.start("d2", 63_300)

    failing.advance(70_000)

    assert failing.dump("d2").enabled
    assert len(failing.writers["d2"].batches) == 2


def test_info_file_that_can_not_be_rewritten_does_not_spoil_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    scene.start("d1", 63_200)
    monkeypatch.setattr(scene.writers["d1"], "set_state", fail)

    assert scene.stop("d1", 64_000) == ["stream", "stream2"]
    assert scene.dump("d1").state is COMPLETED


def test_disconnect_leaves_a_start_that_fails_meanwhile_alone() -> None:
    scene, writing, may_fail = Scene(), threading.Event(), threading.Event()

    def fail(_: object) -> None:
        writing.set()
        may_fail.wait(10)
        raise WriteFailed("no space")

    scene.writers.before_write = fail
    with ThreadPoolExecutor() as pool:
        start = pool.submit(scene.start, "d1", 63_200)
        assert writing.wait(10)
        disconnect = pool.submit(scene.disconnect, 64_000)
        may_fail.set()
        assert isinstance(start.exception(10), DumpNotStarted)
        disconnect.result(10)

    assert scene.writers["d1"].withdrawals == 1
    assert scene.writers["d1"].states == []


def test_defect_ends_the_dump_that_shows_it_and_no_other() -> None:
    scene = Scene()
    for dump_id in ("broken", "whole"):
        scene.start(dump_id, 63_200)

    def divide(_: object) -> None:
        1 / 0  # noqa: B018

    scene.writers["broken"].before_write = divide

    with pytest.raises(ZeroDivisionError):
        scene.advance(75_000)

    assert [dump.enabled for dump in scene.dumps.all()] == [False, True]
    assert scene.writers["whole"].names[-1] == "chunklist_1_video"
    scene.advance(90_000)


def test_of_two_defects_the_one_of_the_first_dump_is_raised() -> None:
    scene = Scene()
    for dump_id in ("first", "second"):
        scene.start(dump_id, 63_200)

        def fail(_: object, dump_id: str = dump_id) -> NoReturn:
            raise LookupError(dump_id)

        scene.writers[dump_id].before_write = fail

    with pytest.raises(LookupError, match=r"^first$"):
        scene.advance(75_000)

    assert [dump.enabled for dump in scene.dumps.all()] == [False, False]
