"""Faults as JSON: `{"fault": "diskFull", "file": "seg_*", "nth": 3}`; names of fields are those of the classes, in camel case."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from typing import Any, get_type_hints

from ..errors import ConfigurationError
from ..text import camel_case, nearest
from . import media_faults as _media_faults  # noqa: F401 (its faults are of the family of writes, which knows them once they are defined)
from .callback_faults import CallbackFault
from .fault import Fault
from .push_faults import PushFault
from .request_faults import RequestFault
from .stream_faults import StreamFault
from .write_faults import WriteFault

FAMILIES: tuple[type[Fault], ...] = (RequestFault, WriteFault, StreamFault, CallbackFault, PushFault)


def kinds() -> dict[str, type[Fault]]:
    """Every fault, also one of your own that is defined, by its name."""
    return {kind.kind(): kind for family in FAMILIES for kind in family.kinds}


def read_fault(value: Any) -> Fault:
    """Read one fault; raises ConfigurationError, which names the key and the value."""
    if not isinstance(value, dict):
        raise ConfigurationError(f"a fault is an object, not {value!r}")
    given = dict(value)
    name = given.pop("fault", None)
    known_kinds = kinds()
    if not isinstance(name, str) or name not in known_kinds:
        meant = nearest(str(name), known_kinds) or ""
        raise ConfigurationError(f"fault {name!r} is not one of {', '.join(known_kinds)}{meant and f' (did you mean {meant}?)'}")
    kind = known_kinds[name]
    types = get_type_hints(kind)
    known = {camel_case(field.name): field.name for field in fields(kind)}
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
    said = {camel_case(field.name): getattr(fault, field.name) for field in fields(fault) if getattr(fault, field.name) != field.default}
    return {"fault": fault.kind(), **said}


def describe_kinds() -> list[dict[str, Any]]:
    """Every kind of fault as JSON: its name, what it does, and its fields with types, defaults and rules, for forms and generators."""
    return [
        {
            "fault": name,
            "of": family.__name__.removesuffix("Fault").lower(),
            "does": _first_sentence(kind),
            "fields": _describe_fields(kind),
        }
        for name, kind in kinds().items()
        for family in FAMILIES
        if issubclass(kind, family)
    ]


def _first_sentence(kind: type[Fault]) -> str:
    return re.split(r"(?<=\.)\s", " ".join((kind.__doc__ or "").split()))[0].replace("`", "")


def _describe_fields(kind: type[Fault]) -> list[dict[str, Any]]:
    types, common = get_type_hints(kind), {each.name for each in fields(Fault)}
    return [
        {
            "name": camel_case(each.name),
            "type": _type_name(types[each.name]),
            "default": None if each.default is MISSING else each.default,
            "isRequired": each.default is MISSING,
            "isCommon": each.name in common,
            "rule": each.metadata.get("rule", ""),
        }
        for each in fields(kind)
    ]


def _type_name(wanted: Any) -> str:
    """The type of a field in JSON's words, such as `number or null`."""
    names = {int: "integer", float: "number", str: "string", bool: "boolean", type(None): "null"}
    return " or ".join(names[each] for each in getattr(wanted, "__args__", (wanted,)))


def _check_type(fault: str, key: str, value: Any, wanted: Any) -> None:
    """A number is taken for a float; truth values are no numbers."""
    types = getattr(wanted, "__args__", (wanted,))
    is_fine = isinstance(value, (*types, int) if float in types else types)
    if not is_fine or (isinstance(value, bool) and bool not in types):
        raise ConfigurationError(f"fault {fault}: {key} {value!r} is no {_type_name(wanted)}")
