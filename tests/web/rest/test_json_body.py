"""Bodies that are JSON, and what is said of those that are not (rest-api.md#request-bodies)."""

from __future__ import annotations

import pytest
from fixture_types import Post

REQUIRED_TO_ADDRESS = {"message": "outputStreamName is required (400)", "statusCode": 400}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        pytest.param(b'{"outputStreamName":"x"}', "x", id="compact"),
        pytest.param(b' \r\n\t{ "outputStreamName" :\n"x" } \n', "x", id="space around everything"),
        pytest.param(b'{"outputStreamName": "y", "outputStreamName": "x"}', "x", id="the last of two members"),
        pytest.param(b'\xef\xbb\xbf{"outputStreamName": "x"}', "x", id="byte order mark"),
        pytest.param('{"outputStreamName": "한글 😀"}'.encode(), "한글 😀", id="UTF-8"),
        pytest.param(rb'{"outputStreamName": "\ud55c\ud83d\ude00\/\n"}', "한😀/\n", id="escapes"),
        pytest.param(b'{"outputStreamName": "x", "more": [1, [2.5, {"a": null}], true, "\\"", -1e3]}', "x", id="values of every kind"),
        pytest.param(b'/* a */ {"outputStreamName": "x", // b\n "more": [1,],} // c', "x", id="comments and trailing commas"),
        pytest.param(b'{"outputStreamName": "x"} {"more"', "x", id="anything behind the value"),
    ],
)
def test_json_is_read(post: Post, body: bytes, name: str) -> None:
    answer = post("hlsDumps", body)
    message = f"Could not find output stream: [default/app/{name}] (404)"
    assert (answer.status_code, answer.json) == (404, {"message": message, "statusCode": 404})


@pytest.mark.parametrize("body", ["", "null", " null ", "{}"])
def test_nothing_is_an_object_without_members(post: Post, body: str) -> None:
    answer = post("hlsDumps", body)
    assert (answer.status_code, answer.json) == (400, REQUIRED_TO_ADDRESS)


NO_VALUE = "Syntax error: value, object or array expected."
NO_NAME = "Missing '}' or object member name"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(b"abc", f"* Line 1, Column 1\n  {NO_VALUE}\n", id="word"),
        pytest.param(b"}", f"* Line 1, Column 1\n  {NO_VALUE}\n", id="closing brace"),
        pytest.param(b"id=a&outputStreamName=stream", f"* Line 1, Column 1\n  {NO_VALUE}\n", id="form"),
        pytest.param(b"<id>a</id>", f"* Line 1, Column 1\n  {NO_VALUE}\n", id="XML"),
        pytest.param(b"\x80", f"* Line 1, Column 1\n  {NO_VALUE}\n", id="a byte that is no character"),
        pytest.param(b" ", f"* Line 1, Column 2\n  {NO_VALUE}\n", id="space alone"),
        pytest.param(b'{"id":NaN}', f"* Line 1, Column 7\n  {NO_VALUE}\n", id="no number"),
        pytest.param(b'{\n "a":\n }', f"* Line 3, Column 2\n  {NO_VALUE}\n", id="third line"),
        pytest.param(b"{", f"* Line 1, Column 2\n  {NO_NAME}\n", id="opening brace"),
        pytest.param(b"{a:1}", f"* Line 1, Column 2\n  {NO_NAME}\n", id="unquoted name"),
        pytest.param(b"{'a':1}", f"* Line 1, Column 2\n  {NO_NAME}\n", id="single quotes"),
        pytest.param(b'{"a"}', "* Line 1, Column 5\n  Missing ':' after object member name\n", id="no colon"),
        pytest.param(b'{"a":1', "* Line 1, Column 7\n  Missing ',' or '}' in object declaration\n", id="object without an end"),
        pytest.param(b'{"a":1 "b":2}', "* Line 1, Column 8\n  Missing ',' or '}' in object declaration\n", id="no comma"),
        pytest.param(b"[1,2", "* Line 1, Column 5\n  Missing ',' or ']' in array declaration\n", id="array without an end"),
        pytest.param(b'{"a":1e400}', "* Line 1, Column 6\n  '1e400' is not a number.\n", id="number that is too large"),
        pytest.param(
            rb'{"a":"\q"}',
            "* Line 1, Column 6\n  Bad escape sequence in string\nSee Line 1, Column 9 for detail.\n",
            id="unknown escape",
        ),
        pytest.param(
            rb'{"id":"\ud800"}',
            "* Line 1, Column 7\n  additional six characters expected to parse unicode surrogate pair.\n"
            "See Line 1, Column 14 for detail.\n",
            id="half a surrogate pair",
        ),
    ],
)
@pytest.mark.parametrize("action", ["startHlsDump", "stopHlsDump", "hlsDumps"])
def test_mistake_is_a_400_in_the_words_of_the_engine(post: Post, action: str, body: bytes, text: str) -> None:
    answer = post(action, body)
    assert (answer.status_code, answer.json) == (400, {"message": f"[JSON] {text} (400)", "statusCode": 400})


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 1001 + b"]" * 1001], ids=["arrays", "objects", "1001 arrays"])
def test_values_that_are_nested_too_deeply_fail_as_in_the_engine(post: Post, body: bytes) -> None:
    answer = post("startHlsDump", body)
    assert (answer.status_code, answer.data) == (500, b'{"message":"Exceeded stackLimit in readValue().","statusCode":500}')


def test_nested_values_are_json(post: Post) -> None:
    assert post("stopHlsDump", "[" * 500 + "]" * 500).json == REQUIRED_TO_ADDRESS


@pytest.mark.parametrize("number", ["1" * 30, "1" * 5000, "-" + "1" * 5000])
def test_number_of_any_length_is_no_defect_of_the_emulator(post: Post, number: str) -> None:
    answer = post("hlsDumps", f'{{"id": {number}}}')
    assert answer.status_code == 400
