"""The dialects by their names."""

from __future__ import annotations

import re

from ..errors import ConfigurationError
from ..text import nearest
from .dialect import DOCS, Dialect
from .history import ENGINES

DIALECTS = {dialect.name: dialect for dialect in (DOCS, *reversed(ENGINES))}
"""By name: the documentation's, then the engines from the oldest to the newest."""
ENGINE = "engine"
_VERSION = re.compile(r"(?:engine-?)?v?(\d{1,9}(?:\.\d{1,9})*)", re.ASCII)


def find_dialect(name: str) -> Dialect:
    """The dialect of a name; `engine` is the newest engine, a shorter version its newest, `0.16` is `engine-0.16`.

    Raises ConfigurationError, which names the nearest.
    """
    name = whole_name(name)
    found = DIALECTS.get(name) or next((engine for engine in ENGINES if is_of(engine, name)), None)
    if found is None:
        meant = _nearest(name)
        raise ConfigurationError(f"dialect {name!r} is not one of {', '.join(DIALECTS)}{meant and f' (did you mean {meant}?)'}")
    return found


def whole_name(name: str) -> str:
    """The name of the engine that a number stands for."""
    return f"{ENGINE}-{name}" if name[:1].isdigit() else name


def is_of(engine: Dialect, name: str) -> bool:
    """Says if a name, whole or shortened at a dot, is that of an engine."""
    full = f"{ENGINE}-{engine.version}"
    return name in {ENGINE, full} or full.startswith(f"{name}.")


def _nearest(name: str) -> str:
    """The engine whose version is next to the one in a name, or the dialect that is spelled most like it."""
    match = _VERSION.fullmatch(name.lower())
    if match is None:
        return nearest(name, [*DIALECTS, ENGINE], 0.5) or ""
    wanted = version_number(match[1])
    return min(ENGINES, key=lambda engine: abs(version_number(engine.version) - wanted)).name


def version_number(version: str) -> int:
    """A number that grows from version to version."""
    major, minor, patch, *_ = (*map(int, version.split(".")), 0, 0)
    return (major * 1000 + minor) * 1000 + patch
