"""`/_mock/events`: what there is, then what changes, without a thread and until the server ends."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from fixture_types import Get, Start
from served import post, wait_until
from web.page.events import Events, read_events

from ome_mock import OmeMock, create_app, faults
from ome_mock.emulator import Emulator
from ome_mock.refusals import ApplicationNotFound
from ome_mock.web.page.feed import Feed
from ome_mock.web.wire.connection import Connection

STREAM = "/v1/vhosts/default/apps/app/streams/stream"


def test_first_events_tell_everything(get: Get, emulator: Emulator, start: Start) -> None:
    start(infoFile="/d1.info")
    emulator.faults.arm(faults.Status(503, times=2))
    told = dict(read_events(get("/_mock/events").text))
    assert list(told) == ["clock", "tree", "faults", "dumps", "journal"]
    assert told["clock"] | {"version": ""} == {
        "now": "2026-01-01T00:00:00.000+00:00",
        "kind": "manual",
        "rate": 0,
        "version": "",
        "dialect": "docs",
        "engineVersion": "0.21.0",
    }
    (application,) = told["tree"][0]["applications"]
    (stream,) = application["streams"]
    assert (told["tree"][0]["name"], application["name"], stream["name"]) == ("default", "app", "stream")
    assert [output["name"] for output in stream["outputs"]] == ["stream", "stream2"]
    assert stream["outputs"][0]["playlists"] == ["llhls.m3u8", "abr.m3u8"]
    assert [track["kind"] for track in stream["outputs"][0]["tracks"]] == ["video", "video", "audio"]
    assert told["faults"] == {
        "armed": [{"number": 1, "fault": {"fault": "status", "status": 503, "times": 2}, "left": 2}],
        "fired": [],
        "firedCount": 0,
    }
    assert told["dumps"] == {
        "changed": [{"stream": "default/app/stream", "id": "d1", "status": "Running", "enabled": True, "items": 9}],
        "gone": [],
    }
    (row,) = told["journal"]["older"]
    assert (row["kind"], row["number"], row["method"], row["target"], row["status"]) == (
        "request",
        1,
        "POST",
        f"{STREAM}:startHlsDump",
        200,
    )


def test_nothing_is_told_where_nothing_changed(emulator: Emulator) -> None:
    feed = Feed(emulator)
    assert feed.take()
    assert feed.take() == b""


def test_changes_are_told_once(emulator: Emulator) -> None:
    feed = Feed(emulator)
    feed.take()
    emulator.start_dump("d1")
    assert [name for name, _ in read_events(feed.take().decode())] == ["dumps"]
    emulator.clock.advance(6)
    told = dict(read_events(feed.take().decode()))
    assert told["clock"]["now"] == "2026-01-01T00:00:06.000+00:00"
    assert [row["items"] for row in told["dumps"]["changed"]] == [16]
    emulator.disconnect("default/app/stream")
    told = dict(read_events(feed.take().decode()))
    assert told["tree"][0]["applications"][0]["streams"] == []
    assert [(row["id"], row["status"]) for row in told["dumps"]["changed"]] == [("d1", "Completed")]
    assert feed.take() == b""


def test_long_journal_comes_newest_first_a_thousand_at_a_time(emulator: Emulator) -> None:
    for number in range(2500):
        emulator.journal.note_exchange(number, "GET", f"/{number}", (), b"", 404, b"")
    feed = Feed(emulator)
    numbers = [[row["number"] for row in dict(read_events(feed.take().decode()))["journal"]["older"]] for _ in range(3)]
    assert [(each[0], each[-1]) for each in numbers] == [(2500, 1501), (1500, 501), (500, 1)]
    assert feed.take() == b""


def test_many_new_rows_come_in_their_order_a_thousand_at_a_time(emulator: Emulator) -> None:
    feed = Feed(emulator)
    feed.take()
    for number in range(2500):
        emulator.journal.note_exchange(number, "GET", f"/{number}", (), b"", 404, b"")
    numbers = [[row["number"] for row in dict(read_events(feed.take().decode()))["journal"]["newer"]] for _ in range(3)]
    assert [(each[0], each[-1]) for each in numbers] == [(1, 1000), (1001, 2000), (2001, 2500)]
    assert feed.take() == b""


def test_older_rows_that_the_journal_drops_before_they_are_told_are_not_kept_for_the_page(emulator: Emulator) -> None:
    for number in range(2500):
        emulator.journal.note_exchange(number, "GET", f"/{number}", (), b"", 404, b"")
    feed = Feed(emulator)
    feed.take()
    for number in range(2500, 11_000):
        emulator.journal.note_exchange(number, "GET", f"/{number}", (), b"", 404, b"")
    told = dict(read_events(feed.take().decode()))["journal"]
    assert [row["number"] for row in told["older"]] == list(range(1500, 1000, -1))
    assert told["oldest"]["request"] == 1001


def test_of_a_very_long_target_the_beginning_is_told(emulator: Emulator) -> None:
    emulator.journal.note_exchange(1, "GET", f"/{'a' * 5000}", (), b"", 404, b"", [f"Did you mean {'b' * 5000}?"])
    (row,) = dict(read_events(Feed(emulator).take().decode()))["journal"]["older"]
    assert (len(row["target"]), len(row["diagnosis"][0])) == (2000, 2000)


def test_new_rows_and_callbacks_are_told_in_their_order(emulator: Emulator) -> None:
    feed = Feed(emulator)
    feed.take()
    emulator.journal.note_exchange(2, "GET", "/b", (), b"", 404, b"", ["Did you mean /v1?"])
    emulator.journal.note_callback(1, "opening", "default/app/x", "http://c", headers=(), body=b"{}", status=200, answer=b"", outcome="ok")
    (told,) = read_events(feed.take().decode())
    assert [(row["kind"], row["number"]) for row in told[1]["newer"]] == [("callback", 1), ("request", 1)]
    assert told[1]["newer"][1]["diagnosis"] == ["Did you mean /v1?"]


def test_cleared_journal_is_told(emulator: Emulator) -> None:
    emulator.journal.note_exchange(1, "GET", "/a", (), b"", 404, b"")
    feed = Feed(emulator)
    feed.take()
    emulator.journal.clear()
    assert read_events(feed.take().decode()) == [("journal", {"newer": [], "older": [], "oldest": {"request": 2, "callback": 1}})]
    emulator.reset()
    emulator.journal.note_exchange(1, "GET", "/b", (), b"", 404, b"")
    assert [row["number"] for row in dict(read_events(feed.take().decode()))["journal"]["newer"]] == [2]


def test_dumps_that_a_reset_forgets_are_gone(emulator: Emulator) -> None:
    emulator.start_dump("d1")
    feed = Feed(emulator)
    feed.take()
    emulator.reset()
    assert dict(read_events(feed.take().decode()))["dumps"] == {"changed": [], "gone": [{"stream": "default/app/stream", "id": "d1"}]}


def test_application_that_goes_while_it_is_looked_at_is_looked_at_again(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(vhost: str, app: str) -> None:
        raise ApplicationNotFound(vhost, app)

    feed = Feed(emulator)
    with monkeypatch.context() as context:
        context.setattr(emulator.engine, "input_streams", gone)
        assert feed.take() == b""
    assert len(read_events(feed.take().decode())) == 5


def test_fault_that_fires_is_told_with_what_is_left(emulator: Emulator) -> None:
    feed = Feed(emulator)
    feed.take()
    emulator.faults.arm(faults.SkippedFile(file="seg_*", times=2))
    emulator.start_dump("d1")
    told = dict(read_events(feed.take().decode()))["faults"]
    assert [(each["left"], each["fault"]) for each in told["armed"]] == []
    assert [each["event"].partition("_video")[0] for each in told["fired"]] == ["seg_1_10", "seg_0_10"]


def test_stream_with_a_hostile_name_is_told_as_it_is(tmp_path: Path) -> None:
    name = "<img onerror=alert(1) src=x>"
    app = create_app(root=tmp_path, streams=[f"default/app/{name}"])
    answer = app.test_client().get("/_mock/events", headers={"Authorization": app.extensions["ome_mock"].authorization})
    assert dict(read_events(answer.text))["tree"][0]["applications"][0]["streams"][0]["name"] == name
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# Over a socket


def test_events_come_as_things_happen(ome: OmeMock, events: Events) -> None:
    assert events.head.startswith("HTTP/1.1 200 OK\r\n")
    assert events.wait_for("journal")["oldest"] == {"request": 1, "callback": 1}
    assert post(ome.port, "startHlsDump", {"outputStreamName": "stream", "id": "d1", "outputPath": "/d1"})[0] == 200
    assert events.wait_for("dumps")["changed"][0]["id"] == "d1"
    assert post(ome.port, "stopHlsDump", {"outputStream": "stream"})[0] == 400
    row = events.wait_for("journal", lambda value: value["newer"][-1]["status"] == 400)["newer"][-1]
    assert any("outputStreamName" in each for each in row["diagnosis"])
    ome.disconnect("default/app/stream")
    assert events.wait_for("dumps", lambda value: not value["changed"][0]["enabled"])["changed"][0]["status"] == "Completed"


def test_open_pages_take_no_thread(ome: OmeMock) -> None:
    with ExitStack() as pages:
        for _ in range(20):
            pages.enter_context(Events(ome.port, ome.authorization)).wait_for("journal")
        wait_until(lambda: not [thread for thread in threading.enumerate() if thread.name == "ome-mock request"])
        assert post(ome.port, "hlsDumps", {"outputStreamName": "stream"})[0] == 200


def test_page_that_does_not_read_costs_bounded_memory_and_delays_nobody(ome: OmeMock) -> None:
    def note_rows(count: int) -> None:
        for _ in range(count):
            ome.journal.note_exchange(1, "GET", "/v1/nowhere", (), b"", 404, b"")

    def note_until_it_takes_no_more(connection: Connection) -> bool:
        note_rows(100)
        return not connection.takes_more

    with Events(ome.port, ome.authorization, receive_buffer=4096):
        (connection,) = ome._server.connections
        connection._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        wait_until(lambda: note_until_it_takes_no_more(connection))
        with Events(ome.port, ome.authorization) as read:
            note_rows(4000)
            last = ome.journal.exchanges[-1].number
            read.wait_for("journal", lambda value: any(row["number"] == last for row in value["older"] + value["newer"]))
        assert post(ome.port, "hlsDumps", {"outputStreamName": "stream"})[0] == 200
        assert connection._transport.get_write_buffer_size() < 300_000  # one look's events


def test_events_end_with_the_server(tmp_path: Path) -> None:
    ome = OmeMock(root=tmp_path)
    with ome:
        events = Events(ome.port, ome.authorization)
        events.wait_for("journal")
    with events:
        assert events.has_ended()


def test_page_that_went_away_is_forgotten(ome: OmeMock) -> None:
    with Events(ome.port, ome.authorization) as events:
        events.wait_for("journal")
    with Events(ome.port, ome.authorization) as other:
        other.wait_for("journal")
        ome.start_dump("d1")
        assert other.wait_for("dumps")["changed"][0]["id"] == "d1"
