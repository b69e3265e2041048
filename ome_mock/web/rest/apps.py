"""`/v1/vhosts/{vhost}/apps`: names, and the configuration of one application."""

from __future__ import annotations

from ...settings import ApplicationSettings
from ..routing import Route
from . import APP, APPS, Api


def list_applications(api: Api, vhost: str) -> object:
    return [app.name for app in api.engine.virtual_host(vhost).applications]


def get_application(api: Api, vhost: str, app: str) -> object:
    return describe(api.engine.application(vhost, app))


def describe(settings: ApplicationSettings) -> dict[str, object]:
    """An application as it was written, and whether it was made of a template."""
    return {**settings.written, "dynamic": settings.dynamic}


ROUTES = (Route("GET", APPS, list_applications), Route("GET", APP, get_application))
