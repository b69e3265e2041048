"""Scheduled and multiplex channels over the API (rtmp-and-channels.md#scheduled-channels, #multiplex-channels)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Answer, Ask, UseWorld

from ome_mock.emulator import Emulator
from ome_mock.faults import Disconnect
from ome_mock.worlds.server_xml import default_world

RECORDED_MEDIA = Path(__file__).parents[3] / "fixtures" / "recordings" / "channel-media"
FILES = [{"url": "file://a.mp4", "duration": 2000}, {"url": "file://b.mp4", "start": 500, "duration": 3000}]
PROGRAM = {"name": "1", "scheduled": "2026-01-01T00:00:10Z", "repeat": True, "items": FILES}
SCHEDULED = {"stream": {"name": "tv"}, "programs": [PROGRAM]}
TRACK = {"sourceTrackName": "bypass_video", "newTrackName": "v", "bitrateConf": 5000, "audioIndex": -1}
SOURCE = {"name": "tv1", "url": "stream://default/app/tv1", "trackMap": [TRACK]}
MULTIPLEX = {"outputStream": {"name": "mux"}, "sourceStreams": [SOURCE]}


@pytest.fixture
def emulator(use_world: UseWorld, tmp_path: Path) -> Emulator:
    use_world(
        "<VirtualHosts><VirtualHost><Name>default</Name><Applications><Application><Name>app</Name><Type>live</Type><OutputProfiles>"
        "<OutputProfile><Name>p</Name><OutputStreamName>${OriginStreamName}</OutputStreamName>"
        "<Encodes><Video><Name>bypass_video</Name><Bypass>true</Bypass></Video></Encodes></OutputProfile></OutputProfiles><Providers>"
        f"<Schedule><MediaRootDir>{tmp_path}/media</MediaRootDir><ScheduleFilesDir>/s</ScheduleFilesDir></Schedule>"
        "<Multiplex><MuxFilesDir>/x</MuxFilesDir></Multiplex></Providers><Publishers><LLHLS/></Publishers>"
        "</Application></Applications></VirtualHost></VirtualHosts>"
    )
    return Emulator(root=tmp_path)


@pytest.fixture
def ask(emulator: Emulator) -> Ask:
    return asking(emulator)


def asking(emulator: Emulator) -> Ask:
    client = emulator.app.test_client()

    def ask(method: str, path: str, body: Any = None) -> Answer:
        data = None if body is None else json.dumps(body)
        return client.open(
            f"/v1/vhosts/default/apps/app{path}", method=method, data=data, headers={"Authorization": emulator.authorization}
        )

    return ask


def test_scheduled_channel_appears_a_second_after_it_was_made(ask: Ask, emulator: Emulator) -> None:
    answer = ask("POST", "/scheduledChannels", SCHEDULED)
    assert (answer.status_code, answer.json) == (201, {"message": "Created", "statusCode": 201})
    assert ask("GET", "/scheduledChannels/tv").status_code == 404
    assert ask("GET", "/scheduledChannels").json["response"] == []
    emulator.clock.advance(1)
    assert ask("GET", "/scheduledChannels").json["response"] == ["tv"]
    assert ask("GET", "/streams").json["response"] == ["stream", "tv"]
    source = ask("GET", "/streams/tv").json["response"]["input"]
    assert (source["sourceType"], source["createdTime"], "sourceUrl" in source) == ("Scheduled", "2026-01-01T00:00:01.000+00:00", False)


def test_fault_befalls_a_channel_that_appeared_in_the_same_step_of_the_clock(ask: Ask, emulator: Emulator) -> None:
    ask("POST", "/scheduledChannels", SCHEDULED)
    emulator.faults.arm(Disconnect(after_s=2, stream="default/app/tv"))
    emulator.clock.advance(2.5)
    assert ask("GET", "/streams").json["response"] == ["stream"]


def test_scheduled_channel_says_what_was_asked_for(ask: Ask, emulator: Emulator) -> None:
    items = [{"url": "stream://default/app/x", "duration": 5, "forwardData": True}]
    ask("POST", "/scheduledChannels", SCHEDULED | {"fallbackProgram": {"items": items}, "programs": [PROGRAM | {"items": []}]})
    emulator.clock.advance(1)
    assert ask("GET", "/scheduledChannels/tv").json["response"] == {
        "stream": {
            "name": "tv",
            "bypassTranscoder": False,
            "videoTrack": True,
            "audioTrack": True,
            "audioMap": None,
            "errorToleranceDurationMs": 500,
        },
        "fallbackProgram": {
            "name": "fallback",
            "scheduled": "1970-01-01T00:00:00Z",
            "repeat": True,
            "items": [{"url": "stream://default/app/x", "start": 0, "duration": 1000, "forwardData": True}],
        },
        "programs": [{"name": "1", "scheduled": "2026-01-01T00:00:10Z", "repeat": True, "items": None}],
        "currentProgram": {"state": "offair"},
    }


@pytest.mark.parametrize(
    ("second", "expected"),
    [(9, None), (10, ("file://a.mp4", 0)), (11, ("file://a.mp4", 1000)), (12, ("file://b.mp4", 0)), (16, ("file://a.mp4", 1000))],
)
def test_programs_begin_by_the_clock_and_repeat(ask: Ask, emulator: Emulator, second: int, expected: tuple[str, int] | None) -> None:
    ask("POST", "/scheduledChannels", SCHEDULED)
    emulator.clock.advance(second)
    current = ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"]
    item = current.get("currentItem")
    assert (item and (item["url"], item["currentPosition"])) == expected
    assert current["state"] == ("onair" if expected else "offair")


def test_next_program_ends_the_one_before(ask: Ask, emulator: Emulator) -> None:
    later = PROGRAM | {"name": "2", "scheduled": "2026-01-01T09:01:00.5+09:00", "repeat": False}
    ask("POST", "/scheduledChannels", SCHEDULED | {"programs": [PROGRAM, later]})
    emulator.clock.advance(20)
    current = ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"]
    assert (current["name"], current["end"], current["duration"]) == ("1", "2026-01-01T00:01:00.500+00:00", 50_500)
    emulator.clock.advance(44)
    assert ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"]["name"] == "2"
    emulator.clock.advance(10)
    assert ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"] == {"state": "offair"}


def test_program_that_is_over_when_the_next_one_is_read_is_dropped(ask: Ask, emulator: Emulator) -> None:
    programs = [PROGRAM | {"name": name, "scheduled": f"{year}-01-01T00:00:00Z"} for name, year in (("a", 2024), ("b", 2025), ("c", 2027))]
    ask("POST", "/scheduledChannels", SCHEDULED | {"programs": programs})
    emulator.clock.advance(1)
    shown = ask("GET", "/scheduledChannels/tv").json["response"]
    assert ([each["name"] for each in shown["programs"]], shown["currentProgram"]["name"]) == (["b", "c"], "b")


def test_patched_channel_keeps_what_was_not_named(ask: Ask, emulator: Emulator) -> None:
    ask("POST", "/scheduledChannels", SCHEDULED)
    emulator.clock.advance(1)
    assert ask("PATCH", "/scheduledChannels/tv", {"fallbackProgram": {"items": FILES}}).status_code == 201
    assert "fallbackProgram" not in ask("GET", "/scheduledChannels/tv").json["response"]
    emulator.clock.advance(1)
    shown = ask("GET", "/scheduledChannels/tv").json["response"]
    assert (len(shown["fallbackProgram"]["items"]), len(shown["programs"])) == (2, 1)
    answer = ask("PATCH", "/scheduledChannels/tv")
    assert (answer.status_code, answer.json["message"]) == (400, "Invalid request body (400)")
    for body, message in (({"stream": {}}, "Stream object could not be patched"), ({"programs": 1}, "Could not patch the schedule")):
        answer = ask("PATCH", "/scheduledChannels/tv", body)
        assert (answer.status_code, answer.json["message"]) == (400, f"{message} (400)")


@pytest.mark.parametrize(
    ("kind", "body", "file"),
    [
        ("scheduledChannels/tv", SCHEDULED, "schedule file /s//tv.sch"),
        ("multiplexChannels/mux", MULTIPLEX | {"sourceStreams": []}, "multiplex file /x//mux.mux"),
    ],
)
def test_deleted_channel_is_gone_at_the_third_look(ask: Ask, emulator: Emulator, kind: str, body: dict[str, Any], file: str) -> None:
    channels, _, name = kind.partition("/")
    ask("POST", f"/{channels}", body)
    emulator.clock.advance(1.5)
    assert ask("DELETE", f"/{kind}").json == {"message": "OK", "statusCode": 200}
    answer = ask("DELETE", f"/{kind}")
    assert (answer.status_code, answer.json["message"]) == (500, f"Could not delete the {file} (500)")
    assert ask("POST", f"/{channels}", body).status_code == 409
    emulator.clock.advance(2.499)
    assert (ask("GET", f"/{channels}").json["response"], ask("GET", "/streams").json["response"]) == ([name], ["stream", name])
    emulator.clock.advance(0.001)
    assert (ask("GET", f"/{channels}").json["response"], ask("GET", "/streams").json["response"]) == ([], ["stream"])
    assert ask("DELETE", f"/{kind}").status_code == 404
    assert ask("POST", f"/{channels}", body).status_code == 201


def test_patch_keeps_a_deleted_channel(ask: Ask, emulator: Emulator) -> None:
    ask("POST", "/scheduledChannels", SCHEDULED)
    emulator.clock.advance(1)
    ask("DELETE", "/scheduledChannels/tv")
    emulator.clock.advance(1.5)
    assert ask("PATCH", "/scheduledChannels/tv", {"programs": []}).status_code == 201
    emulator.clock.advance(10)
    assert ask("GET", "/scheduledChannels").json["response"] == ["tv"]


def test_channel_is_not_to_be_ended_by_its_stream(ask: Ask, emulator: Emulator) -> None:
    ask("POST", "/scheduledChannels", SCHEDULED)
    emulator.clock.advance(1)
    answer = ask("DELETE", "/streams/tv")
    assert (answer.status_code, answer.json["message"]) == (404, "Could not terminate the stream (404)")
    assert ask("GET", "/streams").json["response"] == ["stream", "tv"]


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("a/b", 500, "Could not save the schedule file /s//a/b.sch (500)"),
        ("x" * 252, 500, None),
        ("../x", 201, "Created"),
        ("x" * 251, 201, "Created"),
    ],
)
def test_name_is_that_of_a_file(ask: Ask, emulator: Emulator, name: str, status: int, message: str | None) -> None:
    answer = ask("POST", "/scheduledChannels", SCHEDULED | {"stream": {"name": name}})
    assert answer.status_code == status
    assert message in {None, answer.json["message"]}
    emulator.clock.advance(2)
    assert ask("GET", "/scheduledChannels").json["response"] == ([name] if len(name) == 251 else [])


def test_channel_shows_the_size_and_the_length_of_its_files(ask: Ask, emulator: Emulator, tmp_path: Path) -> None:
    shutil.copytree(RECORDED_MEDIA, tmp_path / "media")
    items = [{"url": "file://clip.mp4"}, {"url": "file://other.mp4"}, {"url": "file://text.mp4", "duration": 5000}]
    ask(
        "POST",
        "/scheduledChannels",
        SCHEDULED | {"stream": {"name": "tv", "bypassTranscoder": True}, "programs": [PROGRAM | {"items": items}]},
    )

    def shown(seconds: int) -> tuple[str, int, int]:
        emulator.clock.advance(seconds)
        stream = ask("GET", "/streams/tv").json["response"]
        assert stream["input"]["tracks"] == stream["outputs"][0]["tracks"]
        video = stream["input"]["tracks"][0]["video"]
        return video["codec"], video["width"], video["configChangeCount"]

    assert shown(9) == ("None", 0, 0)
    assert shown(3) == ("H264", 160, 0)
    assert shown(4) == ("H264", 320, 1)
    assert ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"]["currentItem"]["currentPosition"] == 1960
    assert shown(4) == ("H264", 320, 1)  # nothing is played: the file is none
    assert shown(5) == ("H264", 160, 2)


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(("dialect", "is_marked"), [("engine-0.21", True), ("engine-0.20.5", False)])
def test_change_of_size_is_marked_from_0_21_on(tmp_path: Path, dialect: str, is_marked: bool) -> None:
    shutil.copytree(RECORDED_MEDIA, tmp_path / "media")
    items = [{"url": "file://clip.mp4"}, {"url": "file://other.mp4"}]
    body = {"stream": {"name": "tv", "bypassTranscoder": True}, "programs": [PROGRAM | {"items": items}]}
    emulator = Emulator(root=tmp_path, dialect=dialect)
    assert asking(emulator)("POST", "/scheduledChannels", body).status_code == 201
    emulator.clock.advance(12)
    emulator.start_dump("d1", stream="default/app/tv", output_path="/d1")
    emulator.clock.advance(30)
    (chunklist,) = (tmp_path / "d1").glob("chunklist_0_video_*")
    assert ("#EXT-X-DISCONTINUITY\n" in chunklist.read_text()) == is_marked


def test_steps_of_the_clock_make_no_difference_to_channels(emulator: Emulator, tmp_path: Path) -> None:
    shutil.copytree(RECORDED_MEDIA, tmp_path / "media")
    body = SCHEDULED | {"programs": [PROGRAM | {"items": [{"url": "file://clip.mp4", "duration": 2000}, {"url": "file://other.mp4"}]}]}
    shown = []
    for each, steps in ((emulator, 1), (Emulator(root=tmp_path), 500)):
        ask = asking(each)
        ask("POST", "/scheduledChannels", body)
        for _ in range(steps):
            each.clock.advance_to(each.clock.now_ns() + 50 * 10**9 // steps)
        stream = ask("GET", "/streams/tv").json["response"]
        shown.append((ask("GET", "/scheduledChannels/tv").json["response"], stream["input"]))
    assert shown[0] == shown[1]


@pytest.mark.parametrize(("method", "status"), [("GET", 500), ("PATCH", 400), ("DELETE", 400)])
def test_other_stream_is_no_scheduled_channel(ask: Ask, method: str, status: int) -> None:
    answer = ask(method, "/scheduledChannels/stream", {})
    message = "Could not get the scheduled stream" if method == "GET" else "Stream is not a scheduled stream"
    assert (answer.status_code, answer.json["message"]) == (status, f"{message} ({status})")


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ([], 400, "Invalid request body"),
        (None, 400, "Invalid request body"),
        ({}, 400, "Failed to find Stream object"),
        ({"stream": {"name": 1}}, 400, "Failed to find Stream.Name object"),
        ({"stream": {"name": "x", "audioMap": {}}}, 400, "audioMap must be an array"),
        ({"stream": {"name": "x"}, "fallbackProgram": []}, 400, "FallbackProgram must be an object"),
        ({"stream": {"name": "x"}, "programs": {}}, 400, "programs must be an array"),
        ({"stream": {"name": "x"}, "programs": [{}]}, 400, "Failed to find scheduled object, scheduled is required"),
        (
            {"stream": {"name": "x"}, "programs": [{"scheduled": "2026-02-30T00:00:00Z"}]},
            400,
            "Failed to parse scheduled attribute: Invalid ISO 8601 string",
        ),
        ({"stream": {"name": "x"}, "fallbackProgram": {"items": 1}}, 400, "items must be an array"),
        ({"stream": {"name": "x"}, "fallbackProgram": {"items": [{}]}}, 400, "Failed to find url object, url is required"),
        (
            {"stream": {"name": "x"}, "fallbackProgram": {"items": [{"url": "http://x"}]}},
            400,
            "Failed to parse url attribute, url must be file:// or stream://",
        ),
        ({"stream": {"name": "stream"}}, 409, "Stream 'stream' already exists"),
    ],
)
def test_scheduled_channel_that_is_refused(ask: Ask, body: Any, status: int, message: str) -> None:
    answer = ask("POST", "/scheduledChannels", body)
    assert (answer.status_code, answer.json["message"]) == (status, f"{message} ({status})")


def test_multiplex_channel_waits_for_its_sources(ask: Ask, emulator: Emulator) -> None:
    assert ask("POST", "/multiplexChannels", MULTIPLEX).status_code == 201
    emulator.clock.advance(1)
    assert ask("GET", "/multiplexChannels").json["response"] == ["mux"]
    assert ask("GET", "/multiplexChannels/mux").json["response"] == {
        "state": "Pulling",
        "pullingMessage": "Multiplex Channel : #default#app/mux: Wait for stream tv1",
        "outputStream": {"name": "mux", "bypassTranscoder": False},
        "sourceStreams": [SOURCE | {"trackMap": [{"sourceTrackName": "bypass_video", "newTrackName": "v", "bitrateConf": 5000}]}],
    }
    emulator.connect("default/app/tv1", ready=True)
    playing = ask("GET", "/multiplexChannels/mux").json["response"]
    assert (playing["state"], "pullingMessage" in playing) == ("Playing", False)
    assert ask("GET", "/streams/mux").json["response"]["input"]["sourceType"] == "Multiplex"
    emulator.disconnect("default/app/tv1")
    emulator.clock.advance(2)
    assert ask("GET", "/multiplexChannels/mux").json["response"]["state"] == "Playing"
    emulator.clock.advance(1)
    assert ask("GET", "/multiplexChannels/mux").status_code == 404
    assert ask("GET", "/streams").json["response"] == ["stream"]
    emulator.clock.advance(1)
    assert ask("GET", "/multiplexChannels/mux").json["response"]["state"] == "Pulling"


def test_multiplex_channel_that_is_not_there_has_no_answer(ask: Ask, emulator: Emulator) -> None:
    assert ask("DELETE", "/multiplexChannels/mux").json["message"] == "Could not get the multiplex stream <mux> (404)"
    assert ask("GET", "/multiplexChannels/").json["message"] == "Invalid stream name (400)"


def test_playlists_of_a_multiplex_channel_come_back(ask: Ask, emulator: Emulator) -> None:
    rendition = {"name": "r", "video": "v", "videoIndexHint": 2}
    playlists = [
        {"name": "n", "fileName": "f", "renditions": [rendition]},
        {"name": "m", "fileName": "g", "options": {"webrtcAutoAbr": True, "hlsChunklistPathDepth": 0}, "renditions": [rendition]},
        {"name": "without renditions", "fileName": "h"},
    ]
    ask("POST", "/multiplexChannels", MULTIPLEX | {"playlists": playlists})
    emulator.clock.advance(1)
    assert ask("GET", "/multiplexChannels/mux").json["response"]["playlists"] == [
        {"name": "n", "fileName": "f", "options": None, "renditions": [rendition]},
        {"name": "m", "fileName": "g", "options": {"webrtcAutoAbr": True, "hlsChunklistPathDepth": 0}, "renditions": [rendition]},
    ]


def playlist(**fields: Any) -> dict[str, Any]:
    return MULTIPLEX | {"playlists": [{"name": "n", "fileName": "f"} | fields]}


def source(**fields: Any) -> dict[str, Any]:
    return MULTIPLEX | {"sourceStreams": [SOURCE | fields]}


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("x", 400, "Invalid request body"),
        (None, 400, "Invalid request body"),
        ({}, 400, "Failed to find outputStream object"),
        ({"outputStream": {}}, 400, "Failed to find outputStream/name object"),
        ({"outputStream": {"name": "x"}}, 400, "Failed to find sourceStreams object"),
        (source(name=None), 400, "Failed to find sourceStreams/name object"),
        (source(url=None), 400, "Failed to find sourceStreams/url object"),
        (source(url="file://x"), 400, "Failed to parse url: file://x"),
        (source(trackMap=None), 400, "Failed to find sourceStreams/trackMap object"),
        (source(trackMap=[{}]), 400, "Failed to find sourceStreams/trackMap/sourceTrackName object"),
        (source(trackMap=[{"sourceTrackName": "a"}]), 400, "Failed to find sourceStreams/trackMap/newTrackName object"),
        (source(trackMap=[TRACK | {"audioIndex": "1"}]), 400, "Invalid sourceStreams/trackMap/audioIndex: must be an integer"),
        (source(trackMap=[TRACK | {"audioIndex": -2}]), 400, "Invalid sourceStreams/trackMap/audioIndex: must be -1 or greater"),
        (playlist(name=None), 400, "Failed to find playlists/name object"),
        (playlist(fileName=None), 400, "Failed to find playlists/fileName object"),
        (playlist(renditions=[{}]), 400, "Failed to find playlists/renditions/name object"),
        (
            playlist(renditions=[{"name": "r", "audio": "no"}]),
            400,
            "Failed to find audio variant name no in SourceStream/TrackMap object",
        ),
        (MULTIPLEX | {"outputStream": {"name": "stream"}}, 409, "Stream 'stream' already exists"),
    ],
)
def test_multiplex_channel_that_is_refused(ask: Ask, body: Any, status: int, message: str) -> None:
    answer = ask("POST", "/multiplexChannels", body)
    assert (answer.status_code, answer.json["message"]) == (status, f"{message} ({status})")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (source(name=[]), "Type is not convertible to string"),
        (source(trackMap=[TRACK | {"bitrateConf": "1"}]), "Value is not convertible to Int."),
        (MULTIPLEX | {"outputStream": {"name": "x", "bypassTranscoder": "yes"}}, "Value is not convertible to bool."),
    ],
)
def test_multiplex_channel_over_which_the_engine_trips(ask: Ask, body: dict[str, Any], message: str) -> None:
    answer = ask("POST", "/multiplexChannels", body)
    assert (answer.status_code, answer.json) == (500, {"message": message, "statusCode": 500})


def test_default_world_has_no_channels() -> None:
    assert default_world().virtual_hosts[0].applications[0].providers.isdisjoint({"schedule", "multiplex"})
