"""Requests for what is not there yet (live-llhls.md#held-requests)."""

from __future__ import annotations

import json
import threading
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from fixture_types import AskFile
from flask.testing import FlaskClient
from raw_http import Connection, request

from ome_mock import OmeMock
from ome_mock.clock import RealClock
from ome_mock.engine.track import OutputTrack

both_dialects = pytest.mark.parametrize("running", ["docs", "engine-0.21"], indirect=True)
SESSION = "?session=1_x"


def reload_of(track: OutputTrack, msn: int, part: int) -> str:
    return f"{track.chunklist_name}{SESSION}&_HLS_msn={msn}&_HLS_part={part}"


def conclude(ome: OmeMock) -> tuple[int, dict[str, Any]]:
    connection = HTTPConnection("127.0.0.1", ome.port, timeout=10)
    connection.request("POST", "/v1/vhosts/default/apps/app/streams/stream:concludeHlsLive", headers={"Authorization": ome.authorization})
    answer = connection.getresponse()
    told = answer.status, json.loads(answer.read())
    connection.close()
    return told


@both_dialects
def test_reload_is_answered_as_of_the_moment_when_it_fell_due(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    connection = ask(reload_of(track, 10, 8))
    running.wait_for_held_requests(1)
    running.clock.advance(3600)
    answer = connection.answer()
    assert (answer.status, answer.header("Cache-Control")) == (200, "max-age=60")
    assert f'TYPE=PART,URI="{track.part_name(10, 9)}{SESSION[:-1]}"' in answer.body.decode()


def test_hinted_part_is_sent_when_it_is_complete(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    connection = ask(track.part_name(10, 6) + SESSION)
    running.wait_for_held_requests(1)
    running.clock.advance(0.5)
    part = connection.answer().body
    assert part == ask(track.part_name(10, 6) + SESSION).answer().body
    running.clock.advance(6)
    assert part in ask(track.segment_name(10) + SESSION).answer().body


def test_part_after_the_last_one_of_a_segment_is_the_first_of_the_next(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    connection = ask(track.part_name(10, 12) + SESSION)
    running.wait_for_held_requests(1)
    running.clock.advance(3.5)
    assert connection.answer().body == ask(track.part_name(11, 0) + SESSION).answer().body


def test_head_of_what_is_held_has_headers_alone(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    connection = ask(track.part_name(10, 6) + SESSION, "HEAD")
    running.wait_for_held_requests(1)
    running.clock.advance(0.5)
    answer = connection.answer(has_body=False)
    assert (answer.status, int(answer.header("Content-Length") or 0) > 1000) == (200, True)


def test_nothing_is_answered_before_it_is_due(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    ask(reload_of(track, 10, 8))
    running.wait_for_held_requests(1)
    running.clock.advance(0.5)
    assert running.held_requests == 1


def test_requests_that_are_held_take_no_threads(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    ask(reload_of(track, 10, 8))
    running.wait_for_held_requests(1)
    threads = threading.active_count()
    connections = []
    for count in range(2, 102):
        connections.append(ask(reload_of(track, 10, 8)))
        running.wait_for_held_requests(count)
    assert threading.active_count() <= threads + 4
    running.clock.advance(3)
    assert {connection.answer().status for connection in connections} == {200}


def test_request_behind_a_held_one_waits_for_it(running: OmeMock, track: OutputTrack) -> None:
    with Connection(running.llhls_port) as connection:
        connection.send(
            request("GET", f"/app/stream/{reload_of(track, 10, 8)}"), request("GET", f"/app/stream/{track.files.init()}{SESSION}")
        )
        running.wait_for_held_requests(1)
        running.clock.advance(3)
        assert connection.answer().header("Content-Type") == "application/vnd.apple.mpegurl"
        assert connection.answer().body == track.packager.init_section()


def test_connection_goes_on_after_a_held_request(running: OmeMock, track: OutputTrack) -> None:
    with Connection(running.llhls_port) as connection:
        for part in (6, 7, 8):
            connection.send(request("GET", f"/app/stream/{reload_of(track, 10, part)}"))
            running.wait_for_held_requests(1)
            running.clock.advance(0.5)
            assert track.part_name(10, part) in connection.answer().body.decode()


def test_client_that_goes_away_frees_its_place(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    connection = ask(reload_of(track, 10, 8))
    running.wait_for_held_requests(1)
    connection.close()
    running.wait_for_held_requests(0)


def test_server_that_stops_leaves_held_requests_without_an_answer(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    connection = ask(reload_of(track, 10, 8))
    running.wait_for_held_requests(1)
    running.stop()
    assert connection.ends_without_a_byte()


def test_stream_that_ends_answers_what_it_held(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    connection = ask(reload_of(track, 10, 8))
    running.wait_for_held_requests(1)
    running.disconnect("default/app/stream")
    answer = connection.answer()
    assert (answer.status, answer.body) == (404, b"")


def test_conclusion_answers_a_held_reload_with_the_finished_list(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    connection = ask(reload_of(track, 10, 8))
    running.wait_for_held_requests(1)
    assert conclude(running) == (200, {"message": "OK", "statusCode": 200})
    assert connection.answer().body.endswith(b"#EXT-X-ENDLIST\n")


@pytest.mark.parametrize("running", ["engine-0.21"], indirect=True)
def test_engine_leaves_what_it_held_without_an_answer(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    ask(reload_of(track, 10, 8))
    running.wait_for_held_requests(1)
    conclude(running)
    running.clock.advance(10)
    running.disconnect("default/app/stream")
    running.clock.advance(10)
    assert running.held_requests == 1


@pytest.mark.parametrize("running", ["engine-0.21"], indirect=True)
def test_engine_holds_a_reload_of_the_far_future(running: OmeMock, ask: AskFile, track: OutputTrack) -> None:
    ask(reload_of(track, 1000, 0))
    running.wait_for_held_requests(1)


def test_new_stream_answers_with_its_first_segment_or_its_third(running: OmeMock) -> None:
    running.connect("default/app/new")
    running.clock.advance(1)
    (_, stream) = running.engine.input_streams("default", "app")
    with Connection(running.llhls_port) as master, Connection(running.llhls_port) as chunklist:
        master.send(request("GET", "/app/new2/llhls.m3u8"))
        chunklist.send(request("GET", f"/app/new2/{stream.outputs[1].tracks[0].chunklist_name}{SESSION}"))
        running.wait_for_held_requests(2)
        running.clock.advance(5.1)
        assert master.answer().status == 200
        running.clock.advance(6.5)
        assert b"seg_4_1_video" in chunklist.answer().body


def test_test_client_is_told_that_it_can_not_wait(player: FlaskClient, video: str) -> None:
    answer = player.get(f"{video}&_HLS_msn=10&_HLS_part=8")
    assert (answer.status_code, answer.text.split(":")[0]) == (503, "ome-mock")


def test_real_clock_answers_by_itself(tmp_path: Path) -> None:
    with OmeMock(root=tmp_path, clock=RealClock()) as ome, Connection(ome.llhls_port) as connection:
        (stream,) = ome.engine.input_streams("default", "app")
        track = stream.outputs[0].tracks[0]
        connection.send(request("GET", f"/app/stream/{track.part_name(10, 7)}{SESSION}"))
        assert connection.answer().status == 200
