"""The body of a request as a value. Strict so far: the engine's reader takes comments, trailing commas and more."""

from __future__ import annotations

import json
from typing import Any

from ..errors import JsonSyntaxError


def read_json(body: bytes) -> Any:
    """Read a body; an empty one is null. Raises JsonSyntaxError."""
    if not body:
        return None
    try:
        return json.loads(body)
    except json.JSONDecodeError as error:
        raise JsonSyntaxError(error.lineno, error.colno, error.msg) from None
    except (UnicodeDecodeError, RecursionError) as error:
        raise JsonSyntaxError(1, 1, str(error)) from None
