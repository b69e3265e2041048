"""The rules for refused requests."""

from __future__ import annotations

from collections.abc import Mapping

from . import bodies, credentials, dumps, names, paths, targets
from . import wrong_fields as fields
from .rules import Stage

CAUSES: Mapping[int | None, tuple[Stage, ...]] = {
    None: ((targets.unknown_method,),),
    400: (targets.TRAPS, bodies.SYNTAX, bodies.SHAPE, (*fields.IGNORED, fields.missing_fields)),
    401: ((paths.elsewhere,), credentials.MISTAKES),
    403: ((names.read_only, names.not_configured),),
    404: (targets.TRAPS, (targets.unknown_method,), (paths.elsewhere,), (paths.newer_route,), paths.MISTAKES, names.MISTAKES),
    500: (bodies.SHAPE, dumps.CONFLICTS, (dumps.not_written,)),
}
"""The stages of rules by status, in the engine's order; a request refused in one never reaches the later ones."""
