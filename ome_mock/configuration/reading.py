"""Checks a tree against the grammar and reads its values, wherever the tree came from.

On each level unknown keys come before what is missing or wrong, in the order of the alphabet (rest-api.md#applications).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .grammar import Anything, Field, Group, Node, Use, first_double
from .invalid_element import ElementPath, InvalidElement, missing, refused, unknown_item
from .scalars import Refusal, Scalar, expand_macros, text_of

ATTRIBUTES_KEY = "$"
"""Where JSON has the attributes of an element."""


class Reader:
    """Reads trees, and keeps the paths of the elements that have no effect, and of those that hold no number where one belongs.

    `environment` is what macros may name; without one they are left as they are, as in bodies of the REST API.

    What is required is asked for from the top down to the first element that need not be there: below it nothing is required, until
    the items of a list begin anew (configuration-reader.md#reader).
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment
        self.ignored: dict[Use, set[str]] = {Use.NOT_EMULATED: set(), Use.WITHOUT_EFFECT: set()}
        self.odd: set[str] = set()

    def read(self, group: Group, written: Any, place: ElementPath, *, is_demanded: bool = True) -> Node:
        """Read a group; anything but an element with elements in it is an empty one. Raises InvalidElement."""
        members = written if isinstance(written, Mapping) else {}
        unknown = sorted(key for key in members if key not in group.by_json and key != ATTRIBUTES_KEY)
        if unknown:
            raise unknown_item(place, unknown[0], group.gone.get(unknown[0], ""))
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

    def _field(self, field: Field, written: Any, place: ElementPath, *, is_demanded: bool) -> Any:
        if field.use is Use.HEEDED:
            return self._value(field, written, place, is_demanded=is_demanded)
        self.ignored[field.use].add(f"{place.path}/{field.xml}")
        within = Reader(self._environment)  # what is in it needs no mention of its own
        return within._value(field, written, place, is_demanded=is_demanded)

    def _value(self, field: Field, written: Any, place: ElementPath, *, is_demanded: bool) -> Any:
        """The value of a field that is there. Raises InvalidElement."""
        if not field.repeated:
            return self._one(field, written, place, is_demanded=is_demanded)
        if field.item and isinstance(written, Mapping):  # the wrapping element as XML has it
            written = written.get(field.item_json, [])
        if not isinstance(written, list):
            raise InvalidElement(place, f"Child {field.json} is not an array", f"{field.xml} is not an array")
        values = [self._one(field, each, place, is_demanded=True) for each in written]
        doubled = first_double([node.get("name") for node in values]) if field.unique else None
        if doubled is not None:
            raise refused(place, f"{field.item_xml} {doubled} stands more than once")
        return values

    def _one(self, field: Field, written: Any, place: ElementPath, *, is_demanded: bool) -> Any:
        if isinstance(field.content, Anything):
            return written
        if isinstance(field.content, Group):
            return self.read(field.content, written, place.inside(field, written), is_demanded=is_demanded)
        return self._scalar(field, field.content, text_of(written), place)

    def _scalar(self, field: Field, scalar: Scalar, written: str, place: ElementPath) -> Any:
        text = written if self._environment is None else expand_macros(written, self._environment)
        if not scalar.fits(text):
            self.odd.add(f"{place.path}/{field.item_xml} {text!r}")
        try:
            return scalar.parse(text)
        except Refusal as refusal:
            text = f"{field.item_xml} {refusal}" if str(refusal) else refusal.wire
            raise InvalidElement(place, refusal.wire, text) from None
