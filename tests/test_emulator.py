"""The emulator as Python code sees it."""

from __future__ import annotations

import json
import pydoc
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from server_xml import server_xml

import ome_mock
from ome_mock import OmeMock, create_app
from ome_mock.clock import Clock, ManualClock, RealClock
from ome_mock.dialect import DIALECTS
from ome_mock.emulator import Emulator
from ome_mock.errors import ConfigurationError
from ome_mock.options import Options
from ome_mock.refusals import DumpNotStarted, RequestRefused
from ome_mock.timestamps import NS_PER_SECOND


def start(emulator: Emulator, dump_id: str = "d1", stream: str = "stream", **fields: Any) -> int:
    body = {"outputStreamName": stream, "id": dump_id, "outputPath": f"/dumps/{stream}/{dump_id}"} | fields
    path = f"/v1/vhosts/default/apps/app/streams/{stream.removesuffix('2')}:startHlsDump"
    answer = emulator.app.test_client().post(path, data=json.dumps(body), headers={"Authorization": emulator.authorization})
    return answer.status_code


def stop(emulator: Emulator, stream: str = "stream") -> None:
    path = f"/v1/vhosts/default/apps/app/streams/{stream.removesuffix('2')}:stopHlsDump"
    body = json.dumps({"outputStreamName": stream})
    emulator.app.test_client().post(path, data=body, headers={"Authorization": emulator.authorization})


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    return Emulator(root=tmp_path)


# Options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"dialect": "nope"}, f"dialect 'nope' is not one of {', '.join(DIALECTS)}"),
        ({"writes": "nope"}, "writes 'nope' is not one of replace, in-place"),
        ({"streams": ["stream"]}, "stream 'stream' is not VHOST/APP/STREAM"),
        ({"streams": ["default/app/"]}, "stream 'default/app/' is not VHOST/APP/STREAM"),
        ({"streams": ["default/app/a/b"]}, "stream 'default/app/a/b' is not VHOST/APP/STREAM"),
        ({"streams": ["nope/app/stream"]}, "stream nope/app/stream: there is no application nope/app"),
        ({"streams": ["default/nope/stream"]}, "stream default/nope/stream: there is no application default/nope"),
        ({"streams": ["default/app/a", "default/app/a"]}, "stream default/app/a is connected already"),
        ({"allow_paths": ["/non/existent"]}, "allow_paths /non/existent: there is no such directory"),
        ({"root": "/tmp", "allow_paths": ["/tmp"]}, "root, allow_paths and allow_any_path exclude each other"),
        ({"root": "/tmp", "allow_any_path": True}, "root, allow_paths and allow_any_path exclude each other"),
        ({"allow_paths": ["/tmp"], "allow_any_path": True}, "root, allow_paths and allow_any_path exclude each other"),
    ],
)
def test_wrong_option_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Emulator(**options)
    assert str(raised.value) == message


def test_root_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=f"^root {tmp_path}/file: "):
        Emulator(root=tmp_path / "file")


@pytest.mark.parametrize(
    "make", [Emulator, create_app, lambda **options: OmeMock(**options).stop()], ids=["emulator", "application", "running emulator"]
)
def test_unknown_option_is_an_error(make: Callable[..., Any]) -> None:
    with pytest.raises((ConfigurationError, TypeError), match="dialekt"):
        make(dialekt="docs")


def test_defaults(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    assert emulator.dialect.name == "docs"
    assert emulator.access_token == "ome-access-token"
    assert emulator.authorization == "Basic b21lLWFjY2Vzcy10b2tlbg=="
    assert emulator.clock.now_ns() == 1_767_225_600 * NS_PER_SECOND
    assert [str(stream.path) for stream in emulator.engine.input_streams("default", "app")] == ["default/app/stream"]


def test_root_is_made_where_it_is_missing(tmp_path: Path) -> None:
    Emulator(root=tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_no_stream_at_all_is_allowed(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, streams=[])
    assert emulator.engine.input_streams("default", "app") == []
    assert start(emulator) == 404


def test_streams_may_be_any_iterable(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, streams=(f"default/app/{name}" for name in "ab"))
    assert [stream.path.stream for stream in emulator.engine.input_streams("default", "app")] == ["a", "b"]


# Encoders come and go


def test_stream_of_the_starting_world_is_dumped_at_once(emulator: Emulator) -> None:
    assert start(emulator) == 200
    assert len(emulator.dumps["d1"].files) > 0


def test_stream_that_is_connected_later_begins_from_nothing(emulator: Emulator) -> None:
    emulator.connect("default/app/late", ready=True)
    assert start(emulator, stream="late") == 200
    assert emulator.dumps["d1"].files == ()
    emulator.clock.advance(5)
    assert emulator.dumps["d1"].files == ()
    emulator.clock.advance(5)
    assert len(emulator.dumps["d1"].files) > 0


@pytest.mark.parametrize(
    ("tracks", "kinds"),
    [
        ({}, {"video", "audio"}),
        ({"audio": False}, {"video"}),
        ({"video": False}, {"audio"}),
    ],
    ids=["video and audio", "video alone", "audio alone"],
)
def test_tracks_of_a_stream_are_those_that_were_connected(emulator: Emulator, tracks: dict[str, Any], kinds: set[str]) -> None:
    emulator.connect("default/app/late", **tracks, ready=True)
    emulator.clock.advance(20)
    start(emulator, stream="late2")
    inits = [path.name for path in emulator.dumps["d1"].files if path.name.startswith("init_")]
    assert {name.split("_")[2] for name in inits} == kinds


@pytest.mark.parametrize(
    ("stream", "tracks", "message"),
    [
        ("default/app/stream", {}, "stream default/app/stream is connected already"),
        ("default/nope/stream", {}, "stream default/nope/stream: there is no application default/nope"),
        ("nope/app/stream", {}, "stream nope/app/stream: there is no application nope/app"),
        ("stream", {}, "stream 'stream' is not VHOST/APP/STREAM"),
        ("", {}, "stream '' is not VHOST/APP/STREAM"),
        ("/default/app/stream", {}, "stream '/default/app/stream' is not VHOST/APP/STREAM"),
        (
            "default/app/other",
            {"video": False, "audio": False},
            "an input stream has video, audio or both",
        ),
    ],
)
def test_stream_that_can_not_be_connected(emulator: Emulator, stream: str, tracks: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        emulator.connect(stream, **tracks, ready=True)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        ("default/app/nope", "stream default/app/nope is not connected"),
        ("default/app/stream2", "stream default/app/stream2 is not connected"),
        ("stream", "stream 'stream' is not VHOST/APP/STREAM"),
    ],
)
def test_stream_that_can_not_be_disconnected(emulator: Emulator, stream: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        emulator.disconnect(stream)
    assert str(raised.value) == message


def test_stream_is_disconnected_once(emulator: Emulator) -> None:
    emulator.disconnect("default/app/stream")
    with pytest.raises(ConfigurationError, match="stream default/app/stream is not connected"):
        emulator.disconnect("default/app/stream")


def test_stream_that_comes_back_has_another_key_and_forgets_its_ids(emulator: Emulator) -> None:
    start(emulator)
    before = {path.name for path in emulator.dumps["d1"].files}
    emulator.disconnect("default/app/stream")
    emulator.connect("default/app/stream", ready=True)
    emulator.clock.advance(63.2)
    assert start(emulator, outputPath="/dumps/again") == 200
    after = {path.name for path in emulator.dumps["default/app/stream", "d1"].files}
    assert before.isdisjoint(after)


# The dumps


def test_dumps_are_found_by_id_and_by_output_stream_and_id(emulator: Emulator) -> None:
    start(emulator, "d1")
    start(emulator, "d2", stream="stream2")
    assert emulator.dumps["d1"] == emulator.dumps["default/app/stream", "d1"]
    assert emulator.dumps["d2"] == emulator.dumps["default/app/stream2", "d2"]
    assert emulator.dumps["d1"].id == "d1"
    assert list(emulator.dumps) == [("default/app/stream", "d1"), ("default/app/stream2", "d2")]
    assert len(emulator.dumps) == 2


def test_id_of_two_output_streams_is_ambiguous(emulator: Emulator) -> None:
    start(emulator, "d1")
    start(emulator, "d1", stream="stream2")
    with pytest.raises(KeyError) as raised:
        emulator.dumps["d1"]
    assert str(raised.value) == (
        "2 dumps have the id 'd1'; name the stream too: ('default/app/stream', 'd1'), ('default/app/stream2', 'd1')"
    )
    assert emulator.dumps["default/app/stream2", "d1"].stream == "default/app/stream2"


def test_unknown_id_names_those_that_there_are(emulator: Emulator) -> None:
    start(emulator, "d1")
    with pytest.raises(KeyError) as raised:
        emulator.dumps["nope"]
    assert str(raised.value) == "there is no dump 'nope'; there are ('default/app/stream', 'd1')"
    with pytest.raises(KeyError, match="there is no dump"):
        emulator.dumps["default/app/stream2", "d1"]


def test_dumps_can_be_asked_for_with_in(emulator: Emulator) -> None:
    assert "d1" not in emulator.dumps
    start(emulator, "d1")
    assert "d1" in emulator.dumps
    assert ("default/app/stream", "d1") in emulator.dumps
    assert ("default/app/stream2", "d1") not in emulator.dumps


def test_failed_start_is_no_dump(emulator: Emulator) -> None:
    assert start(emulator, "d1", playlist=["nope"]) == 500
    assert len(emulator.dumps) == 0


def test_stopped_dump_and_dump_of_a_stream_that_is_gone_are_still_there(emulator: Emulator) -> None:
    start(emulator, "stopped")
    stop(emulator)
    start(emulator, "running", stream="stream2")
    files = emulator.dumps["running"].files
    emulator.disconnect("default/app/stream")
    assert emulator.dumps["stopped"].status == "Completed"
    assert emulator.dumps["running"].status == "Completed"
    assert emulator.dumps["running"].files == files


def test_dump_tells_its_files_and_its_info_file(emulator: Emulator, tmp_path: Path) -> None:
    start(emulator, "d1", infoFile="/d1.info")
    dump = emulator.dumps["d1"]
    assert dump.info_file == tmp_path / "d1.info"
    assert dump.enabled
    assert {path.parent for path in dump.files} == {tmp_path / "dumps/stream/d1"}
    assert len(set(dump.files)) == len(dump.files)
    assert start(emulator, "d2") == 200
    assert emulator.dumps["d2"].info_file is None


# The application


def test_application_knows_its_emulator(tmp_path: Path) -> None:
    app = create_app(root=tmp_path, seed=3)
    assert isinstance(app.extensions["ome_mock"], Emulator)
    assert app.extensions["ome_mock"].app is app


def test_applications_share_nothing(tmp_path: Path) -> None:
    one = create_app(root=tmp_path / "one").extensions["ome_mock"]
    two = create_app(root=tmp_path / "two").extensions["ome_mock"]
    one.clock.advance(60)
    start(one)
    assert two.clock.now_ns() == 1_767_225_600 * NS_PER_SECOND
    assert len(two.dumps) == 0


def test_help_names_every_option() -> None:
    for thing in (OmeMock, create_app):
        text = pydoc.plain(pydoc.render_doc(thing))
        assert [name for name in Options.__annotations__ if f"`{name}`" not in text] == []


def test_public_names() -> None:
    assert ome_mock.OmeMock is OmeMock
    assert ome_mock.create_app is create_app
    assert dir(ome_mock) == sorted([*ome_mock.__all__, "faults", "testing"])
    assert 14 <= len(ome_mock.__all__) <= 17
    assert all(getattr(ome_mock, name) is not None for name in ome_mock.__all__)
    with pytest.raises(AttributeError, match="module 'ome_mock' has no attribute 'nope'"):
        ome_mock.nope  # noqa: B018


# The same again


def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    trees = []
    for name in ("one", "two"):
        emulator = Emulator(root=tmp_path / name, seed=7)
        start(emulator, "d1", playlist=["llhls.m3u8", "abr.m3u8"], infoFile="/d1.info")
        start(emulator, "d1", stream="stream2")
        emulator.clock.advance(30)
        stop(emulator)
        trees.append(contents(tmp_path / name))
    assert trees[0] == trees[1]
    assert len(trees[0]) > 30


STEPS: dict[str, list[float]] = {"one": [30], "two": [0.5] * 60, "three": [6, 0, 11.2, 12.8]}


def test_steps_of_the_clock_do_not_show_in_the_bytes(tmp_path: Path) -> None:
    trees = []
    for name, steps in STEPS.items():
        emulator = Emulator(root=tmp_path / name)
        start(emulator, "d1", playlist=["llhls.m3u8"], infoFile="/d1.info")
        for step in steps:
            emulator.clock.advance(step)
        trees.append(contents(tmp_path / name))
    assert trees[0] == trees[1] == trees[2]


def test_other_seed_gives_other_stream_keys(tmp_path: Path) -> None:
    names = []
    for seed in (0, 1):
        emulator = Emulator(root=tmp_path / str(seed), seed=seed)
        start(emulator)
        names.append({path.name for path in emulator.dumps["d1"].files})
    assert names[0].isdisjoint(names[1])
    assert len(names[0]) == len(names[1])


def test_seed_decides_which_requests_a_fault_of_chance_spoils() -> None:
    outcomes = []
    for seed in (1, 1, 2):
        emulator = Emulator(seed=seed, faults=[{"fault": "status", "status": 503, "chance": 0.5, "times": None}])
        client, headers = emulator.app.test_client(), {"Authorization": emulator.authorization}
        outcomes.append([client.get("/v1/vhosts", headers=headers).status_code for _ in range(40)])
    assert outcomes[0] == outcomes[1] != outcomes[2]
    assert set(outcomes[0]) == {200, 503}


# A running emulator, and clocks


def test_running_emulator_answers_until_it_is_left(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path) as ome:
        assert ome.url == f"http://127.0.0.1:{ome.port}"
        assert start(ome) == 200
        assert ome.dumps["d1"].enabled
    assert ome.dumps["d1"].status == "Completed"


def test_start_outside_of_what_is_allowed_names_the_options() -> None:
    """Into `/dumps`, which is the default and seldom there; below a root it lands in that."""
    with pytest.raises(DumpNotStarted) as raised:
        Emulator().start_dump("d1")
    assert raised.value.__notes__ == [
        "An emulator with root=DIR has every path below DIR, one with allow_paths=[DIR] may write below DIR too."
    ]


def test_stop_completes_running_dumps(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path) as ome:
        start(ome, "d1", infoFile="/d1.info")
    assert "<Status>Completed</Status>" in (tmp_path / "d1.info").read_text()


def test_error_within_with_stops_the_emulator_too(tmp_path: Path) -> None:
    ome = OmeMock(root=tmp_path)

    def fail_while_dumping() -> None:
        with ome:
            start(ome)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_while_dumping()
    assert ome.dumps["d1"].status == "Completed"


def test_clock_may_be_given(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, clock=ManualClock(86_400 * NS_PER_SECOND))
    start(emulator, infoFile="/d1.info")
    assert "<Time>1970-01-02T00:00:00.000+00:00</Time>" in (tmp_path / "d1.info").read_text()


class TurnedClock(Clock):
    """A clock that is turned by hand, and that nobody but the ticker follows."""

    zone = None

    def __init__(self) -> None:
        self.current_ns = 1_767_225_600 * NS_PER_SECOND

    def now_ns(self) -> int:
        return self.current_ns

    def advance(self, seconds: float) -> None:
        raise AssertionError(seconds)


def test_dump_that_is_started_wakes_whoever_follows_the_clock(tmp_path: Path) -> None:
    clock = TurnedClock()
    with OmeMock(root=tmp_path, clock=clock) as ome:
        clock.current_ns += 2 * NS_PER_SECOND
        start(ome)
        before = len(ome.dumps["d1"].files)
        clock.current_ns += 60 * NS_PER_SECOND
        start(ome, "d2")  # wakes the ticker, which finds the first dump's segments due
        for _ in range(1000):
            if len(ome.dumps["d1"].files) > before:
                break
            threading.Event().wait(0.01)
        assert len(ome.dumps["d1"].files) > before


def test_thread_that_follows_the_real_clock_ends_with_the_emulator(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with OmeMock(root=tmp_path, clock=RealClock()) as ome:
        names = [thread.name for thread in set(threading.enumerate()) - before]
        assert "ome-mock ticker" in names
        start(ome)
    left = set(threading.enumerate()) - before
    for thread in left:
        thread.join(5)
    assert not any(thread.is_alive() for thread in left)


def test_manual_clock_needs_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with OmeMock(root=tmp_path):
        assert "ome-mock ticker" not in [thread.name for thread in set(threading.enumerate()) - before]


def test_emulator_that_can_not_be_made_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with pytest.raises(ConfigurationError, match="not VHOST/APP/STREAM"):
        OmeMock(root=tmp_path, clock=RealClock(), streams=["nope"])
    with OmeMock(root=tmp_path) as taken, pytest.raises(ConfigurationError, match="is taken"):
        OmeMock(root=tmp_path, clock=RealClock(), port=taken.port)
    assert set(threading.enumerate()) == before


@pytest.mark.parametrize("name", ["default/app/a\nb", "default/app/\udcff"])
def test_stream_whose_name_can_not_be_printed_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="not VHOST/APP/STREAM"):
        Emulator(root=tmp_path, streams=[name])


def test_clock_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"^clock must be Clock, not 5$"):
        Emulator(root=tmp_path, clock=5)  # type: ignore[arg-type]  # a mistake that is to be told


# What it says of itself, and of mistakes


def test_what_it_says_of_itself(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path, dialect="engine-0.21")
    emulator.start_dump("d1")
    assert repr(emulator) == "<Emulator, dialect engine-0.21, at 2026-01-01T00:00:00.000+00:00, dumps: 1, running: 1>"
    assert repr(emulator.clock) == "<ManualClock 2026-01-01T00:00:00.000+00:00>"
    assert repr(emulator.faults) == "<FaultPlan: armed none; fired 0 times>"
    assert repr(emulator.journal).startswith("<RequestJournal: 0 requests, 0 callbacks, ")
    assert re.fullmatch(r"<RealClock 20\d\d-.*, 20 times as fast as real time>", repr(RealClock(20)))
    assert re.fullmatch(r"<RealClock [^ ]*>", repr(RealClock()))


def test_running_emulator_says_where_it_is(tmp_path: Path) -> None:
    ome = OmeMock(root=tmp_path)
    said = [repr(ome)]
    with ome:
        said.append(repr(ome))
    said.append(repr(ome))
    for state, text in zip(("not started", "running", "stopped"), said, strict=True):
        assert text == f"<OmeMock {ome.url} ({state}), dialect docs, at 2026-01-01T00:00:00.000+00:00, dumps: 0, running: 0>"


def test_refused_start_says_what_the_api_says(tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    emulator.start_dump("d9")
    with pytest.raises(RequestRefused) as raised:
        emulator.start_dump("d9")
    assert str(raised.value) == "Could not start dump: [default/app/stream] (Duplicate ID)"
    assert start(emulator, "d9") == 500
    assert emulator.journal.exchanges[-1].answer == b'{"message":"%s (500)","statusCode":500}' % str(raised.value).encode()
    with pytest.raises(RequestRefused, match=r"^Could not find the stream: \[default/app/x\]$"):
        emulator.start_dump(stream="default/app/x")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"allow_paths": "/tmp"}, "allow_paths must be an iterable of str or Path, not '/tmp'"),
        ({"streams": "default/app/a"}, "streams must be an iterable of str or None, not 'default/app/a'"),
        ({"streams": [5]}, "streams must be an iterable of str or None, not [5]"),
        ({"dialect": 5}, "dialect must be str, not 5"),
        ({"seed": "7"}, "seed must be int, not '7'"),
        ({"config": 5}, "config must be str or Path or bytes or None, not 5"),
        ({"dialekt": "docs"}, "Emulator() got an unexpected keyword argument 'dialekt' (did you mean 'dialect'?)"),
    ],
)
def test_argument_of_a_wrong_type_is_named_before_anything_is_done(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(TypeError) as raised:
        Emulator(root=tmp_path / "new", **options)
    assert str(raised.value) == message
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda ome: ome.start_dump(playlist="llhls.m3u8"), "playlist must be an iterable of str, not 'llhls.m3u8'"),
        (lambda ome: ome.start_dump(7), "id must be str, not 7"),
        (lambda ome: ome.stop_dump(stream=None), "stream must be str, not None"),
        (lambda ome: ome.until_segment(count="2"), "count must be int, not '2'"),
        (lambda ome: ome.connect("default/app/x", video="big"), "video must be bool or VideoInput, not 'big'"),
        (lambda ome: ome.stall("default/app/stream", "3"), "seconds must be float, not '3'"),
        (lambda ome: ome.reset(streams="default/app/x"), "streams must be an iterable of str or None, not 'default/app/x'"),
        (lambda ome: ome.clock.advance("60"), "seconds must be a number, not '60'"),
        (lambda ome: ome.clock.advance_to("2026-01-01"), "instant must be nanoseconds or a datetime, not '2026-01-01'"),
    ],
)
def test_argument_of_a_wrong_type_changes_nothing(call: Callable[[Emulator], Any], message: str, tmp_path: Path) -> None:
    emulator = Emulator(root=tmp_path)
    before = repr(emulator)
    with pytest.raises(TypeError) as raised:
        call(emulator)
    assert str(raised.value) == message
    assert repr(emulator) == before


XML = server_xml(
    "<VirtualHosts><VirtualHost><Name>v</Name><Applications><Application><Name>a</Name><Type>live</Type></Application></Applications>"
    "</VirtualHost></VirtualHosts>",
    token="other",
).encode()


def test_configuration_is_a_path_or_bytes(tmp_path: Path) -> None:
    (tmp_path / "Server.xml").write_bytes(XML)
    for config in (XML, tmp_path, tmp_path / "Server.xml", str(tmp_path / "Server.xml")):
        assert [host.name for host in Emulator(root=tmp_path, config=config).engine.virtual_hosts()] == ["v"]
        emulator = Emulator(root=tmp_path)
        emulator.reset(config=config, streams=["v/a/s"])
        assert [str(stream.path) for stream in emulator.engine.input_streams("v", "a")] == ["v/a/s"]
    with pytest.raises(ConfigurationError, match=r"^config: its root is a, not Server"):
        Emulator(root=tmp_path, config=b"<a/>")
