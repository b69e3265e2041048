"""`/_mock/health`: whether the emulator is up, and which one it is. Needs no token."""

from __future__ import annotations

from ...versions import ENGINE_VERSION, VERSION
from ..rest import Api
from ..routing import Route

HEALTH = "/_mock/health"


def health(api: Api) -> dict[str, str]:
    return {"status": "ok", "version": VERSION, "engineVersion": ENGINE_VERSION, "dialect": api.dialect.name}


ROUTES = (Route("GET", HEALTH, health),)
