"""Recorded conversations as values: requests, answers, and the cases that they are the steps of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """A request as a client sent it.

    `path` is the raw target. `sent` holds the bytes where the other fields don't say them all. `is_authorized`: the client presented
    the access token, which the recording leaves out.
    """

    method: str
    path: str
    headers: Headers = ()
    body: bytes | None = None
    is_authorized: bool = True
    sent: bytes | None = None

    def header(self, name: str) -> str | None:
        """The value of a header, whatever the case of its name, or None."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)


@dataclass(frozen=True)
class Answer:
    """An answer as it came, headers in their order; `status` is None if the connection was closed without one."""

    status: int | None
    reason: str = ""
    headers: Headers = ()
    body: bytes = b""


NO_ANSWER = Answer(None)


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    request: Request
    answer: Answer


@dataclass(frozen=True)
class Pause:
    """So many seconds went by."""

    seconds: float


@dataclass(frozen=True)
class RecordedFile:
    """A file as it lay on disk; `text` is that of playlists and info files, None of others."""

    size: int
    text: str | None = None


@dataclass(frozen=True)
class Look:
    """The files that lay in the directories that dumps had named, by their paths."""

    files: Mapping[str, RecordedFile]


Step = Exchange | Pause | Look


@dataclass(frozen=True)
class Case:
    """Steps that belong together. `at_s` is the moment of the first one since the recording began, in seconds, if it was noted."""

    name: str
    steps: tuple[Step, ...]
    group: str = ""
    at_s: float | None = None
    connection: int | None = None


@dataclass(frozen=True)
class World:
    """The server that was recorded, as far as it is known: its Server.xml, its dialect, and the streams that were connected."""

    server_xml: str | None = None
    dialect: str | None = None
    streams: tuple[str, ...] = ()
    began: str | None = None


@dataclass(frozen=True)
class Recording:
    """Cases in their order, and the world that they are about."""

    cases: tuple[Case, ...]
    world: World = field(default_factory=World)


Json = dict[str, Any]
