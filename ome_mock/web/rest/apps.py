"""`/v1/vhosts/{vhost}/apps`: names, and of one application what identifies it."""

from __future__ import annotations

from ..routing import Route
from . import APP, APPS, Api


def list_applications(api: Api, vhost: str) -> object:
    return [app.name for app in api.engine.virtual_host(vhost).applications]


def get_application(api: Api, vhost: str, app: str) -> object:
    settings = api.engine.application(vhost, app)
    return {"name": settings.name, "type": settings.type, "dynamic": False}


ROUTES = (Route("GET", APPS, list_applications), Route("GET", APP, get_application))
