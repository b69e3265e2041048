"""The fields of the dump actions as the engine reads them (rest-api.md#dump-fields, #list-of-dumps)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fixture_types import Post, Start

from ome_mock.emulator import Emulator

REQUIRED_TO_START = {"message": "id, outputStreamName and outputPath are required (400)", "statusCode": 400}
REQUIRED_TO_ADDRESS = {"message": "outputStreamName is required (400)", "statusCode": 400}
JSONCPP_TEXT = b'{"message":"in Json::Value::operator[](ArrayIndex): requires arrayValue","statusCode":500}'
NO_STRING = [
    pytest.param(None, id="null"),
    pytest.param(True, id="true"),
    pytest.param(7, id="number"),
    pytest.param(0, id="zero"),
    pytest.param(1.5, id="fraction"),
    pytest.param(["stream"], id="array"),
    pytest.param({"a": 1}, id="object"),
]


@pytest.fixture
def listed(post: Post) -> Callable[..., list[dict[str, Any]]]:
    """The dumps of output stream `stream` as the API lists them."""
    return lambda **address: post("hlsDumps", {"outputStreamName": "stream"} | address).json["response"]


@pytest.fixture
def ids(listed: Callable[..., list[dict[str, Any]]]) -> Callable[..., list[str]]:
    return lambda **address: [dump["id"] for dump in listed(**address)]


# Required fields


@pytest.mark.parametrize("field", ["outputStreamName", "id", "outputPath"])
@pytest.mark.parametrize("value", [*NO_STRING, pytest.param("", id="empty"), pytest.param("\0", id="nothing before a NUL")])
def test_required_field_of_a_wrong_type_is_absent(start: Start, field: str, value: Any) -> None:
    answer = start(**{field: value})
    assert (answer.status_code, answer.json) == (400, REQUIRED_TO_START)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="no body"),
        pytest.param("null", id="null"),
        pytest.param("{}", id="empty object"),
        pytest.param('{"outputStreamName": "stream", "id": "d1"}', id="no outputPath"),
        pytest.param('{"outputStreamName": "stream", "outputPath": "/dumps"}', id="no id"),
        pytest.param('{"id": "d1", "outputPath": "/dumps"}', id="no outputStreamName"),
        pytest.param('{"output_stream_name": "stream", "id": "d1", "output_path": "/dumps"}', id="snake case"),
        pytest.param('{"OutputStreamName": "stream", "Id": "d1", "OutputPath": "/dumps"}', id="pascal case"),
    ],
)
def test_start_without_a_required_field(post: Post, body: str) -> None:
    answer = post("startHlsDump", body)
    assert (answer.status_code, answer.json) == (400, REQUIRED_TO_START)


@pytest.mark.parametrize("action", ["stopHlsDump", "hlsDumps"])
@pytest.mark.parametrize(
    "body", ["", "null", "{}", '{"id": "d1"}', '{"outputStreamName": ""}', '{"outputStreamName": 7}', '{"outputStreamName": null}']
)
def test_stop_and_list_need_the_output_stream_alone(post: Post, action: str, body: str) -> None:
    answer = post(action, body)
    assert (answer.status_code, answer.json) == (400, REQUIRED_TO_ADDRESS)


def test_space_is_a_name_like_any_other(start: Start, post: Post) -> None:
    assert start(id=" ", outputPath=" ").status_code == 200
    message = "Could not find output stream: [default/app/ ] (404)"
    assert post("hlsDumps", {"outputStreamName": " "}).json == {"message": message, "statusCode": 404}


# Optional fields


@pytest.mark.parametrize("field", ["infoFile", "userData"])
@pytest.mark.parametrize("value", [*NO_STRING, pytest.param("", id="empty")])
def test_optional_field_of_a_wrong_type_is_absent(
    start: Start, listed: Callable[..., list[dict[str, Any]]], field: str, value: Any
) -> None:
    assert start(**{field: value}).status_code == 200
    assert listed() == [{"enabled": True, "id": "d1", "outputPath": "/dumps", "outputStreamName": "stream"}]


def test_list_repeats_every_field_as_it_was_given(start: Start, post: Post) -> None:
    start(outputPath="/dumps//x/", infoFile="/info//d1.info", playlist=["abr.m3u8", "llhls"], userData=" x ")
    assert post("hlsDumps", {"outputStreamName": "stream"}).data == (
        b'{"message":"OK","response":[{"enabled":true,"id":"d1","infoFile":"/info//d1.info","outputPath":"/dumps//x/",'
        b'"outputStreamName":"stream","playlist":["abr.m3u8","llhls"],"userData":" x "}],"statusCode":200}'
    )


def test_list_leaves_out_what_was_not_given(start: Start, post: Post) -> None:
    start()
    assert post("hlsDumps", {"outputStreamName": "stream"}).data == (
        b'{"message":"OK","response":[{"enabled":true,"id":"d1","outputPath":"/dumps","outputStreamName":"stream"}],"statusCode":200}'
    )


def test_unknown_fields_are_ignored(start: Start, listed: Callable[..., list[dict[str, Any]]]) -> None:
    assert start(comment=1, infoFilePath="/x.info", playlists=["abr.m3u8"], duration={"a": []}).status_code == 200
    assert listed() == [{"enabled": True, "id": "d1", "outputPath": "/dumps", "outputStreamName": "stream"}]


def test_last_of_two_fields_of_one_name_counts(post: Post, ids: Callable[..., list[str]]) -> None:
    body = '{"outputStreamName": "nope", "id": "first", "outputPath": "/dumps", "id": "last", "outputStreamName": "stream"}'
    assert post("startHlsDump", body).status_code == 200
    assert ids() == ["last"]


def test_text_ends_at_a_nul(start: Start, listed: Callable[..., list[dict[str, Any]]], tmp_path: Path) -> None:
    assert (
        start(
            id="d\0x",
            outputPath="/cut\0/x",
            infoFile="/cut.info\0.x",
            userData="note\0x",
            playlist=["llhls.m3u8\0x"],
            outputStreamName="stream\0x",
        ).status_code
        == 200
    )
    assert listed() == [
        {
            "enabled": True,
            "id": "d",
            "infoFile": "/cut.info",
            "outputPath": "/cut",
            "outputStreamName": "stream",
            "playlist": ["llhls.m3u8"],
            "userData": "note",
        }
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cut", "cut.info"]


def test_fields_of_a_stop_other_than_id_and_output_stream_are_ignored(
    start: Start, post: Post, listed: Callable[..., list[dict[str, Any]]]
) -> None:
    start()
    assert post("stopHlsDump", {"outputStreamName": "stream", "id": "d1", "outputPath": 3, "playlist": 3, "x": {}}).status_code == 200
    assert listed() == [{"enabled": False, "id": "d1", "outputPath": "/dumps", "outputStreamName": "stream"}]


# Playlists


@pytest.mark.parametrize(
    ("playlist", "kept"),
    [
        pytest.param(["llhls.m3u8", "abr.m3u8"], ["llhls.m3u8", "abr.m3u8"], id="names, in their order"),
        pytest.param([1, None, "llhls.m3u8", True, 1.5], ["llhls.m3u8"], id="what is no text is skipped"),
        pytest.param([["abr.m3u8"], {"a": "abr.m3u8"}, "llhls.m3u8"], ["llhls.m3u8"], id="arrays and objects within are skipped"),
        pytest.param(["llhls.m3u8", "llhls.m3u8"], ["llhls.m3u8", "llhls.m3u8"], id="a name twice"),
        pytest.param(["llhls", "abr.txt", "llhls.m3u8 "], ["llhls", "abr.txt", "llhls.m3u8 "], id="any extension or none"),
        pytest.param([1, None], None, id="nothing left"),
        pytest.param([], None, id="empty array"),
        pytest.param("llhls.m3u8", None, id="text is ignored"),
        pytest.param(3, None, id="number is ignored"),
        pytest.param(True, None, id="true is ignored"),
        pytest.param(None, None, id="null is ignored"),
        pytest.param({}, None, id="empty object is ignored"),
    ],
)
def test_playlists_are_the_strings_of_an_array(
    start: Start, listed: Callable[..., list[dict[str, Any]]], playlist: Any, kept: list[str] | None
) -> None:
    assert start(playlist=playlist).status_code == 200
    assert listed()[0].get("playlist") == kept


@pytest.mark.parametrize("action", ["startHlsDump", "stopHlsDump", "hlsDumps"])
@pytest.mark.parametrize("playlist", [{"a": "llhls.m3u8"}, {"0": "llhls.m3u8"}, {"": None}])
def test_playlist_that_is_an_object_with_members_fails_every_action(post: Post, action: str, playlist: dict[str, Any]) -> None:
    answer = post(action, {"outputStreamName": "stream", "id": "d1", "outputPath": "/dumps", "playlist": playlist})
    assert (answer.status_code, answer.data) == (500, JSONCPP_TEXT)


def test_start_with_an_object_as_playlist_starts_nothing(start: Start, ids: Callable[..., list[str]], tmp_path: Path) -> None:
    start(playlist={"a": "llhls.m3u8"})
    assert ids() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["nope.m3u8", "", ".m3u8", "../llhls.m3u8", "/llhls.m3u8", "LLHLS.m3u8", "llhls.m3u8.m3u8"])
def test_playlist_that_the_stream_does_not_have_fails_the_start(start: Start, ids: Callable[..., list[str]], name: str) -> None:
    answer = start(playlist=["llhls.m3u8", name])
    assert (answer.status_code, answer.data) == (
        500,
        b'{"message":"Could not start dump: [default/app/stream] (Could not dump master playlist) (500)","statusCode":500}',
    )
    assert ids() == []


# Which dumps a stop and a list mean


EVERY_DUMP = [
    pytest.param({}, id="no id"),
    pytest.param({"id": ""}, id="empty id"),
    pytest.param({"id": 7}, id="number"),
    pytest.param({"id": None}, id="null"),
    pytest.param({"id": ["a"]}, id="array"),
    pytest.param({"id": {"a": 1}}, id="object"),
    pytest.param({"id": "\0a"}, id="nothing before a NUL"),
]


@pytest.mark.parametrize("address", EVERY_DUMP)
def test_id_that_is_no_text_lists_every_dump(start: Start, ids: Callable[..., list[str]], address: dict[str, Any]) -> None:
    start(id="a")
    start(id="b")
    assert ids(**address) == ["a", "b"]


@pytest.mark.parametrize("address", EVERY_DUMP)
def test_id_that_is_no_text_stops_every_dump_of_the_output_stream(
    start: Start, post: Post, listed: Callable[..., list[dict[str, Any]]], emulator: Emulator, address: dict[str, Any]
) -> None:
    start(id="a")
    start(id="b")
    start(id="a", outputStreamName="stream2")
    answer = post("stopHlsDump", {"outputStreamName": "stream"} | address)
    assert (answer.status_code, answer.data) == (200, b'{"message":"OK","response":["stream","stream2"],"statusCode":200}')
    assert [(dump["id"], dump["enabled"]) for dump in listed()] == [("a", False), ("b", False)]
    assert emulator.dumps["default/app/stream2", "a"].enabled


def test_stop_of_every_dump_of_none_is_a_success(post: Post) -> None:
    assert post("stopHlsDump", {"outputStreamName": "stream"}).status_code == 200


def test_stop_by_id_leaves_the_others_running(start: Start, post: Post, listed: Callable[..., list[dict[str, Any]]]) -> None:
    start(id="a")
    start(id="b")
    post("stopHlsDump", {"outputStreamName": "stream", "id": "a"})
    assert [(dump["id"], dump["enabled"]) for dump in listed()] == [("a", False), ("b", True)]


@pytest.mark.parametrize("dump_id", ["nope", "A", "a ", " "])
def test_unknown_id_lists_nothing_and_can_not_be_stopped(start: Start, post: Post, ids: Callable[..., list[str]], dump_id: str) -> None:
    start(id="a")
    assert ids(id=dump_id) == []
    answer = post("stopHlsDump", {"outputStreamName": "stream", "id": dump_id})
    assert (answer.status_code, answer.data) == (
        500,
        b'{"message":"Could not stop dump: [default/app/stream] (Could not find dump info) (500)","statusCode":500}',
    )


def test_list_is_in_byte_order_of_the_ids(start: Start, ids: Callable[..., list[str]]) -> None:
    for dump_id in ("한", "b", "~", "é", "10", "a", "😀", "9", "B", "aa", "a b", "\uffee"):
        assert start(id=dump_id).status_code == 200
    assert ids() == ["10", "9", "B", "a", "a b", "aa", "b", "~", "é", "한", "\uffee", "😀"]


def test_ids_are_those_of_one_output_stream(start: Start, post: Post, listed: Callable[..., list[dict[str, Any]]]) -> None:
    assert start(id="d1").status_code == 200
    assert start(id="d1", outputStreamName="stream2").status_code == 200
    assert listed(outputStreamName="stream2") == [{"enabled": True, "id": "d1", "outputPath": "/dumps", "outputStreamName": "stream2"}]


@pytest.mark.parametrize("dump_id", ["x" * 5000, "a/b/../c", "방송 1호", '"', "%41", "a\nb"])
def test_id_may_be_any_text(start: Start, post: Post, ids: Callable[..., list[str]], dump_id: str) -> None:
    assert start(id=dump_id).status_code == 200
    assert ids(id=dump_id) == [dump_id]
    assert post("stopHlsDump", {"outputStreamName": "stream", "id": dump_id}).status_code == 200


def test_bytes_that_are_no_text_are_shown_as_unknown_characters(post: Post) -> None:
    assert (
        post("startHlsDump", b'{"outputStreamName":"stream","id":"a\xff","outputPath":"/dumps","userData":"\xed\xa0\x80"}').status_code
        == 200
    )
    answer = post("hlsDumps", {"outputStreamName": "stream"})
    assert b'"id":"a\\ufffd"' in answer.data
    assert post("stopHlsDump", b'{"outputStreamName":"stream","id":"a\xff"}').status_code == 200
