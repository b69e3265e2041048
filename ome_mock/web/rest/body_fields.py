"""Members of a body as the engine reads them: a value of a wrong type is absent, unless the engine's JSON library throws."""

from __future__ import annotations

import logging
from typing import Any

from ...refusals import JsonLibraryError
from ...text import up_to_nul
from ..envelope import NOT_AN_OBJECT

log = logging.getLogger("ome_mock.requests")

NESTED_NOT_AN_OBJECT = "in Json::Value::resolveReference(key, end): requires objectValue"
LARGEST_INT = 2**31 - 1
SMALLEST_INT = -(2**31)


class BodyFields:
    """The members of a JSON object; null is an object without members. Raises JsonLibraryError for anything else
    (rest-api.md#wrong-types).
    """

    def __init__(self, value: Any, trouble: str = NOT_AN_OBJECT) -> None:
        if value is not None and not isinstance(value, dict):
            raise JsonLibraryError(trouble)
        self._members: dict[str, Any] = value or {}

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def get(self, name: str) -> Any:
        return self._members.get(name)

    def text(self, name: str) -> str:
        """A string up to its first NUL, or the empty string."""
        return up_to_nul(self._find(name, str))

    def integer(self, name: str, smallest: int = SMALLEST_INT, largest: int = LARGEST_INT) -> int | None:
        """A whole number, of 32 bits unless told otherwise; `1.0` is one."""
        value = self._find(name, (int, float))
        return int(value) if _is_int(value, smallest, largest) else None

    def flag(self, name: str, *, default: bool) -> bool:
        value = self._find(name, bool)
        return default if value is None else bool(value)

    def items(self, name: str) -> list[Any] | None:
        """The elements of an array, or None if it is not an array."""
        value = self._find(name, list)
        return None if value is None else list(value)

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(item for item in self.items(name) or () if isinstance(item, str))

    def integers(self, name: str) -> tuple[int, ...]:
        return tuple(int(item) for item in self.items(name) or () if _is_int(item))

    def fields(self, name: str) -> BodyFields:
        """The members of an object in this one. Raises JsonLibraryError if it is neither an object nor absent."""
        return BodyFields(self._members.get(name), NESTED_NOT_AN_OBJECT)

    def fields_if_any(self, name: str) -> BodyFields:
        """The members of an object in this one; of anything else, none."""
        return BodyFields(self._find(name, dict))

    def _find(self, name: str, kind: type | tuple[type, ...]) -> Any:
        value = self._members.get(name)
        if value is None or isinstance(value, kind):
            return value
        log.warning("%s has a wrong type and counts as absent, as with OME", name)
        return None


def _is_int(value: Any, smallest: int = SMALLEST_INT, largest: int = LARGEST_INT) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return smallest <= value <= largest and value == int(value)


# Values of channels, for which the engine's JSON library throws if their type is wrong (rest-api.md#wrong-types)


def text(fields: BodyFields, name: str) -> str:
    """A text up to its first NUL, the digits of a number, or empty if absent. Raises JsonLibraryError."""
    value = fields.get(name)
    if isinstance(value, dict | list):
        raise JsonLibraryError("Type is not convertible to string")
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else up_to_nul(str(value))


def integer(fields: BodyFields, name: str, default: int = 0) -> int:
    """A number of 32 bits, without its fraction. Raises JsonLibraryError."""
    value = fields.get(name)
    if value is None:
        return default
    if not isinstance(value, int | float) or not SMALLEST_INT <= value <= LARGEST_INT:
        raise JsonLibraryError("Value is not convertible to Int.")
    return int(value)


def flag(fields: BodyFields, name: str, *, default: bool) -> bool:
    """True or false; a number is true unless it is 0. Raises JsonLibraryError."""
    value = fields.get(name)
    if isinstance(value, str | dict | list):
        raise JsonLibraryError("Value is not convertible to bool.")
    return default if value is None else bool(value)
