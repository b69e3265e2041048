"""`/_mock/health`: whether the emulator is up, and which one it is. Needs no token."""

from __future__ import annotations

from ...versions import ENGINE_VERSION, VERSION
from ..routing import Route
from . import Control

HEALTH = "/_mock/health"


def health(control: Control) -> dict[str, str]:
    return {"status": "ok", "version": VERSION, "engineVersion": ENGINE_VERSION, "dialect": control.dialect.name}


ROUTES = (Route("GET", HEALTH, health),)
