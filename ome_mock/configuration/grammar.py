"""The parts of a grammar of OME's configuration: groups of fields, each with a name in XML and one in JSON.

A field's JSON name is its XML name with a small first letter, unless it says otherwise (configuration-reader.md#keys). Fields stand in
the order in which the engine reads them, because it complains of the first mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from ..settings import Document
from ..text import camel_case
from .scalars import FLAG, TEXT, WHOLE, Scalar


class Use(Enum):
    """The emulator's use of a field."""

    HEEDED = "heeded"
    NOT_EMULATED = "not emulated"
    """The field changes what clients of the engine see."""
    WITHOUT_EFFECT = "read but without effect"
    """The field has no meaning for an emulator: ports that it doesn't open, numbers of threads, paths of certificates."""


class Anything(Enum):
    """The content of a field whose elements are not checked, as in the engine."""

    ANYTHING = "anything"


ANYTHING = Anything.ANYTHING
Values = Mapping[str, Any]
Rule = Callable[[Values], str | None]
"""Checks the values of a group together; returns the complaint in the engine's words, or None."""


class Node(NamedTuple):
    """A group that was read: its values by their JSON names, groups in it as nodes, and its document."""

    document: Document
    values: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

    def given(self, *names: str) -> dict[str, Any]:
        """The values that are there, by the names that settings have for them: `origin_mode` is that of `originMode`."""
        return {name: self.values[key] for name in names if (key := camel_case(name)) in self.values}

    def node(self, *names: str) -> Node:
        """A group further down, empty where it is absent."""
        found = self
        for name in names:
            found = found.values.get(name, NOWHERE)
        return found

    def all(self, name: str) -> list[Any]:
        """The values of a repeated element."""
        found: list[Any] = self.values.get(name, [])
        return found


NOWHERE = Node({}, {})


@dataclass(frozen=True)
class Group:
    """An element with elements in it."""

    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    """The elements that only older engines know, each with those engines."""

    @cached_property
    def by_xml(self) -> dict[str, Field]:
        return {field.xml: field for field in self.fields}

    @cached_property
    def by_json(self) -> dict[str, Field]:
        return {field.json: field for field in self.fields}


Content = Scalar | Group | Anything


class Field(NamedTuple):
    """One element of a group, or several of the same name where it is repeated.

    `item` is the name of the elements in a wrapping element, for which JSON has an array: `<Names><Name>` is `names`.
    """

    xml: str
    content: Content
    json: str
    required: bool = False
    """True if it must be present, unless it stands below an optional element: see `reading.Reader`."""
    repeated: bool = False
    item: str = ""
    unique: bool = False
    """True if no two of the repeated elements may have the same name."""
    use: Use = Use.HEEDED
    usual: Any = None
    """The value of a field that is not emulated with which the engine does what the emulator does."""

    @property
    def item_xml(self) -> str:
        """The XML name of one of the repeated elements."""
        return self.item or self.xml

    @property
    def item_json(self) -> str:
        """The name of one of the repeated elements in errors of the REST API."""
        return lower_first(self.item) if self.item else self.json


def first_double(names: Sequence[str]) -> str | None:
    """The first name that occurs for the second time, or None."""
    return next((name for position, name in enumerate(names) if name in names[:position]), None)


def lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def one(xml: str, content: Content = TEXT, *, json: str = "", required: bool = False) -> Field:
    """An element that stands once."""
    return Field(xml, content, json or lower_first(xml), required)


def many(xml: str, content: Content = TEXT, *, json: str = "") -> Field:
    """An element that may be repeated; JSON has an array."""
    return Field(xml, content, json or lower_first(xml), repeated=True)


def flat(xml: str, item: str, content: Content = TEXT, *, json: str = "", required: bool = False, unique: bool = False) -> Field:
    """An element that only wraps elements of one name; in JSON it is their array."""
    return Field(xml, content, json or lower_first(xml), required, repeated=True, item=item, unique=unique)


def group(*fields: Field, rules: tuple[Rule, ...] = (), gone: Mapping[str, str] | None = None) -> Group:
    return Group(fields, rules, gone or {})


def texts(*names: str, required: bool = False) -> tuple[Field, ...]:
    return tuple(one(name, TEXT, required=required) for name in names)


def flags(*names: str) -> tuple[Field, ...]:
    return tuple(one(name, FLAG) for name in names)


def numbers(*names: str, content: Scalar = WHOLE, required: bool = False) -> tuple[Field, ...]:
    """Elements that hold whole numbers, or another `content`."""
    return tuple(one(name, content, required=required) for name in names)


def without_effect(*fields: Field) -> tuple[Field, ...]:
    """The fields, checked but without meaning for an emulator."""
    return tuple(each._replace(use=Use.WITHOUT_EFFECT) for each in fields)


def not_emulated(*fields: Field, usual: Any = None) -> tuple[Field, ...]:
    """The fields, checked but not emulated, though they change what clients of the engine see, unless they have the `usual` value."""
    return tuple(each._replace(use=Use.NOT_EMULATED, usual=usual) for each in fields)
