"""The paths of a record's files, from the client or the configuration, with their macros replaced.

Macros are those of OME's documentation of recording; an unknown one stays (records-and-pushes.md#record-files).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, NamedTuple

from ..lazy import Lazy
from ..settings import ApplicationSettings
from ..timestamps import NS_PER_SECOND

_MACRO = re.compile(r"\$\{([A-Za-z]+)(?::([^}]*))?\}")
_DATE_FIELDS = {"YYYY": "%Y", "MM": "%m", "DD": "%d", "hh": "%H", "mm": "%M", "ss": "%S"}
_DATE_FIELD = re.compile("|".join(_DATE_FIELDS))
_LINE_BREAK = re.compile(r"\s*\n\s*")
"""A line break in a path, as in the documentation's example."""
DEFAULT_TIME_FORMAT = "YYYYMMDDhhmmss"
DEFAULT_INFO_PATH = "${TransactionId}_${VirtualHost}_${Application}_${Stream}.xml"
DEFAULT_FILE_PATH = "${TransactionId}_${VirtualHost}_${Application}_${Stream}_${StartTime:YYYYMMDDhhmmss}.ts"
"""The names of files that neither client nor configuration names (recorded: records/requests refused)."""


class RecordPaths(NamedTuple):
    """The paths of one record, with macros."""

    file_path: str
    info_path: str


class RecordMoment(NamedTuple):
    """The values of macros in the path of one file."""

    names: Mapping[str, str]
    start_ns: int
    end_ns: int
    zone: tzinfo | None

    def expand(self, path: str) -> str:
        return _MACRO.sub(self._value, path)

    def _value(self, match: re.Match[str]) -> str:
        name, argument = match.groups()
        instant_ns = {"StartTime": self.start_ns, "EndTime": self.end_ns}.get(name)
        if instant_ns is None:
            return self.names.get(name, match.group())
        local = datetime.fromtimestamp(instant_ns // NS_PER_SECOND, UTC).astimezone(self.zone)
        return _DATE_FIELD.sub(lambda field: local.strftime(_DATE_FIELDS[field.group()]), argument or DEFAULT_TIME_FORMAT)


def record_paths(application: ApplicationSettings, file_path: str, info_path: str, default_root: Callable[[], str]) -> RecordPaths:
    """The paths from the client, or else from `<FILE>`, or else the engine's (records-and-pushes.md#record-files).

    An absolute path of the client's stays (recorded: records/start and stop). `<RootPath>`, or `default_root` without one, is put before
    relative paths and those from `<FILE>`.
    """
    publisher = _file_publisher(application)
    root, own_root = _text(publisher, "rootPath"), Lazy(default_root)

    def path(given: str, key: str, default: str) -> str:
        chosen = given or _text(publisher, key) or default
        return given if given.startswith("/") else _below(root or own_root(), chosen)

    return RecordPaths(path(file_path, "filePath", DEFAULT_FILE_PATH), path(info_path, "infoPath", DEFAULT_INFO_PATH))


def _below(root: str, path: str) -> str:
    return f"{root.rstrip('/')}/{path.lstrip('/')}" if root else path


def _file_publisher(application: ApplicationSettings) -> Mapping[str, Any]:
    publishers = application.document.get("publishers")
    publisher = publishers.get("file") if isinstance(publishers, Mapping) else None
    return publisher if isinstance(publisher, Mapping) else {}


def _text(element: Mapping[str, Any], key: str) -> str:
    value = element.get(key)
    return _LINE_BREAK.sub("", value.strip()) if isinstance(value, str) else ""
