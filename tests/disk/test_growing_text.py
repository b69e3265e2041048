"""Text that is only ever added to: nothing is lost, and what is old takes little room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ome_mock.disk.growing_text import BLOCK_BYTES, GrowingText

LINE = b"<Item><Seq>%d</Seq></Item>\n"


def kept_bytes(text: GrowingText) -> int:
    return sum(map(len, text._blocks))


@given(st.lists(st.one_of(st.binary(max_size=50), st.integers(1, 3).map(lambda blocks: bytes(blocks * BLOCK_BYTES))), max_size=6))
def test_text_is_everything_that_was_added_in_its_order(added: list[bytes]) -> None:
    text = GrowingText()
    for each in added:
        text.add(each)

    assert bytes(text) == b"".join(added)
    assert text.between(b"<", b">") == b"<" + b"".join(added) + b">"
    assert bool(text) is any(added)


def test_long_text_takes_a_fraction_of_its_room() -> None:
    text, added = GrowingText(), bytearray()
    for number in range(100_000):
        text.add(LINE % number)
        added += LINE % number

    assert bytes(text) == added
    assert kept_bytes(text) < BLOCK_BYTES + len(added) / 5
