"""The engine's tolerant JSON reader: each kind of error in a table, and what it takes."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from _pytest.mark.structures import MarkDecorator
from hypothesis import example, given
from hypothesis import strategies as st

from ome_mock.json_reader import DEEPEST, _Reader, read_json
from ome_mock.refusals import JsonLibraryError, JsonSyntaxError

BYTES_THAT_MATTER = b"{}[]\",:\\/u*-+.eE0123456789 \n\r\t\x00\xff\xc3tfn'I"


def refused(body: bytes) -> str:
    with pytest.raises(JsonSyntaxError) as caught:
        read_json(body)
    return caught.value.text


def table(*rows: tuple[bytes, object]) -> MarkDecorator:
    return pytest.mark.parametrize(("body", "expected"), [pytest.param(*row, id=repr(row[0])[2:-1]) for row in rows])


@table(
    (b" ", "* Line 1, Column 2\n"),
    (b"abc", "* Line 1, Column 1\n"),
    (b"nul", "* Line 1, Column 1\n"),
    (b"}", "* Line 1, Column 1\n"),
    (b"'a'", "* Line 1, Column 1\n"),
    (b"NaN", "* Line 1, Column 1\n"),
    (b"-Infinity", "* Line 1, Column 1\n"),
    (b"+Infinity", "* Line 1, Column 1\n"),
    (b".5", "* Line 1, Column 1\n"),
    (b'{"a": }', "* Line 1, Column 7\n"),
    (b'{"a":"b', "* Line 1, Column 6\n"),
    (b"[1,/* */]", "* Line 1, Column 9\n"),
    (b"/* open", "* Line 1, Column 1\n"),
    (b"/x", "* Line 1, Column 1\n"),
    (b"/*/ 1", "* Line 1, Column 1\n"),
    (b"/*/", "* Line 1, Column 4\n"),
    (b"\0", "* Line 1, Column 1\n"),
)
def test_missing_value_is_said_where_the_next_token_begins(body: bytes, expected: str) -> None:
    assert refused(body) == expected + "  Syntax error: value, object or array expected.\n"


@table(
    (b"{", "* Line 1, Column 2\n"),
    (b"{a:1}", "* Line 1, Column 2\n"),
    (b"{'a':1}", "* Line 1, Column 2\n"),
    (b"{,}", "* Line 1, Column 2\n"),
    (b'{"', "* Line 1, Column 2\n"),
    (b'{\n  "', "* Line 2, Column 3\n"),
    (b'{"a":1,\r\n1}', "* Line 2, Column 1\n"),
    (b'{"a":1,\r1}', "* Line 2, Column 1\n"),
    (b'{"a":1 /* */ "b":2}', "* Line 1, Column 17\n"),
)
def test_missing_member_name_is_said_where_the_next_token_begins(body: bytes, expected: str) -> None:
    assert refused(body) == expected + "  Missing '}' or object member name\n"


@table((b'{"a"}', "* Line 1, Column 5\n"), (b'{"a"', "* Line 1, Column 5\n"), (b'{"a" /* */ :1}', "* Line 1, Column 6\n"))
def test_missing_colon_is_said_where_the_next_token_begins(body: bytes, expected: str) -> None:
    assert refused(body) == expected + "  Missing ':' after object member name\n"


@table((b'{"a":1', "* Line 1, Column 7\n"), (b'{"a":1 "b":2}', "* Line 1, Column 8\n"), (b'{"a":{"b":1}', "* Line 1, Column 13\n"))
def test_missing_comma_in_an_object_is_said_where_the_next_token_begins(body: bytes, expected: str) -> None:
    assert refused(body) == expected + "  Missing ',' or '}' in object declaration\n"


@table((b"[1,2", "* Line 1, Column 5\n"), (b"[1 2]", "* Line 1, Column 4\n"), (b'[1"a"]', "* Line 1, Column 3\n"))
def test_missing_comma_in_an_array_is_said_where_the_next_token_begins(body: bytes, expected: str) -> None:
    assert refused(body) == expected + "  Missing ',' or ']' in array declaration\n"


@table(
    (b'{"a":1e400}', "* Line 1, Column 6\n  '1e400' is not a number.\n"),
    (b"-e3", "* Line 1, Column 1\n  '-e3' is not a number.\n"),
    (b"1e", "* Line 1, Column 1\n  '1e' is not a number.\n"),
    (b"-.", "* Line 1, Column 1\n  '-.' is not a number.\n"),
    (b"+", "* Line 1, Column 1\n  '+' is not a number.\n"),
    (b"+-1", "* Line 1, Column 1\n  '+' is not a number.\n"),
    (b'{"a":+{}}', "* Line 1, Column 6\n  '+' is not a number.\n"),
    (b"9" * 400, f"* Line 1, Column 1\n  '{'9' * 400}' is not a number.\n"),
)
def test_number_out_of_range_or_without_digits_is_quoted(body: bytes, expected: str) -> None:
    assert refused(body) == expected


@table(
    (rb'{"a":"\q"}', "Bad escape sequence in string\nSee Line 1, Column 9 for detail.\n"),
    (rb'{"a":"\u12"}', "Bad unicode escape sequence in string: four digits expected.\nSee Line 1, Column 9 for detail.\n"),
    (rb'{"a":"\u12x4"}', "Bad unicode escape sequence in string: hexadecimal digit expected.\nSee Line 1, Column 12 for detail.\n"),
    (rb'{"a":"\ud800"}', "additional six characters expected to parse unicode surrogate pair.\nSee Line 1, Column 13 for detail.\n"),
    (
        rb'{"a":"\ud83d\e00000"}',
        "expecting another \\u token to begin the second half of a unicode surrogate pair\nSee Line 1, Column 15 for detail.\n",
    ),
    (b'{"a":"\\u\n123"}', "Bad unicode escape sequence in string: hexadecimal digit expected.\nSee Line 2, Column 1 for detail.\n"),
)
def test_bad_escape_is_said_with_the_string_and_the_place_in_it(body: bytes, expected: str) -> None:
    assert refused(body) == "* Line 1, Column 6\n  " + expected


@table(
    (b"", None),
    (b"null", None),
    (b"\xef\xbb\xbf{}", {}),
    (b'{"a":1,}', {"a": 1}),
    (b"[1,2,]", [1, 2]),
    (b'{} trailing "garbage', {}),
    (b'// first\n{"a": /* here */ 1 /* there */}', {"a": 1}),
    (b'{"a":1 // to the end\n}', {"a": 1}),
    (b'{"a":1,"a":2}', {"a": 2}),
    (b"01", 1),
    (b"-", 0),
    (b"-7", -7),
    (b"+7", 7),
    (b"+.5", 0.5),
    (b"-.5", -0.5),
    (b"1.", 1.0),
    (b"1e3", 1000.0),
    (b"12345678901234567890123", 1.2345678901234568e22),
    (b'"a\nb\tc"', "a\nb\tc"),
    (rb'"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"', '"\\/\b\f\n\r\té😀'),
    (b'"\xff"', "\udcff"),
    (b'{"a":"b\0c"}', {"a": "b\0c"}),
    (b"1\x002", 1),
    (b"[true,false,null]", [True, False, None]),
)
def test_tolerant_reader_takes(body: bytes, expected: Any) -> None:
    assert read_json(body) == expected


def test_values_may_be_nested_a_thousand_deep_and_no_deeper() -> None:
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST) is not None
    with pytest.raises(JsonLibraryError) as caught:
        read_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))
    assert caught.value.text == "Exceeded stackLimit in readValue()."


PIECES = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b'"',
        b'"a"',
        b"\\",
        b"\\u12",
        b"\\ud83d",
        b"/*",
        b"*/",
        b"//",
        b"1",
        b"-",
        b".",
        b"e",
        b"\n",
        b"\r",
    ]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=3))).map(b"".join))
@example(b'{"a":"\\')
def test_any_bytes_are_a_value_or_an_error_and_both_ways_of_reading_agree(body: bytes) -> None:
    try:
        value = read_json(body)
    except (JsonSyntaxError, JsonLibraryError):
        return
    if body:
        assert repr(_Reader(body).read()) == repr(value)


def test_spoilt_recordings_are_values_or_errors() -> None:
    """A thousand; `tests/slow` reads a hundred thousand."""
    outcomes = outcomes_of_spoilt_recordings(1_000)
    assert min(outcomes["value"], outcomes[JsonSyntaxError]) > 50


def outcomes_of_spoilt_recordings(count: int) -> Counter[object]:
    """What was made of so many recorded bodies, each spoilt."""
    lines = (Path(__file__).parents[1] / "fixtures" / "recordings" / "json.jsonl").read_text().splitlines()
    bodies = [json.loads(line)["steps"][0]["request"]["body"].encode("utf-8", "surrogateescape") for line in lines]
    chance = Random(1)
    return Counter(read_outcome(spoil(chance.choice(bodies), chance)) for _ in range(count))


def spoil(body: bytes, chance: Random) -> bytes:
    """The body with one to four bytes put in, taken out or changed."""
    spoilt = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(spoilt))
        spoilt[at : at + chance.randint(0, 1)] = chance.choice((b"", bytes([chance.choice(BYTES_THAT_MATTER)])))
    return bytes(spoilt)


def read_outcome(body: bytes) -> object:
    try:
        read_json(body)
    except (JsonSyntaxError, JsonLibraryError) as error:
        return type(error)
    return "value"


def test_long_string_is_read_without_a_step_for_each_character() -> None:
    text = "x" * 2_000_000
    assert read_json(b'{"\\u0061":"' + text.encode() + b'"}') == {"a": text}
