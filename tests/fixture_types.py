"""Types of the fixtures that are functions: how a test calls them, and what it reads of an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from raw_http import Connection
from werkzeug.datastructures import Headers

from ome_mock.emulator import Emulator


class Answer(Protocol):
    """A response of a test client. Its `json` is Any, since a test that reads it knows what it asked for."""

    @property
    def status(self) -> str: ...
    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def mimetype(self) -> str | None: ...
    @property
    def data(self) -> bytes: ...
    @property
    def text(self) -> str: ...
    @property
    def json(self) -> Any: ...


Get = Callable[[str], Answer]
Post = Callable[[str, Any], Answer]
Tree = Callable[[], list[str]]
UseWorld = Callable[[str], None]


class Ask(Protocol):
    """Sends a request with the access token."""

    def __call__(self, method: str, path: str, body: Any = None) -> Answer: ...


class AskFile(Protocol):
    """Sends a request for a file on a connection of its own."""

    def __call__(self, file: str, method: str = "GET") -> Connection: ...


class AskDiagnosed(Protocol):
    """Sends a request; gives its status and its diagnosis."""

    def __call__(
        self, emulator: Emulator, method: str, target: str, body: bytes = b"", headers: tuple[tuple[str, str], ...] | None = None
    ) -> tuple[int, tuple[str, ...]]: ...


class Call(Protocol):
    """Sends a request as a client would, with the access token unless `authorization` says otherwise."""

    def __call__(self, method: str, path: str, body: Any = None, authorization: str | None = ...) -> Answer: ...


MakeEmulator = Callable[..., Any]
"""Makes an emulator, or with `kind=OmeMock` one that serves, of options of the fixture's and of the emulator's."""


class Emulate(Protocol):
    """Makes an emulator of two virtual hosts."""

    def __call__(self, dialect: str = "docs", token: str = "ome-access-token") -> Emulator: ...


class Record(Protocol):
    """Calls an action of records; gives what `response` holds."""

    def __call__(self, action: str, **fields: Any) -> Any: ...


class Start(Protocol):
    """Starts a dump, with these fields other than usual."""

    def __call__(self, **fields: Any) -> Answer: ...
