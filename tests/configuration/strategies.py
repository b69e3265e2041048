"""Trees of a grammar, as clients may send them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ome_mock.configuration.grammar import Anything, Field, Group
from ome_mock.configuration.scalars import TEXT, Scalar, text_of

NAMES = st.sampled_from(["a", "b", "c", "카메라", "x y"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
SPECIMENS = ["text", "true", "1", "3", "4000/udp", "live", "eq", "medium", "frame", "main", "Original", "all", ""]


def accepted(scalar: Scalar) -> SearchStrategy[Any] | None:
    """Values that a scalar takes, or None for one that takes nothing: any other takes one of the specimens."""
    if scalar is TEXT:
        return NAMES
    taken = [value for text in SPECIMENS for value in spellings(text) if takes(scalar, text_of(value))]
    return st.sampled_from(taken) if taken else None


def spellings(text: str) -> list[Any]:
    """The ways in which JSON can say it."""
    return [text, *([True] if text == "true" else []), *([int(text), float(text)] if text.isdigit() else [])]


def takes(scalar: Scalar, text: str) -> bool:
    try:
        scalar.parse(text)
    except (ValueError, ArithmeticError):
        return False
    return True


def trees(group: Group) -> SearchStrategy[Any]:
    """Trees that keep to the grammar of a group, but perhaps not to its rules."""
    required = {field.json: values(field) for field in group.fields if field.required}
    optional = {field.json: strategy for field in group.fields if not field.required and (strategy := values(field)) is not None}
    return st.fixed_dictionaries(required, optional=optional)


def values(field: Field) -> Any:
    if isinstance(field.content, Anything):
        return JSON.filter(lambda value: value is not None)
    content = field.content
    one = st.deferred(lambda: trees(content)) if isinstance(content, Group) else accepted(content)
    if one is None or not field.repeated:
        return one
    unique = (lambda tree: tree["name"]) if field.unique else None
    return st.lists(one, min_size=1 if field.required else 0, max_size=2, unique_by=unique)
