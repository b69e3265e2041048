"""What a client makes from nothing to a file, and what is left whichever end it begins to take it down."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from web.rest.rest_client import Rest

from ome_mock.engine.input_stream import InputStream
from ome_mock.engine.stream_maker import StreamMaker

PUBLISHERS = {"llhls": {"segmentDuration": 2}, "file": {"filePath": "/records/${Id}.ts", "infoPath": "/records/${Id}.xml"}, "push": {}}
PROFILE = {"name": "low", "outputStreamName": "${OriginStreamName}_low", "encodes": {"audios": [{"name": "audio", "bypass": True}]}}
VHOST = "/vhosts/v"
APP = f"{VHOST}/apps/a"
STREAM = f"{APP}/streams/s"
REFUSED = {"v": "Could not find the virtual host: [v]", "a": "Could not find the application: [v/a]"}
Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def make(rest: Rest) -> Callable[[], None]:
    """Make a virtual host, an application with a second profile, a pulled stream; dump, record and push it; let half a minute pass."""

    def make() -> None:
        assert rest("POST", "/vhosts", [{"name": "v"}])[0] == 200
        assert rest("POST", f"{VHOST}/apps", [{"name": "a", "type": "live", "publishers": PUBLISHERS}])[0] == 200
        assert rest("POST", f"{APP}/outputProfiles", [PROFILE])[0] == 200
        assert rest("POST", f"{APP}/streams", {"name": "s", "urls": ["rtsp://camera.example/1"]})[0] == 201
        rest.emulator.clock.advance(10)
        for output in ("s", "s_low"):
            dump = {"outputStreamName": output, "id": "d", "outputPath": f"/dumps/{output}", "infoFile": f"/dumps/{output}.xml"}
            assert rest("POST", f"{STREAM}:startHlsDump", dump)[0] == 200
            assert rest("POST", f"{APP}:startRecord", {"id": f"r_{output}", "stream": {"name": output}})[0] == 200
        push = {"id": "p", "stream": {"name": "s"}, "protocol": "srt", "url": "srt://elsewhere.example:9999"}
        assert rest("POST", f"{APP}:startPush", push)[0] == 200
        rest.emulator.clock.advance(20)

    return make


def found(rest: Rest, path: str) -> Any:
    return rest("GET", path)[1].get("response")


STEPS = {
    "stop the dump": ("POST", f"{STREAM}:stopHlsDump", {"outputStreamName": "s"}),
    "stop the record": ("POST", f"{APP}:stopRecord", {"id": "r_s"}),
    "stop the push": ("POST", f"{APP}:stopPush", {"id": "p"}),
    "delete the profile": ("DELETE", f"{APP}/outputProfiles/low", None),
    "delete the stream": ("DELETE", STREAM, None),
}


@pytest.mark.parametrize("order", [pytest.param(order, id=", ".join(order)) for order in permutations(STEPS)][::7])
def test_taken_down_in_any_order_everything_is_on_disk_and_made_again(
    rest: Rest, make: Callable[[], None], tmp_path: Path, order: tuple[str, ...]
) -> None:
    make()
    for step in order:
        assert rest(*STEPS[step])[0] in {200, 404}  # with the profile the application is made anew, without its stream
    assert rest("DELETE", APP) == (200, {"message": "OK", "statusCode": 200})
    assert rest("DELETE", VHOST) == (200, {"message": "OK", "statusCode": 200})
    written = {path: path.read_text().count("<Status>Completed</Status>") for path in sorted(tmp_path.glob("dumps/*.xml"))}
    assert list(written.values()) == [1, 1]
    assert sorted(path.name for path in tmp_path.glob("records/*.ts") if path.stat().st_size > 1000) == ["r_s.ts", "r_s_low.ts"]
    before = {path: path.read_bytes() for path in tmp_path.glob("dumps/*/*")}
    rest.emulator.clock.advance(60)
    assert {path: path.read_bytes() for path in tmp_path.glob("dumps/*/*")} == before
    make()


@pytest.mark.parametrize(
    ("method", "path", "body", "left"),
    [
        pytest.param("DELETE", STREAM, None, {"streams": [], "records": ["r_s", "r_s_low"], "pushes": ["p"]}, id="stream"),
        pytest.param("DELETE", f"{APP}/outputProfiles/low", None, {"streams": [], "records": [], "pushes": []}, id="profile"),
        pytest.param("PATCH", f"{APP}/outputProfiles/low", PROFILE | {"name": None}, None, id="profile with a name"),
        pytest.param("PATCH", APP, {"type": "live"}, {"streams": [], "records": [], "pushes": []}, id="changed application"),
        pytest.param("PATCH", APP, {"type": "dead"}, None, id="refused change"),
    ],
)
def test_what_is_left_of_an_application(
    rest: Rest, make: Callable[[], None], method: str, path: str, body: Any, left: dict[str, Any] | None
) -> None:
    make()
    assert rest(method, path, body)[0] == (200 if left else 400)
    left = left or {"streams": ["s"], "records": ["r_s", "r_s_low"], "pushes": ["p"]}
    assert found(rest, f"{APP}/streams") == left["streams"]
    assert [record["id"] for record in found(rest, f"{APP}:records")] == left["records"]
    assert [push["id"] for push in found(rest, f"{APP}:pushes")] == left["pushes"]


@pytest.mark.parametrize(
    "path", ["", "/outputProfiles", "/outputProfiles/low", "/streams", "/streams/s", ":records", ":pushes", "/scheduledChannels"]
)
@pytest.mark.parametrize(("deleted", "missing"), [(APP, "a"), (VHOST, "v")], ids=["application", "virtual host"])
def test_nothing_is_found_below_what_was_deleted(rest: Rest, make: Callable[[], None], deleted: str, missing: str, path: str) -> None:
    make()
    assert rest("DELETE", deleted)[0] == 200
    assert rest("GET", f"{APP}{path}") == (404, {"message": f"[HTTP] {REFUSED[missing]} (404)", "statusCode": 404})


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something happen once, while the tracks of a new stream are made."""

    def meanwhile(happen: Callable[[], object]) -> None:
        def make(*given: Any, **named: Any) -> InputStream:
            monkeypatch.undo()
            happen()
            return original(*given, **named)

        original: Callable[..., InputStream] = StreamMaker.make
        monkeypatch.setattr(StreamMaker, "make", make)

    return meanwhile


def test_stream_of_an_application_that_goes_while_it_connects_is_not_found(
    rest: Rest, make: Callable[[], None], meanwhile: Meanwhile
) -> None:
    make()
    meanwhile(lambda: rest("DELETE", APP))
    status, answer = rest("POST", f"{APP}/streams", {"name": "t", "urls": ["rtsp://camera.example/1"]})
    assert (status, answer["message"]) == (404, "[HTTP] Could not find the application: [v/a] (404)")
    assert rest("GET", "/stats/current/internals/queues")[1]["response"][1:] == []


def test_stream_of_an_application_that_changes_while_it_connects_is_that_of_the_new_one(
    rest: Rest, make: Callable[[], None], meanwhile: Meanwhile
) -> None:
    make()
    meanwhile(lambda: rest("DELETE", f"{APP}/outputProfiles/default"))
    assert rest("POST", f"{APP}/streams", {"name": "t", "urls": ["rtsp://camera.example/1"]})[0] == 201
    assert [output["name"] for output in found(rest, f"{APP}/streams/t")["outputs"]] == ["t_low"]


def test_record_and_push_of_a_deleted_stream_go_on_when_it_comes_back(rest: Rest, make: Callable[[], None]) -> None:
    make()
    rest("DELETE", STREAM)
    assert [record["state"] for record in found(rest, f"{APP}:records")] == ["ready", "ready"]
    assert rest("POST", f"{APP}/streams", {"name": "s", "urls": ["rtsp://camera.example/1"]})[0] == 201
    rest.emulator.clock.advance(5)
    assert [record["state"] for record in found(rest, f"{APP}:records")] == ["recording", "recording"]
    (push,) = found(rest, f"{APP}:pushes")
    assert (push["state"], push["sequence"]) == ("pushing", 1)
    assert 20_000 < push["totalsentTime"] < 24_000  # it connects again only at its thread's next look
    dumps = rest("POST", f"{STREAM}:hlsDumps", {"outputStreamName": "s"})
    assert dumps == (200, {"message": "OK", "response": [], "statusCode": 200})
