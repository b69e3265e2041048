"""Recorded conversations as values: requests, answers, and the cases that they are the steps of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Headers = tuple[tuple[str, str], ...]

API, LLHLS, THUMBNAIL = "api", "llhls", "thumbnail"
PORTS = (API, LLHLS, THUMBNAIL)
"""The ports of a server that a recording may speak of."""


def find_header(headers: Headers, name: str) -> str | None:
    """The value of a header, whatever the case of its name, or None."""
    return next((value for each, value in headers if each.lower() == name.lower()), None)


class Request(NamedTuple):
    """A request as a client sent it.

    `path` is the raw target. `sent` holds the bytes where the other fields don't say them all. `is_authorized`: the client presented
    the access token, which the recording leaves out. `port` is one of `PORTS`.
    """

    method: str
    path: str
    headers: Headers = ()
    body: bytes | None = None
    is_authorized: bool = True
    sent: bytes | None = None
    port: str = API

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name, or None."""
        return find_header(self.headers, name)


class Answer(NamedTuple):
    """An answer as it came, headers in their order; `status` is None if the connection was closed without one.

    `has_headers` is False where they were not written down. `took_s`, in seconds, was noted of answers that the server held back.
    """

    status: int | None
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""
    has_headers: bool = True
    took_s: float | None = None


NO_ANSWER = Answer(None)


class Exchange(NamedTuple):
    """A request and its answer."""

    request: Request
    answer: Answer


class RawExchange(NamedTuple):
    """Bytes that were sent on a connection of its own, and the bytes that came back.

    `shuts_down`: the client then shut its side down. `is_closed` says if the server closed the connection after all that.
    """

    sent: bytes
    received: bytes
    is_closed: bool
    shuts_down: bool = False
    port: str = API


@dataclass(frozen=True)
class Incident:
    """Something that happened beside requests: `what` is one of `INCIDENTS`, `to` the stream or the path that it happened to."""

    what: str
    to: str
    text: str = ""
    """What was written to a file."""
    tracks: Mapping[str, Any] = field(default_factory=dict)
    """`video` and `audio` of an encoder, each true, false, or an object such as `{"width": 320, "height": 180}`."""


CONNECT, DISCONNECT, REMOVE, WRITE = "connect", "disconnect", "remove tree", "write file"
INCIDENTS = {CONNECT: "stream", DISCONNECT: "stream", REMOVE: "path", WRITE: "path"}
"""What can happen, and the key of what it happens to."""


class Pause(NamedTuple):
    """So many seconds went by."""

    seconds: float


class RecordedFile(NamedTuple):
    """A file as it lay on disk; `text` is that of playlists and info files, None of others."""

    size: int
    text: str | None = None


class Look(NamedTuple):
    """The files that lay in directories, by their paths: those `within`, or, where it is empty, those that dumps had named."""

    files: Mapping[str, RecordedFile]
    within: tuple[str, ...] = ()


Step = Exchange | RawExchange | Incident | Pause | Look


class Case(NamedTuple):
    """Steps that belong together. `at_s` is the moment of the first one since the recording began, in seconds, if it was noted."""

    name: str
    steps: tuple[Step, ...]
    group: str = ""
    at_s: float | None = None
    connection: int | None = None


class World(NamedTuple):
    """The server that was recorded, as far as it is known: its Server.xml, its dialect, and the streams that were connected."""

    server_xml: str | None = None
    dialect: str | None = None
    streams: tuple[str, ...] = ()
    began: str | None = None


class Recording(NamedTuple):
    """Cases in their order, and the world that they are about."""

    cases: tuple[Case, ...]
    world: World = World()


Json = dict[str, Any]
