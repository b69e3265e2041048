"""The order of an answer's headers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..dialect import Dialect

OTHERS = ""
"""The name that stands in a dialect's order for the headers that it doesn't name."""


def in_order(headers: Mapping[str, str | None], dialect: Dialect) -> list[tuple[str, str]]:
    """The headers that have a value, as the dialect orders them, without a date where it has none."""
    present = {name: value for name, value in headers.items() if value is not None and (name != "Date" or dialect.answers_are_dated)}
    return [(name, present[name]) for name in _ordered(tuple(present), dialect.header_order)]


@lru_cache(maxsize=256)
def _ordered(names: tuple[str, ...], order: tuple[str, ...]) -> list[str]:
    """The names as they are ordered; answers have few sets of them."""
    places = {name: place for place, name in enumerate(order)}
    return sorted(names, key=lambda name: places.get(name, places[OTHERS]))
