"""ID3 tags, and the boxes that they lie in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.media.emsg import EventMessage, decode_emsg
from ome_mock.media.id3 import Id3Frame, encode_tag

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("frame", "content"),
    [
        pytest.param(Id3Frame("TXXX", "key", "value"), b"\3key\0value", id="a text with a name"),
        pytest.param(Id3Frame("TXXX", "", "value"), b"\3value", id="a text without one"),
        pytest.param(Id3Frame("TXXX", "key", ""), b"\3key\0", id="a name without text"),
        pytest.param(Id3Frame("TXXX", "", ""), b"\3", id="nothing"),
        pytest.param(Id3Frame("PRIV", "owner", "data"), b"owner\0data", id="private data"),
        pytest.param(Id3Frame("PRIV", "", ""), b"", id="no private data"),
        pytest.param(Id3Frame("TIT2", "ignored", "é"), "\3é".encode(), id="another text, which has no name"),
    ],
)
def test_frame_holds_its_name_and_its_data(frame: Id3Frame, content: bytes) -> None:
    assert frame.encode() == frame.type.encode() + bytes([0, 0, 0, len(content), 0, 0]) + content


def test_type_of_another_length_stays_as_it_is() -> None:
    assert Id3Frame("TLONGNAME", "", "x").encode() == b"TLONGNAME\0\0\0\2\0\0\3x"


def test_sizes_are_of_seven_bits() -> None:
    tag = encode_tag([Id3Frame("TXXX", "big", "x" * 3000)])

    assert tag[:20] == b"ID3\4\0\0\0\0\x17\x47TXXX\0\0\x17\x3d\0\0"


def test_tag_too_long_for_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        encode_tag([Id3Frame("TXXX", "", "x" * (1 << 28))])


@given(st.integers(0, 2**63), st.integers(0, 2**32 - 1), st.binary(), TEXTS, TEXTS)
def test_box_is_read_as_it_was_written(time: int, number: int, data: bytes, scheme: str, value: str) -> None:
    message = EventMessage(time, number, data, scheme=scheme, value=value)

    assert decode_emsg(message.encode()[8:]) == message


@pytest.mark.parametrize("payload", [b"", b"\0" * 40, b"\1" + bytes(20), b"\1" + bytes(23) + b"no end", b"\1" + bytes(23) + b"\xff\0\0"])
def test_box_that_cannot_be_read_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match="emsg"):
        decode_emsg(payload)
