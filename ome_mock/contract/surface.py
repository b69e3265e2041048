"""The surface that tests have of an emulator and of a server alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol


class PassingTime(Protocol):
    """Lets time go by: at once on an emulator, really on a server."""

    def advance(self, seconds: float) -> None: ...


class ReadableDump(Protocol):
    """A dump, to be read; `DumpView` says what each property is."""

    @property
    def id(self) -> str: ...
    @property
    def stream(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def enabled(self) -> bool: ...
    @property
    def files(self) -> tuple[Path, ...]: ...
    @property
    def items(self) -> list[tuple[str, str]]: ...
    @property
    def info_file(self) -> Path | None: ...


class Ome(Protocol):
    """The surface of `OmeMock` and `OmeServer`: fixture `ome` has it with and without `--ome-target`."""

    access_token: str

    @property
    def url(self) -> str: ...
    @property
    def llhls_url(self) -> str: ...
    @property
    def authorization(self) -> str: ...
    @property
    def clock(self) -> PassingTime: ...
    @property
    def dumps(self) -> Mapping[str | tuple[str, str], ReadableDump]: ...

    def start_dump(
        self,
        id: str = ...,  # noqa: A002
        *,
        stream: str = ...,
        output_stream_name: str | None = ...,
        output_path: str | None = ...,
        playlist: Iterable[str] = ...,
        info_file: str = ...,
        user_data: str = ...,
    ) -> ReadableDump:
        """Start a dump. Raises RequestRefused where the server refuses it."""
        ...

    def stop_dump(self, id: str = ..., *, stream: str = ..., output_stream_name: str | None = ...) -> None:  # noqa: A002
        """Stop a dump, or every dump of an output stream. Raises RequestRefused where the server refuses it."""
        ...

    def until_segment(self, stream: str = ..., count: int = ...) -> None:
        """Let time go by until `count` more segments are complete."""
        ...

    def connect(self, stream: str, *, ready: bool = ...) -> str:
        """Have an encoder come."""
        ...

    def disconnect(self, stream: str) -> None:
        """Have an encoder go."""
        ...

    def name(self, text: str) -> str:
        """An id that only this test has: on an emulator the text itself."""
        ...

    def path(self, text: str) -> str:
        """A path that only this test has, as the server sees it: on an emulator the text itself, below `/`."""
        ...

    def on_disk(self, path: str) -> Path:
        """The place on this machine's disk where a path of the server's is seen."""
        ...
