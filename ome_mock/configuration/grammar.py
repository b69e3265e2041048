"""What a grammar of OME's configuration is made of: groups of fields, each with its name in XML and its name in JSON.

A field's JSON name is its XML name with a small first letter, unless it says otherwise (configuration-reader.md#keys). Fields stand in
the order in which the engine reads them: what is wrong first is what it complains of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from ..settings import Written
from .scalars import FLAG, TEXT, WHOLE, Scalar


class Use(Enum):
    """What the emulator does with a field."""

    HEEDED = "heeded"
    NOT_EMULATED = "not emulated"
    """It would change what clients see."""
    WITHOUT_EFFECT = "read but without effect"
    """It has no meaning for an emulator: ports of what it doesn't listen on, numbers of threads, paths of certificates."""


class Anything(Enum):
    """A field whose elements are taken as they come: the engine doesn't look into it either."""

    ANYTHING = "anything"


ANYTHING = Anything.ANYTHING
Values = Mapping[str, Any]
Rule = Callable[[Values], str | None]
"""Says what is wrong with the values of a group as a whole, in the engine's words, or None."""


class Node(NamedTuple):
    """A group that was read: its values by their JSON names, groups in it as nodes, and how it was written."""

    written: Written
    values: Mapping[str, Any]

    def get(self, name: str, default: Any = None) -> Any:
        return self.values.get(name, default)

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
    """Elements that older engines knew, and which ones."""

    @cached_property
    def by_xml(self) -> dict[str, Field]:
        return {field.xml: field for field in self.fields}

    @cached_property
    def by_json(self) -> dict[str, Field]:
        return {field.json: field for field in self.fields}


Content = Scalar | Group | Anything


class Field(NamedTuple):
    """One element of a group, or several of the same name where it is repeated.

    `item` is the name of the elements in a wrapping element of which JSON has the array alone: `<Names><Name>` is `names`.
    """

    xml: str
    content: Content
    json: str
    required: bool = False
    """Whether it must be there, unless it stands below something that need not: see `reading.Reader`."""
    repeated: bool = False
    item: str = ""
    unique: bool = False
    """Whether no two of the repeated elements may have the same name."""
    use: Use = Use.HEEDED

    @property
    def item_xml(self) -> str:
        """What one of the repeated elements is called in XML."""
        return self.item or self.xml

    @property
    def item_json(self) -> str:
        """What errors of the REST API call one of the repeated elements."""
        return lower_first(self.item) if self.item else self.json


def first_double(names: Sequence[str]) -> str | None:
    """The first name that stood before."""
    return next((name for position, name in enumerate(names) if name in names[:position]), None)


def lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def one(xml: str, content: Content = TEXT, *, json: str = "", required: bool = False, use: Use = Use.HEEDED) -> Field:
    """An element that stands once."""
    return Field(xml, content, json or lower_first(xml), required, use=use)


def many(xml: str, content: Content = TEXT, *, json: str = "", unique: bool = False, use: Use = Use.HEEDED) -> Field:
    """An element that may be repeated; JSON has an array."""
    return Field(xml, content, json or lower_first(xml), repeated=True, unique=unique, use=use)


def flat(
    xml: str, item: str, content: Content = TEXT, *, json: str = "", required: bool = False, unique: bool = False, use: Use = Use.HEEDED
) -> Field:
    """An element that holds nothing but elements of one name; JSON has their array in its place."""
    return Field(xml, content, json or lower_first(xml), required, repeated=True, item=item, unique=unique, use=use)


def group(*fields: Field, rules: tuple[Rule, ...] = (), gone: Mapping[str, str] | None = None) -> Group:
    return Group(fields, rules, gone or {})


def texts(*names: str, required: bool = False) -> tuple[Field, ...]:
    return tuple(one(name, TEXT, required=required) for name in names)


def flags(*names: str) -> tuple[Field, ...]:
    return tuple(one(name, FLAG) for name in names)


def numbers(*names: str, content: Scalar = WHOLE, required: bool = False) -> tuple[Field, ...]:
    """Elements that hold whole numbers, or what else is said."""
    return tuple(one(name, content, required=required) for name in names)


def without_effect(*fields: Field) -> tuple[Field, ...]:
    """Elements that are checked, and have no meaning for an emulator."""
    return tuple(each._replace(use=Use.WITHOUT_EFFECT) for each in fields)


def not_emulated(*fields: Field) -> tuple[Field, ...]:
    """Elements that are checked, and would change what clients see."""
    return tuple(each._replace(use=Use.NOT_EMULATED) for each in fields)
