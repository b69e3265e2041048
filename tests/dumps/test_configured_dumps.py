"""Dumps that the configuration asks for (dump-output.md#configured-dumps)."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from engine.scenes import BYPASS_VIDEO, PUBLISHED_NS, STREAM, Scene, profile, world_of

from ome_mock.disk.dump_target import expand_macros, name_fits
from ome_mock.dumps.configured import configured_requests
from ome_mock.dumps.dump import DumpRequest
from ome_mock.engine.stream import StreamPath
from ome_mock.refusals import DumpNotStarted
from ome_mock.settings import DumpSettings, LlhlsPublisher, World
from ome_mock.timestamps import local_time

EVERY = DumpSettings("*", "/dumps/${StreamName}", ("llhls.m3u8",))


def world_with(*dumps: DumpSettings) -> World:
    return world_of(profile(BYPASS_VIDEO), LlhlsPublisher(segment_duration_ms=2000, dumps=dumps))


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("*", "stream"),
        ("*", ""),
        ("stream", "stream"),
        ("stream*", "stream"),
        ("str*am", "stream"),
        ("stream?", "stream"),
        ("stream?", "stream2"),
        ("cam(1)", "cam1"),
        ("a.b+c{d}$^[\\|", "a.b+c{d}$^[\\|"),
    ],
)
def test_name_fits_a_pattern(pattern: str, name: str) -> None:
    assert name_fits(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name"),
    [("stream", "stream2"), ("stream", "Stream"), ("stream?", "stream22"), ("a.b", "axb"), ("a|b", "a"), ("(", "("), ("", "a")],
)
def test_name_does_not_fit_a_pattern(pattern: str, name: str) -> None:
    assert not name_fits(pattern, name)


@pytest.mark.parametrize(
    ("path", "expanded"),
    [
        ("/d/${VHostName}/${AppName}/${StreamName}", "/d/default/app/stream"),
        ("/d/${YYYY}-${MM}-${DD}_${hh}${mm}${ss}", "/d/2027-01-15_170000"),
        ("/d/${ISO8601}", "/d/2027-01-15T17:00:00+0900"),
        ("/d/${z}", "/d/+0900"),
        ("/d/${S}/${nope}/$StreamName", "/d/${S}/${nope}/$StreamName"),
        ("/d/${StreamName}${StreamName}", "/d/streamstream"),
    ],
)
def test_macros_of_an_output_path(path: str, expanded: str) -> None:
    output = Scene(world_with()).stream.outputs[0]
    assert output.published_ns == PUBLISHED_NS
    start = local_time(output.published_ns, timezone(timedelta(hours=9)))
    assert expand_macros(path, output.vhost, output.app, output.name, start) == expanded


def test_of_dumps_with_one_id_the_first_is_taken() -> None:
    dumps = (EVERY, EVERY._replace(output_path="/other"), EVERY._replace(id="b"), EVERY._replace(id="b", output_path="/other"))
    output = Scene(world_with(*dumps)).stream.outputs[0]
    assert list(configured_requests(output, None)) == [
        DumpRequest("", "", "/dumps/stream", ("llhls.m3u8",)),
        DumpRequest("", "b", "/dumps/stream", ("llhls.m3u8",)),
    ]


def test_stream_that_does_not_fit_is_not_dumped() -> None:
    assert Scene(world_with(EVERY._replace(target_stream_name="other"))).ids() == []


def test_configured_dump_begins_with_the_first_segment() -> None:
    scene = Scene(world_with(EVERY))
    assert [dump.enabled for dump in scene.dumps.find(scene.stream, "stream", None)] == [True]
    scene.advance(9_000)
    assert [name for name in scene.writers[""].names if name.startswith("seg_0_")] == [f"seg_0_{msn}_video" for msn in range(4)]


def test_stop_without_an_id_stops_it_until_the_stream_comes_again() -> None:
    scene = Scene(world_with(EVERY))
    scene.stop(None, 1_000)
    assert [dump.enabled for dump in scene.dumps.find(scene.stream, "stream", None)] == [False]
    scene.disconnect(2_000)
    scene.connect(now_ms=3_000)
    assert [dump.enabled for dump in scene.dumps.find(scene.stream, "stream", None)] == [True]


def test_stop_by_its_id_stops_it_alone() -> None:
    scene = Scene(world_with(EVERY, EVERY._replace(id="b", output_path="/b")))
    scene.stop("b", 1_000)
    assert [(dump.id, dump.enabled) for dump in scene.dumps.find(scene.stream, "stream", None)] == [("", True), ("b", False)]


def test_its_id_is_taken() -> None:
    scene = Scene(world_with(EVERY._replace(id="b")))
    with pytest.raises(DumpNotStarted):
        scene.start("b", 1_000)


def test_every_stream_has_its_own() -> None:
    scene = Scene(world_with(EVERY))
    first = scene.stream
    scene.connect(StreamPath("default", "app", "other"))
    assert STREAM.stream == first.path.stream
    assert [dump.request.output_path for dump in scene.dumps.all()] == ["/dumps/stream", "/dumps/other"]
