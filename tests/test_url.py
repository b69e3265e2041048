"""URLs of other servers, and what can't be reached."""

from __future__ import annotations

import pytest

from ome_mock.url import parse_url


@pytest.mark.parametrize(
    ("text", "scheme", "host", "port"),
    [
        ("rtsp://192.168.0.160:553/app/stream", "rtsp", "192.168.0.160", 553),
        ("OVT://host/app", "ovt", "host", None),
        ("rtmp://user:word@host:1935/app?x=1", "rtmp", "host", 1935),
        ("srt://[::1]:9999?mode=caller", "srt", "[::1]", 9999),
        ("nope://x", "nope", "x", None),
    ],
)
def test_parts_of_a_url(text: str, scheme: str, host: str, port: int | None) -> None:
    url = parse_url(text)
    assert url
    assert (url.scheme, url.host, url.port) == (scheme, host, port)


@pytest.mark.parametrize("text", ["", "host", "host/app", "://host", "rtsp://", "rtsp:///x", "rtsp:host", "rtsp://h:x/"])
def test_text_that_is_no_url(text: str) -> None:
    assert parse_url(text) is None


@pytest.mark.parametrize(
    ("text", "is_reachable"),
    [
        ("rtsp://127.0.0.1:1/x", False),
        ("rtsp://127.0.0.1:0/x", False),
        ("rtsp://camera.invalid/x", False),
        ("rtsp://CAMERA.INVALID./x", False),
        ("rtsp://invalid/x", False),
        ("rtsp://valid.example/x", True),
        ("rtsp://127.0.0.1:10/x", True),
        ("rtsp://notinvalid/x", True),
    ],
)
def test_closed_ports_and_unknown_names_are_out_of_reach(text: str, is_reachable: bool) -> None:
    url = parse_url(text)
    assert url
    assert url.is_reachable is is_reachable
