"""From XML to the tree that the REST API shows: its names, the text of XML as it stands there, `{}` for empty elements.

Takes what xmltodict makes of a file: elements as dicts, text as strings, repeated elements as lists, empty elements as None.
"""

from __future__ import annotations

from typing import Any

from .grammar import Anything, Content, Field, Group, lower_first
from .mistakes import Mistake, Place
from .scalars import Scalar

ATTRIBUTE = "@"
TEXT_KEY = "#text"
ATTRIBUTES_KEY = "$"


class XmlForm:
    """Makes trees of XML, and keeps the paths of the elements that the grammar doesn't have."""

    def __init__(self) -> None:
        self.unknown: set[str] = set()

    def tree(self, content: Content, element: Any, place: Place) -> Any:
        """The tree of one element. Raises Mistake."""
        if isinstance(content, Group):
            return self._group(content, element, place)
        if isinstance(content, Scalar):
            return self._text(element, place)
        return _as_it_comes(element)

    def _group(self, group: Group, element: Any, place: Place) -> dict[str, Any]:
        written: dict[str, Any] = {}
        for key, value in _members(element, place):
            field = group.by_xml.get(key)
            if key.removeprefix(ATTRIBUTE) in group.attributes:
                written.setdefault(ATTRIBUTES_KEY, {})[key.removeprefix(ATTRIBUTE)] = value
            elif field is None:
                self._note_unknown(key, place)
            else:
                written[field.json] = self._field(field, value, place)
        return written

    def _field(self, field: Field, value: Any, place: Place) -> Any:
        if field.item:
            value = self._items(field, value, Place(field.xml, field.json, parent=place))
        if field.repeated:
            elements = value if isinstance(value, list) else [value]
            return [self.tree(field.content, each, _place_of(field, each, place)) for each in elements]
        if isinstance(value, list) and not isinstance(field.content, Anything):
            raise Mistake(place, "", f"{field.xml} stands {len(value)} times where it may stand once")
        return self.tree(field.content, value, _place_of(field, value, place))

    def _items(self, field: Field, value: Any, place: Place) -> list[Any]:
        """The elements within one that only wraps them."""
        if isinstance(value, list):
            raise Mistake(place, "", f"it stands {len(value)} times where it may stand once")
        members = dict(_members(value, place))
        found = members.pop(field.item, [])
        for key in members:
            self._note_unknown(key, place)
        return found if isinstance(found, list) else [found]

    def _text(self, element: Any, place: Place) -> str:
        members = dict(element) if isinstance(element, dict) else {TEXT_KEY: element}
        text = members.pop(TEXT_KEY, None)
        for key in members:
            if not key.startswith(ATTRIBUTE):
                raise Mistake(place, "", "it holds elements where a text belongs")
            self._note_unknown(key, place)
        return text or ""

    def _note_unknown(self, key: str, place: Place) -> None:
        if key == f"{ATTRIBUTE}include":
            raise Mistake(place, "", "the attribute include is not supported: put what it includes into this file")
        self.unknown.add(f"{place.path}/{key}")


def _members(element: Any, place: Place) -> list[tuple[str, Any]]:
    """What is in an element that holds elements."""
    text = element if isinstance(element, str) else element.get(TEXT_KEY) if isinstance(element, dict) else None
    if text:
        raise Mistake(place, "", f"it holds the text {text!r} where elements belong")
    return list(element.items()) if isinstance(element, dict) else []


def _place_of(field: Field, element: Any, place: Place) -> Place:
    name = element.get("Name") if isinstance(element, dict) else None
    return place.inside(field, {"name": name})


def _as_it_comes(element: Any) -> Any:
    """The tree of an element of which the grammar says nothing."""
    if isinstance(element, dict):
        return {lower_first(key): _as_it_comes(value) for key, value in element.items()}
    if isinstance(element, list):
        return [_as_it_comes(each) for each in element]
    return {} if element is None else element
