"""Scheduled and multiplex channels over the API (reference: REST API, sections 3.11 and 3.12)."""

from __future__ import annotations

import json

import pytest

from ome_mock.emulator import Emulator
from ome_mock.worlds.server_xml import default_world

FILES = [{"url": "file://a.mp4", "duration": 2000}, {"url": "file://b.mp4", "start": 500, "duration": 3000}]
PROGRAM = {"name": "1", "scheduled": "2026-01-01T00:00:10Z", "repeat": True, "items": FILES}
SCHEDULED = {"stream": {"name": "tv"}, "programs": [PROGRAM]}
TRACK = {"sourceTrackName": "bypass_video", "newTrackName": "v", "bitrateConf": 5000, "audioIndex": -1}
SOURCE = {"name": "tv1", "url": "stream://default/app/tv1", "trackMap": [TRACK]}
MULTIPLEX = {"outputStream": {"name": "mux"}, "sourceStreams": [SOURCE]}


@pytest.fixture
def emulator(use_world, tmp_path):
    use_world(
        "<VirtualHosts><VirtualHost><Name>default</Name><Applications><Application><Name>app</Name><Type>live</Type><OutputProfiles>"
        "<OutputProfile><Name>p</Name><OutputStreamName>${OriginStreamName}</OutputStreamName>"
        "<Encodes><Video><Name>bypass_video</Name><Bypass>true</Bypass></Video></Encodes></OutputProfile></OutputProfiles><Providers>"
        "<Schedule><MediaRootDir>/m</MediaRootDir><ScheduleFilesDir>/s</ScheduleFilesDir></Schedule>"
        "<Multiplex><MuxFilesDir>/x</MuxFilesDir></Multiplex></Providers><Publishers><LLHLS/></Publishers>"
        "</Application></Applications></VirtualHost></VirtualHosts>"
    )
    return Emulator(root=tmp_path)


@pytest.fixture
def ask(emulator):
    client = emulator.app.test_client()

    def ask(method, path, body=None):
        data = None if body is None else json.dumps(body)
        return client.open(
            f"/v1/vhosts/default/apps/app{path}", method=method, data=data, headers={"Authorization": emulator.authorization}
        )

    return ask


def test_scheduled_channel_appears_a_second_after_it_was_made(ask, emulator):
    answer = ask("POST", "/scheduledChannels", SCHEDULED)
    assert (answer.status_code, answer.json) == (201, {"message": "Created", "statusCode": 201})
    assert ask("GET", "/scheduledChannels/tv").status_code == 404
    assert ask("GET", "/scheduledChannels").json["response"] == []
    emulator.clock.advance(1)
    assert ask("GET", "/scheduledChannels").json["response"] == ["tv"]
    assert ask("GET", "/streams").json["response"] == ["stream", "tv"]
    source = ask("GET", "/streams/tv").json["response"]["input"]
    assert (source["sourceType"], source["createdTime"], "sourceUrl" in source) == ("Scheduled", "2026-01-01T00:00:01.000+00:00", False)


def test_scheduled_channel_says_what_was_asked_for(ask, emulator):
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
def test_programs_begin_by_the_clock_and_repeat(ask, emulator, second, expected):
    ask("POST", "/scheduledChannels", SCHEDULED)
    emulator.clock.advance(second)
    current = ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"]
    item = current.get("currentItem")
    assert (item and (item["url"], item["currentPosition"])) == expected
    assert current["state"] == ("onair" if expected else "offair")


def test_next_program_ends_the_one_before(ask, emulator):
    later = PROGRAM | {"name": "2", "scheduled": "2026-01-01T09:01:00.5+09:00", "repeat": False}
    ask("POST", "/scheduledChannels", SCHEDULED | {"programs": [later, PROGRAM]})
    emulator.clock.advance(20)
    current = ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"]
    assert (current["name"], current["end"], current["duration"]) == ("1", "2026-01-01T00:01:00.500+00:00", 50_500)
    emulator.clock.advance(44)
    assert ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"]["name"] == "2"
    emulator.clock.advance(10)
    assert ask("GET", "/scheduledChannels/tv").json["response"]["currentProgram"] == {"state": "offair"}


def test_patched_channel_keeps_what_was_not_named(ask, emulator):
    ask("POST", "/scheduledChannels", SCHEDULED)
    emulator.clock.advance(1)
    assert ask("PATCH", "/scheduledChannels/tv", {"fallbackProgram": {"items": FILES}}).status_code == 201
    shown = ask("GET", "/scheduledChannels/tv").json["response"]
    assert (len(shown["fallbackProgram"]["items"]), len(shown["programs"])) == (2, 1)
    answer = ask("PATCH", "/scheduledChannels/tv")
    assert (answer.status_code, answer.json["message"]) == (400, "Invalid request body (400)")
    answer = ask("PATCH", "/scheduledChannels/tv", {"stream": {}})
    assert (answer.status_code, answer.json["message"]) == (400, "Stream object could not be patched (400)")


def test_deleted_channel_is_gone_with_its_stream(ask, emulator):
    ask("POST", "/scheduledChannels", SCHEDULED)
    emulator.clock.advance(1)
    assert ask("DELETE", "/scheduledChannels/tv").json == {"message": "OK", "statusCode": 200}
    assert (ask("GET", "/scheduledChannels").json["response"], ask("GET", "/streams").json["response"]) == ([], ["stream"])


@pytest.mark.parametrize(("method", "status"), [("GET", 500), ("PATCH", 400), ("DELETE", 400)])
def test_other_stream_is_no_scheduled_channel(ask, method, status):
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
def test_scheduled_channel_that_is_refused(ask, body, status, message):
    answer = ask("POST", "/scheduledChannels", body)
    assert (answer.status_code, answer.json["message"]) == (status, f"{message} ({status})")


def test_multiplex_channel_waits_for_its_sources(ask, emulator):
    assert ask("POST", "/multiplexChannels", MULTIPLEX).status_code == 201
    emulator.clock.advance(1)
    assert ask("GET", "/multiplexChannels").json["response"] == ["mux"]
    assert ask("GET", "/multiplexChannels/mux").json["response"] == {
        "state": "Pulling",
        "pullingMessage": "Multiplex Channel : #default#app/mux: Wait for stream tv1",
        "outputStream": {"name": "mux", "bypassTranscoder": False},
        "sourceStreams": [SOURCE | {"trackMap": [{"sourceTrackName": "bypass_video", "newTrackName": "v", "bitrateConf": 5000}]}],
    }
    emulator.connect("default/app/tv1")
    playing = ask("GET", "/multiplexChannels/mux").json["response"]
    assert (playing["state"], "pullingMessage" in playing) == ("Playing", False)
    assert ask("GET", "/streams/mux").json["response"]["input"]["sourceType"] == "Multiplex"
    emulator.disconnect("default/app/tv1")
    assert ask("GET", "/multiplexChannels/mux").json["response"]["state"] == "Pulling"
    assert ask("GET", "/streams").json["response"] == ["stream"]


def test_deleted_multiplex_channel_is_gone_with_its_stream(ask, emulator):
    ask("POST", "/multiplexChannels", MULTIPLEX | {"sourceStreams": []})
    emulator.clock.advance(1)
    assert ask("GET", "/streams").json["response"] == ["stream", "mux"]
    assert ask("DELETE", "/multiplexChannels/mux").status_code == 200
    assert ask("GET", "/streams").json["response"] == ["stream"]
    assert ask("DELETE", "/multiplexChannels/mux").json["message"] == "Could not get the multiplex stream <mux> (404)"
    assert ask("GET", "/multiplexChannels/").json["message"] == "Invalid stream name (400)"


def test_playlists_of_a_multiplex_channel_come_back(ask, emulator):
    rendition = {"name": "r", "video": "v", "videoIndexHint": 2}
    playlists = [
        {"name": "n", "fileName": "f", "renditions": [rendition]},
        {"name": "m", "fileName": "g", "options": {"webrtcAutoAbr": False}},
    ]
    ask("POST", "/multiplexChannels", MULTIPLEX | {"playlists": playlists})
    emulator.clock.advance(1)
    options = {"webrtcAutoAbr": False, "hlsChunklistPathDepth": -1, "enableTsPackaging": False}
    assert ask("GET", "/multiplexChannels/mux").json["response"]["playlists"] == [
        {"name": "n", "fileName": "f", "options": None, "renditions": [rendition]},
        {"name": "m", "fileName": "g", "options": options},
    ]


def playlist(**fields):
    return MULTIPLEX | {"playlists": [{"name": "n", "fileName": "f"} | fields]}


def source(**fields):
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
def test_multiplex_channel_that_is_refused(ask, body, status, message):
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
def test_multiplex_channel_over_which_the_engine_trips(ask, body, message):
    answer = ask("POST", "/multiplexChannels", body)
    assert (answer.status_code, answer.json) == (500, {"message": message, "statusCode": 500})


def test_default_world_has_no_channels():
    assert default_world().virtual_hosts[0].applications[0].providers.isdisjoint({"schedule", "multiplex"})
