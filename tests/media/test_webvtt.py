"""Files of subtitles: what is written, and what is found wrong in others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.media.webvtt import Cue, Cues, find_mistake, render

HEAD = "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:721890\n\n\n"


def test_file_counts_from_its_beginning() -> None:
    cues = [Cue(9_336, 12_336, "hello", "line:90%"), Cue(9_000, 3_661_000, "long")]

    assert render(8_021, cues).decode() == (
        f"{HEAD}00:00:00.979 --> 01:00:52.979 \nlong\n\n00:00:01.315 --> 00:00:04.315 line:90%\nhello\n\n"
    )


def test_file_without_cues_has_its_head_alone() -> None:
    assert render(8_021, []).decode() == HEAD


def test_cue_stands_where_it_begins_unless_that_was_complete() -> None:
    cues = Cues()
    for cue in (Cue(500, 9_000, "a"), Cue(1_000, 1_500, "b"), Cue(700, 900, "too late", sent_ms=1_000)):
        cues.add(cue)

    assert [[cue.text for cue in cues.between(*times)] for times in ((0, 1_000), (1_000, 2_000))] == [["a"], ["b"]]


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7))))
def test_what_is_written_has_no_mistake(times: list[tuple[int, int]]) -> None:
    assert find_mistake(render(0, (Cue(start, start + length, "a --> b") for start, length in times))) is None


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        pytest.param("", 1, "begin with WEBVTT", id="empty"),
        pytest.param("WEBVTTX\n", 1, "begin with WEBVTT", id="another word"),
        pytest.param("WEBVTT\n\n00:01 --> 00:02\nx\n", 3, "no times of a cue", id="without milliseconds"),
        pytest.param("WEBVTT\n\n00:00:02.000 --> 00:00:01.000\nx\n", 3, "ends before it begins", id="backwards"),
        pytest.param("WEBVTT\n\n00:02.000 --> 00:03.000\na --> b\n\n00:99.000 --> 01:00.000\n", 6, "no times of a cue", id="later"),
    ],
)
def test_mistake_is_found_with_its_line(text: str, line: int, problem: str) -> None:
    found = find_mistake(text.encode())

    assert found is not None
    assert (found.line, problem in found.problem) == (line, True)


def test_bytes_that_are_no_text_are_found() -> None:
    assert find_mistake(b"WEBVTT\n\n\xff") == (1, "it is not UTF-8")
