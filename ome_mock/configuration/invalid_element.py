"""Where in a configuration something is wrong, and what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..text import printable
from .grammar import Field


class ElementPath(NamedTuple):
    """An element within the elements around it."""

    xml: str
    json: str
    name: str = ""
    """What the element calls itself, where it has a name."""
    parent: ElementPath | None = None
    is_item: bool = False
    """Whether it is one of several: the REST API's paths begin anew with it."""
    file: str = ""
    """The file that holds it, where another one includes that."""

    def inside(self, field: Field, written: Any) -> ElementPath:
        """The place of an element of this one."""
        name = written.get("name") if isinstance(written, Mapping) else None
        xml, json = (field.item_xml, field.item_json) if field.repeated else (field.xml, field.json)
        file = getattr(written, "file", self.file)
        return ElementPath(xml, json, name if isinstance(name, str) else "", self, field.repeated, file)

    @property
    def dotted(self) -> str:
        """As the REST API writes it: `application.providers`."""
        return self.json if self.parent is None or self.is_item else f"{self.parent.dotted}.{self.json}"

    @property
    def path(self) -> str:
        """As it is listed: `Publishers/LLHLS`, from the nearest element of which there may be several."""
        return self.xml if self.parent is None or self.is_item else f"{self.parent.path}/{self.xml}"

    def __str__(self) -> str:
        """As people find it: `VirtualHost default / Application app`, without the root and without what only wraps its items."""
        parent = self.parent
        while parent is not None and self.is_item and not parent.is_item and parent.xml == f"{self.xml}s":
            parent = parent.parent
        own = f"{self.xml} {printable(self.name)}" if self.name else self.xml
        return own if parent is None or parent.parent is None else f"{parent} / {own}"


@dataclass
class InvalidElement(Exception):
    """What is wrong at a place: in the words of an error of the REST API, and of one about a file."""

    place: ElementPath
    wire: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def unknown_item(place: ElementPath, key: str, gone: str = "") -> InvalidElement:
    """An element that the grammar doesn't have, without a name where it is text; `gone` says which engines knew it."""
    what = f"{key} is unknown" if key else "there is text between its elements"
    return InvalidElement(place, f"Unknown item found: {place.dotted}.{key}", f"{what} ({gone})" if gone else what)


def missing(place: ElementPath, field: Field) -> InvalidElement:
    return InvalidElement(place, f"{place.dotted}.{field.json} is not optional", f"{field.xml} is missing")


def refused(place: ElementPath, text: str) -> InvalidElement:
    """A group whose values don't go together."""
    return InvalidElement(place, text, text)
