"""Dialect `docs` row by row: where the documentation and the engine disagree, and what neither says."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from fixture_types import Answer, Call, Tree

from ome_mock.emulator import Emulator

START = {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps"}
NAMES = b'{"message":"OK","response":["stream","stream2"],"statusCode":200}'


def not_started(reason: str) -> tuple[int, bytes]:
    return 500, f'{{"message":"Could not start dump: [default/app/stream] ({reason}) (500)","statusCode":500}}'.encode()


def seen(answer: Answer) -> tuple[int, bytes]:
    return answer.status_code, answer.data


def status_of(path: Path) -> str | None:
    return ElementTree.parse(path).findtext("Status")


@pytest.mark.parametrize("output_stream", ["stream", "stream2"])
def test_start_and_stop_name_every_output_of_the_input_stream(call: Call, output_stream: str) -> None:
    start = START | {"outputStreamName": output_stream}
    assert seen(call("POST", ":startHlsDump", start)) == (200, NAMES)
    assert seen(call("POST", ":stopHlsDump", start)) == (200, NAMES)


def test_names_are_those_of_the_stream_in_the_path(call: Call, emulator: Emulator) -> None:
    emulator.connect("default/app/camera1", ready=True)
    emulator.clock.advance(10)
    answer = call("POST", "/v1/vhosts/default/apps/app/streams/camera1:startHlsDump", START | {"outputStreamName": "camera12"})
    assert seen(answer) == (200, b'{"message":"OK","response":["camera1","camera12"],"statusCode":200}')


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", ":startHlsDump", {}, 400, "id, outputStreamName and outputPath are required (400)"),
        ("POST", ":stopHlsDump", {}, 400, "outputStreamName is required (400)"),
        ("GET", "/v1/vhosts/nope", None, 404, "Could not find the virtual host: [nope] (404)"),
        ("GET", "/nope", None, 404, "Controller not found (404)"),
        (
            "POST",
            ":stopHlsDump",
            START | {"id": "nope"},
            500,
            "Could not stop dump: [default/app/stream] (Could not find dump info) (500)",
        ),
    ],
    ids=["400 of start", "400 of stop", "404 of a name", "404 of a path", "500"],
)
def test_messages_have_no_prefix(call: Call, method: str, path: str, body: dict[str, str] | None, status: int, message: str) -> None:
    answer = call(method, path, body)
    assert (answer.status_code, answer.json) == (status, {"message": message, "statusCode": status})


def test_401_alone_keeps_the_prefix(call: Call) -> None:
    assert call("GET", "/v1/vhosts", authorization="Basic AAAA").json["message"] == "[HTTP] Invalid credential (401)"


def test_unknown_stream_is_named_as_the_documentation_names_streams(call: Call) -> None:
    answer = call("POST", "/v1/vhosts/default/apps/app/streams/nope:startHlsDump", START)
    assert seen(answer) == (404, b'{"message":"Could not find the stream: [default/app/nope] (404)","statusCode":404}')


@pytest.mark.parametrize("body", ["[]", "[1]", "5", "0", '"x"', '""', "true", "false", "1.5"])
@pytest.mark.parametrize(
    ("action", "message"),
    [
        (":startHlsDump", b"id, outputStreamName and outputPath are required (400)"),
        (":stopHlsDump", b"outputStreamName is required (400)"),
        (":hlsDumps", b"outputStreamName is required (400)"),
    ],
)
def test_body_that_is_not_an_object_asks_for_the_required_fields(call: Call, action: str, message: bytes, body: str) -> None:
    assert seen(call("POST", action, body)) == (400, b'{"message":"' + message + b'","statusCode":400}')


@pytest.mark.parametrize("body", ["[]", "5"])
def test_body_that_is_not_an_object_comes_after_the_path_in_the_order_of_checks(call: Call, body: str) -> None:
    answer = call("POST", "/v1/vhosts/default/apps/app/streams/nope:startHlsDump", body)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "authorization"),
    [
        ("GET", "/v1/vhosts", None, "Basic b21lLWFjY2Vzcy10b2tlbg=="),
        ("GET", "/v1/vhosts", None, None),
        ("GET", "/nope", None, "Basic b21lLWFjY2Vzcy10b2tlbg=="),
        ("POST", ":startHlsDump", "{}", "Basic b21lLWFjY2Vzcy10b2tlbg=="),
        ("POST", ":startHlsDump", "{", "Basic b21lLWFjY2Vzcy10b2tlbg=="),
        ("POST", ":startHlsDump", START, "Basic b21lLWFjY2Vzcy10b2tlbg=="),
        ("POST", ":stopHlsDump", START, "Basic b21lLWFjY2Vzcy10b2tlbg=="),
        ("POST", ":hlsDumps", START, "Basic b21lLWFjY2Vzcy10b2tlbg=="),
    ],
)
def test_content_type_has_no_charset(
    call: Call, method: str, path: str, body: dict[str, str] | str | None, authorization: str | None
) -> None:
    assert call(method, path, body, authorization).headers["Content-Type"] == "application/json"


def test_realm_is_in_quotes_that_can_be_sent(call: Call) -> None:
    assert call("GET", "/v1/vhosts", authorization=None).headers["WWW-Authenticate"] == 'Basic realm="OvenMediaEngine"'


# The info file that exists


def test_info_file_on_disk_fails_the_start_and_is_left_alone(call: Call, tmp_path: Path, tree: Tree) -> None:
    (tmp_path / "d1.info").write_text("mine")
    assert seen(call("POST", ":startHlsDump", START | {"infoFile": "/d1.info"})) == not_started("Duplicate info file")
    assert (tmp_path / "d1.info").read_text() == "mine"
    assert tree() == ["d1.info"]
    assert call("POST", ":hlsDumps", START).json["response"] == []


def test_duplicate_id_is_tested_before_the_info_file_on_disk(call: Call, tmp_path: Path) -> None:
    (tmp_path / "d1.info").write_text("mine")
    call("POST", ":startHlsDump", START)
    assert seen(call("POST", ":startHlsDump", START | {"infoFile": "/d1.info"})) == not_started("Duplicate ID")


def test_info_file_of_a_stopped_dump_is_not_overwritten_by_another_output_stream(call: Call) -> None:
    assert call("POST", ":startHlsDump", START | {"infoFile": "/d1.info"}).status_code == 200
    call("POST", ":stopHlsDump", START)
    answer = call("POST", ":startHlsDump", START | {"outputStreamName": "stream2", "infoFile": "/d1.info"})
    assert answer.json["message"] == "Could not start dump: [default/app/stream2] (Duplicate info file) (500)"


def test_failed_start_takes_its_info_file_back(call: Call, tree: Tree) -> None:
    answer = call("POST", ":startHlsDump", START | {"infoFile": "/d1.info", "playlist": ["nope.m3u8"]})
    assert seen(answer) == not_started("Could not dump master playlist")
    assert "d1.info" not in tree()
    assert seen(call("POST", ":startHlsDump", START | {"infoFile": "/d1.info"})) == (200, NAMES)


def test_info_file_without_a_slash_is_relative_to_the_root(call: Call, tree: Tree) -> None:
    assert seen(call("POST", ":startHlsDump", START | {"infoFile": "d1.info"})) == (200, NAMES)
    assert "d1.info" in tree()


# User data, and what the info file says


def test_user_data_without_an_info_file_is_listed_and_not_written(call: Call, tree: Tree) -> None:
    assert seen(call("POST", ":startHlsDump", START | {"userData": "note"})) == (200, NAMES)
    assert call("POST", ":hlsDumps", START).data == (
        b'{"message":"OK","response":[{"enabled":true,"id":"d1","outputPath":"/dumps","outputStreamName":"stream","userData":"note"}],'
        b'"statusCode":200}'
    )
    assert not any(name.endswith(".info") for name in tree())


def test_markup_in_user_data_leaves_the_info_file_well_formed(call: Call, tmp_path: Path) -> None:
    user_data = "<a href='x'>&amp;</UserData>\r\n한글 \x01"
    call("POST", ":startHlsDump", START | {"infoFile": "/d1.info", "userData": user_data})
    line = "  <UserData>&lt;a href='x'&gt;&amp;amp;&lt;/UserData&gt;&#13;\n한글 \ufffd</UserData>\n"
    with (tmp_path / "d1.info").open(encoding="utf-8", newline="") as file:
        assert line in file.read()
    assert ElementTree.parse(tmp_path / "d1.info").findtext("UserData") == user_data.replace("\x01", "\ufffd")


def test_stream_of_the_info_file_is_a_path(call: Call, tmp_path: Path) -> None:
    call("POST", ":startHlsDump", START | {"outputStreamName": "stream2", "infoFile": "/d1.info"})
    assert ElementTree.parse(tmp_path / "d1.info").findtext("Stream") == "/default/app/stream2"


def test_file_of_an_item_is_the_output_path_joined_with_the_name(call: Call, tmp_path: Path) -> None:
    paths = {"/dumps": "/dumps/", "/dumps/": "/dumps/", "relative/x": "relative/x/", "/a//b": "/a//b/"}
    for number, (output_path, prefix) in enumerate(paths.items()):
        body = {"outputStreamName": "stream", "id": str(number), "outputPath": output_path, "infoFile": f"/{number}.info"}
        assert call("POST", ":startHlsDump", body).status_code == 200
        first = ElementTree.parse(tmp_path / f"{number}.info").findtext("Items/Item/File")
        assert first == f"{prefix}init_0_video_9BfpuA3z_llhls.m4s"


# The status


def test_status_is_running_until_the_stop(call: Call, emulator: Emulator, tmp_path: Path) -> None:
    call("POST", ":startHlsDump", START | {"infoFile": "/d1.info"})
    emulator.clock.advance(60)
    assert status_of(tmp_path / "d1.info") == "Running"
    call("POST", ":stopHlsDump", START)
    assert status_of(tmp_path / "d1.info") == "Completed"


def test_stream_that_ends_completes_its_dumps(call: Call, emulator: Emulator, tmp_path: Path) -> None:
    call("POST", ":startHlsDump", START | {"infoFile": "/d1.info"})
    emulator.disconnect("default/app/stream")
    assert status_of(tmp_path / "d1.info") == "Completed"
    assert call("POST", ":hlsDumps", START).json["message"] == "Could not find the stream: [default/app/stream] (404)"


def test_status_is_error_after_a_failed_write_and_stays_so(call: Call, emulator: Emulator, tmp_path: Path) -> None:
    call("POST", ":startHlsDump", START | {"infoFile": "/d1.info"})
    (tmp_path / "dumps").rename(tmp_path / "moved")
    (tmp_path / "dumps").write_text("in the way")
    emulator.clock.advance(10)
    assert status_of(tmp_path / "d1.info") == "Error"
    assert [dump["enabled"] for dump in call("POST", ":hlsDumps", START).json["response"]] == [False]
    assert seen(call("POST", ":stopHlsDump", START)) == (200, NAMES)
    assert status_of(tmp_path / "d1.info") == "Error"


def test_queued_start_is_accepted_before_anything_is_written(call: Call, emulator: Emulator, tree: Tree) -> None:
    emulator.connect("default/app/late", ready=True)
    body = {"outputStreamName": "late", "id": "d1", "outputPath": "/dumps"}
    answer = call("POST", "/v1/vhosts/default/apps/app/streams/late:startHlsDump", body)
    assert seen(answer) == (200, b'{"message":"OK","response":["late","late2"],"statusCode":200}')
    assert tree() == []
    emulator.clock.advance(10)
    assert len(tree()) > 0


def test_queued_start_that_turns_out_wrong_ends_with_an_error(call: Call, emulator: Emulator, tmp_path: Path) -> None:
    emulator.connect("default/app/late", ready=True)
    path = "/v1/vhosts/default/apps/app/streams/late"
    body = {"outputStreamName": "late", "id": "d1", "outputPath": "/dumps", "playlist": ["nope.m3u8"], "infoFile": "/d1.info"}
    assert call("POST", f"{path}:startHlsDump", body).status_code == 200
    assert [dump["enabled"] for dump in call("POST", f"{path}:hlsDumps", body).json["response"]] == [True]
    emulator.clock.advance(10)
    assert [dump["enabled"] for dump in call("POST", f"{path}:hlsDumps", body).json["response"]] == [False]
    assert status_of(tmp_path / "d1.info") == "Error"


# As the engine


@pytest.mark.parametrize("action", [":startHlsDump", ":stopHlsDump", ":hlsDumps"])
def test_playlist_that_is_an_object_fails_as_in_the_engine(call: Call, action: str) -> None:
    answer = call("POST", action, START | {"playlist": {"a": "llhls.m3u8"}})
    assert seen(answer) == (500, b'{"message":"in Json::Value::operator[](ArrayIndex): requires arrayValue","statusCode":500}')


def test_json_is_sorted_compact_and_ascii(call: Call) -> None:
    call("POST", ":startHlsDump", START | {"id": "é", "userData": "z"})
    assert call("POST", ":hlsDumps", START | {"id": "é"}).data == (
        b'{"message":"OK","response":[{"enabled":true,"id":"\\u00e9","outputPath":"/dumps","outputStreamName":"stream",'
        b'"userData":"z"}],"statusCode":200}'
    )


def test_id_of_a_stopped_dump_stays_taken_while_the_stream_lives(call: Call, emulator: Emulator) -> None:
    call("POST", ":startHlsDump", START)
    call("POST", ":stopHlsDump", START)
    assert seen(call("POST", ":startHlsDump", START)) == not_started("Duplicate ID")
    emulator.disconnect("default/app/stream")
    emulator.connect("default/app/stream", ready=True)
    assert seen(call("POST", ":startHlsDump", START)) == (200, NAMES)


def test_path_outside_the_root_is_a_directory_that_can_not_be_written(call: Call) -> None:
    assert seen(call("POST", ":startHlsDump", START | {"outputPath": "/../up"})) == not_started("Could not dump init segment")
    assert seen(call("POST", ":startHlsDump", START | {"infoFile": "/../up.info"})) == not_started("Could not dump init segment")
