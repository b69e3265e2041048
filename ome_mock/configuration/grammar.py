"""What a grammar of OME's configuration is made of: groups of fields, each with its name in XML and its name in JSON.

A field's JSON name is its XML name with a small first letter, unless it says otherwise (reference: REST API, appendix B).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple

from .scalars import TEXT, WHOLE, Scalar


class Use(Enum):
    """What the emulator does with a field."""

    HEEDED = "heeded"
    NOT_EMULATED = "not emulated"
    """It would change what clients see."""
    WITHOUT_EFFECT = "read but without effect"
    """It has no meaning for an emulator: ports of what it doesn't listen on, numbers of threads, paths of certificates."""


class Anything(Enum):
    """A field whose elements are taken as they come: nothing of what is in it matters here."""

    ANYTHING = "anything"


ANYTHING = Anything.ANYTHING
Values = Mapping[str, Any]
Rule = Callable[[Values], str | None]
"""Says what is wrong with the values of a group as a whole, in the engine's words, or None."""


@dataclass(frozen=True)
class Group:
    """An element with elements in it."""

    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    attributes: frozenset[str] = frozenset()

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


def lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]


def one(xml: str, content: Content = TEXT, *, json: str = "", required: bool = False, use: Use = Use.HEEDED) -> Field:
    """An element that stands once."""
    return Field(xml, content, json or lower_first(xml), required, use=use)


def many(
    xml: str, content: Content = TEXT, *, json: str = "", required: bool = False, unique: bool = False, use: Use = Use.HEEDED
) -> Field:
    """An element that may be repeated; JSON has an array."""
    return Field(xml, content, json or lower_first(xml), required, repeated=True, unique=unique, use=use)


def flat(
    xml: str, item: str, content: Content = TEXT, *, json: str = "", required: bool = False, unique: bool = False, use: Use = Use.HEEDED
) -> Field:
    """An element that holds nothing but elements of one name; JSON has their array in its place."""
    return Field(xml, content, json or lower_first(xml), required, repeated=True, item=item, unique=unique, use=use)


def group(*fields: Field, rules: tuple[Rule, ...] = (), attributes: frozenset[str] = frozenset()) -> Group:
    return Group(fields, rules, attributes)


def tuned(xml: str, content: Content = WHOLE, *, json: str = "") -> Field:
    """An element that is checked, and has no meaning for an emulator."""
    return one(xml, content, json=json, use=Use.WITHOUT_EFFECT)


def tuning(*names: str) -> tuple[Field, ...]:
    """Elements that may hold anything and have no meaning for an emulator."""
    return tuple(one(name, ANYTHING, use=Use.WITHOUT_EFFECT) for name in names)


def unemulated(*names: str) -> tuple[Field, ...]:
    """Elements that may hold anything and are not emulated."""
    return tuple(one(name, ANYTHING, use=Use.NOT_EMULATED) for name in names)
