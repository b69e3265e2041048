"""Where in a configuration something is wrong, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ..text import printable
from .grammar import Field


class Place(NamedTuple):
    """An element within the elements around it."""

    xml: str
    json: str
    name: str = ""
    """What the element calls itself, where it has a name."""
    parent: Place | None = None
    is_item: bool = False
    """Whether it is one of several: the REST API's paths begin anew with it."""

    def inside(self, field: Field, written: Any) -> Place:
        """The place of an element of this one."""
        name = written.get("name") if isinstance(written, dict) else None
        xml, json = (field.item_xml, field.item_json) if field.repeated else (field.xml, field.json)
        return Place(xml, json, name if isinstance(name, str) else "", self, field.repeated)

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
class Mistake(Exception):
    """What is wrong at a place: in the words of an error of the REST API, and of one about a file."""

    place: Place
    wire: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def unknown_item(place: Place, key: str) -> Mistake:
    return Mistake(place, f"Unknown item found: {place.dotted}.{key}", f"{key} is unknown")


def missing(place: Place, field: Field) -> Mistake:
    return Mistake(place, f"{place.dotted}.{field.json} is not optional", f"{field.xml} is missing or empty")


def wrong_value(place: Place, field: Field, text: str, noun: str, refusal: str) -> Mistake:
    """A wrong value; the engine's words for most are not known, and plain ones stand for them."""
    what = f"{field.item_xml} {text!r} is not {noun}"
    return Mistake(place, refusal.format(text) if refusal else f"Invalid value of {place.dotted}.{field.json}: {text}", what)


def wrong_kind(place: Place, field: Field, expected: str) -> Mistake:
    """An element that holds another kind of thing than it should; the engine's words are not known."""
    return Mistake(place, f"Invalid value type of {place.dotted}.{field.json}", f"{field.xml} {expected}")


def refused(place: Place, text: str) -> Mistake:
    """A group whose values don't go together."""
    return Mistake(place, text, text)
