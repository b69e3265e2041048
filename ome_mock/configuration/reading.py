"""Checks a tree, from XML or JSON, against the grammar and reads its values.

On each level unknown keys are complained of first, in alphabetical order, then missing and wrong ones (rest-api.md#applications).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .grammar import Anything, Field, Group, Node, Use, first_double
from .invalid_element import NOT_YET, ElementPath, InvalidElement, missing, refused, unknown_item
from .scalars import Refusal, Scalar, expand_macros, text_of

ATTRIBUTES_KEY = "$"
"""The JSON key of an element's attributes."""


class Reader:
    """Reads trees, and collects the paths of ineffective elements (`ignored`) and of values that don't fit (`odd`).

    Macros are replaced from `environment`; without one they stay, as in bodies of the REST API.

    Below an optional element no element is required, but each item of a list is checked for its required ones
    (configuration-reader.md#reader). `unborn` are elements of the grammar that don't exist yet, as in `XmlForm`.
    """

    def __init__(self, environment: Mapping[str, str] | None = None, unborn: frozenset[str] = frozenset()) -> None:
        self._environment = environment
        self._unborn = unborn
        self.ignored: dict[Use, set[str]] = {Use.NOT_EMULATED: set(), Use.WITHOUT_EFFECT: set()}
        self.odd: set[str] = set()

    def read(self, group: Group, document: Any, place: ElementPath, *, is_demanded: bool = True) -> Node:
        """Read a group; a value that is no JSON object counts as an empty group. Raises InvalidElement."""
        members = document if isinstance(document, Mapping) else {}
        unknown = sorted(key for key in members if key != ATTRIBUTES_KEY and not self._knows(group, place, key))
        if unknown:
            raise unknown_item(place, unknown[0], NOT_YET if unknown[0] in group.by_json else group.gone.get(unknown[0], ""))
        values: dict[str, Any] = {}
        for field in group.fields:
            one = members.get(field.json)
            if one is not None:  # null is absent
                values[field.json] = self._field(field, one, place, is_demanded=is_demanded and field.required)
            elif field.required and is_demanded:
                raise missing(place, field)
        for rule in group.rules:
            complaint = rule(values)
            if complaint:
                raise refused(place, complaint)
        return Node(members, values)

    def _knows(self, group: Group, place: ElementPath, key: str) -> bool:
        field = group.by_json.get(key)
        return field is not None and (not self._unborn or place.to(field) not in self._unborn)

    def _field(self, field: Field, document: Any, place: ElementPath, *, is_demanded: bool) -> Any:
        if field.use is Use.HEEDED:
            return self._value(field, document, place, is_demanded=is_demanded)
        within = Reader(self._environment, self._unborn)  # elements in it are not listed themselves
        value = within._value(field, document, place, is_demanded=is_demanded)
        if field.use is Use.WITHOUT_EFFECT or not _asks_for_nothing(field, value):
            self.ignored[field.use].add(f"{place.path}/{field.xml}")
        return value

    def _value(self, field: Field, document: Any, place: ElementPath, *, is_demanded: bool) -> Any:
        """The value of a field that is present. Raises InvalidElement."""
        if not field.repeated:
            return self._one(field, document, place, is_demanded=is_demanded)
        if field.item and isinstance(document, Mapping):  # the wrapping element as XML has it
            document = document.get(field.item_json, [])
        if not isinstance(document, list):
            raise InvalidElement(place, f"Child {field.json} is not an array", f"{field.xml} is not an array")
        values = [self._one(field, each, place, is_demanded=True) for each in document]
        doubled = first_double([node.get("name") for node in values]) if field.unique else None
        if doubled is not None:
            raise refused(place, f"{field.item_xml} {doubled} stands more than once")
        return values

    def _one(self, field: Field, document: Any, place: ElementPath, *, is_demanded: bool) -> Any:
        if isinstance(field.content, Anything):
            return document
        if isinstance(field.content, Group):
            return self.read(field.content, document, place.inside(field, document), is_demanded=is_demanded)
        return self._scalar(field, field.content, text_of(document), place)

    def _scalar(self, field: Field, scalar: Scalar, raw: str, place: ElementPath) -> Any:
        text = raw if self._environment is None else expand_macros(raw, self._environment)
        if not scalar.fits(text):
            self.odd.add(f"{place.path}/{field.item_xml} {text!r}")
        try:
            return scalar.parse(text)
        except Refusal as refusal:
            text = f"{field.item_xml} {refusal}" if str(refusal) else refusal.wire
            raise InvalidElement(place, refusal.wire, text) from None


def _asks_for_nothing(field: Field, value: Any) -> bool:
    """Says if an element leaves the engine as it is: with its usual value, or a group that is off by its `<Enable>`."""
    return value.get("enable") is False if isinstance(value, Node) else value is not None and value == field.usual
