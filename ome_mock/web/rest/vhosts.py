"""`/v1/vhosts`: names, and of one virtual host what identifies it."""

from __future__ import annotations

from ..routing import Route
from . import VHOST, VHOSTS, Api


def list_virtual_hosts(api: Api) -> object:
    return [vhost.name for vhost in api.engine.virtual_hosts()]


def get_virtual_host(api: Api, vhost: str) -> object:
    settings = api.engine.virtual_host(vhost)
    return {"name": settings.name, "host": {"names": list(settings.host_names)}}


ROUTES = (Route("GET", VHOSTS, list_virtual_hosts), Route("GET", VHOST, get_virtual_host))
