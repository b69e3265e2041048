"""Checks a tree against the grammar and reads its values, wherever the tree came from.

On each level unknown keys come before missing ones, in the order of the alphabet (reference: REST API, section 3.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..settings import Written
from .grammar import Anything, Field, Group, Use
from .mistakes import Mistake, Place, missing, refused, unknown_item, wrong_kind, wrong_value
from .scalars import Scalar, expand_macros, text_of
from .xml_form import ATTRIBUTES_KEY


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


class Reader:
    """Reads trees, and keeps the paths of the elements that have no effect.

    `environment` is what macros may name; without one they are left as they are, as in bodies of the REST API.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = environment
        self.ignored: dict[Use, set[str]] = {Use.NOT_EMULATED: set(), Use.WITHOUT_EFFECT: set()}

    def read(self, group: Group, written: Any, place: Place) -> Node:
        """Read a group. Raises Mistake."""
        if not isinstance(written, Mapping):
            raise Mistake(place, f"Invalid value type of {place.dotted}", "it is not an element with elements in it")
        unknown = sorted(key for key in written if key not in group.by_json and key != ATTRIBUTES_KEY)
        if unknown:
            raise unknown_item(place, unknown[0])
        values: dict[str, Any] = {}
        for field in group.fields:
            value = self._field(field, written.get(field.json), place)
            if value is not None:
                values[field.json] = value
            elif field.required:
                raise missing(place, field)
        for rule in group.rules:
            complaint = rule(values)
            if complaint:
                raise refused(place, complaint)
        return Node(written, values)

    def _field(self, field: Field, written: Any, place: Place) -> Any:
        """The value of a field, None where it is absent. Null is absent."""
        if written is None:
            return None
        if field.use is Use.HEEDED:
            return self.value(field, written, place)
        self.ignored[field.use].add(f"{place.path}/{field.xml}")
        return Reader(self._environment).value(field, written, place)  # what is in it needs no mention of its own

    def value(self, field: Field, written: Any, place: Place) -> Any:
        """The value of a field that is there. Raises Mistake."""
        if not field.repeated:
            return self._one(field, written, place)
        if not isinstance(written, list):
            raise wrong_kind(place, field, "is not an array")
        values = [self._one(field, each, place) for each in written]
        if None in values or (field.required and not values and not field.item):
            raise missing(place, field)
        if field.unique:
            _refuse_doubles(field, values, place)
        return values

    def _one(self, field: Field, written: Any, place: Place) -> Any:
        if isinstance(field.content, Anything):
            return written
        if isinstance(field.content, Group):
            return self.read(field.content, {} if written is None else written, place.inside(field, written))
        text = text_of(written)
        if text is None:
            raise wrong_kind(place, field, "is not a text")
        return self._scalar(field, field.content, text, place)

    def _scalar(self, field: Field, scalar: Scalar, written: str, place: Place) -> Any:
        """An empty element counts as absent, unless any text will do."""
        try:
            text = written if self._environment is None else expand_macros(written, self._environment)
        except ValueError as error:
            raise Mistake(place, str(error), f"{field.item_xml}: {error}") from None
        if not text and (field.required or scalar.parse is not str):
            return None
        try:
            return scalar.parse(text)
        except (ValueError, ArithmeticError):
            raise wrong_value(place, field, text, scalar.noun, scalar.refusal) from None


def _refuse_doubles(field: Field, nodes: list[Node], place: Place) -> None:
    names = [node.get("name") for node in nodes]
    doubled = next((name for position, name in enumerate(names) if name in names[:position]), None)
    if doubled is not None:
        raise refused(place, f"{field.item_xml} {doubled} stands more than once")
