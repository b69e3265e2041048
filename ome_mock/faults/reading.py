"""Faults as JSON: `{"fault": "diskFull", "file": "seg_*", "nth": 3}`; names of fields are those of the classes, in camel case."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_type_hints

from ..errors import ConfigurationError
from .callback_faults import (
    CutCallback,
    LateCallback,
    LostCallback,
    RefusedConnection,
    ReorderedCallback,
    TwiceCallback,
    WrongSignature,
)
from .fault import Fault
from .request_faults import CutBody, Delay, RefusedAuthorization, Reset, SlowBytes, Status
from .stream_faults import Disconnect, Discontinuity, Reconnect, Stall
from .write_faults import (
    Crash,
    DiskFull,
    FrozenInfoFile,
    MissingInit,
    ReadOnly,
    SkippedFile,
    SlowWrite,
    Torn,
    VanishedDirectory,
    ZeroBytes,
)

KINDS: dict[str, type[Fault]] = {
    kind.kind(): kind
    for kind in (
        Status,
        RefusedAuthorization,
        Delay,
        Reset,
        CutBody,
        SlowBytes,
        DiskFull,
        ReadOnly,
        VanishedDirectory,
        ZeroBytes,
        Torn,
        SkippedFile,
        MissingInit,
        FrozenInfoFile,
        SlowWrite,
        Crash,
        Stall,
        Disconnect,
        Reconnect,
        Discontinuity,
        LostCallback,
        LateCallback,
        TwiceCallback,
        ReorderedCallback,
        WrongSignature,
        RefusedConnection,
        CutCallback,
    )
}
"""Every fault, by its name."""


def read_fault(value: Any) -> Fault:
    """Read one fault; raises ConfigurationError, which names the key and the value."""
    if not isinstance(value, dict):
        raise ConfigurationError(f"a fault is an object, not {value!r}")
    given = dict(value)
    name = given.pop("fault", None)
    if not isinstance(name, str) or name not in KINDS:
        raise ConfigurationError(f"fault {name!r} is not one of {', '.join(KINDS)}")
    kind = KINDS[name]
    types = get_type_hints(kind)
    known = {_camel(field.name): field.name for field in fields(kind)}
    unknown = [key for key in given if key not in known]
    if unknown:
        raise ConfigurationError(f"fault {name}: there is no {', '.join(map(repr, unknown))}; it has {', '.join(known)}")
    for key, each in given.items():
        _check_type(name, key, each, types[known[key]])
    return kind(**{known[key]: each for key, each in given.items()})


def read_faults(values: Any) -> list[Fault]:
    """Read an array of faults; raises ConfigurationError."""
    if not isinstance(values, list):
        raise ConfigurationError("it holds no array of faults")
    return [read_fault(value) for value in values]


def describe_fault(fault: Fault) -> dict[str, Any]:
    """The fault as JSON, with what differs from its defaults; `read_fault` of it is equal to it."""
    said = {_camel(field.name): getattr(fault, field.name) for field in fields(fault) if getattr(fault, field.name) != field.default}
    return {"fault": fault.kind(), **said}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _check_type(fault: str, key: str, value: Any, wanted: Any) -> None:
    """A number is taken for a float; truth values are no numbers."""
    allowed = {int: (int,), float: (int, float), str: (str,), bool: (bool,)}
    kinds = getattr(wanted, "__args__", (wanted,))
    fine = any(value is None if kind is type(None) else isinstance(value, allowed[kind]) for kind in kinds)
    if not fine or (isinstance(value, bool) and bool not in kinds):
        raise ConfigurationError(
            f"fault {fault}: {key} {value!r} is no {' or '.join('null' if k is type(None) else k.__name__ for k in kinds)}"
        )
