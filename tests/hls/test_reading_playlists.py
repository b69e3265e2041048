"""Playlists read: what was rendered comes back, what is wrong is noted."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ome_mock.hls.lines import read_milliseconds
from ome_mock.hls.media_playlist import LowLatency, MediaPart, MediaPlaylist, MediaSegment, RenditionReport
from ome_mock.hls.multivariant_playlist import AudioRendition, MultivariantPlaylist, Variant
from ome_mock.hls.reading import parse_media_playlist, parse_multivariant_playlist

T = TypeVar("T")

NAMES = st.from_regex(r"[A-Za-z0-9_?=.-]{1,20}", fullmatch=True)
MILLISECONDS = st.integers(0, 10**7)
NUMBERS = st.integers(0, 10**9)
DATES = st.datetimes().map(lambda date: date.isoformat(timespec="milliseconds") + "+09:00")


def made(make: Callable[..., T], *fields: st.SearchStrategy[Any]) -> st.SearchStrategy[T]:
    """Values with these fields alone; `st.builds` would invent the others too."""
    return st.tuples(*fields).map(lambda given: make(*given))


PARTS = st.builds(MediaPart, NAMES, MILLISECONDS, st.booleans())
MAPS = st.none() | NAMES
COMPLETE = st.builds(
    MediaSegment, NAMES, MILLISECONDS, DATES, st.lists(PARTS, max_size=3).map(tuple), st.just(value=True), st.booleans(), MAPS
)
OPEN = st.builds(
    MediaSegment,
    st.just(""),
    st.just(0),
    DATES,
    st.lists(PARTS, min_size=1, max_size=3).map(tuple),
    st.just(value=False),
    st.booleans(),
    MAPS,
)
REPORTS = st.lists(st.builds(RenditionReport, NAMES, NUMBERS, NUMBERS), max_size=3).map(tuple)
LOW_LATENCIES = st.builds(LowLatency, MILLISECONDS, MILLISECONDS, NAMES, REPORTS, MAPS) | st.builds(
    LowLatency, MILLISECONDS, MILLISECONDS, st.none(), REPORTS, st.none()
)
PLAYLISTS = made(MediaPlaylist, NUMBERS, NAMES, NUMBERS, st.none() | LOW_LATENCIES, st.booleans(), st.none() | NUMBERS)
RENDITIONS = made(AudioRendition, NAMES, NAMES, st.integers(1, 8), NAMES, st.booleans())
FRAME_RATES = st.none() | st.integers(0, 240_000).map(lambda thousandths: Fraction(thousandths, 1000))
SIZES = st.none() | st.tuples(st.integers(1, 8192), st.integers(1, 8192))
CODECS = st.lists(NAMES, min_size=1, max_size=3).map(tuple)


@given(PLAYLISTS, st.lists(COMPLETE, max_size=5), st.lists(OPEN, max_size=1))
def test_media_playlist_that_was_rendered_is_read_as_it_was(
    playlist: MediaPlaylist, complete: list[MediaSegment], unfinished: list[MediaSegment]
) -> None:
    segments = [*complete, *unfinished]
    read = parse_media_playlist(playlist.render("".join(each.render() for each in segments)))
    assert (read.playlist, [each.segment for each in read.segments], read.mistakes) == (playlist, segments, ())
    needed = playlist.map_uri
    for each in read.segments:
        needed = needed if each.segment.map_uri is None else each.segment.map_uri
        assert each.map_uri == needed


@given(st.lists(RENDITIONS, max_size=3), st.data())
def test_multivariant_playlist_that_was_rendered_is_read_as_it_was(renditions: list[AudioRendition], data: st.DataObject) -> None:
    groups = st.sampled_from([None, *(each.group_id for each in renditions)])
    variants = data.draw(st.lists(made(Variant, NUMBERS, CODECS, NAMES, SIZES, FRAME_RATES, groups, st.none() | NUMBERS), max_size=3))
    playlist = MultivariantPlaylist(tuple(renditions), tuple(variants))
    read = parse_multivariant_playlist(playlist.render())
    assert (read.playlist, read.mistakes) == (playlist, ())
    assert [each.uri for each in read.references] == [each.uri for each in renditions] + [each.uri for each in variants]


def test_segment_knows_its_line_and_the_map_before_it() -> None:
    text = '#EXTM3U\n#EXT-X-MAP:URI="a"\n#EXTINF:1,\none\n\n# a comment\n#EXT-X-MAP:URI="b"\n#EXTINF:1.5,title\r\ntwo\r\n'
    read = parse_media_playlist(text)
    assert [(each.segment.uri, each.segment.duration_ms, each.line, each.map_uri) for each in read.segments] == [
        ("one", 1000, 4, "a"),
        ("two", 1500, 9, "b"),
    ]


@pytest.mark.parametrize(
    ("lines", "line", "problem"),
    [
        (["#EXT-X-VERSION:6"], 1, "the first line is not #EXTM3U"),
        (["#EXTM3U", "#EXTINF:abc,", "a"], 2, "#EXTINF: 'abc' is not a number"),
        (["#EXTM3U", "#EXT-X-TARGETDURATION:6.5"], 2, "#EXT-X-TARGETDURATION: '6.5' is not a number"),
        (["#EXTM3U", "a"], 2, "URI without EXTINF before it: 'a'"),
        (["#EXTM3U", "#EXTINF:1,"], 2, "EXTINF without a URI after it"),
        (["#EXTM3U", "#EXTINF:1,", "#EXTINF:1,", "a"], 3, "EXTINF after EXTINF, without a URI between them"),
        (["#EXTM3U", "#EXT-X-MAP:BYTERANGE=5"], 2, "#EXT-X-MAP has no URI"),
        (["#EXTM3U", '#EXT-X-MAP:URI="a'], 2, "#EXT-X-MAP has no list of attributes: 'URI=\"a'"),
        (["#EXTM3U", '#EXT-X-MAP:URI="a",URI="b"'], 2, '#EXT-X-MAP has no list of attributes: \'URI="a",URI="b"\''),
    ],
)
def test_mistake_in_a_media_playlist_is_noted(lines: list[str], line: int, problem: str) -> None:
    assert (line, problem) in parse_media_playlist("\n".join(lines) + "\n").mistakes


@pytest.mark.parametrize(
    ("lines", "line", "problem"),
    [
        (["#EXT-X-STREAM-INF:BANDWIDTH=1"], 1, "EXT-X-STREAM-INF without a URI after it"),
        (["#EXT-X-STREAM-INF:BANDWIDTH=1", "#EXT-X-STREAM-INF:BANDWIDTH=1", "a"], 1, "EXT-X-STREAM-INF without a URI after it"),
        (["#EXT-X-STREAM-INF:RESOLUTION=1x1", "a"], 1, "#EXT-X-STREAM-INF has no BANDWIDTH"),
        (["#EXT-X-STREAM-INF:BANDWIDTH=fast", "a"], 1, "#EXT-X-STREAM-INF: 'fast' is not a number"),
        (['#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="x"', "a"], 1, "there is no EXT-X-MEDIA of the group 'x'"),
        (["a"], 1, "URI without EXT-X-STREAM-INF before it: 'a'"),
        (['#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="x"'], 1, "#EXT-X-MEDIA has no NAME"),
    ],
)
def test_mistake_in_a_multivariant_playlist_is_noted(lines: list[str], line: int, problem: str) -> None:
    mistakes = parse_multivariant_playlist("\n".join(["#EXTM3U", *lines]) + "\n").mistakes
    assert (line + 1, problem) in mistakes


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("6", 6000),
        ("6.", 6000),
        ("6.0", 6000),
        (".5", 500),
        ("6.006", 6006),
        ("6.0064999", 6006),
        ("6.0065", 6007),
        ("-1", None),
        ("1e3", None),
    ],
)
def test_seconds_are_read_as_milliseconds(text: str, milliseconds: int | None) -> None:
    assert read_milliseconds(text) == milliseconds
