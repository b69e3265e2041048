"""The examples of OME's documentation of the dump API, requests and answers as they are printed there."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from fixture_types import Call, Tree

from ome_mock.emulator import Emulator

START = {
    "outputStreamName": "stream",
    "id": "unique_dump_id",
    "outputPath": "/tmp/",
    "playlist": ["llhls.m3u8", "abr.m3u8"],
    "infoFile": "/home/abc/xxx/unique_info_file_name.info",
    "userData": "access_key_id='AKIAXFOT7EWH3ZA4XXXX'",
}
STOP = {"outputStreamName": "stream", "id": "dump_id"}
STREAM_NAMES = {"statusCode": 200, "message": "OK", "response": ["stream", "stream2"]}
UNAUTHORIZED = {"message": "[HTTP] Authorization header is required to call API (401)", "statusCode": 401}
NOT_FOUND = {"statusCode": 404, "message": "Could not find the application: [default/non-exists] (404)"}


def test_start_is_answered_as_documented(call: Call) -> None:
    answer = call("POST", ":startHlsDump", START)
    assert (answer.status_code, answer.json) == (200, STREAM_NAMES)
    assert answer.headers["Content-Type"] == "application/json"


def test_started_dump_lies_below_the_root_at_the_paths_of_the_request(call: Call, tree: Tree) -> None:
    call("POST", ":startHlsDump", START)
    assert tree() == [
        "home/abc/xxx/unique_info_file_name.info",
        "tmp/abr.m3u8",
        "tmp/chunklist_0_video_9BfpuA3z_llhls.m3u8",
        "tmp/chunklist_1_video_9BfpuA3z_llhls.m3u8",
        "tmp/chunklist_2_audio_9BfpuA3z_llhls.m3u8",
        "tmp/init_0_video_9BfpuA3z_llhls.m4s",
        "tmp/init_1_video_9BfpuA3z_llhls.m4s",
        "tmp/init_2_audio_9BfpuA3z_llhls.m4s",
        "tmp/llhls.m3u8",
        "tmp/seg_0_10_video_9BfpuA3z_llhls.m4s",
        "tmp/seg_1_10_video_9BfpuA3z_llhls.m4s",
        "tmp/seg_2_10_audio_9BfpuA3z_llhls.m4s",
    ]


def test_emulator_says_where_the_files_of_the_example_are(call: Call, emulator: Emulator, tmp_path: Path) -> None:
    call("POST", ":startHlsDump", START)
    dump = emulator.dumps["unique_dump_id"]
    assert dump.info_file == tmp_path / "home/abc/xxx/unique_info_file_name.info"
    assert {path.parent for path in dump.files} == {tmp_path / "tmp"}
    assert len(dump.files) == 11


def test_path_that_is_inside_the_root_already_is_taken_as_it_is(call: Call, tree: Tree, tmp_path: Path) -> None:
    paths = {"outputPath": f"{tmp_path}/inside", "infoFile": f"{tmp_path}/inside.info"}
    assert call("POST", ":startHlsDump", START | paths).status_code == 200
    assert {name.partition("/")[0] for name in tree()} == {"inside", "inside.info"}


def test_info_file_is_as_documented(call: Call, tmp_path: Path) -> None:
    call("POST", ":startHlsDump", START)
    text = (tmp_path / "home/abc/xxx/unique_info_file_name.info").read_text()
    assert text.startswith(
        "<HLSDumpInfo>\n"
        "  <UserData>access_key_id='AKIAXFOT7EWH3ZA4XXXX'</UserData>\n"
        "  <Stream>/default/app/stream</Stream>\n"
        "  <Status>Running</Status>\n"
        "  <Items>\n"
        "    <Item>\n"
        "      <Seq>0</Seq>\n"
        "      <Time>2026-01-01T00:00:00.000+00:00</Time>\n"
        "      <File>/tmp/init_0_video_9BfpuA3z_llhls.m4s</File>\n"
        "    </Item>\n"
    )
    assert text.endswith("    </Item>\n  </Items>\n</HLSDumpInfo>\n")
    items = ElementTree.fromstring(text).findall("Items/Item")
    assert [item.findtext("Seq") for item in items] == [str(number) for number in range(11)]
    assert all([child.tag for child in item] == ["Seq", "Time", "File"] for item in items)
    assert [item.findtext("File") for item in items][-2:] == ["/tmp/llhls.m3u8", "/tmp/abr.m3u8"]


def test_stop_is_answered_as_documented(call: Call, emulator: Emulator) -> None:
    call("POST", ":startHlsDump", START | {"id": "dump_id"})
    emulator.clock.advance(20)
    answer = call("POST", ":stopHlsDump", STOP)
    assert (answer.status_code, answer.json) == (200, STREAM_NAMES)
    assert answer.headers["Content-Type"] == "application/json"


def test_stopped_dump_is_completed(call: Call, emulator: Emulator, tmp_path: Path) -> None:
    call("POST", ":startHlsDump", START | {"id": "dump_id"})
    call("POST", ":stopHlsDump", STOP)
    info_file = tmp_path / "home/abc/xxx/unique_info_file_name.info"
    assert ElementTree.parse(info_file).findtext("Status") == "Completed"
    before = info_file.read_bytes()
    emulator.clock.advance(60)
    assert info_file.read_bytes() == before


def test_stop_without_an_id_aborts_every_dump_of_the_output_stream(call: Call, emulator: Emulator) -> None:
    for number in range(3):
        call("POST", ":startHlsDump", {"outputStreamName": "stream", "id": str(number), "outputPath": f"/dumps/{number}"})
    call("POST", ":startHlsDump", {"outputStreamName": "stream2", "id": "0", "outputPath": "/dumps/other"})
    assert call("POST", ":stopHlsDump", {"outputStreamName": "stream"}).json == STREAM_NAMES
    assert [dump.enabled for dump in emulator.dumps.values()] == [False, False, False, True]


@pytest.mark.parametrize("action", [":startHlsDump", ":stopHlsDump"])
def test_request_without_credentials_is_answered_as_documented(call: Call, action: str) -> None:
    answer = call("POST", action, START, authorization=None)
    assert (answer.status_code, answer.json) == (401, UNAUTHORIZED)
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="OvenMediaEngine"'


@pytest.mark.parametrize("action", ["startHlsDump", "stopHlsDump"])
def test_unknown_application_is_answered_as_documented(call: Call, action: str) -> None:
    answer = call("POST", f"/v1/vhosts/default/apps/non-exists/streams/stream:{action}", START)
    assert (answer.status_code, answer.json) == (404, NOT_FOUND)
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/v1/vhosts/non-exists/apps/app/streams/stream", "Could not find the virtual host: [non-exists] (404)"),
        ("/v1/vhosts/default/apps/app/streams/non-exists", "Could not find the stream: [default/app/non-exists] (404)"),
    ],
)
@pytest.mark.parametrize("action", ["startHlsDump", "stopHlsDump"])
def test_unknown_virtual_host_or_stream_is_not_found_either(call: Call, path: str, action: str, message: str) -> None:
    assert call("POST", f"{path}:{action}", START).json == {"statusCode": 404, "message": message}


@pytest.mark.parametrize("body", ["[]", "5", '"text"', "true", '[{"outputStreamName": "stream"}]'])
@pytest.mark.parametrize("action", [":startHlsDump", ":stopHlsDump"])
def test_body_that_is_not_an_object_is_a_bad_request(call: Call, action: str, body: str) -> None:
    assert call("POST", action, body).status_code == 400


@pytest.mark.parametrize("field", ["outputStreamName", "id", "outputPath"])
def test_start_without_a_required_value_is_a_bad_request(call: Call, field: str) -> None:
    assert call("POST", ":startHlsDump", {name: value for name, value in START.items() if name != field}).status_code == 400


def test_stop_without_the_required_value_is_a_bad_request(call: Call) -> None:
    assert call("POST", ":stopHlsDump", {"id": "dump_id"}).status_code == 400


def test_optional_values_may_be_left_out(call: Call, tree: Tree) -> None:
    body = {"outputStreamName": "stream", "id": "unique_dump_id", "outputPath": "/tmp/"}
    assert call("POST", ":startHlsDump", body).json == STREAM_NAMES
    assert {name.partition("/")[0] for name in tree()} == {"tmp"}
    assert not any(name.endswith(("llhls.m3u8", "abr.m3u8")) and "chunklist" not in name for name in tree())


def test_directory_is_made_where_it_does_not_exist(call: Call, tmp_path: Path) -> None:
    call("POST", ":startHlsDump", START | {"outputPath": "/a/b/c/d"})
    assert len(list((tmp_path / "a/b/c/d").iterdir())) == 11


def test_info_file_that_exists_is_an_error(call: Call, tmp_path: Path) -> None:
    (tmp_path / "home/abc/xxx").mkdir(parents=True)
    (tmp_path / "home/abc/xxx/unique_info_file_name.info").write_text("mine")
    assert call("POST", ":startHlsDump", START).status_code == 500
    assert (tmp_path / "home/abc/xxx/unique_info_file_name.info").read_text() == "mine"
