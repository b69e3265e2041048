"""The form in which the REST API shows a configuration, where versions of the engine differ in it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..dialect import Dialect
from .common_grammar import CROSS_DOMAINS
from .grammar import Field, Group
from .scalars import BITRATE, Refusal, Scalar

ONCE_WHOLE = {"segmentDuration"}
"""The fields that hold fractions today, and were whole numbers while values had types."""


def shown(group: Group, document: Any, dialect: Dialect) -> Any:
    """A configuration as the dialect shows it; the tree itself stays as it is."""
    if not (dialect.configuration_is_typed or dialect.cross_domains_are_a_list) or not isinstance(document, Mapping):
        return document
    return {key: _shown_field(group.by_json.get(key), value, dialect) for key, value in document.items()}


def _shown_field(field: Field | None, value: Any, dialect: Dialect) -> Any:
    if field is None:
        return value
    if isinstance(value, list):
        return [_shown_value(field, each, dialect) for each in value]
    return _shown_value(field, value, dialect)


def _shown_value(field: Field, value: Any, dialect: Dialect) -> Any:
    content = field.content
    if content is CROSS_DOMAINS and dialect.cross_domains_are_a_list and isinstance(value, Mapping):
        return value.get("urls", [])
    if isinstance(content, Group):
        return shown(content, value, dialect)
    if isinstance(content, Scalar) and dialect.configuration_is_typed and isinstance(value, str):
        return _typed(field, content, value)
    return value


def _typed(field: Field, scalar: Scalar, text: str) -> Any:
    """The value of a text in JSON's own types; bit rates, with their units, stay text."""
    try:
        value = scalar.parse(text)
    except Refusal:
        return text
    if scalar is BITRATE or not isinstance(value, bool | int | Decimal):
        return text
    if isinstance(value, Decimal):
        return int(value) if field.json in ONCE_WHOLE else float(value)
    return value
