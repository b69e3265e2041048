"""`/v1/version`."""

from __future__ import annotations

from ...versions import ENGINE_GIT_VERSION, ENGINE_VERSION
from ..routing import Route
from . import Api


def get_version(_: Api) -> object:
    """The engine's version, not the emulator's."""
    return {"gitVersion": ENGINE_GIT_VERSION, "version": ENGINE_VERSION}


ROUTES = (Route("GET", "/v1/version", get_version),)
