"""Mistakes in a configuration, and the paths of the elements that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..text import printable
from .grammar import Field

NOT_YET = "newer engines know it"


class ElementPath(NamedTuple):
    """The path of an element through those around it."""

    xml: str
    json: str
    name: str = ""
    """The value of the element's `<Name>`, if it has one."""
    parent: ElementPath | None = None
    is_item: bool = False
    """True if it is one of several, with which the REST API's paths begin again."""
    file: str = ""
    """The file that holds it, if it was included."""

    def inside(self, field: Field, document: Any) -> ElementPath:
        """The path of an element in this one."""
        name = document.get("name") if isinstance(document, Mapping) else None
        xml, json = (field.item_xml, field.item_json) if field.repeated else (field.xml, field.json)
        file = getattr(document, "file", self.file)
        return ElementPath(xml, json, name if isinstance(name, str) else "", self, field.repeated, file)

    def to(self, field: Field) -> str:
        """The name of an element after that of this one: `Server.Defaults`."""
        return f"{self.xml}.{field.xml}"

    @property
    def dotted(self) -> str:
        """The path as the REST API writes it: `application.providers`."""
        return self.json if self.parent is None or self.is_item else f"{self.parent.dotted}.{self.json}"

    @property
    def path(self) -> str:
        """The path as logs list it: `Publishers/LLHLS`, from the nearest repeated element on."""
        return self.xml if self.parent is None or self.is_item else f"{self.parent.path}/{self.xml}"

    def __str__(self) -> str:
        """The path for people: `VirtualHost default / Application app`, without the root and without wrapping elements."""
        parent = self.parent
        while parent is not None and self.is_item and not parent.is_item and parent.xml == f"{self.xml}s":
            parent = parent.parent
        own = f"{self.xml} {printable(self.name)}" if self.name else self.xml
        return own if parent is None or parent.parent is None else f"{parent} / {own}"


@dataclass
class InvalidElement(Exception):
    """A mistake at a path, in the words of the REST API and in those for people who read about a file."""

    place: ElementPath
    wire: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def unknown_item(place: ElementPath, key: str, about: str) -> InvalidElement:
    """The mistake of an element that the grammar doesn't have; `key` is empty for text, `about` says who knew it, or what was meant."""
    what = f"{key} is unknown" if key else "there is text between its elements"
    return InvalidElement(place, f"Unknown item found: {place.dotted}.{key}", f"{what} ({about})" if about else what)


def missing(place: ElementPath, field: Field) -> InvalidElement:
    return InvalidElement(place, f"{place.dotted}.{field.json} is not optional", f"{field.xml} is missing")


def refused(place: ElementPath, text: str) -> InvalidElement:
    """The mistake of a group whose values don't fit together."""
    return InvalidElement(place, text, text)
