"""The order of an answer's headers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..dialect import Dialect

OTHERS = ""
"""The name that stands in a dialect's order for the headers that it doesn't name."""


def in_order(headers: Mapping[str, str | None], dialect: Dialect) -> list[tuple[str, str]]:
    """The headers that have a value, as the dialect orders them, without a date where it has none."""
    places = _places(dialect.header_order)
    others = places[OTHERS]
    present = [(name, value) for name, value in headers.items() if value is not None and (name != "Date" or dialect.answers_are_dated)]
    return sorted(present, key=lambda header: places.get(header[0], others))


@cache
def _places(order: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(order)}
