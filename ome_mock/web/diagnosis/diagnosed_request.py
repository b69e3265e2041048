"""A request with the properties that rules of diagnosis need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from ...engine.input_stream import InputStream
from ...json_reader import read_json
from ...refusals import JsonLibraryError, JsonSyntaxError
from ...text import up_to_nul
from ..rest import Api
from ..wire.request_line import path_of
from .wrong_routes import OF_A_STREAM, actions_by_slashes

DUMP_ACTIONS = ("startHlsDump", "stopHlsDump", "hlsDumps")

_NAMES = re.compile(
    r"/v1/(?:stats/current/)?vhosts/(?P<vhost>[^/]*?)"
    r"(?:/apps(?:/(?P<app>[^/:]*)(?:/(?P<kind>\w+)(?:/(?P<item>[^/]*?))?)?)?)?(?::(?P<action>[^/:]*))?"
)


class Names(NamedTuple):
    """The names in a path, None if absent; `kind` is the list of `item`, such as `streams` or `outputProfiles`."""

    vhost: str | None = None
    app: str | None = None
    kind: str | None = None
    item: str | None = None
    action: str | None = None

    @property
    def stream(self) -> str | None:
        """The input stream in the path, which may be a channel; None if it names no stream."""
        return self.item if self.kind in {"streams", "scheduledChannels", "multiplexChannels"} else None


UNREAD = object()
"""In place of a value that nobody has read yet."""


@dataclass(frozen=True)
class DiagnosedRequest:
    """A request and the status of its answer, None if the connection was closed without one.

    `target` is the raw target with its query, its bytes as Latin-1 (PEP 3333). `reason` is the log's reason why the files of a dump
    could not be written, or empty.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    status: int | None
    reason: str = ""
    value: Any = UNREAD
    """The JSON value of the body, where it has been read already."""

    def header(self, name: str) -> str:
        """The last header of a name, trimmed as by the engine; empty if there is none."""
        found = [value for key, value in self.headers if key.lower() == name]
        return found[-1].strip("\r\n\t ") if found else ""

    @property
    def is_chunked(self) -> bool:
        return "chunked" in self.header("transfer-encoding").lower()

    @cached_property
    def path(self) -> str:
        """The path as the engine reads it; empty if it reads none."""
        return path_of(self.header("host"), self.target) or ""

    @cached_property
    def names(self) -> Names:
        match = _NAMES.fullmatch(self.path)
        names = Names(**match.groupdict()) if match else Names()
        if (
            names.item is not None
            and names.action is not None
            and self.method != "POST"
            and names.action not in actions_by_slashes()[OF_A_STREAM]
        ):
            return names._replace(item=f"{names.item}:{names.action}", action=None)
        return names

    @property
    def dump_action(self) -> str | None:
        """The dump action in the path, or None."""
        action = self.target.partition("?")[0].rpartition(":")[2]
        return action if action in DUMP_ACTIONS and self.method == "POST" else None

    @cached_property
    def json_error(self) -> JsonSyntaxError | JsonLibraryError | None:
        """The error of reading the body, or None."""
        value = self._json_or_error
        return value if isinstance(value, JsonSyntaxError | JsonLibraryError) else None

    @property
    def json(self) -> Any:
        """The value of the body; None if it is empty or can't be read."""
        return None if self.json_error else self._json_or_error

    @property
    def fields(self) -> dict[str, Any]:
        """The members of the body, if it is an object."""
        value = self._json_or_error
        return value if isinstance(value, dict) else {}

    def text(self, name: str) -> str:
        """A field as the engine reads it: a string up to its first NUL, empty for anything else."""
        return up_to_nul(self.fields.get(name))

    def input_stream(self, api: Api) -> InputStream:
        """The input stream that the path names. Raises NotFound."""
        return api.engine.input_stream(self.names.vhost or "", self.names.app or "", self.names.stream or "")

    @cached_property
    def _json_or_error(self) -> Any:
        if self.value is not UNREAD:
            return self.value
        try:
            return read_json(self.body)
        except (JsonSyntaxError, JsonLibraryError) as error:
            return error
