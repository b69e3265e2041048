"""`/_mock/health`: whether the emulator is up, and which one it is. Needs no token."""

from __future__ import annotations

from ...dialect import Dialect
from ...versions import ENGINE_VERSION, VERSION

HEALTH = "/_mock/health"


def health(dialect: Dialect) -> dict[str, str]:
    return {"status": "ok", "version": VERSION, "engineVersion": ENGINE_VERSION, "dialect": dialect.name}
