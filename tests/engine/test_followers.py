"""Followers of an engine: what they are told of."""

from __future__ import annotations

from typing import Any

from ome_mock import OmeMock
from ome_mock.engine.follower import Follower
from ome_mock.engine.input_stream import InputStream


class Listener(Follower):
    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def stream_came(self, stream: InputStream, now_ns: int) -> None:
        self.heard.append(("came", str(stream.path), now_ns - stream.published_ns))

    def stream_gone(self, stream: InputStream, now_ns: int) -> None:  # noqa: ARG002
        self.heard.append(("gone", str(stream.path)))


def test_a_late_follower_hears_of_the_streams_that_are_there() -> None:
    with OmeMock(streams=["default/app/a", "default/app/b"]) as ome:
        ome.disconnect("default/app/b")
        listener = Listener()
        ome.engine.follow(listener)
        ome.connect("default/app/c", ready=True)
        ome.disconnect("default/app/a")
    assert listener.heard == [
        ("came", "default/app/a", 0),
        ("came", "default/app/c", 890_000_000),
        ("gone", "default/app/a"),
        ("gone", "default/app/c"),
    ]


def test_a_stream_that_goes_while_a_follower_is_told_of_it_is_gone_for_the_follower_too() -> None:
    with OmeMock(streams=["default/app/a"]) as ome:

        class Slow(Listener):
            def stream_came(self, stream: InputStream, now_ns: int) -> None:
                if not self.heard:
                    self.heard.append(("being told",))
                    ome.disconnect("default/app/a")
                super().stream_came(stream, now_ns)

        listener = Slow()
        ome.engine.follow(listener)
    assert listener.heard[-1] == ("gone", "default/app/a")
