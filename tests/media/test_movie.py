"""What is read of a movie file's head."""

from __future__ import annotations

from fractions import Fraction
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.media.movie import read_movie

MEDIA = Path(__file__).parents[2] / "fixtures" / "recordings" / "channel-media"
LOOP = files("ome_mock.media").joinpath("loop.mp4").read_bytes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("clip.mp4", (160, 90, 4040, Fraction(20_000, 1333))), ("other.mp4", (320, 180, 4040, Fraction(20_000, 1333))), ("text.mp4", None)],
)
def test_recorded_clip_of_15_frames_a_second(name: str, expected: tuple[int, int, int, Fraction] | None) -> None:
    movie = read_movie(BytesIO((MEDIA / name).read_bytes()))
    assert movie == expected


def test_movie_of_several_videos_has_the_size_of_one() -> None:
    movie = read_movie(BytesIO(LOOP))
    assert movie is not None
    assert (movie.length_ms, movie.frame_rate) == (8000, Fraction(30))


def test_movie_box_may_come_behind_media_of_64_bits() -> None:
    begin = LOOP.index(b"moov") - 4
    wide = b"\0\0\0\1mdat" + (16 + 5).to_bytes(8, "big") + b"media"
    assert read_movie(BytesIO(wide + LOOP[begin:])) == read_movie(BytesIO(LOOP))


@given(st.one_of(st.binary(max_size=64), st.integers(0, len(LOOP)).map(lambda end: LOOP[:end])))
def test_what_is_no_movie_is_none_or_one_that_was_cut_behind_its_head(content: bytes) -> None:
    movie = read_movie(BytesIO(content))
    assert movie is None or movie == read_movie(BytesIO(LOOP))


@given(st.integers(0, 2000), st.integers(0, 255))
def test_damaged_head_raises_nothing(position: int, byte: int) -> None:
    begin = LOOP.index(b"moov") - 4
    damaged = bytearray(LOOP)
    damaged[begin + position] = byte
    read_movie(BytesIO(damaged))
