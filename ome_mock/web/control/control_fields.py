"""The members of bodies of the control API; errors name wrong and unknown ones."""

from __future__ import annotations

import math
from typing import Any

from ...errors import ConfigurationError


class ControlFields:
    """The members of a body, or none if there is no body. Raises ConfigurationError for wrong or unknown ones."""

    def __init__(self, body: Any, *known: str) -> None:
        if body is not None and not isinstance(body, dict):
            raise ConfigurationError(f"the body is an object, not {body!r}")
        self._body: dict[str, Any] = body or {}
        unknown = [key for key in self._body if key not in known]
        if unknown:
            raise ConfigurationError(f"there is no {', '.join(map(repr, unknown))}; the body has {', '.join(known) or 'nothing'}")

    def require_one(self, *names: str) -> None:
        """Raise ConfigurationError unless just one of these members is there."""
        given = [name for name in names if self._body.get(name) is not None]
        if len(given) != 1:
            raise ConfigurationError(f"the body has one of {', '.join(names)}, not {' and '.join(given) or 'none'}")

    def number(self, name: str) -> float:
        """A number of zero or more, which must be there."""
        value = self._body.get(name)
        if value is None:
            raise ConfigurationError(f"{name} is missing: it is a number of zero or more")
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            raise ConfigurationError(f"{name} {value!r} is not a number of zero or more")
        return value

    def text(self, name: str) -> str | None:
        value = self._body.get(name)
        if value is not None and not isinstance(value, str):
            raise ConfigurationError(f"{name} {value!r} is not a text")
        return value

    def texts(self, name: str) -> list[str] | None:
        value = self._body.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
            raise ConfigurationError(f"{name} {value!r} is not an array of texts")
        return value

    def whole(self, name: str) -> int | None:
        value = self._body.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise ConfigurationError(f"{name} {value!r} is not a whole number")
        return value

    def flag(self, name: str) -> bool:
        value = self._body.get(name, False)
        if not isinstance(value, bool):
            raise ConfigurationError(f"{name} {value!r} is not true or false")
        return value

    def get(self, name: str, default: Any = None) -> Any:
        return self._body.get(name, default)
