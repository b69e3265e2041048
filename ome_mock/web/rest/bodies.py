"""The parts of bodies that hold configurations."""

from __future__ import annotations

from typing import Any

from ...refusals import JsonLibraryError, RequestInvalid
from ..envelope import NOT_AN_OBJECT


def array(body: Any) -> list[Any]:
    """The items of a body. Raises RequestInvalid."""
    if not isinstance(body, list):
        raise RequestInvalid("Request body must be an array")
    return body


def members(body: Any) -> dict[str, Any]:
    """The members of a body that is an object. Raises RequestInvalid."""
    if not isinstance(body, dict):
        raise RequestInvalid("Request body must be an object")
    return body


def members_of_item(item: Any) -> dict[str, Any]:
    """The members of one of several items; null has none. Raises JsonLibraryError, which ends the whole request."""
    if item is None:
        return {}
    if not isinstance(item, dict):
        raise JsonLibraryError(NOT_AN_OBJECT)
    return item
