"""`/v1/version`."""

from __future__ import annotations

from ..routing import Route
from . import Api


def get_version(api: Api) -> object:
    """The engine's version, not the emulator's."""
    return {"gitVersion": api.dialect.git_version, "version": api.dialect.version}


ROUTES = (Route("GET", "/v1/version", get_version),)
