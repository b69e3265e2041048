"""The values of AMF0."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ome_mock.ingest.amf0 import DEEPEST, MOST_VALUES, EcmaArray, decode, encode
from ome_mock.ingest.errors import ProtocolViolation

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4).map(EcmaArray)
    ),
    max_leaves=20,
)


@settings(max_examples=40)
@given(st.lists(VALUES, max_size=5))
def test_what_is_encoded_is_decoded(values: list[Any]) -> None:
    decoded = decode(encode(*values))
    assert decoded == values
    assert [type(value) for value in decoded] == [type(value) for value in values]


@settings(max_examples=40)
@given(st.lists(VALUES, min_size=1, max_size=3), st.data())
def test_message_that_is_cut_short_is_refused_or_shorter(values: list[Any], data: st.DataObject) -> None:
    encoded = encode(*values)
    cut = encoded[: data.draw(st.integers(0, len(encoded) - 1))]
    try:
        decoded = decode(cut)
    except ProtocolViolation:
        return
    assert decoded == values[: len(decoded)]
    assert len(decoded) < len(values)


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("00 40c81c8000000000", 12345.0),
        ("01 01", True),
        ("02 0004 6c697665", "live"),
        ("03 0001 61 05 000009", {"a": None}),
        ("05", None),
        ("06", None),
        ("08 00000000 0001 61 00 3ff0000000000000 000009", {"a": 1.0}),
        ("0a 00000002 05 01 00", [None, False]),
        ("0b 4059000000000000 0000", 100.0),
        ("02 0001 ff", "\udcff"),
    ],
)
def test_value_is_read(encoded: str, value: Any) -> None:
    assert decode(bytes.fromhex(encoded)) == [value]


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(b"\x0c\0\0\0\1a", id="long string"),
        pytest.param(b"\x11\x06\3a", id="AMF3"),
        pytest.param(b"\x09", id="an end without a beginning"),
        pytest.param(b"\x02\0\x20publish", id="a string that is cut short"),
        pytest.param(b"\x03\0\1a", id="an object that is cut short"),
        pytest.param(b"\x0a\xff\xff\xff\xff", id="an array of four thousand million"),
        pytest.param(b"\x05" * (MOST_VALUES + 1), id="too many values"),
        pytest.param(b"\x03\0\1a" * (DEEPEST + 1) + b"\x05" + b"\0\0\x09" * (DEEPEST + 1), id="too deep"),
    ],
)
def test_what_the_engine_does_not_read_is_refused(encoded: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        decode(encoded)


@pytest.mark.parametrize("depth", [200, DEEPEST])
def test_nested_objects_are_read(depth: int) -> None:
    (value,) = decode(b"\x03\0\1a" * depth + b"\x05" + b"\0\0\x09" * depth)
    for _ in range(depth):
        assert isinstance(value, dict)
        assert list(value) == ["a"]
        value = value["a"]
    assert value is None


def test_nested_arrays_are_refused_beyond_the_deepest() -> None:
    with pytest.raises(ProtocolViolation):
        decode(b"\x0a\0\0\0\1" * 10_000)
