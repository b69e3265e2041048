"""The rules for mistakes that need not be the cause of an answer."""

from __future__ import annotations

from collections.abc import Mapping

from . import bodies, dumps
from . import wrong_fields as fields
from .rules import Stage

HINTS: Mapping[int | None, Stage] = {
    200: (bodies.chunked, *fields.IGNORED, dumps.unknown_playlist),
    500: fields.IGNORED,
}
"""The rules by the status of the answer."""
